"""`manage.py analyze` as people and scripts run it: a process of its own, without a database."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from analysis import batch, processes
from analysis.batch import Task, files_of
from analysis.pipeline import check_weights
from analysis.results import BRACKETS, EMOTIONS
from analysis.weights import Weights
from tests.stuck_disk import StuckPath

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "gallery" / "samples"
MEMORY = 620 * 2**20  # Enough for portraits.
# Nothing listens there: what needs a database fails.
NO_DATABASE = {"DATABASE_URL": "postgres://nobody:nothing@127.0.0.1:1/none"}


def command(*args: object, cwd: Path) -> subprocess.Popen[str]:
    """Begin it with one process, unless told otherwise: each loads the networks anew."""
    return subprocess.Popen(
        [sys.executable, ROOT / "manage.py", "analyze", "--workers", "1", *map(str, args)],
        cwd=cwd,
        env=os.environ | NO_DATABASE | {"DATA_DIR": str(cwd / "data")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # A terminal's Ctrl-C goes to a whole group, and not to the tests.
    )


def analyze(*args: object, cwd: Path) -> tuple[int, list[dict[str, Any]], str]:
    """Return the exit status, the JSON objects and standard error."""
    out, err = (process := command(*args, "--json", cwd=cwd)).communicate(timeout=120)
    return process.returncode, [json.loads(line) for line in out.splitlines()], err


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two portraits, a wall and a text, in a tree."""
    root = tmp_path / "photos"
    (root / "b").mkdir(parents=True)
    shutil.copy(SAMPLES / "obama.jpg", root / "b" / "2.JPG")
    shutil.copy(SAMPLES / "biden.jpg", root / "a.jpeg")
    Image.new("RGB", (80, 60), "grey").save(root / "b" / "1.png")
    (root / "b" / "notes.txt").write_text("no photo")
    return root


def test_json_has_an_object_for_each_photo_in_order(folder: Path, tmp_path: Path) -> None:
    os.utime(folder / "b" / "1.png", (1556892131, 1556892131))
    status, photos, err = analyze("photos", "--encodings", "--workers", 2, cwd=tmp_path)
    assert (status, err) == (0, "")
    assert [photo["path"] for photo in photos] == [
        "photos/a.jpeg",
        "photos/b/1.png",
        "photos/b/2.JPG",
    ]
    wall, portrait = photos[1:]
    assert set(wall) == {
        "path",
        "width",
        "height",
        "seconds",
        "taken",
        "camera",
        "lens",
        "place",
        "faces",
    }
    assert (wall["width"], wall["height"], wall["faces"]) == (80, 60, [])
    assert datetime.fromisoformat(wall["taken"]["at"]).timestamp() == 1556892131
    assert wall["taken"]["from"] == "file"
    assert portrait["taken"] == {"at": "2012-12-06T15:46:01", "from": "exif"}
    [face] = portrait["faces"]
    assert list(face) == [
        "box",
        "score",
        "landmarks",
        "encoding",
        "age",
        "gender",
        "emotion",
        "quality",
    ]
    assert set(face["box"]) == {"left", "top", "right", "bottom"}
    assert (len(face["landmarks"]), len(face["encoding"])) == (68, 256)
    assert face["age"]["bracket"] in BRACKETS
    assert face["gender"]["label"] == "male"
    assert set(face["emotion"]["scores"]) == set(EMOTIONS)
    assert portrait["seconds"] > 0


def test_what_systems_hide_in_folders_is_left_out(folder: Path) -> None:
    for place in ("._a.jpeg", ".b.png", ".thumbnails/a.jpeg", "__MACOSX/a.jpeg", "b/@eaDir/2.JPG"):
        hidden = folder / place
        hidden.parent.mkdir(exist_ok=True)
        shutil.copy(SAMPLES / "obama.jpg", hidden)

    assert [task.path for task in files_of([folder])] == [
        folder / "a.jpeg",
        folder / "b" / "1.png",
        folder / "b" / "2.JPG",
    ]
    # Whoever names a hidden folder means it.
    assert len(files_of([folder / ".thumbnails"])) == 1


def test_annotated_copies_go_under_their_relative_names(folder: Path, tmp_path: Path) -> None:
    original = (folder / "a.jpeg").read_bytes()
    status, _, err = analyze("photos", "--out", "copies", cwd=tmp_path)
    assert (status, err) == (0, "")
    found = sorted(p.relative_to(tmp_path / "copies") for p in tmp_path.glob("copies/**/*.*"))
    assert found == [Path("a.jpg"), Path("b/1.jpg"), Path("b/2.jpg")]
    with Image.open(tmp_path / "copies" / "a.jpg") as copy, Image.open(folder / "a.jpeg") as source:
        assert (copy.format, copy.size) == ("JPEG", source.size)
    assert (folder / "a.jpeg").read_bytes() == original


def test_copies_never_overwrite_a_photo_nor_each_other(tmp_path: Path) -> None:
    for name in ("a.jpg", "a.png", "a.gif"):
        (tmp_path / name).touch()
    copies = [task.copy for task in files_of([tmp_path], out=tmp_path)]
    assert copies == [tmp_path / f"a-{number}.jpg" for number in (2, 3, 4)]


def test_copies_inside_the_folder_are_not_analysed_again(folder: Path) -> None:
    before = files_of([folder], out=folder / "copies")
    (folder / "copies").mkdir()
    shutil.copy(folder / "a.jpeg", folder / "copies" / "a.jpg")
    assert files_of([folder], out=folder / "copies") == before
    assert len(before) == 3


def test_a_child_that_dies_costs_the_photo_in_its_hands(folder: Path) -> None:
    tasks = [Task(folder / "a.jpeg"), Task(folder / "b" / "2.JPG"), Task(folder / "b" / "1.png")]

    def kill_the_first() -> None:
        while not (children := multiprocessing.active_children()):
            time.sleep(0.01)
        pid = children[0].pid
        assert pid is not None
        # It loads its networks once it has a photo: before, no photo would be lost.
        while "onnxruntime" not in Path(f"/proc/{pid}/maps").read_text():
            time.sleep(0.01)
        os.kill(pid, signal.SIGKILL)

    killer = threading.Thread(target=kill_the_first)
    killer.start()
    outcomes = list(batch.analyse(tasks, workers=1))
    killer.join()
    assert [outcome.path for outcome in outcomes] == [task.path for task in tasks]
    assert [outcome.code for outcome in outcomes] == ["crashed", "", ""]
    assert "SIGKILL" in outcomes[0].message
    assert not multiprocessing.active_children()


def test_a_photo_that_hangs_costs_itself(folder: Path) -> None:
    tasks = [Task(StuckPath(folder / "a.jpeg")), Task(folder / "b" / "notes.txt")]
    outcomes = list(batch.analyse(tasks, workers=1, timeout=4))
    assert [outcome.code for outcome in outcomes] == ["timeout", "unreadable"]
    assert outcomes[0].message == "The analysis of this photo took longer than 4 s and was stopped."
    assert outcomes[0].seconds >= 4
    assert not multiprocessing.active_children()


def test_a_photo_that_takes_all_memory_costs_itself(folder: Path) -> None:
    Image.new("RGB", (10_000, 10_000)).save(folder / "b" / "huge.png", compress_level=1)
    names = ("a.jpeg", "b/huge.png", "b/2.JPG")
    outcomes = list(batch.analyse([Task(folder / name) for name in names], memory=MEMORY))
    assert [outcome.code for outcome in outcomes] == ["", "out_of_memory", ""]
    assert outcomes[1].message == "There is not enough memory to analyse this photo."


def test_a_process_that_cannot_be_started_is_said_plainly(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "START_SECONDS", 0.0)

    (outcome,) = batch.analyse([Task(folder / "a.jpeg")])

    assert outcome.code == "unavailable"
    assert outcome.message == "No process could be started to analyse this photo."
    assert not multiprocessing.active_children()


def test_time_and_memory_can_be_given(folder: Path, tmp_path: Path) -> None:
    status, photos, err = analyze("photos", "--timeout", 60, "--memory", 900, cwd=tmp_path)
    assert (status, err, len(photos)) == (0, "", 3)
    with pytest.raises(CommandError, match="'100' is not a number of megabytes: write 500 or more"):
        call_command("analyze", "photos", "--memory=100")


def test_missing_weights_end_it_at_once_with_status_two(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "manifest.toml").write_bytes((ROOT / "models" / "manifest.toml").read_bytes())
    monkeypatch.setattr(
        batch, "check_weights", lambda choice, _: check_weights(choice, Weights(tmp_path))
    )
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit, match="2"):
        call_command("analyze", str(folder), stdout=out, stderr=err)
    assert out.getvalue() == ""
    assert "fetch_models" in err.getvalue()
    assert len(err.getvalue().strip().splitlines()) == 1


@pytest.fixture
def heeded_ctrl_c() -> Iterator[None]:
    # A shell that starts us in the background lets SIGINT be ignored, which children inherit.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heeded_ctrl_c")
def test_ctrl_c_ends_it_and_its_children_quietly(folder: Path, tmp_path: Path) -> None:
    process = command(*[folder / "a.jpeg"] * 200, "--workers", 2, cwd=tmp_path)
    assert process.stdout is not None
    assert process.stdout.readline()
    children = children_of(process.pid)
    assert children
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (130, "")
    deadline = time.monotonic() + 30
    while any(running(pid) for pid in children):
        assert time.monotonic() < deadline, "a child outlived the command"
        time.sleep(0.05)


def test_a_reader_that_leaves_is_no_fault(folder: Path, tmp_path: Path) -> None:
    process = command(*[folder / "a.jpeg"] * 200, cwd=tmp_path)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.wait(timeout=60) == 141
    assert process.stderr.read() == ""
    process.stderr.close()


def running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"  # Ended, but nobody has asked how.


def children_of(parent: int) -> list[int]:
    """Return the processes that the threads of `parent` started."""
    lists = Path(f"/proc/{parent}/task").glob("*/children")
    return [int(pid) for found in lists for pid in found.read_text().split()]
