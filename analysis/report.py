"""Results as plain values ready for JSON: the form that `manage.py analyze --json` prints."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from analysis.dates import Taken
from analysis.results import FaceResult, PhotoResult
from analysis.shot import Shot


def photo_object(result: PhotoResult, *, encodings: bool = False) -> dict[str, Any]:
    """Return a photo's size, date and faces from left to right; a note and `turned` where there is one."""
    found: dict[str, Any] = {"width": result.width, "height": result.height}
    found["taken"] = taken_object(result.taken)
    found |= shot_object(result.shot)
    if result.note:
        found |= {"note": f"{result.note}", "note_code": result.note.code}
    if result.turned:
        found["turned"] = result.turned
    found["faces"] = [face_object(face, encodings=encodings) for face in result.faces]
    return found


def taken_object(taken: Taken | None) -> dict[str, str] | None:
    """Return when a photo was taken: `at` as ISO 8601, with the offset where that is known, and `from`."""
    return {"at": f"{taken}", "from": taken.source.value} if taken else None


def shot_object(shot: Shot) -> dict[str, Any]:
    """Return how a photo was taken: null for what it does not say. A place is in degrees."""
    place = asdict(shot.place) if shot.place else None
    return {"camera": shot.camera or None, "lens": shot.lens or None, "place": place}


def face_object(face: FaceResult, *, encodings: bool = False) -> dict[str, Any]:
    """Return one face: pixels of the upright original, confidences from 0 to 1."""
    box = face.box
    found: dict[str, Any] = {
        "box": {"left": box.left, "top": box.top, "right": box.right, "bottom": box.bottom},
        "score": round(face.score, 4),
        "landmarks": [[round(x, 2), round(y, 2)] for x, y in face.landmarks.tolist()],
    }
    if encodings:
        # As many digits as a float32 has.
        found["encoding"] = [round(value, 7) for value in face.encoding.tolist()]
    found["age"] = {
        "years": round(face.age.years, 1),
        "low": _rounded(face.age.low, 1),
        "high": _rounded(face.age.high, 1),
        "bracket": face.age.bracket,
        "confidence": round(face.age.confidence, 4),
    }
    found["gender"] = {
        "label": face.gender.label,
        "confidence": round(face.gender.confidence, 4),
    }
    found["emotion"] = {
        "label": face.emotion.label,
        "confidence": round(face.emotion.confidence, 4),
        "scores": {label: round(score, 4) for label, score in face.emotion.scores.items()},
    }
    quality = asdict(face.quality) if face.quality else {}
    found["quality"] = {name: round(value, 3) for name, value in quality.items()} or None
    return found


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
