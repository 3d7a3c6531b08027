"""Whatever a file holds, a child reads it or refuses it in one sentence, and lives on within its memory."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from analysis.headers.kinds import EMPTY, UNREADABLE
from analysis.headers.reader import NO_PICTURE
from analysis.opening import DAMAGED, IN_PART, TRUNCATED
from analysis.processes import Child
from tests.analysis.broken_files import (
    KINDS,
    AnalyseEach,
    DecodeEach,
    Remark,
    Verdict,
    cut_at_every_percent,
    portrait,
    portrait_as,
    with_flipped_bytes,
    written,
)

MEMORY = 2000 * 2**20  # As the site has it.
FLIPPED = 60
REFUSALS = {f"{said}" for said in (UNREADABLE, EMPTY, NO_PICTURE, DAMAGED)}
# As far as the encoders of these go.
THINNEST = {"WEBP": (1, 16_383), "HEIF": (64, 8_000), "AVIF": (1, 16_000)}
SHOWN_IN_PART = (
    *("jpeg", "progressive jpeg", "jpeg with restarts", "png", "webp", "lossless webp"),
    *("gif", "tiff", "bmp", "heic"),
)


@pytest.fixture(scope="module")
def child() -> Iterator[Child]:
    child = Child(MEMORY)
    yield child
    child.stop()


def verdicts(
    child: Child, folder: Path, contents: Sequence[bytes], name: str = "photo"
) -> list[Verdict]:
    """Return what came of each file; whatever it was, a photo or a sentence."""
    reply = child.ask(DecodeEach(folder, tuple(contents), name), timeout=120)
    assert not isinstance(reply, Exception), f"{reply} See {folder / name}."
    found, peak = reply
    assert peak < MEMORY
    for verdict in found:
        assert verdict.shape or verdict.refusal in REFUSALS or "megapixels" in verdict.refusal
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_cut_at_any_percent(child: Child, tmp_path: Path, kind: str) -> None:
    whole = portrait_as(kind)
    *cut, uncut = verdicts(child, tmp_path, [*cut_at_every_percent(whole), whole])
    assert uncut == Verdict((160, 128, 3))
    assert all(verdict.shape == uncut.shape for verdict in cut if verdict.shape)
    assert cut[0].refusal == f"{EMPTY}"


@pytest.mark.parametrize("kind", SHOWN_IN_PART)
def test_a_photo_that_was_cut_is_shown_with_a_note_once_its_header_is_there(
    child: Child, tmp_path: Path, kind: str
) -> None:
    whole = portrait_as(kind)
    cut = verdicts(child, tmp_path, list(cut_at_every_percent(whole)))
    started = [verdict.note == TRUNCATED for verdict in cut]
    assert started == sorted(started)
    assert sum(started) >= 80


def test_a_damaged_photo_is_shown_with_a_note_of_its_own(child: Child, tmp_path: Path) -> None:
    whole = bytearray(portrait_as("png"))
    whole[len(whole) // 2] ^= 0xFF
    [verdict] = verdicts(child, tmp_path, [bytes(whole)])
    assert verdict == Verdict((160, 128, 3), note=IN_PART)


def test_an_avif_of_one_tile_that_was_cut_near_its_end_is_shown_with_a_note(
    child: Child, tmp_path: Path
) -> None:
    whole = portrait_as("avif")
    cut = [whole[: len(whole) * percent // 100] for percent in range(80, 100, 2)]
    found = verdicts(child, tmp_path, cut)
    shown = [verdict for verdict in found if verdict.shape]
    assert len(shown) >= 7
    assert {verdict.note for verdict in shown} == {TRUNCATED}


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_with_flipped_bytes(child: Child, tmp_path: Path, kind: str) -> None:
    whole = written(portrait(), kind, exif=orientation(6))
    seed = list(KINDS).index(kind)
    found = verdicts(child, tmp_path, list(with_flipped_bytes(whole, FLIPPED, seed)))
    assert len(found) == FLIPPED


@pytest.mark.parametrize("extension", ["jpg", "png", "gif", "heic", "tiff", "txt", "exe", ""])
def test_an_extension_means_nothing(child: Child, tmp_path: Path, extension: str) -> None:
    contents = [portrait_as(kind) for kind in KINDS]
    found = verdicts(child, tmp_path, contents, f"photo.{extension}")
    assert found == [Verdict((160, 128, 3))] * len(KINDS)


def orientation(value: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = value
    return exif.tobytes()


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp"])
def test_a_photo_with_broken_metadata_is_a_photo(child: Child, tmp_path: Path, kind: str) -> None:
    good = orientation(6)
    broken = [good[:cut] for cut in range(6, len(good), 3)]
    broken += list(with_flipped_bytes(good, 20, seed=1))
    broken += [orientation(value) for value in (0, 9, 65535)]
    contents = [written(portrait(), kind, exif=exif) for exif in broken]
    for verdict in verdicts(child, tmp_path, contents):
        assert sorted(verdict.shape) == [3, 128, 160]


def jpeg_claiming(width: int, height: int) -> bytes:
    content = portrait_as("jpeg")
    frame = content.index(b"\xff\xc0")
    return content[: frame + 5] + struct.pack(">HH", height, width) + content[frame + 9 :]


def png_claiming(width: int, height: int) -> bytes:
    content = portrait_as("png")
    header = b"IHDR" + struct.pack(">II", width, height) + content[24:29]
    return content[:12] + header + struct.pack(">I", zlib.crc32(header)) + content[33:]


def gif_claiming(width: int, height: int) -> bytes:
    content = portrait_as("gif")
    frame = content.index(b"\x2c\0\0\0\0")
    size = struct.pack("<HH", width, height)
    return content[:6] + size + content[10 : frame + 5] + size + content[frame + 9 :]


def bmp_claiming(width: int, height: int) -> bytes:
    content = portrait_as("bmp")
    return content[:18] + struct.pack("<ii", width, height) + content[26:]


@pytest.mark.parametrize("claiming", [jpeg_claiming, png_claiming, gif_claiming, bmp_claiming])
def test_a_small_file_that_claims_to_be_a_large_photo(
    child: Child, tmp_path: Path, claiming: Callable[[int, int], bytes]
) -> None:
    above = (25_001, 10_000) if claiming is jpeg_claiming else (10_001, 10_000)
    sizes = [(65535, 65535), above, (10_000, 10_000), (1, 65535), (65535, 1), (0, 0)]
    found = verdicts(child, tmp_path, [claiming(*size) for size in sizes])
    assert all("megapixels" in verdict.refusal for verdict in found[:2])
    # A GIF whose screen has no size has that of its first frame.
    assert found[-1].refusal in {f"{NO_PICTURE}", f"{DAMAGED}"}


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


@cache
def bomb() -> bytes:
    return zlib.compress(bytes(2**28), 9)


@pytest.mark.parametrize("name", [b"zTXt", b"iCCP"])
def test_metadata_that_unpacks_to_much_is_not_unpacked(tmp_path: Path, name: bytes) -> None:
    content = portrait_as("png")
    content = content[:33] + chunk(name, b"a\0\0" + bomb()) + content[33:]
    child = Child(MEMORY)
    reply = child.ask(DecodeEach(tmp_path, (content,)), timeout=60)
    child.stop()
    assert not isinstance(reply, Exception), reply
    assert reply[1] < 200 * 2**20


def test_remarks_of_native_libraries_do_not_fill_standard_error(
    capfd: pytest.CaptureFixture[str],
) -> None:
    child = Child(MEMORY)
    assert child.ask(Remark(), timeout=60) is None
    child.stop()
    assert capfd.readouterr() == ("", "Traceback of an error\n")


def test_the_thinnest_and_the_smallest_are_analysed(child: Child, tmp_path: Path) -> None:
    paths = []
    for kind, (image_format, _) in KINDS.items():
        thin = THINNEST.get(image_format, (1, 20_000))
        for size in ((1, 1), thin, thin[::-1]):
            path = tmp_path / f"{kind} {size}"
            path.write_bytes(written(Image.new("RGB", size, "grey"), kind))
            paths.append(path)
    assert child.ask(AnalyseEach(tuple(paths)), timeout=120) == [0] * len(paths)


def test_an_animation_that_breaks_off_still_has_its_first_frame(
    child: Child, tmp_path: Path
) -> None:
    frames = [Image.new("RGB", (64, 48), colour) for colour in ("red", "green", "blue")]
    random = np.random.default_rng(0)
    for frame in frames:
        noise = Image.fromarray(random.integers(0, 256, (40, 40, 3), dtype=np.uint8))
        frame.paste(noise, (4, 4))
    for kind in ("gif", "png"):
        whole = written(frames[0], kind, save_all=True, append_images=frames[1:])
        [verdict] = verdicts(child, tmp_path, [whole[: len(whole) * 9 // 10]])
        assert verdict.shape == (48, 64, 3)
