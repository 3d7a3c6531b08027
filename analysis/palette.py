"""The colours that tell people on a photo apart."""

from __future__ import annotations

from collections.abc import Iterable
from math import dist

Colour = tuple[int, int, int]

OWN = 7  # Okabe and Ito's for the colour-blind, less black and grey: each person has one of these.
# After them those of a photo of many: each the furthest from all before it and from white, in OKLab, as it
# is seen with all three cones, without the red ones and without the green ones (Machado et al., 2009).
COLOURS: tuple[Colour, ...] = tuple(
    (code >> 16, code >> 8 & 255, code & 255)
    for code in (
        0x56B4E9,
        0xE69F00,
        0x009E73,
        0xF0E442,
        0xCC79A7,
        0xD55E00,
        0x0072B2,
        0x6900FF,
        0x00F0B4,
        0xB40069,
        0x8778FF,
        0xC3D2FF,
        0x96B487,
        0xD20FC3,
        0x964B2D,
        0xFFC387,
        0xFF2D69,
        0xFF78D2,
        0x695A87,
        0xB4FFA5,
        0xB4F0E1,
        0xE1A5B4,
        0xB4D23C,
        0x4B69E1,
        0xFF694B,
        0xC369D2,
        0xC33C5A,
        0xA56996,
        0xB487FF,
        0xF09669,
        0x2D961E,
        0xA54BA5,
        0x69E1D2,
        0x0F8778,
        0x96C3F0,
        0x9600C3,
        0x963CFF,
        0x2DA5B4,
        0x3CC3A5,
        0x87FF78,
    )
)


def assign(own: Iterable[int]) -> list[int]:
    """Return a colour for each person of a photo, of the colours that they have elsewhere.

    No two are alike: whose own is taken gets the free one that looks most like it. Where more than there
    are colours are on a photo, the rest have their own.
    """
    wanted = [*own]
    taken = set(wanted)
    given: list[int] = []
    for colour in wanted:
        if colour in given:
            colour = next((one for one in _LIKEST[colour] if one not in taken), colour)
            taken.add(colour)
        given.append(colour)
    return given


def _oklab(colour: Colour) -> tuple[float, float, float]:
    """Return the colour in OKLab, where distances are as people see them (Ottosson, 2020)."""
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (channel / 255 for channel in colour)
    )
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    middle = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def _likest(colour: Colour) -> list[int]:
    """Return the numbers of all colours, those that look most like this one first."""
    seen = _oklab(colour)
    return sorted(range(len(COLOURS)), key=lambda number: dist(seen, _oklab(COLOURS[number])))


_LIKEST = [_likest(colour) for colour in COLOURS[:OWN]]
