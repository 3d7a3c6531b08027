"""How hard the people of a made library are to tell apart, by its rows: beside LFW's, to be believed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from django.contrib.auth.models import User

from analysis.results import FIT
from analysis.synthetic import judging
from analysis.synthetic.judging import Judged
from analysis.synthetic.library import Library
from analysis.synthetic.spreads import Numbers
from gallery.models import Face
from gallery.services.seeding import faces_of

GROWN = 25  # years that a face looks: LFW has hardly anybody younger
ROW = np.dtype([("pk", "i8"), ("quality", "f4"), ("years", "f4")])
AT_A_TIME = 500  # keys in a statement


def judged(owner: User, library: Library) -> Iterator[tuple[str, Judged]]:
    """Yield how hard samples of the library are, with what they are of; fewer where it is too small."""
    rows = faces_of(owner).values_list("pk", "quality_score", "age_years")
    faces = np.fromiter(rows.iterator(), ROW, len(library.people))
    fit = faces["quality"] >= FIT
    for title, chosen in (("grown people", fit & (faces["years"] >= GROWN)), ("everybody", fit)):
        random = np.random.default_rng(library.wanted.seed)
        some = np.flatnonzero(chosen)
        drawn = some[judging.sample(random, library.people[some])]
        try:
            yield title, _judge(faces["pk"][drawn], library.people[drawn])
        except ValueError:
            continue


def _judge(keys: Numbers, people: Numbers) -> Judged:
    found: dict[int, tuple[Any, Any]] = {}
    for start in range(0, len(keys), AT_A_TIME):
        some = Face.objects.filter(pk__in=keys[start : start + AT_A_TIME].tolist())
        rows = some.values_list("pk", "encoding", "level")
        found |= {pk: (encoding, level) for pk, encoding, level in rows}
    if not found:
        raise ValueError("There is no face to judge.")
    encodings, levels = zip(*(found[key] for key in keys.tolist()), strict=True)
    return judging.judge(np.stack(encodings), np.array(levels, np.float32), people)
