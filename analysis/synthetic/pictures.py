"""Pictures that stand for photos and faces which there are not, and say so. The only part that draws."""

from __future__ import annotations

import colorsys
import io
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from analysis.synthetic.frames import CAMERAS

FONT = Path(__file__).parent.parent / "fonts" / "Pretendard-SemiBold.otf"
WIDTH = 640
SAID = "Made up: not a photo"
FACES = 36  # that can be told apart
SIDE = 160


def photos() -> list[bytes]:
    """Return a JPEG for each of CAMERAS, of the shape of its photos."""
    return [
        _photo(round(WIDTH * camera.height / camera.width), number / len(CAMERAS))
        for number, camera in enumerate(CAMERAS)
    ]


def faces() -> list[bytes]:
    """Return FACES drawn faces as square JPEGs."""
    return [_face(number / FACES) for number in range(FACES)]


def _photo(height: int, hue: float) -> bytes:
    sky = Image.linear_gradient("L").resize((WIDTH, height))
    image = Image.composite(
        Image.new("RGB", sky.size, _colour(hue, 0.35)),
        Image.new("RGB", sky.size, _colour(hue, 0.7)),
        sky,
    )
    draw = ImageDraw.Draw(image)
    font = ImageFont.truetype(FONT, 32)
    draw.text((WIDTH / 2, height / 2), SAID, fill="white", font=font, anchor="mm")
    return _jpeg(image)


def _face(hue: float) -> bytes:
    image = Image.new("RGB", (SIDE, SIDE), _colour(hue, 0.35))
    draw = ImageDraw.Draw(image)
    draw.ellipse((30, 15, 130, 150), fill=_colour(hue, 0.75))
    for x in (62, 98):
        draw.ellipse((x - 7, 65, x + 7, 79), fill=_colour(hue, 0.2))
    draw.arc((60, 85, 100, 125), 20, 160, fill=_colour(hue, 0.2), width=4)
    return _jpeg(image)


def _colour(hue: float, lightness: float) -> tuple[int, int, int]:
    red, green, blue = (round(255 * part) for part in colorsys.hls_to_rgb(hue, lightness, 0.35))
    return red, green, blue


def _jpeg(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=80)
    return file.getvalue()
