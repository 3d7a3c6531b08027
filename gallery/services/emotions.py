"""What a human says of the emotion on a face. No machine changes any of it."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext, gettext_lazy

from analysis.results import EMOTIONS
from gallery.models import EmotionWord, Face, Roster
from gallery.models.record import Did
from gallery.services import saying, turns, wording
from gallery.services.people import GONE

LAST = gettext_lazy("One emotion has to remain. Say which one the face shows, or take a word back.")


def unknown() -> str:
    """Return the refusal of what is no emotion; it names those that there are."""
    *first, last = map(gettext, EMOTIONS)
    values = {"first": ", ".join(first), "last": last}
    return gettext("Choose one of %(first)s and %(last)s.") % values


class WordRefused(Exception):
    """Why a word was not taken, as a sentence."""


@transaction.atomic
def say(*, face: Face, emotion: str) -> None:
    """Say that the face shows the emotion; what was said to show before is forgotten."""
    roster = _take_turn(face, emotion)
    words = [wording.shows(face.pk, emotion), wording.denies(face.pk, emotion, is_so=False)]
    saying.say(roster, Did.EMOTION, words)


@transaction.atomic
def say_not(*, face: Face, emotion: str) -> None:
    """Say that the face does not show the emotion; raises WordRefused where none would remain."""
    roster = _take_turn(face, emotion)
    said = EmotionWord.objects.filter(face=face)
    if said.filter(is_so=False).exclude(emotion=emotion).count() == len(EMOTIONS) - 1:
        raise WordRefused(LAST)
    words = [wording.denies(face.pk, emotion, is_so=True)]
    if said.filter(is_so=True, emotion=emotion).exists():
        words.append(wording.shows(face.pk, None))
    saying.say(roster, Did.EMOTION, words)


@transaction.atomic
def take_back(*, face: Face, emotion: str) -> None:
    """Forget what was said of the emotion, be it that the face shows it or that it does not."""
    roster = _take_turn(face, emotion)
    words = [wording.denies(face.pk, emotion, is_so=False)]
    if EmotionWord.objects.filter(face=face, is_so=True, emotion=emotion).exists():
        words.append(wording.shows(face.pk, None))
    saying.say(roster, Did.EMOTION, words)


def _take_turn(face: Face, emotion: str) -> Roster:
    """Wait for the turn of the face's roster; it may have gone while that was waited for."""
    if emotion not in EMOTIONS:
        raise WordRefused(unknown())
    roster = turns.take_of(face.photo.owner_id)
    if not Face.objects.filter(pk=face.pk).exists():
        raise WordRefused(GONE)
    return roster
