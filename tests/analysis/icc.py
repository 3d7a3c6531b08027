"""ICC profiles made from primaries and a curve, byte by byte."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from analysis.profiles import BT709, D65, DISPLAY_P3, Primaries, White, srgb, to_xyz_d50

Curve = Callable[[NDArray[np.float64]], NDArray[np.float64]]
D50_XYZ = (0.9642, 1.0, 0.8249)
D50: White = (0.3457, 0.3585)
CURVE_STEPS = 1024
ADOBE_RGB: Primaries = (0.64, 0.33, 0.21, 0.71, 0.15, 0.06)
PROPHOTO: Primaries = (0.7347, 0.2653, 0.1596, 0.8404, 0.0366, 0.0001)


def gamma(exponent: float) -> Curve:
    return lambda value: value**exponent


def matrix_profile(name: str, primaries: Primaries, white: White, curve: Curve) -> bytes:
    """Return an RGB display profile: `curve` maps values 0..1 to linear light 0..1.

    Raises ValueError if the primaries span no space.
    """
    columns = to_xyz_d50(primaries, white)
    steps = np.clip(curve(np.linspace(0, 1, CURVE_STEPS)), 0, 1)
    table = struct.pack(">4sII", b"curv", 0, CURVE_STEPS)
    table += np.rint(steps * 65535).astype(">u2").tobytes()
    text = name.encode("utf-16-be")
    named = struct.pack(">4sIII2s2sII", b"mluc", 0, 1, 12, b"en", b"US", len(text), 28) + text
    tags = {b"desc": named, b"cprt": named, b"wtpt": _xyz(D50_XYZ)}
    tags |= {
        sign: _xyz(column)
        for sign, column in zip((b"rXYZ", b"gXYZ", b"bXYZ"), columns.T, strict=True)
    }
    return _icc(tags | {b"rTRC": table, b"gTRC": table, b"bTRC": table})


def _icc(
    tags: dict[bytes, bytes],
    space: bytes = b"RGB ",
    pcs: bytes = b"XYZ ",
    kind: bytes = b"mntr",
    version: int = 0x04300000,
) -> bytes:
    """Return a profile with these tags; equal ones are stored once."""
    start = 128 + 4 + 12 * len(tags)
    places: dict[bytes, int] = {}
    body = index = b""
    for sign, content in tags.items():
        if content not in places:
            places[content] = start + len(body)
            body += content + bytes(-len(content) % 4)
        index += struct.pack(">4sII", sign, places[content], len(content))
    header = struct.pack(">I4xI4s4s4s12x4s", start + len(body), version, kind, space, pcs, b"acsp")
    header = header.ljust(68, b"\0") + _xyz(D50_XYZ)[8:]
    return header.ljust(128, b"\0") + struct.pack(">I", len(tags)) + index + body


def _xyz(values: Iterable[float]) -> bytes:
    return struct.pack(">4sI3i", b"XYZ ", 0, *(round(float(value) * 65536) for value in values))


def display_p3() -> bytes:
    return matrix_profile("Display P3", DISPLAY_P3, D65, srgb)


def exchanged() -> bytes:
    """Return a profile whose red is green and whose green is red: nobody overlooks that."""
    red, green, blue = BT709[:2], BT709[2:4], BT709[4:]
    return matrix_profile("Exchanged", (*green, *red, *blue), D65, srgb)


def with_formula(profile: bytes, kind: int, numbers: Sequence[float]) -> bytes:
    """Return a profile whose red, green and blue curves are a formula (parametricCurveType)."""
    fixed = [round(number * 65536) for number in numbers]
    curve = struct.pack(f">4s4xHH{len(fixed)}i", b"para", kind, 0, *fixed)
    (count,) = struct.unpack_from(">I", profile, 128)
    entries = [struct.unpack_from(">4sII", profile, 132 + 12 * n) for n in range(count)]
    tags = {
        sign: curve if sign.endswith(b"TRC") else profile[place : place + size]
        for sign, place, size in entries
    }
    return _icc(tags)


def grey_profile(curve: Curve) -> bytes:
    steps = np.rint(curve(np.linspace(0, 1, CURVE_STEPS)) * 65535).astype(">u2").tobytes()
    table = struct.pack(">4sII", b"curv", 0, CURVE_STEPS) + steps
    return _icc({b"wtpt": _xyz(D50_XYZ), b"kTRC": table}, space=b"GRAY")


def lookup_profile(space: bytes, to_rgb: Curve, grid: int = 9) -> bytes:
    """Return a profile with a lookup table (lut8Type) from a space, b"RGB " or b"CMYK", to Lab.

    `to_rgb` maps points (n, 3 or 4) of the space, 0..1, to sRGB (n, 3).
    """
    channels = 4 if space == b"CMYK" else 3
    axes = np.meshgrid(*[np.linspace(0, 1, grid)] * channels, indexing="ij")
    lab = _lab(to_rgb(np.stack(axes, axis=-1).reshape(-1, channels)))
    stored = np.rint(lab * (2.55, 1, 1) + (0, 128, 128)).clip(0, 255).astype(np.uint8).tobytes()
    identity = struct.pack(">9i", *(65536 if n % 4 == 0 else 0 for n in range(9)))
    ramp = bytes(range(256))
    head = struct.pack(">4sI4B", b"mft1", 0, channels, 3, grid, 0)
    table = head + identity + ramp * channels + stored + ramp * 3
    tags = {b"wtpt": _xyz(D50_XYZ), b"A2B0": table}
    return _icc(tags, space=space, pcs=b"Lab ", kind=b"prtr", version=0x02400000)


def _lab(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return CIE Lab under D50 (n, 3) of sRGB values 0..1."""
    xyz = srgb(rgb) @ to_xyz_d50(BT709, D65).T / D50_XYZ
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    x, y, z = f.T
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=1)
