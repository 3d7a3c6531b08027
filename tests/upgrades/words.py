"""Prints what humans said in a library, and were told, as JSON: all of it survives every upgrade."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import django


def words() -> dict[str, Any]:
    """Return every word by the key of what it is about, as later states must still know it."""
    from django.contrib.auth.models import User

    from gallery.models import (
        AnalysisJob,
        EmotionWord,
        Face,
        KnownEncoding,
        Network,
        Person,
        Photo,
        Preferences,
        Recommendation,
        Refusal,
        Task,
    )

    named = Face.objects.filter(named_by="human")
    return {
        "accounts": _rows(User.objects, "username", "is_staff", "password"),
        "people": _rows(Person.objects, "roster__owner__username", "name"),
        "named faces": _rows(named, "pk", "photo__filename", "person__name"),
        "references": _rows(KnownEncoding.objects, "face_id", "person__name"),
        "refusals": _rows(Refusal.objects, "face_id", "person__name"),
        "emotions": _rows(EmotionWord.objects, "face_id", "emotion", "is_so"),
        "photos": _rows(Photo.objects, "owner__username", "filename", "sha256"),
        "sharing": _rows(Preferences.objects, "user__username", "shares_corrections"),
        "choices": sorted([one.user.username, *_chosen(one)] for one in Preferences.objects.all()),
        "recommended": _rows(Recommendation.objects, "stage", "method", "made_by__username"),
        "networks": _rows(Network.objects, "name", "made_by__username"),
        "notes": sorted([one.filename, f"{one.note or ''}"] for one in Photo.objects.all()),
        "answers": sorted(
            [one.photo.filename, f"{one.error or ''}", f"{one.answer or ''}"]
            for one in AnalysisJob.objects.select_related("photo")
        ),
        "tasks": sorted(
            [one.owner.username, one.arguments.get("name", ""), one.state, f"{one.error or ''}"]
            for one in Task.objects.select_related("owner")
        ),
    }


def _rows(found: Any, *fields: str) -> list[list[Any]]:
    rows = map(list, found.values_list(*fields))
    return sorted(rows, key=lambda row: [(value is not None, value) for value in row])


def _chosen(preferences: Any) -> list[str]:
    choice = preferences.choice.by_stage()
    return [choice["detector"], choice["emotion"]]


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "facesite.settings")
    django.setup()
    json.dump(words(), sys.stdout, ensure_ascii=False, indent=1)
