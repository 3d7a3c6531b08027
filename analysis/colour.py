"""Colour management: what a photo's numbers mean, by its profile, brought to sRGB.

Everything that is shown or looked at is sRGB; the original stays as it is. It is done on pixels that
are reduced already. Milliseconds of processor time for 2016 x 1512, which is a photo of 12 megapixels:

    sRGB, by any maker's profile                       0
    three curves and a matrix, as cameras write       24 (LittleCMS: 45)
    lookup tables, grey, CMYK                         45 (LittleCMS)

To read a profile takes 3 ms, once.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import IO

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from analysis.headers import boxes
from analysis.headers.reader import NoPicture, Reader, ReadTooMuch
from analysis.profiles import BT709, D65, PEAK, Nclx, read_matrix, to_xyz_d50
from analysis.sentences import Sentence, say

Pixels = NDArray[np.uint8]
Transform = Callable[[Image.Image], Pixels]  # from an image to uint8 sRGB (h, w, 3)

SRGB = "sRGB"
BROKEN = say("profile_broken")
HDR = say("hdr")
# What is this near to sRGB is left as it is. Profiles of sRGB by different makers are 0 to 1 apart.
SAME = 2
LONGEST_NAME = 60
KEPT = 8  # transforms: a library comes from a few cameras, whose photos all carry the same profile
LARGEST_KEPT = 4 * 2**20  # bytes: 30 kB of a crafted PNG are a profile of 30 MB
STEPS = 4096  # of linear light: a step is below one of sRGB, also where that is darkest
PART = 2**17  # pixels that are converted at a time, so that they stay in the processor's cache
# Which mode of Pillow a profile of each colour space is for.
SPACES = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK", "Lab": "LAB"}
_SRGB_PROFILE = ImageCms.createProfile("sRGB")


@dataclass(frozen=True, slots=True, eq=False)
class Colours:
    """How to bring a photo to sRGB. `name` says from what; pixels are to be handed over in `mode`.

    `note` is what the person should know of it.
    """

    name: str = SRGB
    mode: str = "RGB"
    transform: Transform | None = None
    note: Sentence | None = None

    @property
    def conversion(self) -> str:
        """Return in a few words what is done, to be kept with the result."""
        return f"{self.name} to {SRGB}" if self.transform else SRGB

    def to_srgb(self, image: Image.Image) -> Pixels:
        """Return an image of `mode` as uint8 sRGB (h, w, 3)."""
        return self.transform(image) if self.transform else np.asarray(image)


class _ByMatrix:
    """Three curves into linear light, a matrix, and the curve of sRGB back: what most profiles are.

    Colours that sRGB has not are cut off, as in browsers. With `peak`, the light of HDR up to there
    is compressed to 0..1 first.
    """

    def __init__(
        self, curves: NDArray[np.float64], to_xyz: NDArray[np.float64], peak: float = 0.0
    ) -> None:
        self._peak = peak
        self._curves = curves.T.reshape(1, 256, 3).astype(np.float32)
        from_xyz = np.linalg.inv(to_xyz_d50(BT709, D65))
        self._matrix = (from_xyz @ to_xyz * STEPS).astype(np.float32)

    def __call__(self, image: Image.Image) -> Pixels:
        pixels = np.asarray(image)
        seen = np.empty_like(pixels)
        rows = max(1, PART // image.width)
        for top in range(0, image.height, rows):
            light = cv2.LUT(pixels[top : top + rows], self._curves)
            if self._peak:
                light = self._compressed(light)
            light = cv2.transform(light, self._matrix)
            steps = np.clip(light, 0, STEPS - 1, out=light).astype(np.uint16)
            seen[top : top + rows] = _TO_SRGB[steps]
        return seen

    def _compressed(self, light: cv2.typing.MatLike) -> cv2.typing.MatLike:
        """Return light 0..peak as 0..1 by Reinhard's extended curve, as Chromium has it.

        It goes by the brightest of a pixel's three values, so that its hue stays.
        """
        most = light.max(axis=2, keepdims=True)
        return np.asarray(light * ((1 + most / self._peak**2) / (1 + most)))


def _to_srgb_table() -> Pixels:
    """Return the sRGB value for each of STEPS of linear light."""
    light = (np.arange(STEPS) + 0.5) / STEPS
    values = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.asarray(np.rint(values * 255), dtype=np.uint8)


_TO_SRGB = _to_srgb_table()


class _ByLittleCms:
    """Any other profile."""

    def __init__(self, profile: ImageCms.ImageCmsProfile, mode: str) -> None:
        # Perceptual, as in browsers: of several tables it takes the first.
        intent = ImageCms.Intent.PERCEPTUAL
        self._transform = ImageCms.buildTransform(profile, _SRGB_PROFILE, mode, "RGB", intent)

    def __call__(self, image: Image.Image) -> Pixels:
        seen = ImageCms.applyTransform(image, self._transform)
        return np.asarray(seen, dtype=np.uint8)


AS_THEY_ARE = Colours()


def colours_of(image: Image.Image, file: IO[bytes]) -> Colours:
    """Return the colours of an opened photo: by its ICC profile, else by what its format says of them.

    A profile that cannot be read, or is made for another kind of pixels, is ignored with a note.
    """
    profile = image.info.get("icc_profile")
    if profile:
        return _by_profile(bytes(profile), _kind(image))
    if image.format in {"HEIF", "AVIF"}:
        return _by_boxes(file)
    if image.format == "PNG":
        return _by_chromaticities(image)
    return _by_profile(b"", "LAB") if image.mode == "LAB" else AS_THEY_ARE


def _kind(image: Image.Image) -> str:
    if image.mode in {"CMYK", "LAB"}:
        return image.mode
    return "L" if image.mode in {"1", "L", "LA", "F"} or image.mode.startswith("I") else "RGB"


def _by_boxes(file: IO[bytes]) -> Colours:
    """Return colours by the boxes of HEIC and AVIF. Pillow's reader of AVIF does not tell them."""
    try:
        numbers = boxes.colours(Reader(file))
    except NoPicture:
        return AS_THEY_ARE
    except ReadTooMuch:
        return Colours(note=BROKEN)
    if numbers is None:
        return AS_THEY_ARE
    said = Nclx(*numbers)
    transform = _ByMatrix(*said.matrix(), peak=PEAK if said.is_hdr else 0.0)
    return _unless_the_same(Colours(said.name, "RGB", transform, HDR if said.is_hdr else None))


def _by_chromaticities(image: Image.Image) -> Colours:
    """Return colours by PNG's gAMA and cHRM, which count where both are there and sRGB is not."""
    numbers, exponent = image.info.get("chromaticity"), image.info.get("gamma")
    if not numbers or not exponent or "srgb" in image.info:
        return AS_THEY_ARE
    try:
        to_xyz = to_xyz_d50(tuple(numbers[2:8]), tuple(numbers[:2]))
    except ValueError:
        return Colours(note=BROKEN)
    curve = np.linspace(0, 1, 256) ** (1 / exponent)
    return _unless_the_same(Colours("PNG's own", "RGB", _ByMatrix(np.stack([curve] * 3), to_xyz)))


def _unless_the_same(colours: Colours) -> Colours:
    """Return colours of RGB or grey, or AS_THEY_ARE if the transform changes nothing."""
    same = colours.transform and _changes_nothing(colours.transform, colours.mode)
    return AS_THEY_ARE if same else colours


def _by_profile(profile: bytes, kind: str) -> Colours:
    """Return the colours of pixels of a `kind` (RGB, L, CMYK or LAB) by an ICC profile."""
    return (_kept if len(profile) <= LARGEST_KEPT else _read)(profile, kind)


@lru_cache(maxsize=KEPT)
def _kept(profile: bytes, kind: str) -> Colours:
    return _read(profile, kind)


def _read(profile: bytes, kind: str) -> Colours:
    try:
        opened = _opened(profile)
        mode = SPACES[opened.profile.xcolor_space.strip()]
        if mode != kind and (mode, kind) != ("RGB", "L"):
            return Colours(note=BROKEN)
        colours = Colours(_name(opened), mode, _transform(profile, opened, mode))
        return _unless_the_same(colours) if mode in {"RGB", "L"} else colours
    except (ImageCms.PyCMSError, OSError, KeyError, ValueError):
        return Colours(note=BROKEN)


def _transform(profile: bytes, opened: ImageCms.ImageCmsProfile, mode: str) -> Transform:
    if mode == "RGB" and (found := read_matrix(profile)):
        return _ByMatrix(*found)
    return _ByLittleCms(opened, mode)


def _opened(profile: bytes) -> ImageCms.ImageCmsProfile:
    if profile:
        return ImageCms.ImageCmsProfile(io.BytesIO(profile))
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))


def _name(profile: ImageCms.ImageCmsProfile) -> str:
    """Return a profile's own name, which is a stranger's text, on one line."""
    try:
        text = " ".join(ImageCms.getProfileDescription(profile).split())
    except ImageCms.PyCMSError:
        text = ""
    printable = "".join(letter for letter in text if letter.isprintable())
    return printable[:LONGEST_NAME] or "unnamed profile"


def _changes_nothing(transform: Transform, mode: str) -> bool:
    """Whether a transform leaves colours as they are: asked with 729 of them and all greys."""
    steps = np.linspace(0, 255, 9).round().astype(np.uint8)
    colours = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(1, -1, 3)
    greys = np.repeat(np.arange(256, dtype=np.uint8), 3).reshape(1, -1, 3)
    asked = np.concatenate([greys, colours], axis=1) if mode == "RGB" else greys
    seen = transform(Image.fromarray(asked).convert(mode)).astype(np.int16)
    return bool(np.abs(seen - asked).max() <= SAME)
