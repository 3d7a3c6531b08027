"""From the end of a training to its files and its report."""

from __future__ import annotations

from pathlib import Path

from analysis.training import calibration, export, metrics, models
from analysis.training.calibration import Logits
from analysis.training.checkpoint import Checkpoint
from analysis.training.dataset import TEST, Dataset, Split
from analysis.training.report import Judged, Report, Training, judged
from analysis.training.trainer import Plan


def write(plan: Plan, parts: Split, ended: Checkpoint, directory: Path) -> Report:
    """Write calibrated networks and a report into `directory`; return the report. Raises ExportError."""
    network = export.trained(plan.way, ended.best)
    chosen_by = parts.validation_name
    data = {chosen_by: parts.validation} | ({TEST: parts.test} if parts.test else {})
    logits = {name: calibration.logits(plan.way, network, one.images) for name, one in data.items()}
    temperature = calibration.temperature(logits[chosen_by], parts.validation.labels)
    calibration.fold(network, temperature)
    files = export.write(plan.way.serve(network), directory, parts.validation)
    report = Report(
        f"Emotions by {plan.way.title}",
        files,
        _judge(files[-1], data, logits),
        Training(ended.settings, len(parts.training), ended.history, temperature),
    )
    report.write(directory)
    return report


def _judge(network: Path, data: dict[str, Dataset], logits: dict[str, Logits]) -> list[Judged]:
    """Compare the written network with labels, beside what it would say uncalibrated."""
    classifier = models.load(network)
    return [
        judged(
            name,
            one,
            metrics.evaluation(classifier.shares(one.images), one.labels),
            metrics.evaluation(calibration.shares(logits[name]), one.labels),
        )
        for name, one in data.items()
    ]
