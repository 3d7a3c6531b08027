"""dlib's five landmarks: the points that the face was aligned by, shown as they are."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.alignment import AlignedFace
from analysis.results import Array


class Landmarks5:
    """Corners of the eyes and base of the nose; loads nothing of its own."""

    name = "dlib-5"

    def find(self, faces: Sequence[AlignedFace]) -> list[Array]:
        """Return for each face float32 (5, 2), x and y in pixels of its photo."""
        return [face.points for face in faces]
