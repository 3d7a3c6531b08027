"""Reads labelled crops: `fer2013.csv`, an .npz of the same, or a folder for each class."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from analysis.results import EMOTIONS
from analysis.training.dataset import SIDE, TEST, TRAINING, VALIDATION, Dataset, DatasetError

HEADER = b"emotion,pixels,usage"
PIXELS = SIDE * SIDE
USAGES = (TRAINING, VALIDATION, TEST)
LINE = re.compile(rb'(\d+),"?([\d ]+)"?,"?(\w+)"?')
PICTURES = (".png", ".jpg", ".jpeg", ".bmp", ".webp")


def read(source: Path) -> Dataset:
    """Return the crops of `source`; raises DatasetError naming what is wrong, with its line or file."""
    try:
        if source.is_dir():
            return read_folders(source)
        if source.suffix.lower() == ".npz":
            return read_npz(source)
        if source.suffix.lower() == ".csv":
            return read_csv(source)
    except OSError as error:
        raise DatasetError(f"{source} cannot be read: {error.strerror or error}.") from error
    raise DatasetError(f"{source} is no .csv file, no .npz file and no folder with one a class.")


def read_csv(source: Path) -> Dataset:
    """Read lines of `emotion,pixels,Usage`, 48 x 48 grey values from 0 to 255 in each."""
    labels: list[int] = []
    images: list[NDArray[np.uint8]] = []
    usage: list[str] = []
    with source.open("rb") as file:
        for number, line in _lines(file):
            try:
                label, pixels, purpose = _row(line)
            except ValueError as error:
                raise DatasetError(f"Line {number} of {source.name}: {error}") from None
            labels.append(label)
            images.append(pixels)
            usage.append(purpose)
    if not images:
        raise DatasetError(f"{source.name} holds no image.")
    stack = np.stack(images).reshape(-1, SIDE, SIDE)
    return Dataset(stack, np.array(labels, np.uint8), np.array(usage))


def _lines(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yield each line below the header with its number; raises DatasetError where that is another."""
    # No more than that: what is no table may go on for gigabytes without the end of a line.
    header = file.readline(1000).removeprefix(b"\xef\xbb\xbf").strip()
    if header.lower() != HEADER:
        shown = header[:60].decode(errors="replace")
        raise DatasetError(
            f"Line 1 of {Path(file.name).name}: expected emotion,pixels,Usage and found '{shown}'."
        )
    for number, line in enumerate(file, start=2):
        if line := line.strip():
            yield number, line


def _row(line: bytes) -> tuple[int, NDArray[np.uint8], str]:
    """Return label, pixels uint8 (2304,) and usage; ValueError with a sentence."""
    parts = LINE.fullmatch(line)
    if parts is None:
        raise ValueError(
            "expected a number, a comma, grey values with spaces between, a comma and the usage."
        )
    label, purpose = _label(parts[1].decode()), parts[3].decode()
    if purpose not in USAGES:
        raise ValueError(f"the usage '{purpose}' is none of {', '.join(USAGES)}.")
    # Not as bytes yet, in which 256 would be 0.
    values = np.fromstring(parts[2].decode(), np.int32, sep=" ")
    if len(values) != PIXELS:
        raise ValueError(f"expected {PIXELS} grey values (48 x 48) and found {len(values)}.")
    if values.max() > 255:
        raise ValueError(f"the grey value {values.max()} is above 255.")
    return label, values.astype(np.uint8), purpose


def _label(text: str) -> int:
    if len(text) > 1 or int(text) >= len(EMOTIONS):
        raise ValueError(f"the emotion {text[:20]} is not one of 0 to {len(EMOTIONS) - 1}.")
    return int(text)


def read_npz(source: Path) -> Dataset:
    """Read `images` uint8 (N, 48, 48), `labels` (N,) from 0 to 6 and, if there, `usage` (N,)."""
    try:
        with source.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            names = [name for name in ("images", "labels", "usage") if name in arrays]
            found = {name: arrays[name] for name in names}
    except (ValueError, EOFError, zipfile.BadZipFile) as error:
        raise DatasetError(f"{source.name} is no .npz file of plain arrays.") from error
    if not {"images", "labels"} <= found.keys():
        raise DatasetError(f"{source.name} holds no `images` and `labels`.")
    images, labels, usage = found["images"], found["labels"], found.get("usage")
    if images.dtype != np.uint8 or images.shape[1:] != (SIDE, SIDE) or not len(images):
        raise DatasetError(
            f"`images` in {source.name} must be uint8 of shape (N, 48, 48), "
            f"not {images.dtype} of {images.shape}."
        )
    if labels.shape != (len(images),) or labels.dtype.kind not in "iu":
        raise DatasetError(f"`labels` in {source.name} must hold a whole number for each image.")
    if (wrong := np.flatnonzero((labels < 0) | (labels >= len(EMOTIONS)))).size:
        raise DatasetError(
            f"Label {labels[wrong[0]]} of image {wrong[0]} in {source.name} is not one of 0 to 6."
        )
    if usage is not None:
        usage = _usage(usage, len(images), source.name)
    return Dataset(images, labels.astype(np.uint8), usage)


def _usage(usage: NDArray[np.generic], count: int, name: str) -> NDArray[np.str_]:
    if usage.shape != (count,) or usage.dtype.kind not in "US":
        raise DatasetError(f"`usage` in {name} must hold a word for each image.")
    words = usage.astype(np.str_)
    if unknown := set(words.tolist()) - set(USAGES):
        raise DatasetError(f"Usage '{min(unknown)}' in {name} is none of {', '.join(USAGES)}.")
    return words


def read_folders(source: Path) -> Dataset:
    """Read the pictures in folders called by emotion (angry, ...) or by its number (0 to 6).

    Pictures become grey and 48 x 48. Their order is a shuffled one, always the same, so that the last
    fifth holds some of each class.
    """
    files = [
        (file, label)
        for label, emotion in enumerate(EMOTIONS)
        for name in (emotion, str(label))
        for file in sorted((source / name).glob("*"))
        if file.suffix.lower() in PICTURES
    ]
    if not files:
        raise DatasetError(
            f"{source} holds no pictures in folders called {', '.join(EMOTIONS)} (or 0 to 6)."
        )
    order = np.random.default_rng(0).permutation(len(files))
    images = np.stack([_picture(files[index][0]) for index in order])
    return Dataset(images, np.array([files[index][1] for index in order], np.uint8))


def _picture(path: Path) -> NDArray[np.uint8]:
    try:
        with Image.open(path) as image:
            grey = np.asarray(image.convert("L"))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise DatasetError(f"{path} is no picture that can be read.") from error
    except Image.DecompressionBombError as error:
        raise DatasetError(f"{path} has too many pixels for a crop of a face.") from error
    if grey.shape == (SIDE, SIDE):
        return grey
    method = cv2.INTER_AREA if min(grey.shape) > SIDE else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(grey, (SIDE, SIDE), interpolation=method), np.uint8)
