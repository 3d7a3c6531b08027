"""Has names follow what became known, each time it is asked to: a process of its own beside the site."""

from __future__ import annotations

import os
import sys
from typing import Any

from django.core.management.base import BaseCommand

from gallery.services import following


class Command(BaseCommand):
    help = (
        "For the site itself, which starts it where there are large libraries: for each line that comes "
        "in, names follow what became known; says whose names did, and when that is done."
    )
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        following.prepare()
        # It ends when whoever asks is gone, however that ended.
        try:
            for _ in sys.stdin:
                for owner in following.follow_all():
                    self._say(f"{following.CHANGED} {owner}")
                self._say(following.DONE)
        except BrokenPipeError:
            # What is still to be written would fail once more as Python ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
