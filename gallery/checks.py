"""System checks for settings that work but endanger people."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from gallery import installed


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
def the_map_can_be_read(**_: Any) -> list[CheckMessage]:
    """Whoever compares faces needs it: a broken one would break most pages."""
    try:
        installed.population()
    except (OSError, ValueError, KeyError) as error:
        return [
            Error(
                f"The population map in {installed.weights().population} cannot be read: {error}",
                hint="Get map.npz anew, or remove it: then faces are only asked about, not named.",
                id="gallery.E003",
            )
        ]
    return []


@register()
def folders_are_whole_paths(**_: Any) -> list[CheckMessage]:
    """A part of a path would mean another folder wherever the site is started."""
    parts = [path for path in settings.IMPORT_FOLDERS if not Path(path).is_absolute()]
    if parts:
        return [
            Error(
                f"IMPORT_FOLDERS names {parts[0]}, which is no whole path.",
                hint="Write it from the root on, as /srv/photos.",
                id="gallery.E004",
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
