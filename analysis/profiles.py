"""Colour profiles made of what a file says in numbers: primaries, white and a curve, as ICC version 4.

HEIC and AVIF may name their colours by three numbers of ITU-T H.273 ("nclx") and PNG may give its
primaries and gamma. As a profile, either goes the same way as one that is embedded.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Curve = Callable[[NDArray[np.float64]], NDArray[np.float64]]
Primaries = tuple[float, float, float, float, float, float]  # x, y of red, green and blue
White = tuple[float, float]

D65: White = (0.3127, 0.3290)
D50: White = (0.3457, 0.3585)

BT709: Primaries = (0.640, 0.330, 0.300, 0.600, 0.150, 0.060)
DISPLAY_P3: Primaries = (0.680, 0.320, 0.265, 0.690, 0.150, 0.060)
BT2020: Primaries = (0.708, 0.292, 0.170, 0.797, 0.131, 0.046)
# H.273, table 2. What is missing (XYZ, film) no camera writes; it is taken to be BT.709.
NAMED: dict[int, tuple[str, Primaries, White]] = {
    1: ("BT.709", BT709, D65),
    4: ("BT.470 M", (0.67, 0.33, 0.21, 0.71, 0.14, 0.08), (0.310, 0.316)),
    5: ("BT.601 625", (0.64, 0.33, 0.29, 0.60, 0.15, 0.06), D65),
    6: ("BT.601 525", (0.630, 0.340, 0.310, 0.595, 0.155, 0.070), D65),
    7: ("SMPTE 240M", (0.630, 0.340, 0.310, 0.595, 0.155, 0.070), D65),
    9: ("BT.2020", BT2020, D65),
    11: ("DCI-P3", DISPLAY_P3, (0.314, 0.351)),
    12: ("Display P3", DISPLAY_P3, D65),
    22: ("EBU 3213", (0.630, 0.340, 0.295, 0.605, 0.155, 0.077), D65),
}
PQ, HLG = 16, 18
# The brightest that is told apart, in times the white of paper, which BT.2408 puts at 203 cd/m2.
PEAK = 1000.0 / 203.0


@dataclass(frozen=True, slots=True)
class Nclx:
    """The numbers of H.273 for the primaries and the transfer curve of a HEIC or AVIF."""

    primaries: int
    transfer: int

    @property
    def is_hdr(self) -> bool:
        return self.transfer in {PQ, HLG}

    @property
    def name(self) -> str:
        curve = {PQ: " PQ", HLG: " HLG"}.get(self.transfer, "")
        return NAMED.get(self.primaries, NAMED[1])[0] + curve

    def matrix(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return curves (3, 256) and matrix (3, 3) as `read_matrix` does of an ICC profile.

        In HDR the curves reach PEAK, where 1 is the white of paper.
        """
        _, primaries, white = NAMED.get(self.primaries, NAMED[1])
        curve = CURVES.get(self.transfer, srgb)(np.linspace(0, 1, 256))
        return np.stack([curve] * 3), to_xyz_d50(primaries, white)


def srgb(value: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return linear light 0..1 of sRGB values 0..1 (IEC 61966-2-1).

    Browsers take the curves of BT.709, BT.601 and BT.2020 to be this one, and so do we.
    """
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def gamma(exponent: float) -> Curve:
    return lambda value: value**exponent


def _pq(value: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the light of SMPTE ST 2084 in times the white of paper, at most PEAK."""
    m1, m2 = 2610 / 16384, 2523 / 4096 * 128
    c1, c2, c3 = 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32
    root = value ** (1 / m2)
    light = (np.maximum(root - c1, 0) / (c2 - c3 * root)) ** (1 / m1)
    return np.minimum(light * 10000 / 203, PEAK)


def _hlg(value: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the light of ARIB STD-B67 (BT.2100) on a screen of 1000 cd/m2, in times paper's white."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    scene = np.where(value <= 0.5, value**2 / 3, (np.exp((value - c) / a) + b) / 12)
    return scene**1.2 * PEAK


CURVES: dict[int, Curve] = {4: gamma(2.2), 5: gamma(2.8), 8: gamma(1.0), PQ: _pq, HLG: _hlg}


def _white_xyz(white: White) -> NDArray[np.float64]:
    x, y = white
    if y <= 0:
        raise ValueError("A white point without light.")
    return np.array([x / y, 1.0, (1 - x - y) / y])


def to_xyz_d50(primaries: Primaries, white: White) -> NDArray[np.float64]:
    """Return the matrix (3, 3) from linear RGB to XYZ under D50, in which profiles are written."""
    return _to_d50(white) @ _to_xyz(primaries, white)


def _to_xyz(primaries: Primaries, white: White) -> NDArray[np.float64]:
    """Return the matrix (3, 3) from linear RGB to XYZ, in which (1, 1, 1) is the white."""
    x, y = np.array(primaries[::2]), np.array(primaries[1::2])
    directions = np.stack([x, y, 1 - x - y])
    if abs(np.linalg.det(directions)) < 1e-4:
        raise ValueError("Primaries on one line.")
    return np.asarray(directions * np.linalg.solve(directions, _white_xyz(white)))


def _to_d50(white: White) -> NDArray[np.float64]:
    """Return Bradford's matrix, by which profiles bring any white to D50."""
    bradford = np.array(
        [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
    )
    gains = (bradford @ _white_xyz(D50)) / (bradford @ _white_xyz(white))
    return np.asarray(np.linalg.inv(bradford) @ np.diag(gains) @ bradford)


def read_matrix(profile: bytes) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Return an RGB profile's curves, linear light (3, 256), and its matrix (3, 3) to XYZ under D50.

    None if it has lookup tables, which count before these, or is not whole.
    """
    try:
        tags = _tags(profile)
        if b"A2B0" in tags or b"A2B1" in tags or profile[20:24] != b"XYZ ":
            return None
        columns = [struct.unpack_from(">3i", tags[sign], 8) for sign in (b"rXYZ", b"gXYZ", b"bXYZ")]
        curves = [_curve(tags[sign]) for sign in (b"rTRC", b"gTRC", b"bTRC")]
    except (struct.error, KeyError, ValueError):
        return None
    return np.stack(curves), np.array(columns).T / 65536


def _tags(profile: bytes) -> dict[bytes, bytes]:
    (count,) = struct.unpack_from(">I", profile, 128)
    entries = [struct.unpack_from(">4sII", profile, 132 + 12 * n) for n in range(min(count, 100))]
    return {sign: profile[place : place + size] for sign, place, size in entries}


def _curve(tag: bytes) -> NDArray[np.float64]:
    """Return what a curve of a profile makes of 0..255; raises ValueError for what is no curve."""
    x = np.linspace(0, 1, 256)
    kind, _, first = struct.unpack_from(">4sII", tag)
    if kind == b"para":
        return np.clip(_parametric(x, first >> 16, tag[12:]), 0, 1)
    if kind != b"curv":
        raise ValueError("Not a curve.")
    if first == 0:
        return x
    if first == 1:
        return np.asarray(x ** (struct.unpack_from(">H", tag, 12)[0] / 256))
    table = np.frombuffer(tag, ">u2", first, 12) / 65535
    return np.interp(x, np.linspace(0, 1, first), table)


def _parametric(x: NDArray[np.float64], kind: int, numbers: bytes) -> NDArray[np.float64]:
    """Return ICC's parametricCurveType: y = (a x + b)^g + e from d up, c x + f below."""
    count = (1, 3, 4, 5, 7)[kind] if kind < 5 else 0
    given = [value / 65536 for value in struct.unpack_from(f">{count}i", numbers)]
    if not given:
        raise ValueError("No curve that the standard knows.")
    g, a, b, c, d, e, f = given + [0.0] * (7 - count)
    if kind == 0:
        a = 1.0
    if kind in {1, 2}:  # Below -b / a there is no power; the third number of the second is e and f.
        e = f = c if kind == 2 else 0.0
        c, d = 0.0, (-b / a if a else 0.0)
    return np.asarray(np.where(x >= d, np.maximum(a * x + b, 0) ** g + e, c * x + f))
