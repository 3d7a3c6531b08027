"""A photo on a disk that does not answer; a module of its own, so that a child need not load pytest."""

from __future__ import annotations

import os
import time
from pathlib import PosixPath


class StuckPath(PosixPath):
    def stat(self, *, follow_symlinks: bool = True) -> os.stat_result:
        time.sleep(600)
        return super().stat(follow_symlinks=follow_symlinks)
