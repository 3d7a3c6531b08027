"""Has two networks tell the emotions in the library of who asks, and counts where they differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from channels.db import database_sync_to_async
from django.contrib.auth.models import User
from django.contrib.humanize.templatetags.humanize import intcomma
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analysis.results import EMOTIONS, EmotionEstimate
from gallery.children.pool import AnalysisPool
from gallery.children.requests import ToldEmotions
from gallery.jobs import tasks
from gallery.kinds import Lane
from gallery.models import Face, Photo, Task
from gallery.worker.work.faces import advance, after_the_cursor, question, said_of
from gallery.worker.work.of_networks import OfNetworks

# Not more: the row that holds them is written anew with every chunk.
SHOWN_APART = 200


@dataclass(frozen=True, slots=True)
class Apart:
    """A face of which two networks say different things, each with how sure it is."""

    face: Face
    one: str
    one_confidence: float
    other: str
    other_confidence: float


class Comparison(OfNetworks):
    """Comparison of two networks. `result` holds their counts, and the faces that they differ on most."""

    name = "comparison"
    lane = Lane.LIBRARY
    template = "networks/_comparison.html"

    @property
    def title(self) -> str:
        return _("Comparison of %(one)s and %(other)s") % {"one": self.one, "other": self.other}

    @property
    def outcome(self) -> str:
        result = self.task.result
        if not result["faces"]:
            return _("No face to compare them on.")
        sentence = ngettext(
            "The same on %(same)s of %(count)s face.",
            "The same on %(same)s of %(count)s faces.",
            result["faces"],
        )
        return sentence % {"same": intcomma(result["same"]), "count": intcomma(result["faces"])}

    async def step(self, pool: AnalysisPool) -> bool:
        chunk = await database_sync_to_async(_next)(self.task)
        if not chunk:
            await database_sync_to_async(_finish)(self.task)
            return False
        one = await pool.ask(question(self.task.arguments["one"], chunk))
        other = await pool.ask(question(self.task.arguments["other"], chunk))
        await database_sync_to_async(_save)(self.task, chunk, one, other)
        return True

    def context(self, user: User) -> dict[str, Any]:
        # They are faces of the library of who asked; other administrators see the counts alone.
        is_mine = self.task.owner_id == user.pk
        apart = _apart(self.task, user) if is_mine and self.task.is_done else []
        return {"is_mine": is_mine, "apart": apart}

    @property
    def one(self) -> str:
        return self.title_of("one")

    @property
    def other(self) -> str:
        return self.title_of("other")

    @property
    def learners(self) -> list[str]:
        """The titles of the compared networks that learnt from faces that people corrected here."""
        compared = [self.named(self.task.arguments.get(role, "")) for role in ("one", "other")]
        return [
            one.title
            for one in compared
            if one and one.network and one.network.facts.get("corrections")
        ]

    @property
    def differing(self) -> int:
        """On how many faces two networks said different things."""
        return int(self.task.result["faces"] - self.task.result["same"])

    @property
    def agreement(self) -> float:
        """On what share of the faces they said the same; there has to be one."""
        return float(self.task.result["same"] / self.task.result["faces"])


def _apart(task: Task, user: User) -> list[Apart]:
    """Return the faces that the networks differ on, most certain first, as far as they are there yet."""
    entries = task.result["apart"]
    visible = Face.objects.visible_to(user).only("photo_id")
    faces = visible.in_bulk([entry[0] for entry in entries])
    return [Apart(faces[pk], *answers) for pk, *answers in entries if pk in faces]


def _next(task: Task) -> list[Face]:
    # By a subquery: SQLite would sort all of the owner's faces for each chunk.
    own = Photo.objects.filter(owner=task.owner_id).values("pk")
    return after_the_cursor(task, Face.objects.filter(photo__in=own))


@transaction.atomic
def _save(task: Task, faces: Sequence[Face], one: ToldEmotions, other: ToldEmotions) -> None:
    result = task.result or _no_comparison()
    said = said_of(faces)
    for face, first, second in zip(faces, one.emotions, other.emotions, strict=True):
        if first is None or second is None:
            result["missing"] += 1
        else:
            _count(result, face.pk, first, second, said.get(face.pk))
    result["apart"] = sorted(result["apart"], key=_certainty, reverse=True)[:SHOWN_APART]
    advance(task, faces, result)


def _no_comparison() -> dict[str, Any]:
    counts = [[0] * len(EMOTIONS) for _ in EMOTIONS]
    said = {"faces": 0, "one": 0, "other": 0}
    return {"faces": 0, "missing": 0, "same": 0, "counts": counts, "said": said, "apart": []}


def _count(
    result: dict[str, Any], pk: int, one: EmotionEstimate, other: EmotionEstimate, said: str | None
) -> None:
    result["faces"] += 1
    result["counts"][EMOTIONS.index(one.label)][EMOTIONS.index(other.label)] += 1
    if said is not None:
        result["said"]["faces"] += 1
        result["said"]["one"] += one.label == said
        result["said"]["other"] += other.label == said
    if one.label == other.label:
        result["same"] += 1
    else:
        result["apart"].append([pk, one.label, one.confidence, other.label, other.confidence])


def _certainty(entry: list[Any]) -> float:
    _, _, one, _, other = entry
    return float(one * other)


def _finish(task: Task) -> None:
    result = task.result or _no_comparison()
    own = Face.objects.filter(photo__owner=task.owner_id, has_emotion_crop=False)
    tasks.finish(task, result | {"missing": result["missing"] + own.count()})
