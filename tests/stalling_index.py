"""A package index on this machine whose connection stalls in the middle of a wheel."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def serve(wheel: Path) -> Iterator[tuple[str, threading.Event]]:
    """Serve `wheel`; yield the index's address and an event set once half of it was sent."""
    stalled, over = threading.Event(), threading.Event()
    content = wheel.read_bytes()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.endswith(".whl"):
                self.answer("application/octet-stream", content, until=len(content) // 2)
                stalled.set()
                over.wait(60)
            else:
                self.answer("text/html", f'<a href="/{wheel.name}">{wheel.name}</a>'.encode())

        def answer(self, kind: str, body: bytes, until: int | None = None) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[:until])

        def log_message(self, format: str, *args: object) -> None:
            """Keep the tests' output quiet."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/simple", stalled
        finally:
            over.set()
            server.shutdown()
            thread.join()
