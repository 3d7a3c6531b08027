"""How long the start page takes, what of it follows changes, and each plot (benchmarks/library.py)."""

from __future__ import annotations

import time

from benchmarks import made
from tests.site.process import Visitor

TIMES = 12
SEARCHES = {"all photos": "", "a search": "emotion=happy&age=20-39"}


def time_pages(visitor: Visitor) -> None:
    from gallery.services import plots

    began = time.perf_counter()
    visitor.page("/")
    print(f"start page, with nothing in memory: {time.perf_counter() - began:.3f}", flush=True)
    for what, path in {"start page": "/", "start page, what changes": "/start/now/"}.items():
        made.told(what, [seconds(visitor, path) for _ in range(TIMES)])
    for of, query in SEARCHES.items():
        for name in plots.KINDS:
            path = f"/plots/?plot={name}&{query}"
            made.told(f"{name}, of {of}", [seconds(visitor, path) for _ in range(TIMES)])


def seconds(visitor: Visitor, path: str) -> float:
    began = time.perf_counter()
    visitor.session.get(f"{visitor.site.url}{path}", headers={"HX-Request": "true"})
    return time.perf_counter() - began
