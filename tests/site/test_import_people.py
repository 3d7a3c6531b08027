"""`manage.py import_people` beside a running site, which does the rest."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from tests.site.process import ROOT, Visitor, migrated, wait_until

SAMPLES = ROOT / "gallery" / "samples"


def test_pictures_in_a_folder_make_people_known_and_name_other_photos(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path / "presidents"
    folder.mkdir()
    for name in ("obama", "biden"):
        shutil.copy(SAMPLES / f"{name}.jpg", folder)
    Image.new("RGB", (80, 60), "grey").save(folder / "Wall.png")
    site = migrated(tmp_path_factory, tmp_path / "data", ANALYSIS_CHILDREN="1").start()
    try:
        alice = Visitor(site).make_first_account()
        alice.upload(SAMPLES / "obama3.jpg")

        command = [sys.executable, "manage.py", "import_people", f"{folder}", "--owner=alice"]
        said = subprocess.run(
            command, cwd=ROOT, env=site.environment, capture_output=True, text=True, check=True
        )

        assert "New people: biden, obama, Wall." in said.stdout
        wait_until(lambda: "2 pictures made people known." in alice.page("/work/"), 90)
        assert "1 without a face" in alice.page("/work/")
        photos = {photo["filename"]: photo for photo in alice.photos()}
        assert set(photos) == {"obama3.jpg", "obama.jpg", "biden.jpg", "Wall.png"}
        assert {person["name"] for person in alice.get("/api/people/")} == {"obama", "biden"}
        assert "obama?" in alice.page(f"/photos/{photos['obama3.jpg']['id']}/")
    finally:
        site.stop()
