"""Networks of rosters that nobody trained: by distances alone, as a trained one begins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from analysis.dense import Dense
from analysis.results import Array
from analysis.roster_network import RosterNetwork
from analysis.training import dense_onnx
from tests.factories import ENCODER

STEEP = 40.0
EVEN = 0.5  # the distance at which somebody is as likely as a stranger
SHARES = np.logspace(0, -3, 31)


def network(
    people: Sequence[int],
    encodings: Array,
    *,
    encoder: str = ENCODER,
    held_out: Mapping[str, Any] | None = None,
) -> RosterNetwork:
    """Return one that tells people by one encoding each, (p, 128), of the length of all."""
    square = float((encodings**2).sum(axis=1).mean())
    weights = np.zeros((130, len(people) + 1), np.float32)
    weights[:128, :-1] = STEEP * encodings.T
    bias = np.full(len(people) + 1, -STEEP * (square - EVEN**2 / 2), np.float32)
    bias[-1] = 0
    dense = Dense(np.zeros((128, 2), np.float32), np.zeros(2, np.float32), weights, bias)
    odds = np.linspace(-6, 6, len(SHARES))
    numbers = np.array(people, np.int64)
    return RosterNetwork(dense, numbers, encoder, odds, SHARES, held_out or {})


def write(path: Path, found: RosterNetwork) -> None:
    """Write it as the training does."""
    sample = found.dense.weights[:128, :-1].T / STEEP
    logits = found.dense.logits(sample)
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    expected = np.asarray(shares / shares.sum(axis=1, keepdims=True), np.float32)
    path.parent.mkdir(parents=True, exist_ok=True)
    dense_onnx.write(path, found.dense, found.about, sample, expected)
