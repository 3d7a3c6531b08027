"""A folder of pictures of people, on this machine."""

from __future__ import annotations

import os
from pathlib import Path

from analysis.known.layouts import Layout, Listing, arranged
from analysis.photo_files import photos_under


def listed(folder: Path, layout: Layout | None = None) -> Listing:
    """Return whose pictures lie in a folder, told as `analyze` does by what their files are called.

    `layout` is one that a person chose, else it is told by itself. What systems hide is left out. Raises
    OSError where it is no folder that can be read.
    """
    os.scandir(folder).close()
    found = [(path.relative_to(folder).as_posix(), path) for path in photos_under(folder)]
    return arranged(found, layout)
