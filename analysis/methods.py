"""Every method of every stage by its name. Nothing here loads a vision library, so any process may ask.

To add a method write one file and one line here; `docs/adding-a-detector.md` shows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import Any, Self

from analysis.errors import UnknownMethod
from analysis.weights import Weights


@dataclass(frozen=True, slots=True)
class Method:
    """One way to do a stage.

    `made_by` is "module:class" of what is called with the paths of `weights` (by their names in the
    manifest), then with those of `brought` (files that a user puts into `models/`), and `options`.
    """

    title: str
    made_by: str
    weights: tuple[str, ...] = ()
    brought: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)

    def files(self, weights: Weights) -> list[Path]:
        """Return the method's files, without opening any; raises WeightsMissing."""
        return [weights.path(name) for name in self.weights] + weights.brought(self.brought)

    def load(self, weights: Weights) -> Any:
        """Return the method ready for use; raises WeightsMissing."""
        files = self.files(weights)
        module, name = self.made_by.split(":")
        return getattr(import_module(module), name)(*files, **self.options)


DETECTORS = {
    "yunet": Method("YuNet", "analysis.detection.yunet:YuNet", ("yunet",)),
}
LANDMARKS = {
    "dlib68": Method("dlib, 68 points", "analysis.landmarks.dlib68:Landmarks68", ("landmarks68",)),
    "dlib5": Method("dlib, 5 points", "analysis.landmarks.dlib5:Landmarks5"),
}
ENCODERS = {
    "onnx": Method(
        "dlib's ResNet as ONNX", "analysis.encoding.onnx_resnet:OnnxEncoder", ("encoder",)
    ),
}
AGE_GENDER = {
    "onnx": Method(
        "dlib-models", "analysis.demographics.dlib_models:DlibModels", ("age", "gender")
    ),
}
EMOTIONS = {
    "mini-xception": Method(
        "mini-XCEPTION, FER2013", "analysis.emotion:EmotionNetwork", ("emotion",)
    ),
}
STAGES: Mapping[str, Mapping[str, Method]] = {
    "detector": DETECTORS,
    "landmarks": LANDMARKS,
    "encoder": ENCODERS,
    "age_gender": AGE_GENDER,
    "emotion": EMOTIONS,
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A method for each stage, by name."""

    detector: str = "yunet"
    landmarks: str = "dlib68"
    encoder: str = "onnx"
    age_gender: str = "onnx"
    emotion: str = "mini-xception"

    @classmethod
    def of(cls, names: Mapping[str, str]) -> Self:
        """Return a choice with `names` by stage and the defaults for the others; raises UnknownMethod."""
        for stage, name in names.items():
            find(stage, name)
        return replace(cls(), **names)

    def by_stage(self) -> dict[str, str]:
        return asdict(self)

    def methods(self) -> dict[str, Method]:
        """Return the method of each stage; raises UnknownMethod."""
        return {stage: find(stage, name) for stage, name in asdict(self).items()}

    def check(self, weights: Weights) -> None:
        """Raise UnknownMethod or WeightsMissing where the choice cannot be loaded; opens no file."""
        for method in self.methods().values():
            method.files(weights)


DEFAULT = Choice()


def find(stage: str, name: str) -> Method:
    """Return the method of `stage` called `name`; raises UnknownMethod naming those there are."""
    methods = STAGES.get(stage)
    if methods is None:
        raise UnknownMethod(f"There is no stage {stage}; there are {', '.join(STAGES)}.")
    if name not in methods:
        raise UnknownMethod(f"There is no {stage} called {name}; there are {', '.join(methods)}.")
    return methods[name]
