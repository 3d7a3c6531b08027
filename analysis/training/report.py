"""The report on a network: JSON for programs, Markdown with pictures for people."""

from __future__ import annotations

import hashlib
import json
import os
import platform
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from analysis.training import pictures
from analysis.training.dataset import Dataset
from analysis.training.metrics import Evaluation
from analysis.training.progress import duration
from analysis.training.recipes import Epoch, best

CHOSEN_BY = (
    "Its best epoch and its temperature were chosen by these images: "
    "on others it is right a little less often."
)
PACKAGES = ("tensorflow-cpu", "tensorflow", "keras", "numpy", "onnx", "onnxruntime", "tf2onnx")
MATRIX, CALIBRATION, CURVES = "confusion.svg", "calibration.svg", "curves.svg"


@dataclass(frozen=True, slots=True)
class Judged:
    """An evaluation with the name of the images that it was made on and their hash.

    `before` is that of the same network before it was calibrated, where it was.
    """

    name: str
    sha256: str
    found: Evaluation
    before: Evaluation | None = None


@dataclass(frozen=True, slots=True)
class Training:
    """How a network came to be: what was set, what it learnt from, and how each epoch went.

    Its logits are divided by `temperature` (`calibration.py`).
    """

    settings: Mapping[str, Any]
    images: int
    history: Sequence[Epoch]
    temperature: float


@dataclass(frozen=True, slots=True)
class Report:
    title: str
    files: Sequence[Path]
    judged: Sequence[Judged]
    training: Training | None = None

    def write(self, directory: Path) -> None:
        """Write `report.json`, `report.md` and the pictures they name into `directory`."""
        directory.mkdir(parents=True, exist_ok=True)
        # The last are the test's images, where there are any: these alone had no say in the network.
        main = self.judged[-1]
        texts = {
            MATRIX: pictures.confusion_matrix(main.found),
            CALIBRATION: pictures.reliability(main.found, main.before),
            "report.json": json.dumps(self.content(), indent=1) + "\n",
            "report.md": self.text(),
        }
        if self.training:
            texts[CURVES] = pictures.learning_curves(self.training.history)
        for name, text in texts.items():
            (directory / name).write_text(text, encoding="utf-8")

    def content(self) -> dict[str, Any]:
        """Return what `report.json` holds."""
        content: dict[str, Any] = {
            "title": self.title,
            "made": datetime.now(UTC).isoformat(timespec="seconds"),
            "versions": versions(),
            "files": {path.name: file_facts(path) for path in self.files},
            "evaluations": [_content(one) for one in self.judged],
        }
        if self.training:
            history = self.training.history
            content["training"] = {
                **self.training.settings,
                "images": self.training.images,
                "epochs": len(history),
                "best_epoch": best(history) + 1,
                "temperature": self.training.temperature,
                "seconds": round(sum(epoch.seconds for epoch in history), 1),
                "history": [asdict(epoch) for epoch in history],
            }
        return content

    def text(self) -> str:
        """Return what `report.md` holds."""
        lines = [f"# {self.title}", ""]
        for one in self.judged:
            lines += [f"## On {one.name}", "", *table(one.found), ""]
            if self.training and one is self.judged[0]:
                lines += [CHOSEN_BY, ""]
            if one.before:
                lines += [f"Before its calibration: {_quality(one.before)}.", ""]
        for shown, file in (("Confusion matrix", MATRIX), ("Reliability", CALIBRATION)):
            lines += [f"![{shown} on {self.judged[-1].name}]({file})", ""]
        if self.training:
            lines += [*_trained(self.training), f"![Learning curves]({CURVES})", ""]
        lines += ["## Made of", "", "| file | bytes | SHA-256 |", "| --- | --- | --- |"]
        for path in self.files:
            facts = file_facts(path)
            lines.append(f"| `{path.name}` | {facts['bytes']} | `{facts['sha256']}` |")
        lines += ["", ", ".join(f"{name} {number}" for name, number in versions().items()) + "."]
        return "\n".join(lines) + "\n"


def table(found: Evaluation) -> list[str]:
    """Return the evaluation as lines of Markdown."""
    return [
        f"{found.images} images, accuracy {found.accuracy * 100:.2f} %, {_quality(found)}.",
        "",
        "| emotion | images | precision | recall |",
        "| --- | --- | --- | --- |",
        *(
            f"| {one.emotion} | {one.images} | {_percent(one.precision)} | {_percent(one.recall)} |"
            for one in found.classes
        ),
    ]


def _content(one: Judged) -> dict[str, Any]:
    content: dict[str, Any] = {"on": one.name, "sha256": one.sha256, **asdict(one.found)}
    if one.before:
        content["before"] = {
            "loss": one.before.loss,
            "calibration_error": one.before.calibration_error,
        }
    return content


def _quality(found: Evaluation) -> str:
    return f"loss {found.loss:.4f}, calibration error {found.calibration_error * 100:.2f} %"


def _trained(training: Training) -> list[str]:
    history = training.history
    seconds = sum(epoch.seconds for epoch in history)
    settings = ", ".join(f"{name} {value}" for name, value in training.settings.items())
    return [
        "## Training",
        "",
        f"{training.images} images, {len(history)} epochs in {duration(seconds)}; the weights are "
        f"those after epoch {best(history) + 1}, whose validation loss is the lowest. Its logits are "
        f"divided by {training.temperature:g}, the temperature with the lowest loss on the validation "
        "images.",
        "",
        f"Settings: {settings}.",
        "",
    ]


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share * 100:.1f} %"


def judged(name: str, data: Dataset, found: Evaluation, before: Evaluation | None = None) -> Judged:
    return Judged(name, data.sha256, found, before)


def file_facts(path: Path) -> dict[str, Any]:
    content = path.read_bytes()
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def versions() -> dict[str, str]:
    """Return the versions that the numbers depend on, and the processors there are."""
    found = {}
    for name in PACKAGES:
        with suppress(PackageNotFoundError):  # There is one TensorFlow or the other.
            found[name] = version(name)
    return {"Python": platform.python_version(), **found, "processors": str(os.cpu_count())}
