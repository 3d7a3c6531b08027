"""Whatever a profile says a photo's numbers mean, they come out in sRGB; its own file is not touched."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageFile
from PIL.PngImagePlugin import PngInfo

from analysis.colour import AS_THEY_ARE, LARGEST_KEPT, colours_of
from analysis.headers.reader import MOST_CALLS
from analysis.images import Pixels, decode, reduced
from analysis.opening import conversion
from analysis.profiles import BT709, D65, DISPLAY_P3, read_matrix, srgb
from analysis.sentences import say
from tests.analysis import icc
from tests.analysis.broken_files import marked
from tests.analysis.heif_files import with_colours, with_wide_box_in_meta

BROKEN = say("profile_broken")


def chart(side: int = 128) -> Image.Image:
    """Return colours of every kind: two ramps across each other, and a third in between."""
    x, y = np.meshgrid(np.linspace(0, 255, side), np.linspace(0, 255, side))
    pixels = np.stack([x, y, (x + y) / 2], axis=-1)
    return Image.fromarray(pixels.round().astype(np.uint8))


def by_littlecms(image: Image.Image, profile: bytes) -> NDArray[np.int16]:
    """Return what Pillow's LittleCMS makes of an image: another reader of the same profile."""
    target = ImageCms.createProfile("sRGB")
    seen = ImageCms.profileToProfile(image, BytesIO(profile), target, outputMode="RGB")
    return np.asarray(seen, dtype=np.int16)


def read(path: Path, image: Image.Image, profile: bytes, image_format: str = "PNG") -> Pixels:
    image.save(path / "photo", image_format, icc_profile=profile)
    return decode(path / "photo").pixels


PROFILES = {
    "Display P3": icc.display_p3(),
    "Adobe RGB": icc.matrix_profile("Adobe RGB", icc.ADOBE_RGB, D65, icc.gamma(563 / 256)),
    "ProPhoto": icc.matrix_profile("ProPhoto", icc.PROPHOTO, icc.D50, icc.gamma(1.8)),
    "Exchanged": icc.exchanged(),
}


@pytest.mark.parametrize("name", PROFILES)
@pytest.mark.parametrize("image_format", ["PNG", "TIFF", "JPEG", "WEBP", "AVIF", "HEIF"])
def test_a_matrix_profile_is_applied(tmp_path: Path, name: str, image_format: str) -> None:
    chart().save(tmp_path / "photo", image_format, icc_profile=PROFILES[name])
    photo = decode(tmp_path / "photo")
    assert photo.colour.endswith(" to sRGB")
    assert conversion(tmp_path / "photo") == photo.colour
    with Image.open(tmp_path / "photo") as stored:
        expected = by_littlecms(stored.convert("RGB"), PROFILES[name])
    assert np.abs(photo.pixels - expected).mean() < 1
    assert (photo.colour, photo.note) == (f"{name} to sRGB", None)
    assert np.abs(photo.pixels.astype(int) - np.asarray(chart())).mean() > 3


def test_exchanged_primaries_are_exchanged_back(tmp_path: Path) -> None:
    swapped = Image.fromarray(np.ascontiguousarray(marked()[..., [1, 0, 2]]))
    seen = read(tmp_path, swapped, icc.exchanged())
    assert np.abs(seen.astype(int) - marked()).max() <= 1


def test_a_profile_of_srgb_changes_no_pixel_and_costs_nothing(tmp_path: Path) -> None:
    own = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for profile in (own, icc.matrix_profile("Mine", BT709, D65, srgb)):
        np.testing.assert_array_equal(read(tmp_path, chart(), profile), chart())
        with Image.open(tmp_path / "photo") as image, (tmp_path / "photo").open("rb") as file:
            assert colours_of(image, file).transform is None
    assert decode(tmp_path / "photo").colour == "sRGB"


def test_what_colours_a_photo_has_is_told_without_decoding_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chart().save(tmp_path / "photo", "JPEG", icc_profile=icc.display_p3())
    monkeypatch.setattr(ImageFile.ImageFile, "load", Mock(side_effect=AssertionError))
    assert conversion(tmp_path / "photo") == "Display P3 to sRGB"


def test_a_large_photo_is_converted_once_and_to_the_same_colours(tmp_path: Path) -> None:
    chart(64).resize((4000, 3000)).save(tmp_path / "photo", "PNG", icc_profile=icc.display_p3())
    small, whole = decode(tmp_path / "photo"), decode(tmp_path / "photo", full_size=True)
    assert whole.pixels.shape == (3000, 4000, 3)
    assert reduced(whole).colour == small.colour == "Display P3 to sRGB"
    assert np.abs(reduced(whole).pixels.astype(int) - small.pixels).mean() < 0.5


def test_grey_with_a_curve_of_its_own_is_shown_by_it(tmp_path: Path) -> None:
    ramp = Image.fromarray(np.tile(np.arange(256, dtype=np.uint8), (16, 1)))
    for mode in ("L", "LA"):
        seen = read(tmp_path, ramp.convert(mode), icc.grey_profile(icc.gamma(1.4)))
        linear = (np.arange(256) / 255) ** 1.4
        expected = np.where(
            linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055
        )
        assert np.abs(seen[8, :, 1] - expected * 255).max() <= 3
    assert read(tmp_path, ramp, icc.display_p3())[8, 200].tolist() == [200, 200, 200]


def ink(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return sRGB of CMYK on a yellowish paper."""
    return (1 - points[:, :3]) * (1 - points[:, 3:]) * (1.0, 0.95, 0.8)


@pytest.mark.parametrize("image_format", ["JPEG", "TIFF"])
def test_cmyk_is_reduced_as_it_is_and_shown_by_its_profile(
    tmp_path: Path, image_format: str
) -> None:
    stored = chart().convert("CMYK")
    profile = icc.lookup_profile(b"CMYK", ink)
    seen = read(tmp_path, stored, profile, image_format)
    expected = ink(np.asarray(stored).reshape(-1, 4) / 255).reshape(128, 128, 3) * 255
    assert np.abs(seen - expected).mean() < 4
    assert decode(tmp_path / "photo").colour.endswith(" to sRGB")
    striped = np.zeros((8, 4000, 4), dtype=np.uint8)
    striped[:, ::2] = (0, 0, 0, 255)
    half = read(tmp_path, Image.fromarray(striped, "CMYK"), profile, "TIFF")[2, 1000]
    assert np.abs(half - ink(np.array([[0, 0, 0, 0.5]]))[0] * 255).max() < 6


def test_a_lookup_table_counts_before_a_matrix(tmp_path: Path) -> None:
    seen = read(tmp_path, chart(), icc.lookup_profile(b"RGB ", lambda rgb: rgb[:, [2, 0, 1]], 17))
    expected = np.asarray(chart(), dtype=int)[..., [2, 0, 1]]
    assert np.abs(seen - expected).mean() < 3


def test_lab_is_read_without_a_profile(tmp_path: Path) -> None:
    to_lab = ImageCms.buildTransform(
        ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB"
    )
    lab = ImageCms.applyTransform(chart(), to_lab)
    assert lab is not None
    lab.save(tmp_path / "photo", "TIFF")
    difference = np.abs(decode(tmp_path / "photo").pixels.astype(int) - np.asarray(chart()))
    assert difference.mean() < 3


@pytest.mark.parametrize(
    "profile",
    [b"no profile at all", icc.display_p3()[:140], icc.lookup_profile(b"CMYK", ink), bytes(200)],
    ids=["words", "cut", "of another space", "zeros"],
)
def test_a_broken_profile_is_ignored_with_a_note(tmp_path: Path, profile: bytes) -> None:
    np.testing.assert_array_equal(read(tmp_path, chart(), profile), chart())
    photo = decode(tmp_path / "photo")
    assert (photo.note, photo.colour) == (BROKEN, "sRGB")


def test_damaged_profiles_cost_no_photo(tmp_path: Path) -> None:
    random = np.random.default_rng(3)
    for whole in (icc.display_p3(), icc.lookup_profile(b"RGB ", lambda rgb: rgb, 5)):
        for _ in range(60):
            damaged = bytearray(whole)
            for place in random.integers(0, 400, 3):
                damaged[place] = int(random.integers(0, 256))
            assert read(tmp_path, chart(16), bytes(damaged)).shape == (16, 16, 3)


def test_a_profile_of_many_megabytes_is_used_but_not_kept(tmp_path: Path) -> None:
    large = icc.display_p3() + bytes(LARGEST_KEPT)
    tracemalloc.start()
    try:
        read(tmp_path, chart(), large, "PNG")
        kept = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert decode(tmp_path / "photo").colour == "Display P3 to sRGB"
    assert kept < LARGEST_KEPT / 2


def test_a_photo_cut_short_with_a_broken_profile_says_both(tmp_path: Path) -> None:
    path = tmp_path / "cut.jpg"
    chart(600).save(path, "JPEG", icc_profile=b"broken", quality=95)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert f"{decode(path).note}" == f"{say('truncated')} {BROKEN}"


def with_nclx(path: Path, image_format: str, primaries: int, transfer: int) -> Path:
    """Save the chart with other numbers for its colours."""
    options: dict[str, Any] = {"quality": 95, "subsampling": "4:4:4"}
    chart().save(path, image_format, **options if image_format == "AVIF" else {"quality": 95})
    path.write_bytes(with_colours(path.read_bytes(), primaries, transfer))
    return path


def of_heif() -> Image.Image:
    """Return a picture as if it had been opened from a HEIC."""
    image = Image.new("RGB", (8, 8))
    image.format = "HEIF"
    return image


@pytest.mark.parametrize("image_format", ["HEIF", "AVIF"])
def test_heic_and_avif_are_shown_by_the_numbers_of_their_colours(
    tmp_path: Path, image_format: str
) -> None:
    plain = decode(with_nclx(tmp_path / "srgb", image_format, 1, 13))
    wide = decode(with_nclx(tmp_path / "p3", image_format, 12, 13))
    assert (plain.colour, wide.colour) == ("sRGB", "Display P3 to sRGB")
    expected = by_littlecms(Image.fromarray(plain.pixels), icc.display_p3())
    assert np.abs(wide.pixels - expected).mean() < 1
    assert decode(with_nclx(tmp_path / "unknown", image_format, 2, 2)).colour == "sRGB"


@pytest.mark.parametrize("image_format", ["HEIF", "AVIF"])
def test_a_box_with_a_length_of_64_bits_hides_no_colours(tmp_path: Path, image_format: str) -> None:
    path = with_nclx(tmp_path / "p3", image_format, 12, 13)
    expected = decode(path)
    path.write_bytes(with_wide_box_in_meta(path.read_bytes()))
    photo = decode(path)
    assert (photo.colour, photo.note) == ("Display P3 to sRGB", None)
    assert conversion(path) == photo.colour
    np.testing.assert_array_equal(photo.pixels, expected.pixels)


def test_colours_behind_more_boxes_than_are_followed_are_left_with_a_note() -> None:
    content = b"\0\0\0\x08free" * (MOST_CALLS + 1)
    assert colours_of(of_heif(), BytesIO(content)).note == BROKEN


@pytest.mark.parametrize(("transfer", "name"), [(16, "BT.2020 PQ"), (18, "BT.2020 HLG")])
def test_hdr_keeps_its_order_of_brightness_and_says_so(
    tmp_path: Path, transfer: int, name: str
) -> None:
    photo = decode(with_nclx(tmp_path / "photo", "AVIF", 9, transfer))
    assert (photo.colour, photo.note) == (f"{name} to sRGB", say("hdr"))
    greys = photo.pixels.diagonal().astype(int).min(axis=0)
    assert greys[0] < 5
    assert greys[-1] > 245
    assert (greys[8:] >= greys[:-8]).all()


@pytest.mark.parametrize("content", [b"", b"\0\0\0\x08ftyp", b"\0\0\0\x10meta" + bytes(8)])
def test_boxes_that_say_nothing_are_no_fault(content: bytes) -> None:
    assert colours_of(of_heif(), BytesIO(content)) is AS_THEY_ARE


def test_a_png_is_shown_by_its_primaries_and_gamma(tmp_path: Path) -> None:
    info = PngInfo()
    numbers = (0.3127, 0.3290, *DISPLAY_P3)
    info.add(b"gAMA", (45455).to_bytes(4, "big"))
    info.add(b"cHRM", b"".join(round(n * 100_000).to_bytes(4, "big") for n in numbers))
    chart().save(tmp_path / "photo.png", pnginfo=info)
    photo = decode(tmp_path / "photo.png")
    profile = icc.matrix_profile("P3 2.2", DISPLAY_P3, D65, icc.gamma(2.2))
    assert np.abs(photo.pixels - by_littlecms(chart(), profile)).mean() < 1
    assert photo.colour == "PNG's own to sRGB"


@pytest.mark.parametrize(
    ("kind", "numbers"), [(0, [2.4]), (3, [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045])]
)
def test_curves_may_be_formulas(tmp_path: Path, kind: int, numbers: list[float]) -> None:
    profile = icc.with_formula(icc.display_p3(), kind, numbers)
    found = read_matrix(profile)
    assert found is not None
    assert (
        np.abs(found[0][0] - (srgb if kind else icc.gamma(2.4))(np.linspace(0, 1, 256))).max()
        < 1e-4
    )
    seen = read(tmp_path, chart(), profile)
    assert np.abs(seen - by_littlecms(chart(), profile)).mean() < 1


def test_a_matrix_takes_less_time_than_by_littlecms(tmp_path: Path) -> None:
    """LittleCMS takes 33 ms of a quiet processor for a photo of 12 megapixels; 40 are the bound."""
    chart(64).save(tmp_path / "photo", "PNG", icc_profile=icc.display_p3())
    with Image.open(tmp_path / "photo") as image, (tmp_path / "photo").open("rb") as file:
        colours = colours_of(image, file)
    small = chart(1512).resize((2016, 1512))

    def seconds(work: Callable[[Image.Image], object]) -> float:
        started = time.process_time()
        work(small)
        return time.process_time() - started

    def littlecms(image: Image.Image) -> object:
        return by_littlecms(image, icc.display_p3())

    rounds = [(seconds(colours.to_srgb), seconds(littlecms)) for _ in range(5)]
    ours, theirs = (min(times) for times in zip(*rounds, strict=True))
    assert ours < theirs
