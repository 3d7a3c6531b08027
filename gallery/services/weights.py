"""Brings the weight files of `models/manifest.toml` to `models/weights/`: the only code that does.

Every file is written beside its place, verified and renamed, so an interruption at any moment leaves
either the whole file or none. What was verified is remembered with size and time of change, so a
start with everything in place costs milliseconds.
"""

from __future__ import annotations

import fcntl
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import IO

from analysis.weights import Committed, Converted, Entry, Weight, Weights
from gallery.services import archives
from gallery.services.archives import FetchError, Report

__all__ = ["FetchError", "convert", "ensure", "missing"]

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "gallery" / "samples"
CHUNK = 2**20


def ensure(weights: Weights | None = None, report: Report = print) -> None:
    """Return once every file of the manifest is there and verified, fetching or making what isn't.

    `report` is told each step. Raises FetchError naming the file and the remedy.
    """
    weights = weights or Weights()
    if not missing(weights):
        return
    try:
        weights.files.mkdir(exist_ok=True)
        with _locked(weights.files / ".lock", report):
            _Fetch(weights, report).run()
    except OSError as error:
        raise FetchError(
            f"{error.filename or weights.files} could not be written: {error.strerror}. "
            f"Make room or mend the permissions of {weights.files}, then run this again."
        ) from error


def missing(weights: Weights) -> list[Entry]:
    """Return the entries whose file is not known to be right, without hashing anything."""
    stamps = _Stamps(weights.files)
    return [entry for entry in weights.manifest.entries if not stamps.hold(entry)]


def convert(converter: str, source: Path, target: Path, report: Report) -> str:
    """Make `target` out of `source` with the module `converter`, in a process of its own.

    Returns what it said: how far the two networks differ. Raises FetchError, leaving no new file.
    """
    report(f"Making {target.name} from {source.name}; this takes some seconds.")
    partial = target.with_name(f"{target.name}.partial")
    command = [sys.executable, "-m", converter, f"{source.absolute()}", f"{partial.absolute()}"]
    command += map(str, sorted(SAMPLES.glob("*.jpg")))
    try:
        done = subprocess.run(  # noqa: S603  The converter is one of ours.
            command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
        if done.returncode or not partial.is_file():
            said = (done.stderr.strip() or "it wrote nothing").splitlines()[-1]
            raise FetchError(f"{target.name} could not be made from {source.name}: {said}")
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return done.stdout.strip()


def _recipe(entry: Entry) -> str:
    """Return what a verified file depends on: its hash, or what it was made from and by."""
    if isinstance(entry, Weight):
        return entry.sha256
    return f"{entry.source.sha256} {entry.converter} {entry.version}"


def _check_committed(path: Path, wanted: Committed) -> None:
    if not path.is_file() or archives.sha256(path) != wanted.sha256:
        raise FetchError(
            f"{wanted.file} is not the file that the manifest names. It comes with Facesite's code: "
            "restore it from there."
        )


class _Stamps:
    """What was verified: for each file its recipe, size and time of change."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._file = directory / "verified.json"
        try:
            self._stamps: dict[str, list[object]] = json.loads(self._file.read_text())
        except (FileNotFoundError, ValueError):
            self._stamps = {}

    def hold(self, entry: Entry) -> bool:
        try:
            return self._stamps.get(entry.file) == self._stamp(entry)
        except FileNotFoundError:
            return False

    def add(self, entry: Entry) -> None:
        self._stamps[entry.file] = self._stamp(entry)
        partial = self._file.with_suffix(".partial")
        partial.write_text(json.dumps(self._stamps, indent=1))
        partial.replace(self._file)

    def _stamp(self, entry: Entry) -> list[object]:
        stat = (self._directory / entry.file).stat()
        return [_recipe(entry), stat.st_size, stat.st_mtime_ns]


class _Fetch:
    """One run under the lock."""

    def __init__(self, weights: Weights, report: Report) -> None:
        self._weights = weights
        self._manifest = weights.manifest
        self._files = weights.files
        self._downloads = weights.files / ".downloads"
        self._stamps = _Stamps(weights.files)
        self._report = report

    def run(self) -> None:
        # Of a run that was killed: no other one writes while this holds the lock.
        for partial in self._files.glob("*.partial"):
            partial.unlink()
        absent = [weight for weight in self._manifest.weights if not self._there(weight)]
        absent = [weight for weight in absent if not self._take_installed(weight)]
        package = attrgetter("archive.package")
        for _, group in groupby(sorted(absent, key=package), key=package):
            self._take_downloaded(list(group))
        for converted in self._manifest.converted:
            if not self._stamps.hold(converted):
                self._convert(converted)
        shutil.rmtree(self._downloads, ignore_errors=True)

    def _there(self, weight: Weight) -> bool:
        path = self._files / weight.file
        if self._stamps.hold(weight):
            return True
        if not path.is_file():
            return False
        if archives.sha256(path) != weight.sha256:
            self._report(f"{weight.file} is not the file that the manifest names; replacing it.")
            return False
        self._verified(weight, "found")
        return True

    def _take_installed(self, weight: Weight) -> bool:
        path = archives.installed(weight.archive, weight.member)
        # The size first, which costs nothing: another version's file need not be hashed.
        if path is None or path.stat().st_size != weight.size:
            return False
        if archives.sha256(path) != weight.sha256:
            return False
        with path.open("rb") as source:
            self._install(source, weight)
        self._verified(weight, f"from the installed {weight.archive.package}")
        return True

    def _take_downloaded(self, group: list[Weight]) -> None:
        archive = group[0].archive
        names = " and ".join(weight.file for weight in group)
        self._report(f"Fetching {archive.file} for {names}.")
        self._downloads.mkdir(exist_ok=True)
        try:
            path = archives.download(archive, self._downloads, self._report)
        except FetchError as error:
            hashes = " and ".join(f"{weight.file} (sha256 {weight.sha256})" for weight in group)
            raise FetchError(
                f"{names} could not be fetched because {error}: check the network and pip's settings "
                f"(`pip config list`) and run this again, or put {hashes} into {self._files} by hand."
            ) from error
        with zipfile.ZipFile(path) as wheel:
            for weight in group:
                with wheel.open(weight.member) as source:
                    self._install(source, weight)
                self._verified(weight, f"from {archive.file}")
        path.unlink()

    def _install(self, source: IO[bytes], weight: Weight) -> None:
        partial = self._files / f"{weight.file}.partial"
        try:
            with partial.open("wb") as out:
                while chunk := source.read(CHUNK):
                    out.write(chunk)
            if archives.sha256(partial) != weight.sha256:
                raise FetchError(
                    f"{weight.file} in {weight.archive.file} is not the file that the manifest names: "
                    "its sha256 differs, so it was thrown away. Mend models/manifest.toml."
                )
            partial.replace(self._files / weight.file)
        finally:
            partial.unlink(missing_ok=True)

    def _convert(self, entry: Converted) -> None:
        source, target = self._weights.source(entry), self._files / entry.file
        if isinstance(entry.source, Committed):
            _check_committed(source, entry.source)
        self._verified(entry, convert(entry.converter, source, target, self._report))

    def _verified(self, entry: Entry, how: str) -> None:
        self._stamps.add(entry)
        size = (self._files / entry.file).stat().st_size / 1e6
        self._report(f"{entry.file} ({size:.1f} MB) is verified: {how}.")


@contextmanager
def _locked(file: Path, report: Report) -> Iterator[None]:
    """Let one process at a time fetch; a second waits and then finds everything there."""
    with file.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            report("Another process is fetching the weights; waiting for it.")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
