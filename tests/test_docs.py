"""What the documents name exists, and what exists is named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from analysis.methods import DETECTORS
from tests.conftest import LONGEST

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = sorted([ROOT / "README.md", *ROOT.glob("docs/*.md"), ROOT / "models/README.md"])
# A path in backticks, or the target of a link.
PATH = re.compile(
    r"`((?:facesite|gallery|analysis|models|static|docs|tests)/[\w./-]+)`|\]\(([^)#:]+)\)"
)
# A block of Python that begins with the path of the file that it is taken from.
EXCERPT = re.compile(r"```python\n# (\S+\.py)\n(.*?)```", re.DOTALL)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_each_file_that_a_document_names_exists(document: Path) -> None:
    named = [one or other for one, other in PATH.findall(document.read_text(encoding="utf-8"))]
    bases = (ROOT, document.parent)
    missing = [name for name in named if not any((base / name).exists() for base in bases)]
    assert missing == []


def test_each_command_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    readme += (ROOT / "models" / "README.md").read_text(encoding="utf-8")
    commands = [path.stem for path in ROOT.glob("gallery/management/commands/[a-z]*.py")]
    assert [name for name in commands if f"manage.py {name}" not in readme] == []


def test_each_command_that_the_readme_names_exists() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"manage\.py (\w+)", readme))
    commands = {path.stem for path in ROOT.glob("gallery/management/commands/[a-z]*.py")}
    assert named <= commands | {"migrate"}


def test_each_package_is_in_the_architecture() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    packages = [path.parent.name for path in ROOT.glob("*/__init__.py")]
    shown = [name for name in packages if name not in {"tests", "benchmarks"}]
    assert [name for name in shown if f"`{name}/`" not in text] == []


def test_each_excerpt_of_a_file_stands_in_it() -> None:
    excerpts = [
        excerpt
        for document in DOCUMENTS
        for excerpt in EXCERPT.findall(document.read_text(encoding="utf-8"))
    ]
    assert len(excerpts) >= 6
    assert [text for path, text in excerpts if text not in (ROOT / path).read_text()] == []


def test_the_page_on_detectors_names_methods_that_there_are() -> None:
    text = (ROOT / "docs" / "adding-a-detector.md").read_text(encoding="utf-8")
    named = set(re.findall(r"(?:as|for) `([a-z-]+)`", text))
    assert named
    assert named <= {*DETECTORS}


def test_each_long_test_is_listed_and_marked() -> None:
    """Unmarked, it would be part of `make test`; unlisted, nobody would know what is left out."""
    text = (ROOT / "docs" / "tests.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| `(tests/long/\w+\.py)`", text, re.MULTILINE))
    assert listed == {f"tests/long/{path.name}" for path in ROOT.glob("tests/long/test_*.py")}
    marked = [
        path.relative_to(ROOT).as_posix()
        for path in ROOT.glob("tests/**/test_*.py")
        if path != Path(__file__) and "pytest.mark.long" in path.read_text(encoding="utf-8")
    ]
    assert set(marked) == listed


def test_each_file_of_tests_that_begins_first_exists() -> None:
    assert [name for name in LONGEST if not (ROOT / name).is_file()] == []
