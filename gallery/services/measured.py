"""Writes what the networks say of a face where pages and matching read it, with its files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.results import FaceResult
from gallery.models import Face, KnownEncoding
from gallery.models.face import QUALITY
from gallery.models.face_queries import Mark
from gallery.services import boxes, files


def save(face: Face, found: FaceResult, methods: Mapping[str, str]) -> Face:
    """Save a new face, or what is measured anew of one; where it is was said before (`boxes`)."""
    values = _values(found) | {
        "methods": dict(methods),
        "encoder": methods["encoder"],
        "population": methods.get("population", "") if found.level is not None else "",
    }
    values["has_emotion_crop"] = face.mark != Mark.PRIVATE
    for name, value in values.items():
        setattr(face, name, value)
    face.save(update_fields=[*values, *boxes.COLUMNS] if face.pk else None)
    # That this face is that person is a human's word and stays; by which numbers is the network's.
    KnownEncoding.objects.filter(face=face).update(
        vector=face.encoding,
        encoder=face.encoder,
        level=face.level,
        population=face.population,
    )
    return face


def write_crops(face: Face, crop: bytes, emotion_crop: bytes) -> None:
    if face.mark == Mark.PRIVATE:
        return  # Nothing of them is shown.
    files.write(face.photo.face_crop(face.pk), [crop])
    files.write(face.photo.emotion_crop(face.pk), [emotion_crop])


def _values(found: FaceResult) -> dict[str, Any]:
    return {
        "score": found.score,
        "landmarks": found.landmarks,
        "encoding": found.encoding,
        "level": found.level,
        "age_years": found.age.years,
        "age_low": found.age.low,
        "age_high": found.age.high,
        "age_bracket": found.age.bracket,
        "age_confidence": found.age.confidence,
        "gender": found.gender.label,
        "gender_confidence": found.gender.confidence,
        "emotion": found.emotion.label,
        "emotion_confidence": found.emotion.confidence,
        "emotion_scores": dict(found.emotion.scores),
    } | {column: getattr(found.quality, name, None) for column, name in QUALITY.items()}
