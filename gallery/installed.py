"""The weight files of this installation, with the networks that it was given or trained itself."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from analysis.weights import Weights


def networks() -> Path:
    """Return the folder of this site's own emotion networks, one folder each."""
    return Path(settings.DATA_DIR) / "networks"


def uploads() -> Path:
    """Return the folder of networks that were uploaded and not checked yet."""
    return Path(settings.DATA_DIR) / "uploads"


def tasks() -> Path:
    """Return the folder of the files that a task alone has, one folder each."""
    return Path(settings.DATA_DIR) / "tasks"


def datasets() -> Path:
    """Return the folder that administrators put labelled crops into, to train with."""
    return Path(settings.DATA_DIR) / "datasets"


def weights() -> Weights:
    return Weights(own=networks())
