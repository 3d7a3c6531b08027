"""What a camera costs the photos: `python -m benchmarks.camera`.

Photos are analysed again and again on a site of its own, in turns without a camera and beside one that
sends more frames than are looked at. Each figure is the median of the rounds. How much time the camera's
child works is what it says itself of each frame that it looked at.
"""

from __future__ import annotations

import io
import json
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from PIL import Image
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from benchmarks import photos
from tests.site.process import Site, Visitor, wait_until

ROUNDS = 5
FRAMES_EVERY = 0.1  # seconds: more than are looked at


@dataclass
class Camera:
    """What became of the frames that a camera sent."""

    sent: int = 0
    dropped: int = 0
    worked: list[float] = field(default_factory=list)  # milliseconds of each frame looked at

    def wait_until_seen(self) -> None:
        """Wait for the first frame that was looked at, and count from then."""
        wait_until(lambda: bool(self.worked), 120)
        self.sent, self.dropped, self.worked = 0, 0, []


@contextmanager
def switched_on(visitor: Visitor, frame: bytes) -> Iterator[Camera]:
    """Send a frame again and again, as the visitor's camera would, and count what is answered."""
    cookies = "; ".join(f"{one.name}={one.value}" for one in visitor.session.cookies)
    headers = {"Cookie": cookies, "Origin": visitor.site.url}
    address = f"{visitor.site.url.replace('http', 'ws', 1)}/ws/camera/"
    camera, off = Camera(), threading.Event()
    with connect(address, additional_headers=headers) as socket:
        threads = [
            threading.Thread(target=_send, args=(socket, frame, camera, off)),
            threading.Thread(target=_hear, args=(socket, camera)),
        ]
        for thread in threads:
            thread.start()
        try:
            yield camera
        finally:
            off.set()
            socket.close()
            for thread in threads:
                thread.join()


def _send(socket: ClientConnection, frame: bytes, camera: Camera, off: threading.Event) -> None:
    with suppress(ConnectionClosed):
        while not off.wait(FRAMES_EVERY):
            socket.send(frame)
            camera.sent += 1


def _hear(socket: ClientConnection, camera: Camera) -> None:
    for message in socket:
        said = json.loads(message)
        if said["type"] == "seen":
            camera.worked.append(said["milliseconds"])
        else:
            camera.dropped += 1


def main() -> None:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        paths = [path for path in photos.make(folder) if path.name.startswith("small")]
        site = Site(folder / "data", ANALYSIS_CHILDREN="1").start()
        try:
            visitor = Visitor(site).make_first_account()
            for path in paths:
                visitor.upload(path)
            analyse(visitor)
            measure(visitor, frame_of(paths[0]))
        finally:
            site.stop()


def measure(visitor: Visitor, frame: bytes) -> None:
    """Print what a photo takes without a camera and beside one."""
    without, beside, shares, looked, sent = [], [], [], [], []
    for _ in range(ROUNDS):
        without.append(analyse(visitor))
        with switched_on(visitor, frame) as camera:
            camera.wait_until_seen()
            began = time.perf_counter()
            beside.append(analyse(visitor))
            spent = time.perf_counter() - began
            shares.append(sum(camera.worked) / 1000 / spent)
            looked.append(len(camera.worked) / spent)
            sent.append(camera.sent / spent)
    ratio = median(b / w for w, b in zip(without, beside, strict=True))
    print(
        f"seconds a photo without a camera {median(without):.3f}, beside one {median(beside):.3f}"
    )
    print(f"of pairs, beside one / without: {ratio:.2f}")
    print(f"frames a second: {median(sent):.1f} sent, {median(looked):.1f} looked at")
    print(
        f"share of the time that its child works: {median(shares):.0%}, at most {max(shares):.0%}"
    )


def analyse(visitor: Visitor) -> float:
    """Have all photos analysed again, and return the seconds that each took."""
    began = time.perf_counter()
    for one in visitor.photos():
        assert visitor.post(f"/api/photos/{one['id']}/analyse/").ok
    wait_until(lambda: {one["state"] for one in visitor.photos()} == {"done"}, 300)
    return (time.perf_counter() - began) / len(visitor.uploaded)


def frame_of(path: Path) -> bytes:
    """Return a frame as the page sends them: 640 pixels wide."""
    with Image.open(path) as image:
        shown = image.convert("RGB")
        shown.thumbnail((640, 640))
        written = io.BytesIO()
        shown.save(written, "JPEG", quality=80)
    return written.getvalue()


if __name__ == "__main__":
    main()
