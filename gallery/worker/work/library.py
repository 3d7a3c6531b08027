"""Asks networks about the crops of faces that were kept: to tell the emotions again, and to compare."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from channels.db import database_sync_to_async
from django.db import transaction

from analysis.results import EMOTIONS, EmotionEstimate
from gallery.children.pool import AnalysisPool
from gallery.children.requests import TellEmotions, ToldEmotions
from gallery.jobs import tasks
from gallery.jobs.leases import LeaseLost
from gallery.live import events
from gallery.models import EmotionWord, Face, Photo, Task
from gallery.models.face import FaceQuerySet
from gallery.services import turns

CHUNK = 200
SHOWN_APART = 200


async def tell_again(task: Task, pool: AnalysisPool) -> None:
    """Have one network tell the emotion of every face anew; what people said stays."""
    while chunk := await database_sync_to_async(_next)(task, _everyones):
        told = await pool.ask(_question(task.arguments["network"], chunk))
        await database_sync_to_async(save_emotions)(task, chunk, told)
    await database_sync_to_async(_finish_again)(task)


async def compare(task: Task, pool: AnalysisPool) -> None:
    """Have two networks tell the emotions in the library of who asks, and count where they differ."""
    while chunk := await database_sync_to_async(_next)(task, _own):
        one = await pool.ask(_question(task.arguments["one"], chunk))
        other = await pool.ask(_question(task.arguments["other"], chunk))
        await database_sync_to_async(_save_comparison)(task, chunk, one, other)
    await database_sync_to_async(_finish_comparison)(task)


def _everyones(task: Task) -> FaceQuerySet:
    return Face.objects.following("emotion")


def _own(task: Task) -> FaceQuerySet:
    # By a subquery: SQLite would sort all of the owner's faces for each chunk.
    return Face.objects.filter(photo__in=Photo.objects.filter(owner=task.owner_id).values("pk"))


def _next(task: Task, among: Callable[[Task], FaceQuerySet]) -> list[Face]:
    last = task.arguments["last"]
    faces = among(task).filter(has_emotion_crop=True, pk__gt=task.cursor, pk__lte=last)
    faces = faces.select_related("photo").defer("encoding", "landmarks")
    return list(faces.order_by("pk")[:CHUNK])


def _question(network: str, faces: Sequence[Face]) -> TellEmotions:
    return TellEmotions(network, tuple(face.photo.emotion_crop(face.pk) for face in faces))


@transaction.atomic
def save_emotions(task: Task, faces: Sequence[Face], told: ToldEmotions) -> None:
    """Write what was told of `faces` under the task's lease; raises LeaseLost, and writes nothing."""
    owners = sorted({face.photo.owner_id for face in faces})
    for owner_id in owners:
        turns.take(owner_id)
    said = _said(faces)
    pairs = [(face, new) for face, new in zip(faces, told.emotions, strict=True) if new]
    written = [(face, new) for face, new in pairs if _write(face, new, told.network)]
    changed = sum(face.emotion != new.label and face.pk not in said for face, new in written)
    result = {"changed": task.result.get("changed", 0) + changed, "network": told.network}
    _advance(task, faces, result)
    touched = Photo.objects.filter(pk__in={face.photo_id for face, _ in written})
    for photo in touched:
        photo.methods["emotion"] = told.network
        photo.save(update_fields=["methods"])
    touched.touch()
    for owner_id in owners:
        events.publish(owner_id)


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


def _finish_again(task: Task) -> None:
    left_out = Face.objects.following("emotion").filter(has_emotion_crop=False).count()
    accounts = Face.objects.choosing("emotion").values("photo__owner").distinct().count()
    counts = {"left_out": left_out, "accounts_left_out": accounts}
    tasks.finish(task, {"changed": 0} | task.result | counts)


@transaction.atomic
def _save_comparison(
    task: Task, faces: Sequence[Face], one: ToldEmotions, other: ToldEmotions
) -> None:
    result = task.result or _no_comparison()
    said = _said(faces)
    for face, first, second in zip(faces, one.emotions, other.emotions, strict=True):
        if first is None or second is None:
            result["missing"] += 1
        else:
            _count(result, face.pk, first, second, said.get(face.pk))
    result["apart"] = sorted(result["apart"], key=_certainty, reverse=True)[:SHOWN_APART]
    _advance(task, faces, result)


def _no_comparison() -> dict[str, Any]:
    counts = [[0] * len(EMOTIONS) for _ in EMOTIONS]
    said = {"faces": 0, "one": 0, "other": 0}
    return {"faces": 0, "missing": 0, "same": 0, "counts": counts, "said": said, "apart": []}


def _said(faces: Sequence[Face]) -> dict[int, str]:
    words = EmotionWord.objects.filter(face__in=[face.pk for face in faces], is_so=True)
    return dict(words.values_list("face_id", "emotion"))


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


def _finish_comparison(task: Task) -> None:
    result = task.result or _no_comparison()
    own = Face.objects.filter(photo__owner=task.owner_id, has_emotion_crop=False)
    tasks.finish(task, result | {"missing": result["missing"] + own.count()})


def _advance(task: Task, faces: Sequence[Face], result: dict[str, Any]) -> None:
    cursor, done = faces[-1].pk, task.done + len(faces)
    if not tasks.advance(task, cursor=cursor, done=done, result=result):
        raise LeaseLost
