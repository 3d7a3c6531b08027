"""Keeps faces that were erased from coming back by another analysis of their photo."""

from __future__ import annotations

from dataclasses import replace

from analysis.results import same_faces
from gallery.children.requests import Analysed
from gallery.models import ErasedFace, Face, Photo


def left_out(photo: Photo, analysed: Analysed) -> Analysed:
    """Return what was found but where a face was erased, and is no other that is there."""
    erased = [one.box for one in ErasedFace.objects.filter(photo=photo).order_by("pk")]
    if not erased:
        return analysed
    there = [face.box for face in Face.everything.filter(photo=photo).order_by("pk")]
    found = analysed.result.faces
    pairs = same_faces([*erased, *there], [face.box for face in found])
    out = {index for number, index in pairs.items() if number < len(erased)}
    kept = [index for index in range(len(found)) if index not in out]
    return replace(
        analysed,
        result=replace(analysed.result, faces=tuple(found[index] for index in kept)),
        crops=tuple(analysed.crops[index] for index in kept),
        emotion_crops=tuple(analysed.emotion_crops[index] for index in kept),
    )
