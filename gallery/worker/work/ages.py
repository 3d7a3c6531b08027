"""Has the default method tell the age of every face anew that another network told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from channels.db import database_sync_to_async
from django.contrib.auth.models import User
from django.contrib.humanize.templatetags.humanize import intcomma
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from analysis.results import AgeEstimate
from gallery.children.pool import AnalysisPool
from gallery.children.requests import KeptFace, TellAges, ToldAges
from gallery.jobs import tasks
from gallery.kinds import Lane, Work
from gallery.models import Face, Task
from gallery.services.age_tasks import STAGE, renamed, told_by_others
from gallery.worker.work.faces import advance, in_their_turns, left_out, name_method

CHUNK = 200
MUCH = 5  # years: by so much an age is another one to whoever looks


class AgesAgain(Work):
    """Ages again. `result` holds how many were `told`, how many `changed` much, and whom it left out."""

    name = "ages"
    lane = Lane.LIBRARY
    home = "networks"
    unit = gettext_lazy("faces")
    for_administrators = True
    taken = gettext_lazy("The ages are being told again already.")

    @classmethod
    def key(cls, owner: User, arguments: dict[str, Any]) -> str:
        return cls.name

    @property
    def title(self) -> str:
        return _("Ages again")

    @property
    def outcome(self) -> str:
        result = self.task.result
        count, accounts = result["left_out"], result["accounts_left_out"]
        return " ".join(
            [
                _changed(result["changed"], result["told"]),
                *([left_out(count)] if count else []),
                *([_chose(accounts)] if accounts else []),
            ]
        )

    async def step(self, pool: AnalysisPool) -> bool:
        chunk = await database_sync_to_async(_next)(self.task)
        if not chunk:
            await database_sync_to_async(_finish)(self.task)
            return False
        kept = tuple(map(_kept, chunk))
        told = await pool.ask(TellAges(self.task.arguments["method"], kept))
        await database_sync_to_async(save_ages)(self.task, chunk, told)
        return True


def _changed(changed: int, told: int) -> str:
    faces = ngettext("%(told)s face", "%(told)s faces", told) % {"told": intcomma(told)}
    sentence = ngettext(
        "%(changed)s of %(faces)s looks older or younger by %(years)s years or more now.",
        "%(changed)s of %(faces)s look older or younger by %(years)s years or more now.",
        changed,
    )
    return sentence % {"changed": intcomma(changed), "faces": faces, "years": MUCH}


def _chose(accounts: int) -> str:
    sentence = ngettext(
        "%(count)s account chose another method.",
        "%(count)s accounts chose another method.",
        accounts,
    )
    return sentence % {"count": intcomma(accounts)}


def _next(task: Task) -> list[Face]:
    faces = told_by_others(task.arguments["method"])
    faces = faces.filter(pk__gt=task.cursor, pk__lte=task.arguments["last"])
    return list(faces.select_related("photo").defer("encoding").order_by("pk")[:CHUNK])


def _kept(face: Face) -> KeptFace:
    photo = face.photo
    assert photo.width is not None  # It was analysed, as it has faces.
    assert photo.height is not None
    landmarks = face.landmarks.reshape(-1, 2)
    return KeptFace(photo.face_crop(face.pk), face.box, photo.width, photo.height, landmarks)


@transaction.atomic
def save_ages(task: Task, faces: Sequence[Face], told: ToldAges) -> None:
    """Write what was told of `faces` under the task's lease; raises LeaseLost, and writes nothing."""
    with in_their_turns(faces):
        pairs = [(face, new) for face, new in zip(faces, told.ages, strict=True) if new]
        written = [(face, new) for face, new in pairs if _write(face, new, told.network)]
        so_far = {"told": 0, "changed": 0, "left_out": 0} | task.result
        so_far["told"] += len(written)
        so_far["changed"] += sum(abs(face.age_years - new.years) >= MUCH for face, new in written)
        so_far["left_out"] += len(faces) - len(pairs)
        advance(task, faces, so_far)
        photos = {face.photo_id for face, _new in written}
        name_method(photos, STAGE, lambda name: renamed(name, told.network))


def _write(face: Face, new: AgeEstimate, network: str) -> int:
    """Write the age unless the photo was analysed again meanwhile, which is newer than this."""
    as_it_was = Face.objects.filter(
        pk=face.pk, left=face.left, top=face.top, right=face.right, bottom=face.bottom,
        age_years=face.age_years, methods=face.methods,
    )  # fmt: skip
    return as_it_was.update(
        age_years=new.years,
        age_low=new.low,
        age_high=new.high,
        age_bracket=new.bracket,
        age_confidence=new.confidence,
        methods=face.methods | {STAGE: renamed(face.methods.get(STAGE, ""), network)},
    )


def _finish(task: Task) -> None:
    accounts = Face.objects.choosing(STAGE).values("photo__owner").distinct().count()
    nothing = {"told": 0, "changed": 0, "left_out": 0}
    tasks.finish(task, nothing | task.result | {"accounts_left_out": accounts})
