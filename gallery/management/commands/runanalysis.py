"""Analyses photos for a site that runs in other processes; start as many as you like."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from gallery.worker import host


class Command(BaseCommand):
    help = "Analyse queued photos. Needs REDIS_URL, and the site's database and DATA_DIR."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.REDIS_URL:
            raise CommandError(
                "REDIS_URL is empty, so this process could not hear the site: set it for both, "
                "or run `manage.py serve`, which needs no Redis."
            )
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(host.run())
