"""Labelled crops come out of every form alike, and a wrong file is told by its line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from analysis.results import EMOTIONS
from analysis.training.dataset import TRAINING, Dataset, DatasetError, joined, split
from analysis.training.reading import USAGES, read

PIXELS = " ".join(["7"] * 2304)


@pytest.fixture(scope="module")
def crops() -> Dataset:
    chance = np.random.default_rng(1)
    return Dataset(
        chance.integers(0, 256, (30, 48, 48)).astype(np.uint8),
        chance.integers(0, 7, 30).astype(np.uint8),
        np.repeat(USAGES, [20, 6, 4]),
    )


def as_csv(data: Dataset) -> str:
    assert data.usage is not None
    rows = zip(data.labels, data.images, data.usage, strict=True)
    lines = [
        f"{label},{' '.join(map(str, image.ravel().tolist()))},{usage}"
        for label, image, usage in rows
    ]
    return "\n".join(["emotion,pixels,Usage", *lines]) + "\n"


def test_the_csv_and_the_npz_of_the_same_crops_are_the_same(crops: Dataset, tmp_path: Path) -> None:
    (tmp_path / "fer.csv").write_text(as_csv(crops))
    usage = np.asarray(crops.usage)
    np.savez(tmp_path / "fer.npz", images=crops.images, labels=crops.labels, usage=usage)

    for found in (read(tmp_path / "fer.csv"), read(tmp_path / "fer.npz")):
        assert found.sha256 == crops.sha256
        assert found.usage is not None
        assert found.usage.tolist() == usage.tolist()


def test_a_csv_written_on_windows_with_quotes_is_read(crops: Dataset, tmp_path: Path) -> None:
    path = tmp_path / "fer.csv"
    path.write_bytes(b"\xef\xbb\xbf" + as_csv(crops).replace("\n", "\r\n").encode())
    assert read(path).sha256 == crops.sha256
    path.write_text(f'emotion,pixels,Usage\n3,"{PIXELS}",Training\n')
    assert read(path).labels.tolist() == [3]


def test_a_folder_for_each_emotion_is_read(tmp_path: Path) -> None:
    for name, grey, side in (("happy", 200, 48), ("3", 180, 96), ("sad", 40, 30)):
        (tmp_path / name).mkdir()
        Image.new("RGB", (side, side), (grey, grey, grey)).save(tmp_path / name / "a.png")

    found = read(tmp_path)

    pairs = zip(found.images[:, 24, 24].tolist(), found.labels.tolist(), strict=True)
    expected = [(40, EMOTIONS.index("sad")), (180, 3), (200, EMOTIONS.index("happy"))]
    assert sorted(pairs) == expected
    assert found.usage is None


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (f"9,{PIXELS},Training", "the emotion 9 is not one of 0 to 6"),
        (f"3,{PIXELS} 7,Training", "expected 2304 grey values (48 x 48) and found 2305"),
        (f"3,{PIXELS[2:]} 256,Training", "the grey value 256 is above 255"),
        (f"3,{PIXELS},Holiday", "the usage 'Holiday' is none of Training, PublicTest"),
        (f"3,{PIXELS[2:]} -1,Training", "expected a number, a comma, grey values"),
        ("3", "expected a number, a comma, grey values"),
    ],
)
def test_a_wrong_line_is_named(line: str, complaint: str, tmp_path: Path) -> None:
    path = tmp_path / "fer.csv"
    path.write_text(f"emotion,pixels,Usage\n3,{PIXELS},Training\n{line}\n")
    with pytest.raises(DatasetError) as caught:
        read(path)
    assert str(caught.value).startswith(f"Line 3 of fer.csv: {complaint}")


def test_another_header_and_an_empty_file_are_told(tmp_path: Path) -> None:
    path = tmp_path / "fer.csv"
    path.write_text("label,image\n")
    with pytest.raises(DatasetError, match=r"Line 1 of fer\.csv: expected emotion,pixels,Usage"):
        read(path)
    path.write_text("emotion,pixels,Usage\n")
    with pytest.raises(DatasetError, match="holds no image"):
        read(path)


def test_a_wrong_npz_is_told(crops: Dataset, tmp_path: Path) -> None:
    path = tmp_path / "fer.npz"
    labels = crops.labels.copy()
    labels[4] = 7
    wrong = {
        "is not one of 0 to 6": {"images": crops.images, "labels": labels},
        "must be uint8 of shape": {"images": crops.images[:, :40], "labels": crops.labels},
        "a whole number for each image": {"images": crops.images, "labels": crops.labels[1:]},
        "holds no `images`": {"pictures": crops.images},
        "no .npz file of plain arrays": {"images": crops.images, "labels": np.array([{}, 1])},
    }
    for complaint, arrays in wrong.items():
        np.savez(path, **arrays)  # type: ignore[arg-type]
        with pytest.raises(DatasetError, match=complaint):
            read(path)
    path.write_bytes(b"no zip")
    with pytest.raises(DatasetError, match=r"no \.npz file of plain arrays"):
        read(path)


def test_a_picture_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "happy").mkdir()
    (tmp_path / "happy" / "a.png").write_bytes(b"GIF")
    with pytest.raises(DatasetError, match=r"happy/a\.png is no picture"):
        read(tmp_path)


def test_what_is_not_there_or_of_another_kind_is_told(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="No such file"):
        read(tmp_path / "fer.csv")
    with pytest.raises(DatasetError, match=r"no \.csv file, no \.npz file and no folder"):
        read(tmp_path / "fer.parquet")
    with pytest.raises(DatasetError, match="holds no pictures in folders called angry"):
        read(tmp_path)


def test_the_split_goes_by_usage_or_as_in_the_study(crops: Dataset) -> None:
    by_usage, by_order = split(crops), split(crops, "study")

    assert (len(by_usage.training), len(by_usage.validation)) == (20, 6)
    assert by_usage.test is not None
    assert by_usage.test.sha256 == crops.part(slice(26, None)).sha256
    assert by_order.training.sha256 == crops.part(slice(24)).sha256
    assert by_order.validation.sha256 == crops.part(slice(24, None)).sha256
    assert by_order.test is None


def test_without_usage_the_split_is_the_studys(crops: Dataset) -> None:
    plain = Dataset(crops.images, crops.labels)
    assert len(split(plain).training) == 24
    with pytest.raises(DatasetError, match="--split study"):
        split(plain, "usage")
    with pytest.raises(DatasetError, match="too few images"):
        split(plain.part(slice(1)))


def test_a_fraction_is_spread_over_all(crops: Dataset) -> None:
    thinned = crops.thinned(0.1)
    assert len(thinned) == 3
    assert thinned.images[0].tolist() == crops.images[0].tolist()
    assert thinned.images[2].tolist() == crops.images[29].tolist()
    assert crops.thinned(1).sha256 == crops.sha256


def test_sources_are_joined_and_one_without_usage_is_for_training(crops: Dataset) -> None:
    assert joined([crops]) is crops
    more = Dataset(crops.images[:10], crops.labels[:10])

    together = split(joined([more, crops]))

    assert (len(together.training), len(together.validation)) == (30, 6)
    assert together.validation.sha256 == split(crops).validation.sha256
    assert together.training.usage is not None
    assert {*together.training.usage.tolist()} == {TRAINING}


def test_of_sources_without_usage_each_gives_a_fifth_for_validation(crops: Dataset) -> None:
    dark = Dataset(np.full((10, 48, 48), 3, np.uint8), np.zeros(10, np.uint8))
    bright = Dataset(np.full((40, 48, 48), 200, np.uint8), np.ones(40, np.uint8))

    together = split(joined([dark, bright]))

    assert together.training.usage is None
    assert np.bincount(together.training.labels).tolist() == [8, 32]
    assert np.bincount(together.validation.labels).tolist() == [2, 8]
    assert together.validation.images[:, 0, 0].tolist() == [3] * 2 + [200] * 8


def test_joined_sources_without_images_for_validation_are_told(crops: Dataset) -> None:
    plain = Dataset(crops.images, crops.labels)
    with pytest.raises(DatasetError, match="must name Training and PublicTest images"):
        split(joined([crops.part(slice(20)), plain]))
