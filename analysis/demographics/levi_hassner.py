"""Apparent age and gender: the Caffe networks of Levi and Hassner (CVPR workshops, 2015).

"Age and Gender Classification using Convolutional Neural Networks",
doi:10.1109/CVPRW.2015.7301352. No package has the four files: a user brings them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from analysis.alignment import AlignedFace
from analysis.errors import UnusableNetwork
from analysis.results import BRACKETS, AgeEstimate, Array, GenderEstimate
from analysis.sentences import say

SIDE = 227
BORDER = 10  # px around the box
BLUE_GREEN_RED_MEANS = (78.4263377603, 87.7689143744, 114.895847746)
GENDERS: tuple[Literal["male", "female"], ...] = ("male", "female")
# The middle of each bracket, and where one ends and the next begins: halfway across the gap. The
# last counts as 60 to 80, where nearly all who are photographed are.
YEARS = np.array([1, 5, 10, 17.5, 28.5, 40.5, 50.5, 70])
EDGES = np.array([0, 3, 7, 13.5, 22.5, 35, 45.5, 56.5, 80])


class LeviHassner:
    """Age in eight brackets and gender, from the box and 10 px around it."""

    name = "levi-hassner-2015"

    def __init__(
        self, age_layers: Path, age_weights: Path, gender_layers: Path, gender_weights: Path
    ) -> None:
        self._age = _CaffeNetwork(age_layers, age_weights, len(BRACKETS))
        self._gender = _CaffeNetwork(gender_layers, gender_weights, len(GENDERS))

    def estimate(self, faces: Sequence[AlignedFace]) -> list[tuple[AgeEstimate, GenderEstimate]]:
        """Return an estimate of both for each of at least one face; raises UnusableNetwork."""
        return [self._estimate(face_blob(face)) for face in faces]

    def _estimate(self, blob: Array) -> tuple[AgeEstimate, GenderEstimate]:
        gender = self._gender(blob)
        best = int(gender.argmax())
        return age_estimate(self._age(blob)), GenderEstimate(GENDERS[best], float(gender[best]))


def face_blob(face: AlignedFace) -> Array:
    """Return the face as the networks take it: float32 (1, 3, 227, 227), blue first, less its means."""
    height, width = face.pixels.shape[:2]
    left, top = max(0, round(face.box.left) - BORDER), max(0, round(face.box.top) - BORDER)
    right = min(width, round(face.box.right) + BORDER)
    bottom = min(height, round(face.box.bottom) + BORDER)
    blue_first: NDArray[np.uint8] = np.ascontiguousarray(face.pixels[top:bottom, left:right, ::-1])
    blob = cv2.dnn.blobFromImage(blue_first, 1.0, (SIDE, SIDE), BLUE_GREEN_RED_MEANS, swapRB=False)
    return np.asarray(blob, dtype=np.float32)


def age_estimate(shares: Array) -> AgeEstimate:
    """Return the likeliest of eight brackets with its share, and from all shares (8,) an age in years.

    `years` is the expectation over the brackets' middles; for `low` and `high` the ages of a bracket
    count as equally likely.
    """
    best = int(shares.argmax())
    reached = np.concatenate([[0.0], shares.cumsum(dtype=np.float64)])
    low, high = np.interp((0.1, 0.9), reached / reached[-1], EDGES)
    return AgeEstimate(
        years=float(shares @ YEARS / reached[-1]),
        bracket=BRACKETS[best],
        confidence=float(shares[best]),
        low=float(low),
        high=float(high),
    )


class _CaffeNetwork:
    """A network with `outputs` shares."""

    def __init__(self, layers: Path, weights: Path, outputs: int) -> None:
        self._layers, self._weights = layers.name, weights.name
        self._outputs = outputs
        try:
            self._network = cv2.dnn.readNetFromCaffe(f"{layers}", f"{weights}")
        except cv2.error as error:
            raise self._unusable() from error
        self(np.zeros((1, 3, SIDE, SIDE), np.float32))

    def __call__(self, blob: Array) -> Array:
        """Return the shares (outputs,) for one face."""
        try:
            self._network.setInput(blob)
            shares = np.asarray(self._network.forward(), np.float32).ravel()
        except cv2.error as error:
            raise self._unusable() from error
        # Written so that a NaN is refused too.
        if len(shares) != self._outputs or not abs(shares.sum() - 1) <= 1e-3:
            raise self._unusable()
        return shares

    def _unusable(self) -> UnusableNetwork:
        return UnusableNetwork(
            say(
                "not_levi_hassner",
                layers=self._layers,
                weights=self._weights,
                side=SIDE,
                outputs=self._outputs,
            )
        )
