"""A camera that is a film: what Chromium shows of one in place of a real one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from tests.browser import chromium

SIZE = (640, 480)


def film(path: Path, photos: Sequence[Path], frames: int = 12) -> Path:
    """Write a film (Y4M) that shows each photo for so many frames, over and over; return its path."""
    width, height = SIZE
    with path.open("wb") as out:
        out.write(f"YUV4MPEG2 W{width} H{height} F10:1 Ip A1:1 C420jpeg\n".encode())
        for photo in photos:
            frame = _letterboxed(cv2.imread(f"{photo}"))
            planes = cv2.cvtColor(frame, cv2.COLOR_BGR2YUV_I420).tobytes()
            for _ in range(frames):
                out.write(b"FRAME\n" + planes)
    return path


def _letterboxed(photo: cv2.typing.MatLike | None) -> cv2.typing.MatLike:
    assert photo is not None
    width, height = SIZE
    scale = min(width / photo.shape[1], height / photo.shape[0])
    small = cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    frame = np.zeros((height, width, 3), np.uint8)
    top, left = (height - small.shape[0]) // 2, (width - small.shape[1]) // 2
    frame[top : top + small.shape[0], left : left + small.shape[1]] = small
    return frame


def arguments(film: Path) -> list[str]:
    """Return the arguments of a Chromium whose camera is the film."""
    return [
        *chromium.arguments(),
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    ]
