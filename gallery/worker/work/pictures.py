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

from gallery.children.pool import AnalysisPool
from gallery.fields import fold
from gallery.jobs import tasks
from gallery.jobs.leases import LeaseLost
from gallery.kinds import Lane, TaskFailed, Work
from gallery.models import AnalysisJob, Person, Photo, Roster, Task
from gallery.services import files, newcomers, people, pictures, turns
from gallery.services.pictures import CameOf, Kept
from gallery.words import Words, say

LOOK_EVERY = 0.5  # seconds
MOST_TOLD = 500  # pictures of which more is said than a count
OUTCOMES = ("added", "known", "without_face", "several", "unreadable", "unnamed")


@dataclass(frozen=True, slots=True)
class Told:
    """What a picture came to that did not simply name somebody; `photo` is where to see it."""

    shown: str
    words: str
    photo: int | None


class Pictures(Work):
    """Pictures of people. `arguments` names the folder of the `upload` and its `source`.

    `result` counts the OUTCOMES and tells of pictures; until the end it holds the photos `waiting`, each
    with its picture's number, the `people` by folded name, and those `made` for this.
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
        is_mine = self.task.owner_id == user.pk
        told = self.task.result.get("told", []) if is_mine else []
        there = set(
            Photo.objects.visible_to(user)
            .filter(pk__in=[photo for _shown, _words, photo in told if photo])
            .values_list("pk", flat=True)
        )
        return {
            "told": [
                Told(shown, f"{Words.read(words)}", photo if photo in there else None)
                for shown, words, photo in told
            ]
        }

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
    if came.words is not None and len(result["told"]) < MOST_TOLD:
        result["told"].append([kept.shown, came.words.write(), came.photo])


def _person(roster: Roster, name: str, source: str, result: dict[str, Any]) -> Person:
    """Return whose the picture is: the same for all pictures of a name, whatever they are called by now."""
    known = Person.objects.filter(roster=roster, pk=result["people"].get(fold(name)))
    if person := known.first():
        return person
    one = newcomers.meant(roster, name, source)
    person = newcomers.there(roster, [one])[one]
    result["people"][fold(name)] = person.pk
    if one.person is None:
        result["made"].append(person.pk)
    return person


def _finish(task: Task, roster: Roster, result: dict[str, Any]) -> None:
    for person in Person.objects.filter(roster=roster, pk__in=result["made"]):
        # None of their pictures has the one face. The note is the source's, unless somebody wrote another.
        if person.note == newcomers.note_of(task.arguments["source"]):
            person.note = ""
        people.forget_if_unused(person)
    counts = {name: result[name] for name in OUTCOMES if name in result}
    tasks.finish(task, counts | {"told": result["told"]})
    transaction.on_commit(lambda: files.remove_folder(task.folder))
