"""What import-linter cannot see: what a fresh interpreter has loaded once the site is up."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HEAVY = ("tensorflow", "keras", "dlib", "cv2", "onnxruntime", "onnx", "face_recognition")
PIXELS = ("PIL", "pillow_heif")


def loaded_by(statement: str, tmp_path: Path) -> set[str]:
    script = f"{statement}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=os.environ | {"DATA_DIR": f"{tmp_path}"},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.fixture
def serving(tmp_path: Path) -> set[str]:
    """The modules of a serving process, with every page and the worker imported."""
    return loaded_by(
        "import facesite.asgi, gallery.worker.host; from django.urls import get_resolver; "
        "get_resolver().url_patterns",
        tmp_path,
    )


def test_the_serving_process_loads_no_network_and_nothing_that_reads_pixels(
    serving: set[str],
) -> None:
    assert "gallery.views.photos" in serving
    assert "gallery.services.export" in serving
    assert serving.isdisjoint(HEAVY)
    assert serving.isdisjoint(PIXELS)


def test_a_photos_file_is_opened_by_one_module_wherever_it_lies() -> None:
    """Elsewhere one that is read in place would be followed through links, or written to."""
    sources = {path.relative_to(ROOT).as_posix(): path for path in ROOT.glob("gallery/**/*.py")}
    readers = {name for name, path in sources.items() if "photo.original" in path.read_text()}
    # Those that write are given photos that are kept here: new ones, and made-up ones.
    writers = {"gallery/services/photos.py", "gallery/services/seeding/pictures.py"}
    assert readers - writers == {"gallery/services/sources/originals.py"}


@pytest.mark.parametrize("command", [["analyze"], ["recognise", "gallery/samples"]])
def test_the_command_line_leaves_all_pixels_to_its_children(
    command: list[str], tmp_path: Path
) -> None:
    modules = loaded_by(
        "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'facesite.settings'\n"
        "import django; django.setup()\n"
        "from contextlib import suppress\n"
        "from django.core.management import call_command\n"
        f"with suppress(SystemExit): call_command(*{command}, 'gallery/samples/obama.jpg')",
        tmp_path,
    )

    assert "analysis.batch" in modules
    assert modules.isdisjoint(HEAVY)
    assert modules.isdisjoint(PIXELS)


def test_the_analysis_can_be_used_without_django(tmp_path: Path) -> None:
    modules = loaded_by("import analysis.pipeline, analysis.drawing, analysis.batch", tmp_path)

    assert modules.isdisjoint({"django", "channels", "rest_framework", "gallery", "facesite"})


def test_files_of_known_people_are_read_with_numpy_alone(tmp_path: Path) -> None:
    modules = loaded_by(
        "import analysis.known.files, analysis.known.folders, analysis.known.zipped", tmp_path
    )

    assert "numpy" in modules
    assert modules.isdisjoint({*HEAVY, *PIXELS, "django"})


def test_a_child_process_loads_no_django_and_no_tensorflow(tmp_path: Path) -> None:
    modules = loaded_by(
        "import gallery.children.requests; from analysis.pipeline import load_pipeline; "
        "import analysis.images, analysis.renditions, analysis.drawing",
        tmp_path,
    )

    assert modules.isdisjoint({"django", "channels", "tensorflow", "keras", "face_recognition"})


def test_the_boundaries_hold() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT, capture_output=True, text=True, timeout=120,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout
