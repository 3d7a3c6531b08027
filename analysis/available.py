"""Which methods can be chosen here, and what the others lack."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from analysis.errors import WeightsMissing
from analysis.method import Method
from analysis.methods import STAGES, methods_of
from analysis.sentences import Sentence
from analysis.weights import INSTALLED, Weights


class Available(NamedTuple):
    """A method as a person chooses it; `missing` says what to do before it can be loaded."""

    name: str
    title: str
    missing: Sentence | None
    about: str = ""


def available(weights: Weights = INSTALLED) -> Mapping[str, list[Available]]:
    """Return every method by stage, those that cannot be loaded yet with the sentence that says why."""
    return {
        stage: [
            Available(name, method.title, _missing(method, weights), method.about)
            for name, method in methods_of(stage, weights).items()
        ]
        for stage in STAGES
    }


def _missing(method: Method, weights: Weights) -> Sentence | None:
    try:
        method.files(weights)
    except WeightsMissing as error:
        return error.sentence
    return None
