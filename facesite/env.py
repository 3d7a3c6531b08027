"""Settings that come from the environment or from `.env`; a wrong value is one sentence naming it."""

from __future__ import annotations

import os
import secrets
import uuid
from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ImproperlyConfigured

YES = {"1", "true", "yes", "on"}
NO = {"0", "false", "no", "off"}


class Env:
    """Reads typed values; the process environment wins over the file."""

    def __init__(self, file: Path | None = None, environ: Mapping[str, str] | None = None) -> None:
        self._values = _read(file) if file and file.is_file() else {}
        self._values.update(os.environ if environ is None else environ)

    def text(self, name: str, default: str = "") -> str:
        return self._values.get(name, "").strip() or default

    def flag(self, name: str, default: bool) -> bool:
        value = self.text(name).lower()
        if not value:
            return default
        if value not in YES | NO:
            raise ImproperlyConfigured(f"{name} is '{value}': write yes or no.")
        return value in YES

    def whole(self, name: str, default: int, *, least: int = 1, most: int | None = None) -> int:
        text = self.text(name, f"{default}")
        # int() itself refuses thousands of digits.
        value = int(text) if text.isdecimal() and len(text) < 19 else None
        if value is None or value < least or (most is not None and value > most):
            end = "up" if most is None else f"to {most}"
            raise ImproperlyConfigured(
                f"{name} is '{text}': write a whole number from {least} {end}."
            )
        return value

    def fraction(self, name: str, default: float, *, least: float, most: float) -> float:
        text = self.text(name, f"{default}")
        try:
            value = float(text)
        except ValueError:
            value = float("nan")  # Within no bounds.
        if not least <= value <= most:
            raise ImproperlyConfigured(
                f"{name} is '{text}': write a number between {least} and {most}."
            )
        return value

    def items(self, name: str, default: list[str]) -> list[str]:
        return [item.strip() for item in self.text(name).split(",") if item.strip()] or default

    def time_zone(self, name: str, default: str) -> str:
        text = self.text(name, default)
        try:
            return ZoneInfo(text).key
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ImproperlyConfigured(
                f"{name} is '{text}': write a time zone such as Europe/Berlin."
            ) from error

    def url(self, name: str, *, schemes: tuple[str, ...]) -> str:
        text = self.text(name)
        if text and not text.startswith(tuple(f"{scheme}://" for scheme in schemes)):
            raise ImproperlyConfigured(f"{name} is '{text}': start it with {schemes[0]}://.")
        return text

    def folder(self, name: str, default: Path) -> Path:
        """Return a folder that exists; a new one is its owner's alone, as photos and faces are."""
        path = Path(self.text(name, f"{default}")).expanduser().resolve()
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise ImproperlyConfigured(
                f"{name} is '{path}', which cannot be made ({error.strerror}): name a folder that can."
            ) from error
        return path


def _read(file: Path) -> dict[str, str]:
    """Return the NAME=value lines of a `.env` file."""
    values: dict[str, str] = {}
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        name, equals, value = text.partition("=")
        if not equals or not name.strip().isidentifier():
            raise ImproperlyConfigured(f"{file.name} line {number} is '{text}': write NAME=value.")
        values[name.strip()] = value.strip().strip("\"'")
    return values


def stored_secret(file: Path) -> str:
    """Return the secret kept in `file`, making it (readable by its owner only) on the first run."""
    try:
        if not file.is_file():
            _make_secret(file)
        return file.read_text(encoding="ascii").strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"DATA_DIR is '{file.parent}': nothing can be kept there ({error.strerror}), "
            "so name a folder that can be written."
        ) from error


def _make_secret(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_name(f"{file.name}.{uuid.uuid4().hex}")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(secrets.token_urlsafe(64))
    try:
        # Unlike a rename, a link never replaces the key of a faster process.
        os.link(partial, file)
    except FileExistsError:
        pass
    finally:
        partial.unlink()
