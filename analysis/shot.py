"""What a photo was taken with, and where: as its file says it, made fit to be read, and what is believed.

Makers write themselves in many ways ("NIKON CORPORATION", "SONY", "samsung"), often once more before the
model, and programs write of a lens or a place they know nothing of that it is 0.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

LONGEST = 100  # Of a camera's and of a lens's name.
# Whom people call otherwise than they write themselves.
MAKERS = {
    "eastman kodak": "Kodak",
    "hewlett-packard": "HP",
    "lge": "LG",
    "om": "OM System",
    "oneplus": "OnePlus",
}
# Where a maker's name ends, and what they are begins: "OLYMPUS IMAGING CORP.", "SAMSUNG TECHWIN".
COMPANY = re.compile(
    r"(ag|cameras?|co|communications|company|computer|corp|corporation|digital|electric|electronics|gmbh|imaging"
    r"|inc|international|ltd|mobile|optical|techwin|technolog(y|ies))\.?",
    re.I,
)
SHORT = 3  # letters: HTC, DJI and GE are written so
# What stands for a lens in the photos of cameras that know of none.
NO_LENS = re.compile(r"(unknown|none|n/a|undefined|no lens)\b.*|[\W_0]*|0(\.0)? ?mm.*", re.I)
# XMP's 51,28,30.5N or 51,28.508N.
WRITTEN = re.compile(
    r"\s*([0-9]{1,3}),([0-9]{1,2}(?:\.[0-9]{1,12})?)(?:,([0-9]{1,2}(?:\.[0-9]{1,12})?))?\s*([NSEW])\s*\Z"
)
DIGITS = 6  # of a degree: 11 cm


class Angle(NamedTuple):
    """Degrees, minutes and seconds, as far as they are there, and N, S, E or W."""

    parts: tuple[float, ...] = ()
    side: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Degrees north of the equator and east of Greenwich."""

    latitude: float
    longitude: float

    def __post_init__(self) -> None:
        if not (-90 <= self.latitude <= 90 and -180 <= self.longitude <= 180):
            raise ValueError(f"{self.latitude}, {self.longitude} is nowhere.")


@dataclass(frozen=True, slots=True)
class Shot:
    """What a photo says of how it was taken; "" and None where it says nothing to be believed."""

    camera: str = ""
    lens: str = ""
    place: Place | None = None


NOTHING = Shot()


def camera(maker: str, model: str) -> str:
    """Return a camera as people write it: "Apple iPhone 12", "Nikon D850", and no maker twice."""
    maker, model = _maker(_tidy(maker)), _tidy(model)
    words = maker.casefold().split()
    of_model = model.casefold().split()
    # "NIKON D850" of Nikon, "KODAK EASYSHARE" of Kodak; "HP PhotoSmart" of HP.
    if words and of_model[: len(words)] == words:
        model = " ".join(model.split()[len(words) :])
    return f"{maker} {model}".strip()[:LONGEST].rstrip()


def lens(name: str) -> str:
    """Return a lens as its file says it, "" where that is none."""
    name = _tidy(name)
    return "" if NO_LENS.fullmatch(name) else name[:LONGEST].rstrip()


def place(latitude: Angle, longitude: Angle) -> Place | None:
    """Return a place by EXIF's angles, None where it is none: 0° 0' is what no receiver has found."""
    found = (_degrees(latitude, "N", "S", 90), _degrees(longitude, "E", "W", 180))
    if found[0] is None or found[1] is None or not any(found):
        return None
    return Place(found[0], found[1])


def written(text: str) -> Angle:
    """Return the angle that XMP writes as a text."""
    found = WRITTEN.match(text)
    if found is None:
        return Angle()
    *parts, side = found.groups()
    return Angle(tuple(float(part) for part in parts if part), f"{side}")


def _degrees(angle: Angle, plus: str, minus: str, most: int) -> float | None:
    side = angle.side.strip().upper()
    if not 1 <= len(angle.parts) <= 3 or side not in {plus, minus}:
        return None
    if any(part > 60 for part in angle.parts[1:]):
        return None
    found = sum(part / 60**power for power, part in enumerate(angle.parts))
    return round(found if side == plus else -found, DIGITS) if found <= most else None


def _tidy(text: str) -> str:
    """Return a text without what is not to be seen, and one blank between words."""
    text = "".join(
        letter if letter.isprintable() and letter != "\N{REPLACEMENT CHARACTER}" else " "
        for letter in text
    )
    return " ".join(text.split())


def _maker(name: str) -> str:
    """Return a maker's name without that they are a company, and not in capitals."""
    words = re.split(r"[ ,]+", name)
    ends = (number for number, word in enumerate(words) if number and COMPANY.fullmatch(word))
    own = words[: next(ends, None)]
    return MAKERS.get(" ".join(own).casefold()) or " ".join(map(_in_case, own))


def _in_case(word: str) -> str:
    return word.capitalize() if len(word) > SHORT and (word.isupper() or word.islower()) else word
