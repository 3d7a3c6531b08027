"""Small wheels and a manifest naming them, for the tests of fetching."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

MEMBER = "tiny_weights/tiny.bin"
WHEEL = "tiny_weights-1.0-py3-none-any.whl"


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def make_wheel(directory: Path, content: bytes) -> Path:
    """Write a wheel of the package tiny-weights 1.0 that holds `content`; return its path."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / WHEEL
    info = "tiny_weights-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(MEMBER, content)
        wheel.writestr(
            f"{info}/METADATA", "Metadata-Version: 2.1\nName: tiny-weights\nVersion: 1.0\n"
        )
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/RECORD", "")
    return path


def make_manifest(directory: Path, wheel_digest: str, content: bytes, version: int = 1) -> None:
    """Write a manifest of one weight, and one made from it, that holds `content`."""
    (directory / "manifest.toml").write_text(f"""
[archives.tiny-weights]
version = "1.0"
file = "{WHEEL}"
sha256 = "{wheel_digest}"

[[weights]]
name = "tiny"
file = "tiny.bin"
archive = "tiny-weights"
member = "{MEMBER}"
sha256 = "{digest(content)}"
size = {len(content)}
licence = "CC0-1.0"
used_by = "tests"

[[converted]]
name = "made"
file = "made.bin"
from = "tiny"
converter = "tests.copying_converter"
version = {version}
licence = "CC0-1.0"
used_by = "tests"
""")


def add_committed(directory: Path, content: bytes) -> Path:
    """Put a file into the project, and one made from it into the manifest; return its path."""
    path = directory / "ours" / "small.bin"
    path.parent.mkdir()
    path.write_bytes(content)
    with (directory / "manifest.toml").open("a") as manifest:
        manifest.write(f"""
[[committed]]
name = "small"
file = "ours/small.bin"
sha256 = "{digest(content)}"
licence = "MIT"
used_by = "tests"

[[converted]]
name = "made_of_ours"
file = "made_of_ours.bin"
from = "small"
converter = "tests.copying_converter"
version = 1
licence = "MIT"
used_by = "tests"
""")
    return path
