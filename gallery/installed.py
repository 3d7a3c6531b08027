"""What this installation has: its limits, its weights, and the networks that it was given or trained."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from analysis import matching
from analysis.limits import Limits
from analysis.matching import Population
from analysis.weights import Weights


def networks() -> Path:
    """Return the folder of this site's own emotion networks, one folder each."""
    return Path(settings.DATA_DIR) / "networks"


def uploads() -> Path:
    """Return the folder of networks that were uploaded and not checked yet."""
    return Path(settings.DATA_DIR) / "uploads"


def arrivals() -> Path:
    """Return the folder of files of people that nobody has brought in yet, one folder each."""
    return Path(settings.DATA_DIR) / "arrivals"


def tasks() -> Path:
    """Return the folder of the files that a task alone has, one folder each."""
    return Path(settings.DATA_DIR) / "tasks"


def lab() -> Path:
    """Return the folder of what the lab came to lately, one folder a photo."""
    return Path(settings.DATA_DIR) / "lab"


def examples() -> Path:
    """Return the folder of photos that are looked at for a search, and not kept."""
    return Path(settings.DATA_DIR) / "examples"


def datasets() -> Path:
    """Return the folder that administrators put labelled crops into, to train with."""
    return Path(settings.DATA_DIR) / "datasets"


def rosters() -> Path:
    """Return the folder of the networks of rosters, one file each."""
    return Path(settings.DATA_DIR) / "rosters"


def weights() -> Weights:
    return Weights(own=networks())


def population() -> Population | None:
    """Return the population map, by which distances mean the same for everybody; None without one."""
    return matching.population(weights().population)


def limits() -> Limits:
    """Return which photos this site accepts."""
    return Limits(
        settings.MAX_UPLOAD_BYTES,
        settings.MAX_PIXELS,
        settings.MAX_JPEG_PIXELS,
        settings.MAX_RAW_BYTES,
    )
