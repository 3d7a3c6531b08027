"""Real weights and real photos: the sample photos always, the shared ones where they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.pipeline import Pipeline, load_pipeline

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "data" / "photos"


@pytest.fixture(scope="session")
def pipeline() -> Pipeline:
    return load_pipeline()


@pytest.fixture(scope="session")
def portrait() -> Path:
    return ROOT / "gallery" / "samples" / "obama.jpg"


@pytest.fixture(scope="session")
def shared_photos() -> Path:
    if not SHARED.is_dir():
        pytest.skip("the folder shared/data/photos is not beside this checkout")
    return SHARED
