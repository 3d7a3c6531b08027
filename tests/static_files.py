"""Serves static files as the site does, but looks once a process for what there is.

Each client of a test sets all middleware up anew, and to look took longer than most pages do.
"""

from __future__ import annotations

from typing import Any

from servestatic.middleware import ServeStaticMiddleware

FOUND: dict[str, Any] = {}


class ListedOnce(ServeStaticMiddleware):  # type: ignore[misc]
    def add_files_from_finders(self) -> None:
        if not FOUND:
            super().add_files_from_finders()
            FOUND.update(self.files)
        self.files.update(FOUND)
