"""What results are said to be made by, where a name is no one method's own. Loads no vision library."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from analysis.weights import NETWORK

# Raise it when the grey crops that emotions are told by change: it is part of what every emotion carries.
CROP = "crop-3"
# What the five points are found by that every face is aligned by.
ALIGNMENT = "dlib-5"
# The one network behind all encodings, King's (dlib, 2017): what it makes may be compared.
SPACE = "dlib-resnet-v1"
# What every encoding carries: those that carry the same may be compared, and no others.
ENCODER = f"{SPACE}/{ALIGNMENT}"


def of_emotion(network: str) -> str:
    """Return what emotions carry that a network of that name tells by today's crops."""
    return f"{network}/{CROP}"


def of_emotion_file(path: Path) -> str:
    """Return what emotions carry that the network in the file tells; OSError where it cannot be read.

    A file that is replaced by another of the same name is another network: its hash tells them apart.
    """
    found = path.stat()
    return of_emotion(f"{title_of(path)}-{_hash(path, found.st_mtime_ns, found.st_size)}")


def title_of(path: Path) -> str:
    """Return how a network's file is spoken of: by its folder where all files are called the same."""
    return path.parent.name if path.name == NETWORK else path.name


@lru_cache(maxsize=64)  # Pages ask for it again and again, and a file may have megabytes.
def _hash(path: Path, _mtime_ns: int, _size: int) -> str:
    return sha256(path.read_bytes()).hexdigest()[:8]
