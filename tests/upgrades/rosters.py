"""Prints whom each account knows, as JSON, and every word that is not in its photo owner's roster."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import django
from django.db.models import F


def rosters() -> dict[str, Any]:
    """Return the names of each roster by its owner's, and the faces, refusals and known ones astray."""
    from gallery.models import Face, KnownEncoding, Refusal, Roster

    people = {
        roster.owner.username: sorted(roster.people.values_list("name", flat=True))
        for roster in Roster.objects.select_related("owner")
    }
    named = Face.objects.exclude(person=None)
    astray = [
        *named.exclude(person__roster__owner=F("photo__owner")).values_list("pk", flat=True),
        *_elsewhere(KnownEncoding.objects),
        *_elsewhere(Refusal.objects),
    ]
    return {"people": people, "astray": astray}


def _elsewhere(words: Any) -> list[int]:
    found = words.exclude(person__roster__owner=F("face__photo__owner"))
    return list(found.values_list("face_id", flat=True))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "facesite.settings")
    django.setup()
    json.dump(rosters(), sys.stdout, ensure_ascii=False, indent=1)
