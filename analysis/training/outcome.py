"""From the end of a training to its files and its report."""

from __future__ import annotations

from pathlib import Path

from analysis.training import export, metrics, models
from analysis.training.checkpoint import Checkpoint
from analysis.training.dataset import TEST, Split
from analysis.training.report import Judged, Report, Training, judged
from analysis.training.trainer import Plan


def write(plan: Plan, parts: Split, ended: Checkpoint, directory: Path) -> Report:
    """Write networks and report into `directory`; return the report. Raises ExportError."""
    files = export.write(plan.way, ended.best, directory, parts.validation)
    report = Report(
        f"Emotions by {plan.way.title}",
        files,
        _judge(files[-1], parts),
        Training(ended.settings, len(parts.training), ended.history),
    )
    report.write(directory)
    return report


def _judge(network: Path, parts: Split) -> list[Judged]:
    classifier = models.load(network)
    named = [("validation", parts.validation), (TEST, parts.test)]
    return [
        judged(name, data, metrics.evaluation(classifier.shares(data.images), data.labels))
        for name, data in named
        if data is not None
    ]
