"""System checks for settings that work but endanger people."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register


@register()
def debug_stays_at_home(**_: Any) -> list[CheckMessage]:
    """DEBUG shows settings and code to whoever meets an error."""
    if settings.DEBUG and not settings.LOOPBACK:
        return [
            Error(
                f"DEBUG is on while HOST is {settings.HOST}, which other machines can reach.",
                hint="Set DEBUG=no, or HOST=127.0.0.1.",
                id="gallery.E001",
            )
        ]
    return []


@register()
def several_processes_need_redis(**_: Any) -> list[CheckMessage]:
    """One SQLite file is for one host; Redis says that there are more."""
    engine = f"{settings.DATABASES['default']['ENGINE']}"
    if settings.REDIS_URL and "sqlite" in engine:
        return [
            Error(
                "REDIS_URL is set, for many processes, while the database is one SQLite file.",
                hint="Set DATABASE_URL to a PostgreSQL database too, or leave REDIS_URL empty.",
                id="gallery.E002",
            )
        ]
    return []
