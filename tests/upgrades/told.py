"""Loads a library's rows, upgrades it and prints, as JSON, all that the tests want to know of it then.

    python -m tests.upgrades.told FILE [--back MIGRATION]

One process for all of it: to start one and to build the states of all migrations takes longer than all
that is asked. With --back it is taken back to there at last, and whose people are told from its rows.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import django

OWNERS = (
    "SELECT username, name FROM gallery_person p JOIN auth_user u ON u.id = p.owner_id "
    "ORDER BY username, name"
)


def told(rows: Path, back: str | None) -> dict[str, Any]:
    from django.core.management import call_command

    from gallery.models import KnownEncoding
    from tests.upgrades.rosters import rosters
    from tests.upgrades.rows import load
    from tests.upgrades.words import words

    load(rows)
    call_command("migrate", verbosity=0)
    call_command("check_words", stdout=(checked := StringIO()))
    found = {
        "words": words(),
        "checked": checked.getvalue(),
        "rosters": rosters(),
        "known": [*KnownEncoding.objects.values_list("face_id", "imported_from")],
    }
    if back:
        call_command("migrate", "gallery", back, verbosity=0)
        found["owners"] = owners()
    return found


def owners() -> list[list[str]]:
    """Return who owns whom, at a state whose people still have owners."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(OWNERS)
        return sorted(map(list, cursor.fetchall()))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("rows", type=Path)
    parser.add_argument("--back")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "facesite.settings")
    django.setup()
    json.dump(told(options.rows, options.back), sys.stdout, ensure_ascii=False)
