"""What waits for a human's word, and where it is given."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.translation import ngettext

from gallery import lists
from gallery.models import Roster
from gallery.services import desk
from gallery.services.library_index import Library
from gallery.services.search import Search, address
from gallery.services.search.matching import Beside, Matcher
from gallery.services.search.value import Shown


@dataclass(frozen=True, slots=True)
class Wait:
    """So many of something wait, in words; `icon` is that of its kind, `address` where one answers."""

    name: str
    count: int
    words: str
    icon: str
    address: str


def of(user: User, library: Library) -> list[Wait]:
    """Return what waits, what answers most at once first."""
    waiting = (*_at_the_desk(user), *_elsewhere(user), _boxes(library))
    return [one for one in waiting if one.count]


# Of each kind of cards its icon, and what is said of so many.
AT_THE_DESK: dict[str, tuple[str, Callable[[int], str]]] = {
    "group": (
        "users",
        lambda count: ngettext(
            "%(count)s group of unknown faces to name",
            "%(count)s groups of unknown faces to name",
            count,
        ),
    ),
    "alike": (
        "git-compare-arrows",
        lambda count: ngettext(
            "%(count)s pair of people who may be one",
            "%(count)s pairs of people who may be one",
            count,
        ),
    ),
    "sure": (
        "square-check",
        lambda count: ngettext(
            "%(count)s sure guess to confirm", "%(count)s sure guesses to confirm", count
        ),
    ),
    "asked": (
        "circle-question-mark",
        lambda count: ngettext(
            "%(count)s face that may be somebody", "%(count)s faces that may be somebody", count
        ),
    ),
}


def _at_the_desk(user: User) -> Iterator[Wait]:
    roster = Roster.objects.visible_to(user).first()
    if roster is None:
        return
    for name, (icon, words) in AT_THE_DESK.items():
        waiting = desk.KINDS[name].waiting(roster)
        count = waiting.cards if name == "group" else waiting.subjects
        yield _wait(name, count, words(count), icon, f"{reverse('desk')}?after={name}")


def _elsewhere(user: User) -> Iterator[Wait]:
    lost = lists.lost.asked(user).count()
    words = ngettext(
        "%(count)s face that was not found again",
        "%(count)s faces that were not found again",
        lost,
    )
    yield _wait("lost", lost, words, "scan-face", f"{reverse('work')}#lost")
    portraits = lists.people.group_portraits(user).count()
    words = ngettext(
        "%(count)s picture of somebody with several faces",
        "%(count)s pictures of somebody with several faces",
        portraits,
    )
    yield _wait("portraits", portraits, words, "user-round-search", reverse("group_portraits"))
    failed = lists.work.failed_photos(user).count()
    words = ngettext(
        "%(count)s photo that could not be analysed",
        "%(count)s photos that could not be analysed",
        failed,
    )
    yield _wait("failed", failed, words, "triangle-alert", reverse("work"))


def _boxes(library: Library) -> Wait:
    found = Search(states=(Shown.BOX,))
    matcher = Matcher(library, Beside.of(library))
    count = int(np.count_nonzero(matcher.matching(found)))
    words = ngettext(
        "%(count)s photo with a box that waits to be measured",
        "%(count)s photos with boxes that wait to be measured",
        count,
    )
    there = f"{reverse('library')}?{address.write(found)}"
    return _wait("boxes", count, words, "scan-face", there)


def _wait(name: str, count: int, words: str, icon: str, where: str) -> Wait:
    return Wait(name, count, words % {"count": f"{count:,}"}, icon, where)
