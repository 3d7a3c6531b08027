"""Has the default network tell the emotion of every face anew; what people said stays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from channels.db import database_sync_to_async
from django.contrib.auth.models import User
from django.contrib.humanize.templatetags.humanize import intcomma
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from analysis.results import EmotionEstimate
from gallery.children.pool import AnalysisPool
from gallery.children.requests import ToldEmotions
from gallery.jobs import tasks
from gallery.kinds import Lane
from gallery.models import Face, Task
from gallery.worker.work.faces import (
    advance,
    after_the_cursor,
    in_their_turns,
    left_out,
    name_method,
    question,
    said_of,
)
from gallery.worker.work.of_networks import OfNetworks


class EmotionsAgain(OfNetworks):
    """Emotions again. `result` holds how many faces `changed`, and whom it left out."""

    name = "emotions"
    lane = Lane.LIBRARY
    taken = gettext_lazy("The emotions are being told again already.")

    @classmethod
    def key(cls, owner: User, arguments: dict[str, Any]) -> str:
        return cls.name

    @property
    def title(self) -> str:
        return _("Emotions again, by %(network)s") % {"network": self.title_of("network")}

    @property
    def outcome(self) -> str:
        result = self.task.result
        return " ".join(
            [
                _changed(result["changed"], self.task.done),
                *([left_out(result["left_out"])] if result.get("left_out") else []),
                *([_chose(result["accounts_left_out"])] if result.get("accounts_left_out") else []),
            ]
        )

    async def step(self, pool: AnalysisPool) -> bool:
        chunk = await database_sync_to_async(_next)(self.task)
        if not chunk:
            await database_sync_to_async(_finish)(self.task)
            return False
        told = await pool.ask(question(self.task.arguments["network"], chunk))
        await database_sync_to_async(save_emotions)(self.task, chunk, told)
        return True


def _changed(changed: int, done: int) -> str:
    # Two numbers, two plurals: "1 of 3 faces shows", "2 of 3 faces show".
    faces = ngettext("%(done)s face", "%(done)s faces", done) % {"done": intcomma(done)}
    sentence = ngettext(
        "%(changed)s of %(faces)s shows another emotion now.",
        "%(changed)s of %(faces)s show another emotion now.",
        changed,
    )
    return sentence % {"changed": intcomma(changed), "faces": faces}


def _chose(accounts: int) -> str:
    sentence = ngettext(
        "%(count)s account chose another network.",
        "%(count)s accounts chose another network.",
        accounts,
    )
    return sentence % {"count": intcomma(accounts)}


def _next(task: Task) -> list[Face]:
    return after_the_cursor(task, Face.objects.following("emotion"))


@transaction.atomic
def save_emotions(task: Task, faces: Sequence[Face], told: ToldEmotions) -> None:
    """Write what was told of `faces` under the task's lease; raises LeaseLost, and writes nothing."""
    with in_their_turns(faces):
        said = said_of(faces)
        pairs = [(face, new) for face, new in zip(faces, told.emotions, strict=True) if new]
        written = [(face, new) for face, new in pairs if _write(face, new, told.network)]
        changed = sum(face.emotion != new.label and face.pk not in said for face, new in written)
        result = {"changed": task.result.get("changed", 0) + changed, "network": told.network}
        # How many changed is known only now; where the lease was lost, this takes the writes back.
        advance(task, faces, result)
        name_method(
            {face.photo_id for face, _new in written}, "emotion", lambda _name: told.network
        )


def _write(face: Face, new: EmotionEstimate, network: str) -> int:
    """Write the emotion unless the photo was analysed again meanwhile, which is newer than this."""
    as_it_was = Face.objects.filter(
        pk=face.pk, left=face.left, top=face.top, right=face.right, bottom=face.bottom,
        emotion_confidence=face.emotion_confidence, methods=face.methods,
    )  # fmt: skip
    return as_it_was.update(
        emotion=new.label,
        emotion_confidence=new.confidence,
        emotion_scores=dict(new.scores),
        methods=face.methods | {"emotion": network},
    )


def _finish(task: Task) -> None:
    left_out = Face.objects.following("emotion").filter(has_emotion_crop=False).count()
    accounts = Face.objects.choosing("emotion").values("photo__owner").distinct().count()
    counts = {"left_out": left_out, "accounts_left_out": accounts}
    tasks.finish(task, {"changed": 0} | task.result | counts)
