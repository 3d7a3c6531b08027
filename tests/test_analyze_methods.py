"""`manage.py analyze` with methods chosen by name."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from analysis.available import available
from analysis.methods import DEFAULT, STAGES

ROOT = Path(__file__).resolve().parents[1]
PORTRAIT = f"{ROOT / 'gallery' / 'samples' / 'obama.jpg'}"


def complaint(*args: str) -> str:
    """Return the one sentence with which the command ends before it begins, with status 2."""
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit, match="2"):
        call_command("analyze", *args, stdout=out, stderr=err)
    assert out.getvalue() == ""
    [line] = err.getvalue().strip().splitlines()
    return line


@pytest.mark.parametrize("stage", STAGES)
def test_an_unknown_method_ends_it_at_once_naming_those_there_are(
    tmp_path: Path, stage: str
) -> None:
    option = f"--{stage.replace('_', '-')}=crystal-ball"

    said = complaint(PORTRAIT, option, f"--out={tmp_path / 'copies'}")

    assert said.startswith(f"There is no {stage} called crystal-ball; there are ")
    assert all(name in said for name in STAGES[stage])
    assert not (tmp_path / "copies").exists()


def test_a_method_whose_files_nobody_brought_says_which_to_put_where() -> None:
    if (ROOT / "models" / "age_net.caffemodel").exists():
        pytest.skip("somebody put the networks of Levi and Hassner into models/")

    said = complaint(PORTRAIT, "--age-gender=caffe")

    assert "age_net.caffemodel" in said
    assert "into the folder models/" in said


def test_methods_are_chosen_by_name() -> None:
    out = StringIO()
    with pytest.raises(SystemExit, match="0"):
        call_command("analyze", PORTRAIT, "--landmarks=dlib5", "--json", stdout=out)

    [face] = json.loads(out.getvalue())["faces"]
    assert len(face["landmarks"]) == 5


def test_the_methods_are_listed_with_what_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        call_command("analyze", "--list-methods")

    listed = capsys.readouterr().out
    for stage, methods in STAGES.items():
        assert f"--{stage.replace('_', '-')}\n" in listed
        for name, method in methods.items():
            assert name in listed
            assert method.title in listed
    for stage, offered in available().items():
        assert f"  {DEFAULT.by_stage()[stage]} " in listed
        assert all(f"{method.missing or ''}" in listed for method in offered)


def test_the_help_names_every_method_with_its_title(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        call_command("analyze", "--help")

    said = "".join(capsys.readouterr().out.split())  # Lines break at hyphens too.
    for methods in STAGES.values():
        for name, method in methods.items():
            assert f"{name} ({method.title})".replace(" ", "") in said
