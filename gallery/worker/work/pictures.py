"""Uploads pictures of people and has their faces named, a few ahead of those that are being analysed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.humanize.templatetags.humanize import intcomma
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gallery import lists
from gallery.children.pool import AnalysisPool
from gallery.fields import fold
from gallery.jobs import tasks
from gallery.jobs.leases import LeaseLost
from gallery.kinds import Lane, TaskFailed, Work
from gallery.models import AnalysisJob, GroupPortrait, Person, Photo, Roster, Task
from gallery.models.person import Gone
from gallery.services import files, newcomers, pictures, turns, unused
from gallery.services.pictures import CameOf, Kept
from gallery.words import Words, say

LOOK_EVERY = 0.5  # seconds
MOST_TOLD = 500  # pictures of which more is said than a count
MOST_SHOWN = 100  # people on the report's page
OUTCOMES = ("added", "known", "without_face", "several", "unreadable", "unnamed")
# The parts of the report, what wants something done first.
TITLES = {
    "several": gettext_lazy("Several faces"),
    "unreadable": gettext_lazy("Could not be read"),
    "without_face": gettext_lazy("No face found"),
    "unnamed": gettext_lazy("Deleted meanwhile"),
    "known": gettext_lazy("Known already"),
    "added": gettext_lazy("Added, but poor"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """What a picture came to, in `words` where a count does not say it; `photo` is where to see it.

    `group` is the question of which of several faces on it is the person's, while that is not answered.
    """

    shown: str
    words: str
    photo: int | None
    group: GroupPortrait | None


class Pictures(Work):
    """Pictures of people. `arguments` names the folder of the `upload` and its `source`.

    `result` counts the OUTCOMES and tells of pictures, each as a list of its path, words, photo, outcome
    and person; `people` are those whom they name, by folded name. Until the end it holds the photos
    `waiting`, each with its picture's number, and the people `made` for this.
    """

    name = pictures.KIND
    lane = Lane.LIBRARY
    unit = gettext_lazy("pictures")
    home = "people"
    keeps = True
    template = "gallery/_pictures.html"

    @property
    def title(self) -> str:
        return _("People from %(source)s") % {"source": self.task.arguments["source"]}

    @property
    def outcome(self) -> str:
        result = self.task.result
        added = result.get("added", 0)
        first = ngettext(
            "%(count)s picture made somebody known.", "%(count)s pictures made people known.", added
        )
        said = {
            "known": _("%(count)s known already"),
            "without_face": _("%(count)s without a face"),
            "several": _("%(count)s with several faces"),
            "unreadable": _("%(count)s that could not be read"),
            "unnamed": _("%(count)s whose photo or person was deleted meanwhile"),
        }
        others = [
            words % {"count": intcomma(result[name])}
            for name, words in said.items()
            if result.get(name)
        ]
        sentence = first % {"count": intcomma(added)}
        if not others:
            return sentence
        return _("%(first)s Beside those: %(others)s.") % {
            "first": sentence,
            "others": ", ".join(others),
        }

    async def step(self, pool: AnalysisPool) -> bool:
        if not await database_sync_to_async(bring_some)(self.task, self._folder, self._kept):
            return False
        if len(self.task.result.get("waiting", [])) >= ahead() or self._all_are_brought:
            await asyncio.sleep(LOOK_EVERY)
        return True

    @property
    def files(self) -> set[Path]:
        return {self.task.folder, pictures.uploaded(self.task)}

    def context(self, user: User) -> dict[str, Any]:
        told = self.task.result.get("told", []) if self.task.owner_id == user.pk else []
        photos = {photo for _, _, photo, _, _ in told if photo}
        mine = Photo.objects.visible_to(user).filter(pk__in=photos)
        there = set(mine.values_list("pk", flat=True))
        asked = lists.people.group_portraits(user).filter(photo__in=there)
        groups = {(one.photo_id, one.person_id): one for one in asked}
        by_outcome: dict[str, list[Told]] = {name: [] for name in TITLES}
        for shown, words, photo, outcome, person in told:
            said = f"{Words.read(words)}" if words else ""
            seen = photo if photo in there else None
            group = groups.get((photo, person))
            if outcome == "several" and group is None:
                said = _("Answered since.")
            by_outcome[outcome].append(Told(shown, said, seen, group))
        found = [(TITLES[name], entries) for name, entries in by_outcome.items() if entries]
        return {"told": found, "to_choose": len(groups), "people": self._people(user)}

    def _people(self, user: User) -> list[Person]:
        """Return who is named by the pictures, as cards, those that are shown."""
        keys = list(self.task.result.get("people", {}).values())[:MOST_SHOWN]
        return list(lists.people.cards(Person.objects.visible_to(user).filter(pk__in=keys)))

    @cached_property
    def _folder(self) -> Path:
        return pictures.folder_of(self.task)

    @cached_property
    def _kept(self) -> list[Kept]:
        try:
            return pictures.waiting_in(self._folder)
        except OSError as error:
            raise TaskFailed(say("upload_gone")) from error

    @property
    def _all_are_brought(self) -> bool:
        return self.task.cursor >= len(self._kept)


def ahead() -> int:
    """Return how many pictures are analysed at a time, or wait: whoever uploads a photo waits for those."""
    return 2 * settings.ANALYSIS_CHILDREN


@transaction.atomic
def bring_some(task: Task, folder: Path, kept: Sequence[Kept]) -> bool:
    """Count what came of pictures, and bring the next one; False, and the task closed, after the last."""
    roster = turns.take_of(task.owner_id)
    result = {"waiting": [], "people": {}, "made": [], "told": []} | task.result
    waiting, ended = _looked_at(result["waiting"])
    more = task.cursor < len(kept) and len(waiting) < ahead()
    if not ended and not more and waiting:
        return True  # Nothing to say: whoever looks is told twice a second else.
    result["waiting"] = waiting
    for number, came in ended:
        _count(result, kept[number], came)
    number = task.cursor
    # Before anything is written: another may do it by now.
    _save(task, result, number + more)
    if more:
        person = _person(roster, kept[number].name, task.arguments["source"], result)
        came = pictures.bring(owner=task.owner, kept=kept[number], folder=folder, person=person)
        if came.outcome == "waiting":
            result["waiting"].append([came.photo, number])
        else:
            _count(result, kept[number], came)
        _save(task, result, number + 1)
    if result["waiting"] or task.cursor < len(kept):
        return True
    _finish(task, roster, result)
    return False


def _looked_at(
    waiting: Sequence[Sequence[int]],
) -> tuple[list[Sequence[int]], list[tuple[int, CameOf]]]:
    """Return which pictures still wait, and what came of the others, by their numbers."""
    jobs = {
        job.photo_id: job
        for job in AnalysisJob.objects.filter(photo__in=[photo for photo, _number in waiting])
    }
    still = [pair for pair in waiting if pair[0] in jobs and jobs[pair[0]].is_open]
    ended = [
        (number, pictures.came_of(jobs[photo]) if photo in jobs else CameOf("unnamed"))
        for photo, number in waiting
        if photo not in jobs or not jobs[photo].is_open
    ]
    return still, ended


def _save(task: Task, result: dict[str, Any], cursor: int) -> None:
    done = cursor - len(result["waiting"])
    if not tasks.advance(task, cursor=cursor, done=done, result=result):
        raise LeaseLost


def _count(result: dict[str, Any], kept: Kept, came: CameOf) -> None:
    result[came.outcome] = result.get(came.outcome, 0) + 1
    if (came.words or came.outcome != "added") and len(result["told"]) < MOST_TOLD:
        words = came.words.write() if came.words else ""
        person = result["people"].get(fold(kept.name))
        result["told"].append([kept.shown, words, came.photo, came.outcome, person])


def _person(roster: Roster, name: str, source: str, result: dict[str, Any]) -> Person | None:
    """Return whose the picture is: the same for all pictures of a name, whatever they are called by now.

    Whom a human deleted meanwhile is nobody, and not somebody new.
    """
    known = Person.everyone.filter(roster=roster, pk=result["people"].get(fold(name))).first()
    if known is not None and known.gone != Gone.UNUSED:
        return known.stands_for
    one = newcomers.meant(roster, name, source)
    person = newcomers.there(roster, [one])[one]
    result["people"][fold(name)] = person.pk
    if one.person is None:
        result["made"].append(person.pk)
    return person


def _finish(task: Task, roster: Roster, result: dict[str, Any]) -> None:
    # Of some, none of their pictures has the one face.
    unused.settle(result["made"], note=newcomers.note_of(task.arguments["source"]))
    counts = {name: result[name] for name in OUTCOMES if name in result}
    tasks.finish(task, counts | {"told": result["told"], "people": result["people"]})
    transaction.on_commit(lambda: files.remove_folder(task.folder))
