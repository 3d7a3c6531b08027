"""Annotations burnt into a copy of the photo: boxes, landmarks and labels that read at any size."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from math import hypot
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from analysis.images import DecodedPhoto
from analysis.palette import COLOURS, Colour
from analysis.results import Box, DrawnFace

FONT = Path(__file__).parent / "fonts" / "Pretendard-SemiBold.otf"
QUALITY = 92
HALO = (0, 0, 0)
LIGHT = (255, 255, 255)
SMALLEST_TEXT = 7


def annotate(photo: DecodedPhoto, faces: Sequence[DrawnFace]) -> bytes:
    """Return the photo with its faces drawn on it, as JPEG of the size of `photo.pixels`."""
    image = Image.fromarray(photo.pixels)
    draw = ImageDraw.Draw(image)
    # A line of 2 px on a photo of 1280 px, and the same share of any other.
    line = max(1, round(max(image.size) / 640))
    boxes = [_scaled(face.box, photo.scale) for face in faces]
    for face, box in zip(faces, boxes, strict=True):
        colour = _colour(face)
        _draw_box(draw, box, colour, line, dashed=not face.certain)
        _draw_landmarks(draw, face.landmarks * photo.scale, colour, line, box)
    taken: list[Box] = []
    for face, box in zip(faces, boxes, strict=True):
        if label := _label(image.size, face, box, [*boxes, *taken], line):
            chip, place = label
            taken.append(place)
            image.paste(chip, (place.left, place.top), chip.getchannel("A"))
    out = io.BytesIO()
    # Not progressive: that would hold all coefficients, 90 MB for a photo of 14 megapixels.
    # Colours of every pixel: halved, those of a line of 2 px would run into its halo.
    image.save(out, "JPEG", quality=QUALITY, subsampling="4:4:4")
    return out.getvalue()


def _scaled(box: Box, scale: float) -> Box:
    return Box(*(round(edge * scale) for edge in (box.left, box.top, box.right, box.bottom)))


def _colour(face: DrawnFace) -> Colour:
    return LIGHT if face.colour is None else COLOURS[face.colour]


def _draw_box(draw: ImageDraw.ImageDraw, box: Box, colour: Colour, line: int, dashed: bool) -> None:
    """Draw a box with a dark halo on both sides of its line, so that it shows on any photo."""
    half = max(1, line // 2)
    left, top, right, bottom = box.left, box.top, box.right, box.bottom
    corners = ((left, top), (right, top), (right, bottom), (left, bottom), (left, top))
    dash = max(2, min(6 * line, (box.width + box.height) // 12)) if dashed else 0
    for fill, grow in ((HALO, half), (colour, 0)):
        near, far = line // 2 + grow, line - line // 2 - 1 + grow
        for start, end in pairwise(corners):
            for x0, y0, x1, y1 in _dashes(start, end, dash):
                draw.rectangle((x0 - near, y0 - near, x1 + far, y1 + far), fill=fill)


def _dashes(
    start: tuple[int, int], end: tuple[int, int], dash: int
) -> Iterator[tuple[int, int, int, int]]:
    """Give the parts of a level or upright line as left, top, right, bottom; all of it without dash."""
    length = round(hypot(end[0] - start[0], end[1] - start[1]))
    if not dash or length < 2 * dash:
        spans = [(0, length)]
    else:
        # An odd number of equal dashes and gaps starts and ends each side at a corner.
        count = max(3, length // dash | 1)
        edges = np.linspace(0, length, count + 1).round().astype(int).tolist()
        spans = list(zip(edges[::2], edges[1::2], strict=True))
    step = ((end[0] > start[0]) - (end[0] < start[0]), (end[1] > start[1]) - (end[1] < start[1]))
    for first, last in spans:
        xs = sorted((start[0] + step[0] * first, start[0] + step[0] * last))
        ys = sorted((start[1] + step[1] * first, start[1] + step[1] * last))
        yield xs[0], ys[0], xs[1], ys[1]


def _draw_landmarks(
    draw: ImageDraw.ImageDraw, points: NDArray[np.float32], colour: Colour, line: int, box: Box
) -> None:
    """Draw dots that are small against the face, so that a tiny one is not painted over."""
    radius = min(max(1.2, 0.9 * line), box.height / 60)
    for x, y in points.tolist():
        if radius < 1:
            draw.point((x, y), fill=colour)
            continue
        halo = radius + max(0.5, radius / 2)
        draw.ellipse((x - halo, y - halo, x + halo, y + halo), fill=HALO)
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)


@lru_cache(maxsize=32)
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONT, size)


def _label(
    photo_size: tuple[int, int], face: DrawnFace, box: Box, taken: Sequence[Box], line: int
) -> tuple[Image.Image, Box] | None:
    """Return the label and its place, smaller in a crowd; None if there is nothing to say.

    The largest size that covers no face and no other label is taken, else the one that covers least.
    """
    rows = [row for text in (face.label, face.details) if (row := _plain(text))]
    if not rows:
        return None
    colour = _colour(face)
    tried: list[tuple[int, Image.Image, Box]] = []
    for share in (1.0, 0.8, 0.65, 0.5):
        size = max(SMALLEST_TEXT, round(share * max(12, max(photo_size) / 56)))
        chip = _chip(photo_size, rows, size, colour, line)
        place = _place(chip.size, box, photo_size, taken, line)
        tried.append((_covered(place, taken), chip, place))
        if not tried[-1][0]:
            break
    _, chip, place = min(tried, key=lambda entry: entry[0])
    return chip, place


def _chip(
    photo_size: tuple[int, int], rows: Sequence[str], size: int, fill: Colour, line: int
) -> Image.Image:
    """Return the rows as RGBA, with text of `size` or what fits on the photo."""
    while size > SMALLEST_TEXT and _text_size(rows, size)[0] > photo_size[0]:
        size -= 1
    rows = [_shortened(row, _font(size), photo_size[0] - size) for row in rows]
    width, height = _text_size(rows, size)
    width, height = min(width, photo_size[0]), min(height, photo_size[1])
    chip = Image.new("RGBA", (width, height))
    draw = ImageDraw.Draw(chip)
    edge = max(1, line // 2)
    draw.rounded_rectangle(
        (0, 0, width - 1, height - 1), radius=size // 3, fill=fill, outline=HALO, width=edge
    )
    for number, row in enumerate(rows):
        middle = size * (0.85 + 1.25 * number)
        draw.text((size // 2, middle), row, font=_font(size), fill=_ink(fill), anchor="lm")
    return chip


def _plain(text: str) -> str:
    """Return text on one line, its Hangul composed: a font draws no decomposed syllables."""
    composed = unicodedata.normalize("NFC", " ".join(text.split()))
    return "".join(letter for letter in composed if letter.isprintable())


def _text_size(rows: Sequence[str], size: int) -> tuple[int, int]:
    """Return the width and height of a chip with these rows, its padding included."""
    width = max(_font(size).getlength(row) for row in rows)
    return round(width + size) + 1, round(size * (0.45 + 1.25 * len(rows)))


def _shortened(text: str, font: ImageFont.FreeTypeFont, width: float) -> str:
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(text + "…") > width:
        text = text[:-1]
    return text + "…"


def _ink(background: Colour) -> Colour:
    """Return black or white, whichever has more contrast: at least 4.5:1 on any colour (WCAG 2)."""
    linear = [
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (channel / 255 for channel in background)
    ]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return HALO if (luminance + 0.05) / 0.05 > 1.05 / (luminance + 0.05) else LIGHT


def _place(
    size: tuple[int, int], box: Box, photo_size: tuple[int, int], taken: Sequence[Box], line: int
) -> Box:
    """Return where a label covers the least of all faces and other labels, within the photo.

    Of equal places the first is taken: above its face, below, right, left.
    """
    width, height = size
    gap = 2 * line
    middle_y = (box.top + box.bottom - height) // 2
    starts = [
        (box.left, box.top - height - gap),
        (box.right - width, box.top - height - gap),
        (box.left, box.bottom + gap),
        (box.right - width, box.bottom + gap),
        (box.right + gap, box.top),
        (box.right + gap, middle_y),
        (box.left - width - gap, box.top),
        (box.left - width - gap, middle_y),
        (box.left, box.top - 2 * (height + gap)),
        (box.left, box.bottom + height + 2 * gap),
    ]
    places = []
    for x, y in starts:
        left = min(max(0, x), photo_size[0] - width)
        top = min(max(0, y), photo_size[1] - height)
        places.append(Box(left, top, left + width, top + height))
    return min(places, key=lambda place: _covered(place, taken))


def _covered(place: Box, taken: Sequence[Box]) -> int:
    return sum(place.intersection(other) for other in taken)
