"""What the lab came to about a photo: a few files that are swept, never rows.

They hold neither names nor encodings. Whatever takes a face's crop away takes them away too (`forget`), for
they show it; a photo's are gone a day after they were made at the latest.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from analysis.results import Box
from gallery import installed
from gallery.services import files

if TYPE_CHECKING:
    from analysis.lab import Detected, LookedAt

# Photos kept at a time, of some 100 kB each, and for how many seconds.
MOST = 60
KEPT = 24 * 60 * 60
# The part that is about the largest faces themselves, and the beginning of those that are about smaller
# ones; the others are called after their detectors.
CLOSELY = "closely"
WATCHED = "watched"
# Seconds after which nobody waits any more: a page asks each second, unless it has no scripts.
WAITED = 30.0


def folder_of(photo: UUID) -> Path:
    return installed.lab() / photo.hex


def watch(photo: UUID) -> None:
    """Note that somebody waits for what is under way."""
    folder = folder_of(photo)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / WATCHED).touch()


def is_watched(photo: UUID) -> bool:
    with suppress(FileNotFoundError):
        return time.time() - (folder_of(photo) / WATCHED).stat().st_mtime < WAITED
    return False


def keep_detected(photo: UUID, detected: Detected, name: str) -> None:
    """Keep what the detector called `name` said."""
    rows = [
        [
            one.box.left,
            one.box.top,
            one.box.right,
            one.box.bottom,
            round(one.score, 4),
            one.is_found,
        ]
        for one in detected.candidates
    ]
    _write(photo, name, {"milliseconds": round(detected.milliseconds, 1), "boxes": rows})


def keep_closely(
    photo: UUID, part: str, faces: Mapping[int, Box], found: Sequence[LookedAt]
) -> None:
    """Keep what was found of a part's faces, by key, that were in these boxes."""
    told = {}
    for (key, box), face in zip(faces.items(), found, strict=True):
        files.write(folder_of(photo) / f"{key}.jpg", [face.chips])
        told[key] = {
            "box": [box.left, box.top, box.right, box.bottom],
            "ages": {name: [age.years, age.low, age.high] for name, age in face.ages.items()},
            "emotions": {name: dict(shown.scores) for name, shown in face.emotions.items()},
        }
    _write(photo, part, {"faces": told})


def keep_failed(photo: UUID, part: str, code: str) -> None:
    """Keep that a part came to nothing, and why."""
    _write(photo, part, {"failed": code})


def part(photo: UUID, name: str) -> dict[str, Any] | None:
    """Return what was kept of a part, None while it is not there."""
    with suppress(FileNotFoundError, ValueError):
        found: dict[str, Any] = json.loads((folder_of(photo) / f"{name}.json").read_bytes())
        return found
    return None


def has(photo: UUID, name: str) -> bool:
    return (folder_of(photo) / f"{name}.json").is_file()


def chips(photo: UUID, face: int) -> Path:
    """Return where the chips of a face, by key, lie."""
    return folder_of(photo) / f"{face}.jpg"


def forget(photo: UUID) -> None:
    """Keep nothing of a photo any more."""
    folder = folder_of(photo)
    if folder.is_dir():
        files.remove_folder(folder)


def sweep(most: int = MOST) -> int:
    """Forget photos that were looked at long ago, and all but the last ones; return how many."""
    folders = [path for path in installed.lab().glob("*") if path.is_dir()]
    latest = sorted(folders, key=_age)
    gone = [path for at, path in enumerate(latest) if at >= most or _age(path) > KEPT]
    for path in gone:
        files.remove_folder(path)
    return len(gone)


def _age(folder: Path) -> float:
    with suppress(FileNotFoundError):
        return time.time() - folder.stat().st_mtime
    return KEPT + 1.0


def _write(photo: UUID, name: str, values: dict[str, Any]) -> None:
    content = json.dumps(values, separators=(",", ":")).encode()
    files.write(folder_of(photo) / f"{name}.json", [content])
