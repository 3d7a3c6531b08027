"""Labelled grey crops in memory, their split and their hash; `reading.py` takes them out of files."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

from analysis.errors import AnalysisError
from analysis.results import Array
from analysis.sentences import say

SIDE = 48
TRAINING, VALIDATION, TEST = "Training", "PublicTest", "PrivateTest"
SplitName = Literal["usage", "study"]
# The study trains on the first four fifths and validates on the rest.
STUDY_SHARE = 0.8


class DatasetError(AnalysisError):
    """The labelled images cannot be used; the sentence says where and why."""


@dataclass(frozen=True)
class Dataset:
    """Crops with a label each.

    `images` is uint8 (N, 48, 48); `labels` uint8 (N,), indices into `analysis.results.EMOTIONS`; `usage`
    says for each what FER2013 means it for (Training, PublicTest or PrivateTest), or is None.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    usage: NDArray[np.str_] | None = None

    def __len__(self) -> int:
        return len(self.labels)

    @cached_property
    def sha256(self) -> str:
        """The hash of the pixels and labels in their order, whatever file they came in."""
        digest = hashlib.sha256(np.ascontiguousarray(self.images).tobytes())
        digest.update(np.ascontiguousarray(self.labels).tobytes())
        return digest.hexdigest()

    def part(self, chosen: NDArray[np.intp] | NDArray[np.bool_] | slice) -> Self:
        usage = None if self.usage is None else self.usage[chosen]
        return type(self)(self.images[chosen], self.labels[chosen], usage)

    def thinned(self, fraction: float) -> Self:
        """Return every so manyth crop, so that a `fraction` (above 0, up to 1) of them remains."""
        count = max(1, round(len(self) * fraction))
        return self.part(np.linspace(0, len(self) - 1, count).round().astype(np.intp))

    def meant_for(self, usage: str) -> Self:
        """Return the crops with their usage, or all for `usage` where they have none."""
        if self.usage is not None:
            return self
        return type(self)(self.images, self.labels, np.full(len(self), usage))

    def used_for(self, usage: str) -> Self | None:
        """Return the crops meant for `usage`; None without any."""
        if self.usage is None or not (chosen := self.usage == usage).any():
            return None
        return self.part(chosen)


@dataclass(frozen=True, slots=True)
class Split:
    """What a network learns from, what it is chosen by, and what it is judged by, if there is any.

    `validation_name` is what a report calls the images that it is chosen by.
    """

    training: Dataset
    validation: Dataset
    test: Dataset | None
    validation_name: str = "validation"

    def thinned(self, fraction: float) -> Split:
        return Split(
            self.training.thinned(fraction),
            self.validation.thinned(fraction),
            self.test.thinned(fraction) if self.test else None,
            self.validation_name,
        )


def joined(sources: Sequence[Dataset]) -> Dataset:
    """Return the crops of at least one source as one.

    Where any says what its crops are for, those of a source that doesn't are for training. The last fifth
    of each source comes last, so that a split by order takes some of each for validation.
    """
    if len(sources) == 1:
        return sources[0]
    purposed = any(one.usage is not None for one in sources)
    parts = [one.meant_for(TRAINING) if purposed else one for one in sources]
    edges = [int(len(one) * STUDY_SHARE) for one in parts]
    ordered = [
        *(one.part(slice(edge)) for one, edge in zip(parts, edges, strict=True)),
        *(one.part(slice(edge, None)) for one, edge in zip(parts, edges, strict=True)),
    ]
    usages = [one.usage for one in ordered if one.usage is not None]
    return Dataset(
        np.concatenate([one.images for one in ordered]),
        np.concatenate([one.labels for one in ordered]),
        np.concatenate(usages) if usages else None,
    )


def scaled(images: NDArray[np.uint8]) -> Array:
    """Return grey images (N, H, W) as float32 (N, H, W, 1) from -1 to 1."""
    return images[..., None].astype(np.float32) / 127.5 - 1


def split(data: Dataset, how: SplitName | None = None) -> Split:
    """Divide `data` by its usage ("usage", where it has any) or by its order ("study").

    Raises DatasetError where a part would be empty.
    """
    if how is None:
        how = "study" if data.usage is None else "usage"
    if how == "usage":
        training, validation = data.used_for(TRAINING), data.used_for(VALIDATION)
        if training is None or validation is None:
            raise DatasetError(say("split_without_usage", training=TRAINING, validation=VALIDATION))
        return Split(training, validation, data.used_for(TEST), VALIDATION)
    edge = int(len(data) * STUDY_SHARE)
    if not 0 < edge < len(data):
        raise DatasetError(say("split_of_few"))
    return Split(data.part(slice(edge)), data.part(slice(edge, None)), None)
