"""The report on a map: JSON for programs, Markdown for people."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from analysis.matching import Population, distances
from analysis.population import clusters
from analysis.population.judging import RATE, Judged
from analysis.population.sets import People, Strangers

# Distances that the table of the calibration shows.
SHOWN = (0.40, 0.45, 0.50, 0.55, 0.60, 0.65, 0.70)


@dataclass(frozen=True, slots=True)
class Report:
    """What a map was made of, by which methods, and how it was judged: by dlib's numbers, and by both's."""

    population: Population
    strangers: Strangers
    people: Mapping[str, People]
    judged: Sequence[Judged]
    by_both: Sequence[Judged]
    methods: Mapping[str, str]
    without_face: int
    seed: int

    def write(self, folder: Path) -> None:
        """Write `report.json` and `report.md`."""
        folder.mkdir(parents=True, exist_ok=True)
        facts = json.dumps(self._facts(), indent=2, ensure_ascii=False)
        (folder / "report.json").write_text(facts + "\n", encoding="utf-8")
        (folder / "report.md").write_text("\n".join(self._lines()) + "\n", encoding="utf-8")

    def _facts(self) -> dict[str, Any]:
        found = self.population
        nearest = distances(found.centres, self.strangers.first.encodings).min()
        return {
            "name": found.name,
            "encoder": found.encoder,
            "methods": dict(self.methods),
            "seed": self.seed,
            "centres": len(found.centres),
            "fewest_faces_of_a_centre": clusters.LEAST,
            "nearest_face_to_a_centre": round(float(nearest), 3),
            "faces": len(self.strangers),
            "without_face": self.without_face,
            "cells": self._cells(),
            "people": {
                title: {"photos": len(some.names), "people": len(np.unique(some.names))}
                for title, some in self.people.items()
            },
            "cross_fitted": [asdict(one) for one in self.judged],
        } | self._of_both()

    def _of_both(self) -> dict[str, Any]:
        whole = self.population.whole
        if whole is None:
            return {}
        nearest = distances(whole.centres, self.strangers.encodings).min()
        return {
            "by_both_networks": {
                "centres": len(whole.centres),
                "nearest_face_to_a_centre": round(float(nearest), 3),
                "cross_fitted": [asdict(one) for one in self.by_both],
            }
        }

    def _cells(self) -> dict[str, int]:
        found = {}
        for group in np.unique(self.strangers.groups):
            for youngest, oldest in clusters.AGES:
                ages = (self.strangers.ages >= youngest) & (self.strangers.ages <= oldest)
                count = int(((self.strangers.groups == group) & ages).sum())
                found[f"{group}, {youngest} to {oldest}"] = count
        return found

    def _lines(self) -> list[str]:
        facts, said = self._facts(), self.population.calibration
        cells = [f"| {name} | {count} |" for name, count in facts["cells"].items()]
        meaning = [
            f"| {at:.2f} | {_share(said.share_of_strangers(at))} | {_share(said.share_of_same(at))} |"
            f" {_share(said.probability(at))} |"
            for at in SHOWN
        ]
        people = [
            f"{title}: {some['photos']} photos of {some['people']} people"
            for title, some in facts["people"].items()
        ]
        return [
            f"# Population map `{facts['name']}`",
            "",
            f"For encodings of `{facts['encoder']}` alone. {facts['centres']} centres, each the mean of"
            f" {facts['fewest_faces_of_a_centre']} faces or more; the nearest face to any of them is"
            f" {facts['nearest_face_to_a_centre']} away.",
            "",
            f"Made of {facts['faces']} faces of as many people ({facts['without_face']} photos more had no"
            f" face), seed {facts['seed']}:",
            "",
            *_table(("group and age", "faces"), cells),
            "",
            f"Calibrated by {'; '.join(people)}.",
            "",
            "## What a normalised distance means",
            "",
            *_table(
                ("nearer than", "strangers", "photos of one person", "one person, if as likely before"),
                meaning,
            ),
            "",
            "## How far it means the same for everybody",
            "",
            f"By maps of one half of the faces on the other half, both ways. Pairs accepted by the one"
            f" threshold that lets {_share(RATE)} of the pairs of two people of the first set through:",
            "",
            *_judged(self.judged),
            *self._lines_of_both(facts.get("by_both_networks")),
        ]  # fmt: skip

    def _lines_of_both(self, facts: Mapping[str, Any] | None) -> list[str]:
        if facts is None:
            return []
        return [
            "",
            "## By both networks",
            "",
            f"For faces that the second network measured too: {facts['centres']} centres, the nearest face"
            f" to any of them {facts['nearest_face_to_a_centre']} away. Distances are stretched to mean"
            " what they mean above.",
            "",
            *_judged(self.by_both),
        ]


def _judged(judged: Sequence[Judged]) -> list[str]:
    rows = [
        f"| {one.title} | {one.faces} | {'one person' if one.is_same else 'two people'} |"
        f" {_share(one.plain)} | {_share(one.normalised)} |"
        for one in judged
    ]
    return _table(("who", "faces", "pairs of", "plain distance", "normalised"), rows)


def _table(heads: Sequence[str], rows: Sequence[str]) -> list[str]:
    return [f"| {' | '.join(heads)} |", f"| {' | '.join('---' for _ in heads)} |", *rows]


def _share(share: float) -> str:
    return f"{100 * share:.2g} %" if share < 0.01 else f"{100 * share:.1f} %"
