"""What a photo's page says beside one face, in answer to what was said of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from gallery.models import Face, Person

Offer = Literal["", "another", "apart"]


@dataclass(frozen=True, slots=True)
class Answer:
    """Why a word was not taken, or which of several people is meant, or what may be said next.

    `offer` is "another" where a name that was typed is somebody's who is known already, and "apart"
    where nothing but the name is known of one of several who bear it.
    """

    face: int
    error: str = ""
    name: str = ""
    candidates: Sequence[Person] = ()
    offer: Offer = ""


def offer_beside(face: Face) -> Offer:
    """Return what to offer once a face has been named."""
    if face.person_id is None or not face.is_named:
        return ""
    person = Person.objects.told_apart().get(pk=face.person_id)
    if person.shares_name:
        return "" if person.note else "apart"
    return "another" if person.encodings.exclude(face=face).exists() else ""
