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
from analysis.sentences import say
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
        reason = f"{error.strerror or error}"
        raise DatasetError(say("dataset_unreadable", file=f"{source}", reason=reason)) from error
    raise DatasetError(say("no_dataset", file=f"{source}"))


def read_csv(source: Path) -> Dataset:
    """Read lines of `emotion,pixels,Usage`, 48 x 48 grey values from 0 to 255 in each."""
    labels: list[int] = []
    images: list[NDArray[np.uint8]] = []
    usage: list[str] = []
    with source.open("rb") as file:
        for number, line in _lines(file):
            try:
                label, pixels, purpose = _row(line)
            except DatasetError as error:
                raise DatasetError(
                    say("dataset_line", number=number, file=source.name, reason=error.sentence)
                ) from None
            labels.append(label)
            images.append(pixels)
            usage.append(purpose)
    if not images:
        raise DatasetError(say("dataset_empty", file=source.name))
    stack = np.stack(images).reshape(-1, SIDE, SIDE)
    return Dataset(stack, np.array(labels, np.uint8), np.array(usage))


def _lines(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yield each line below the header with its number; raises DatasetError where that is another."""
    # No more than that: what is no table may go on for gigabytes without the end of a line.
    header = file.readline(1000).removeprefix(b"\xef\xbb\xbf").strip()
    if header.lower() != HEADER:
        reason = say("line_header", found=header[:60].decode(errors="replace"))
        name = Path(file.name).name
        raise DatasetError(say("dataset_line", number=1, file=name, reason=reason))
    for number, line in enumerate(file, start=2):
        if line := line.strip():
            yield number, line


def _row(line: bytes) -> tuple[int, NDArray[np.uint8], str]:
    """Return label, pixels uint8 (2304,) and usage; DatasetError with a clause."""
    parts = LINE.fullmatch(line)
    if parts is None:
        raise DatasetError(say("line_form"))
    label, purpose = _label(parts[1].decode()), parts[3].decode()
    if purpose not in USAGES:
        raise DatasetError(say("line_usage", usage=purpose, usages=USAGES))
    # Not as bytes yet, in which 256 would be 0.
    values = np.fromstring(parts[2].decode(), np.int32, sep=" ")
    if len(values) != PIXELS:
        raise DatasetError(say("line_values", expected=PIXELS, found=len(values)))
    if values.max() > 255:
        raise DatasetError(say("line_grey", value=int(values.max())))
    return label, values.astype(np.uint8), purpose


def _label(text: str) -> int:
    if len(text) > 1 or int(text) >= len(EMOTIONS):
        raise DatasetError(say("line_emotion", emotion=text[:20], last=len(EMOTIONS) - 1))
    return int(text)


def read_npz(source: Path) -> Dataset:
    """Read `images` uint8 (N, 48, 48), `labels` (N,) from 0 to 6 and, if there, `usage` (N,)."""
    try:
        with source.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            names = [name for name in ("images", "labels", "usage") if name in arrays]
            found = {name: arrays[name] for name in names}
    except (ValueError, EOFError, zipfile.BadZipFile) as error:
        raise DatasetError(say("not_npz", file=source.name)) from error
    if not {"images", "labels"} <= found.keys():
        raise DatasetError(say("npz_incomplete", file=source.name))
    images, labels, usage = found["images"], found["labels"], found.get("usage")
    if images.dtype != np.uint8 or images.shape[1:] != (SIDE, SIDE) or not len(images):
        raise DatasetError(
            say("npz_images", file=source.name, kind=f"{images.dtype}", shape=f"{images.shape}")
        )
    if labels.shape != (len(images),) or labels.dtype.kind not in "iu":
        raise DatasetError(say("npz_labels", file=source.name))
    if (wrong := np.flatnonzero((labels < 0) | (labels >= len(EMOTIONS)))).size:
        number, label = int(wrong[0]), int(labels[wrong[0]])
        raise DatasetError(say("npz_label", label=label, number=number, file=source.name))
    if usage is not None:
        usage = _usage(usage, len(images), source.name)
    return Dataset(images, labels.astype(np.uint8), usage)


def _usage(usage: NDArray[np.generic], count: int, name: str) -> NDArray[np.str_]:
    if usage.shape != (count,) or usage.dtype.kind not in "US":
        raise DatasetError(say("npz_usages", file=name))
    words = usage.astype(np.str_)
    if unknown := set(words.tolist()) - set(USAGES):
        raise DatasetError(say("npz_usage", usage=min(unknown), file=name, usages=USAGES))
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
        raise DatasetError(say("folder_without_pictures", file=f"{source}", emotions=EMOTIONS))
    order = np.random.default_rng(0).permutation(len(files))
    images = np.stack([_picture(files[index][0]) for index in order])
    return Dataset(images, np.array([files[index][1] for index in order], np.uint8))


def _picture(path: Path) -> NDArray[np.uint8]:
    try:
        with Image.open(path) as image:
            grey = np.asarray(image.convert("L"))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise DatasetError(say("no_picture_file", file=f"{path}")) from error
    except Image.DecompressionBombError as error:
        raise DatasetError(say("picture_large", file=f"{path}")) from error
    if grey.shape == (SIDE, SIDE):
        return grey
    method = cv2.INTER_AREA if min(grey.shape) > SIDE else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(grey, (SIDE, SIDE), interpolation=method), np.uint8)
