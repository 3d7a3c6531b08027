"""`manage.py recognise`: whom photos show, by pictures and files of known people, without a database."""

from __future__ import annotations

import os
import pickle
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from analysis import batch, processes
from analysis.known import as_json, as_npz, pickled
from analysis.known.known import Known, checked
from tests.analysing import Said, crew_that_stays, said

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "gallery" / "samples"
ROSTER = ROOT.parent / "shared" / "data" / "photos" / "roster"
PEOPLE = ("biden", "grace_hopper", "obama")
# Whom the photos of the roster's `test` show, in any order; on the last is one more, whom nobody knows.
SHOWN = {
    "alex_lacamoire1.jpg": {"alex_lacamoire"},
    "johnsnow_test1.jpg": {"kit_harington"},
    "kit_with_rose.jpg": {"kit_harington", "rose_leslie"},
    "obama1.jpg": {"obama"},
    "obama_and_biden.jpg": {"obama", "biden"},
}


@pytest.fixture(scope="module", autouse=True)
def crew() -> Iterator[None]:
    with crew_that_stays():
        yield


def run(*args: object, name: str = "recognise") -> Said:
    return said(name, *args)


def names(photo: dict[str, Any]) -> list[str | None]:
    return [face["name"] for face in photo["faces"]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A picture a person, named by its file."""
    root = tmp_path / "known"
    root.mkdir()
    for name in PEOPLE:
        shutil.copy(SAMPLES / f"{name}.jpg", root)
    return root


@pytest.fixture(scope="module")
def known() -> Known:
    """The same people by their encodings."""
    outcomes = batch.analyse([batch.Task(SAMPLES / f"{name}.jpg") for name in PEOPLE])
    found = [outcome.result.faces[0].encoding for outcome in outcomes if outcome.result]
    return checked(PEOPLE, found)


def test_each_face_gets_a_name_and_all_that_analyze_says_of_it(folder: Path) -> None:
    photos = SAMPLES / "obama2.jpg", SAMPLES / "astronaut.jpg"
    said = run(folder, *photos, "--json")
    analysed = run(*photos, "--json", name="analyze")

    assert (said.status, said.errors) == (
        0,
        ["Each picture is named by its file.", "3 people known by 3 faces."],
    )
    for photo, plain in zip(said.photos, analysed.photos, strict=True):
        assert list(photo) == list(plain)
        for face, described in zip(photo["faces"], plain["faces"], strict=True):
            added = ["name", "sure", "maybe", "distance", "normalised", "ranked"]
            assert list(face) == [*described, *added]
            assert {key: face[key] for key in described} == described
    [obama], [stranger] = (photo["faces"] for photo in said.photos)
    assert (obama["name"], obama["sure"], obama["maybe"]) == ("obama", True, None)
    assert obama["normalised"] < obama["distance"] < 0.45
    nearest = {key: obama[key] for key in ("name", "distance", "normalised")}
    assert obama["ranked"][0] == nearest | {"votes": 1}
    assert (stranger["name"], stranger["sure"], stranger["maybe"]) == (None, False, None)
    assert sorted(one["name"] for one in stranger["ranked"]) == [*PEOPLE]
    assert stranger["distance"] == stranger["ranked"][0]["distance"] > 0.6


def test_without_json_it_prints_the_distances_and_the_name_as_the_study_did(folder: Path) -> None:
    said = run(folder, SAMPLES / "biden.jpg", SAMPLES / "astronaut.jpg")

    biden, face, astronaut, stranger = said.lines
    assert biden.startswith(f"{SAMPLES / 'biden.jpg'}  970 x 2204")
    assert astronaut.startswith(f"{SAMPLES / 'astronaut.jpg'}  512 x 512")
    array, name = face.strip().split("  ")
    numbers = [float(number) for number in array.strip("[]").split()]
    assert name == "biden"
    # In the order of what is known: biden, grace_hopper, obama.
    assert numbers[0] == 0.0
    assert all(number > 0.6 for number in numbers[1:])
    assert stranger.endswith("]  unknown")


@pytest.mark.parametrize(
    "way",
    [["nearest"], ["nearest", "--plain"], ["vote"], ["vote", "--plain"], ["classifier"]],
    ids=" ".join,
)
def test_every_face_of_the_roster_is_named_right_and_nobody_else(way: list[str]) -> None:
    if not ROSTER.is_dir():
        pytest.skip("the folder shared/data/photos is not beside this checkout")

    said = run(ROSTER / "train", ROSTER / "test", "--json", "--by", *way)

    assert said.status == 0
    assert said.errors[:2] == [
        "Each folder is a person, and all pictures in it are of them.",
        "5 people known by 9 faces.",
    ]
    assert len(said.errors) == (4 if way == ["classifier"] else 2)
    found = {Path(photo["path"]).name: names(photo) for photo in said.photos}
    assert {name: set(people) - {None} for name, people in found.items()} == SHOWN
    assert {name: len(people) - people.count(None) for name, people in found.items()} == {
        name: len(people) for name, people in SHOWN.items()
    }
    assert [found[name].count(None) for name in SHOWN] == [0, 0, 0, 0, 1]


def test_a_network_is_trained_first_and_says_how_likely_each_is(
    known: Known, tmp_path: Path
) -> None:
    with (tmp_path / "known").open("wb") as file:
        as_npz.write(known, file)
    photos = SAMPLES / "obama2.jpg", SAMPLES / "astronaut.jpg"

    said = run(tmp_path / "known", *photos, "--json", "--by", "classifier")

    assert said.status == 0
    assert said.errors[1] == "A network is trained of them, which takes some seconds."
    assert re.fullmatch(r"It was trained in \d+ s\.", said.errors[2])
    obama, stranger = (photo["faces"][0] for photo in said.photos)
    assert obama["name"] == obama["ranked"][0]["name"] == "obama"
    assert obama["ranked"][0]["probability"] > 0.9
    assert stranger["name"] is None
    assert sum(one["probability"] for one in stranger["ranked"]) < 0.5
    # Both distances are those of the nearest known face, as by the other ways.
    nearest = run(tmp_path / "known", photos[0], "--json").photos[0]["faces"][0]
    assert [obama[key] for key in ("distance", "normalised")] == [
        nearest[key] for key in ("distance", "normalised")
    ]
    assert obama["ranked"][0]["votes"] == nearest["ranked"][0]["votes"] == 1


@pytest.mark.parametrize("options", [["--plain"], ["--tolerance", "0.5"]])
def test_a_network_goes_by_no_tolerance(folder: Path, options: list[str]) -> None:
    said = run(folder, SAMPLES / "obama2.jpg", "--by", "classifier", *options)

    assert (said.status, said.lines) == (2, [])
    assert said.errors[-1].startswith("A network goes by no tolerance of distances")


def test_a_picture_of_nobody_or_of_several_is_left_out_and_said(
    folder: Path, tmp_path: Path
) -> None:
    Image.new("RGB", (80, 60), "grey").save(folder / "Wall.png")
    both = Image.new("RGB", (1400, 700))
    for left, name in enumerate(("obama", "biden")):
        with Image.open(SAMPLES / f"{name}.jpg") as picture:
            both.paste(
                picture.resize((700, 700 * picture.height // picture.width)), (left * 700, 0)
            )
    both.save(folder / "Both.jpg")
    (folder / "Broken.jpg").write_text("no photo")

    said = run(folder, folder / "Both.jpg", "--json")

    assert said.status == 1
    _, several, broken, wall, count = said.errors
    assert several.startswith("Both.jpg: There are 2 faces on it, so nobody is known by it.")
    assert broken.startswith("Broken.jpg: This file is not a photo we can read.")
    assert wall == "Wall.png: No face was found on it, so nobody is known by it."
    assert count == "3 people known by 3 faces."
    assert {*names(said.photos[0])} == {"obama", "biden"}


def test_whoever_is_known_by_nothing_ends_it_before_any_photo(tmp_path: Path) -> None:
    Image.new("RGB", (80, 60), "grey").save(tmp_path / "Wall.png")

    said = run(tmp_path, SAMPLES / "obama.jpg")

    assert (said.status, said.lines) == (2, [])
    assert said.errors[-1] == (
        f"{tmp_path}: No picture in it shows one face alone, so nobody is known by it."
    )


def test_a_zip_of_pictures_is_unpacked_and_gone_afterwards(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with zipfile.ZipFile(tmp_path / "known.zip", "w") as archive:
        for name in PEOPLE:
            archive.write(folder / f"{name}.jpg", f"{name}/1.jpg")
    place = tmp_path / "place"
    place.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(place))

    said = run(tmp_path / "known.zip", SAMPLES / "obama3.jpg", "--json")

    assert said.status == 0
    assert said.errors[0] == "Each folder is a person, and all pictures in it are of them."
    assert names(said.photos[0]) == ["obama"]
    assert [*place.iterdir()] == []


@pytest.mark.parametrize(
    "write", [pickled.write, as_json.write, as_npz.write], ids=["known.bin", "JSON", "NPZ"]
)
def test_a_file_of_names_and_encodings_is_as_good_as_the_pictures(
    known: Known, tmp_path: Path, write: Callable[[Known, BinaryIO], None]
) -> None:
    with (tmp_path / "known").open("wb") as file:
        write(known, file)

    said = run(tmp_path / "known", SAMPLES / "obama2.jpg", SAMPLES / "grace_hopper.jpg", "--json")

    assert (said.status, said.errors) == (0, ["3 people known by 3 faces."])
    assert [names(photo) for photo in said.photos] == [["obama"], ["grace_hopper"]]


def test_a_tolerance_is_one_of_plain_distances(known: Known, tmp_path: Path) -> None:
    with (tmp_path / "known").open("wb") as file:
        pickled.write(known, file)
    photo = SAMPLES / "obama2.jpg"

    [[distance]] = [
        [face["distance"] for face in one["faces"]]
        for one in run(tmp_path / "known", photo, "--json").photos
    ]
    within, beyond = (
        run(tmp_path / "known", photo, "--json", "--tolerance", distance + more).photos[0]
        for more in (0.01, -0.01)
    )

    assert (names(within), names(beyond)) == (["obama"], [None])
    assert within["faces"][0]["normalised"] != within["faces"][0]["distance"]
    for text in ("7", "near", "nan"):
        with pytest.raises(CommandError, match=r"write one from 0\.1 to 1"):
            call_command("recognise", "known", "photo.jpg", f"--tolerance={text}")


class Evil:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.path),)


def test_a_file_that_asks_to_run_something_is_refused_and_runs_nothing(tmp_path: Path) -> None:
    (tmp_path / "known.bin").write_bytes(pickle.dumps({"names": Evil(tmp_path / "made")}))

    said = run(tmp_path / "known.bin", SAMPLES / "obama.jpg")

    assert (said.status, said.lines) == (2, [])
    [sentence] = said.errors
    assert sentence.startswith(f"{tmp_path / 'known.bin'}: This file asks for posix.mkdir")
    assert not (tmp_path / "made").exists()


def test_encodings_of_another_encoder_are_refused_by_its_name(known: Known, tmp_path: Path) -> None:
    with (tmp_path / "known.json").open("wb") as file:
        as_json.write(Known(known.names, known.encodings, "openface-v1/dlib-5"), file)

    said = run(tmp_path / "known.json", SAMPLES / "obama.jpg")

    assert (said.status, said.lines) == (2, [])
    assert "made by openface-v1/dlib-5" in said.errors[0]


def test_what_is_not_there_or_no_such_file_is_said_by_its_path(tmp_path: Path) -> None:
    gone, photo = tmp_path / "gone.bin", SAMPLES / "obama.jpg"

    assert run(gone, photo).errors == [f"{gone}: There is no such file."]
    said = run(photo, photo)
    assert (said.status, said.lines) == (2, [])
    assert said.errors[0].startswith(f"{photo}: This is no file that people are known by.")


def test_a_process_that_cannot_be_started_to_read_a_file_is_said_plainly(
    known: Known, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "known.bin"
    with path.open("wb") as file:
        pickled.write(known, file)
    monkeypatch.setattr(processes, "START_SECONDS", 0.0)

    said = run(path, SAMPLES / "obama.jpg")

    assert said.status == 2
    assert said.errors == [f"{path} could not be read: no process could be started to read it."]
