"""The report on a network: JSON for programs, Markdown with two pictures for people."""

from __future__ import annotations

import hashlib
import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from analysis.training import pictures
from analysis.training.dataset import Dataset
from analysis.training.metrics import Evaluation
from analysis.training.progress import duration
from analysis.training.recipes import Epoch, best

PACKAGES = ("tensorflow-cpu", "keras", "numpy", "onnx", "onnxruntime", "tf2onnx")
MATRIX, CURVES = "confusion.svg", "curves.svg"


@dataclass(frozen=True, slots=True)
class Judged:
    """An evaluation with the name of the images that it was made on and their hash."""

    name: str
    sha256: str
    found: Evaluation


@dataclass(frozen=True, slots=True)
class Training:
    """How a network came to be: what was set, what it learnt from, and how each epoch went."""

    settings: Mapping[str, Any]
    images: int
    history: Sequence[Epoch]


@dataclass(frozen=True, slots=True)
class Report:
    title: str
    files: Sequence[Path]
    judged: Sequence[Judged]
    training: Training | None = None

    def write(self, directory: Path) -> None:
        """Write `report.json`, `report.md` and the pictures they name into `directory`."""
        directory.mkdir(parents=True, exist_ok=True)
        main = self.judged[-1]
        (directory / MATRIX).write_text(pictures.confusion_matrix(main.found), encoding="utf-8")
        if self.training:
            curves = pictures.learning_curves(self.training.history)
            (directory / CURVES).write_text(curves, encoding="utf-8")
        content = json.dumps(self.content(), indent=1)
        (directory / "report.json").write_text(content + "\n", encoding="utf-8")
        (directory / "report.md").write_text(self.text(), encoding="utf-8")

    def content(self) -> dict[str, Any]:
        """Return what `report.json` holds."""
        content: dict[str, Any] = {
            "title": self.title,
            "made": datetime.now(UTC).isoformat(timespec="seconds"),
            "versions": versions(),
            "files": {path.name: file_facts(path) for path in self.files},
            "evaluations": [
                {"on": one.name, "sha256": one.sha256, **asdict(one.found)} for one in self.judged
            ],
        }
        if self.training:
            history = self.training.history
            content["training"] = {
                **self.training.settings,
                "images": self.training.images,
                "epochs": len(history),
                "best_epoch": best(history) + 1,
                "seconds": round(sum(epoch.seconds for epoch in history), 1),
                "history": [asdict(epoch) for epoch in history],
            }
        return content

    def text(self) -> str:
        """Return what `report.md` holds."""
        lines = [f"# {self.title}", ""]
        for one in self.judged:
            lines += [f"## On {one.name}", "", *table(one.found), ""]
        lines += [f"![Confusion matrix on {self.judged[-1].name}]({MATRIX})", ""]
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
        f"{found.images} images, accuracy {found.accuracy * 100:.2f} %, loss {found.loss:.4f}.",
        "",
        "| emotion | images | precision | recall |",
        "| --- | --- | --- | --- |",
        *(
            f"| {one.emotion} | {one.images} | {_percent(one.precision)} | {_percent(one.recall)} |"
            for one in found.classes
        ),
    ]


def _trained(training: Training) -> list[str]:
    history = training.history
    seconds = sum(epoch.seconds for epoch in history)
    settings = ", ".join(f"{name} {value}" for name, value in training.settings.items())
    return [
        "## Training",
        "",
        f"{training.images} images, {len(history)} epochs in {duration(seconds)}; the weights are "
        f"those after epoch {best(history) + 1}, whose validation loss is the lowest.",
        "",
        f"Settings: {settings}.",
        "",
    ]


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share * 100:.1f} %"


def judged(name: str, data: Dataset, found: Evaluation) -> Judged:
    return Judged(name, data.sha256, found)


def file_facts(path: Path) -> dict[str, Any]:
    content = path.read_bytes()
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def versions() -> dict[str, str]:
    """Return the versions that the numbers depend on, and the processors there are."""
    found = {name: version(name) for name in PACKAGES}
    return {"Python": platform.python_version(), **found, "processors": str(os.cpu_count())}
