"""One way to do a stage of the analysis: where its class and its files are, and what its results carry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from analysis import versions
from analysis.errors import WeightsMissing
from analysis.weights import Weights


@dataclass(frozen=True, slots=True)
class Method:
    """One way to do a stage.

    `made_by` is "module:class" of what is called with the paths of `weights` (by their names in the
    manifest), then with those of `brought` (files that a user puts into `models/`) or with the `shipped`
    file (one below `models/` that is part of the project), what `keras` (a user's file too) was converted
    to or the installation's `own` network, and `options`. `about` says in a few words when to choose it,
    `author` whose network it is and since when, where that is not the project's. One that can tell the age
    of a face by the crop that is kept of it says as `age_network` the part of its name that is about ages.

    `carried` is the name that its results carry, and changes when they would come out otherwise. Of an
    emotion network whose file tells its name it is empty.
    """

    title: str
    made_by: str
    weights: tuple[str, ...] = ()
    brought: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    shipped: str = ""
    keras: str = ""
    own: str = ""
    about: str = ""
    author: str = ""
    age_network: str = ""
    carried: str = field(kw_only=True)

    def files(self, weights: Weights) -> list[Path]:
        """Return the method's files, without opening any; raises WeightsMissing."""
        files = [weights.path(name) for name in self.weights] + weights.brought(self.brought)
        files += [weights.shipped(self.shipped)] if self.shipped else []
        files += [weights.converted(self.keras)] if self.keras else []
        return files + ([weights.own_network(self.own)] if self.own else [])

    def version(self, weights: Weights) -> str:
        """Return the name that its results carry now; "" where it goes by a file that cannot be read."""
        if self.carried:
            return self.carried
        try:
            return versions.of_emotion_file(self.files(weights)[-1])
        except (WeightsMissing, OSError):
            return ""

    def load(self, weights: Weights) -> Any:
        """Return the method ready for use; raises WeightsMissing."""
        files = self.files(weights)
        module, name = self.made_by.split(":")
        return getattr(import_module(module), name)(*files, **self.options)
