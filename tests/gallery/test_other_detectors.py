"""Analysing again by another detector: real boxes differ, names stay where they were given."""

from __future__ import annotations

from functools import cache
from itertools import combinations
from pathlib import Path

import pytest
from django.contrib.auth.models import User

from analysis.available import available
from analysis.images import decode
from analysis.methods import DEFAULT, Choice
from analysis.pipeline import Stages
from analysis.results import SAME_FACE, PhotoResult
from gallery.children.requests import Analysed
from gallery.models import Face, Photo
from gallery.models.face_queries import Lost
from gallery.services import people, results
from tests.factories import claimed, grey_png, jpeg, make_photo

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "gallery" / "samples"
SHARED = ROOT.parent / "shared" / "data" / "photos"
OTHERS = [
    method.name
    for method in available()["detector"]
    if method.name != DEFAULT.detector and not method.missing
]


@cache
def stages() -> Stages:
    return Stages()


@cache
def seen(path: Path, detector: str) -> PhotoResult:
    """Return what an analysis of the photo comes to; it comes to the same each time."""
    return stages().pipeline(Choice(detector=detector)).analyse(decode(path))


def analyse(photo: Photo, path: Path, detector: str) -> None:
    result = seen(path, detector)
    crops = tuple(jpeg(8, 8) for _ in result.faces)
    emotion_crops = tuple(grey_png() for _ in result.faces)
    answer = Analysed(result, jpeg(), jpeg(), jpeg(), crops, emotion_crops)
    assert results.save(claim=claimed(photo), analysed=answer)


def name_every_face(photo: Photo) -> dict[int, str]:
    """Return the name of each face by its key."""
    names = {face.pk: f"Person {face.pk}" for face in Face.objects.filter(photo=photo)}
    for face in Face.objects.filter(photo=photo).select_related("photo", "person"):
        people.name_face(face=face, name=names[face.pk])
    return names


def names_on(photo: Photo) -> dict[int, str]:
    return {
        face.pk: face.label for face in Face.objects.filter(photo=photo).select_related("person")
    }


@pytest.mark.parametrize("detector", OTHERS)
def test_a_name_stays_on_its_face_whichever_detector_looks_again(
    alice: User, detector: str
) -> None:
    for path in (SAMPLES / "obama.jpg", SAMPLES / "grace_hopper.jpg"):
        photo = make_photo(alice, state="queued")
        analyse(photo, path, DEFAULT.detector)
        names = name_every_face(photo)
        assert len(names) == 1

        analyse(photo, path, detector)
        assert names_on(photo) == names
        analyse(photo, path, DEFAULT.detector)
        assert names_on(photo) == names


def test_in_a_crowd_every_name_stays_and_no_face_is_doubled(alice: User) -> None:
    path = SHARED / "dlib_faces" / "bald_guys.jpg"
    if not path.is_file():
        pytest.skip("the folder shared/data/photos is not beside this checkout")
    photo = make_photo(alice, state="queued")
    analyse(photo, path, DEFAULT.detector)
    names = name_every_face(photo)
    assert len(names) == 24

    for detector in [*OTHERS, DEFAULT.detector]:
        analyse(photo, path, detector)
        assert names_on(photo) == names, detector


def test_whoever_looks_at_a_crowd_no_face_is_doubled_be_it_named_or_not(alice: User) -> None:
    path = SHARED / "dlib_faces" / "bald_guys.jpg"
    if not path.is_file():
        pytest.skip("the folder shared/data/photos is not beside this checkout")
    photo = make_photo(alice, state="queued")
    analyse(photo, path, DEFAULT.detector)
    names = {}
    for face in Face.objects.filter(photo=photo).select_related("photo").order_by("pk")[::2]:
        names[face.pk] = f"Person {face.pk}"
        people.name_face(face=face, name=names[face.pk])

    # Twice, so that a face which one does not find is found by the next, beside others.
    for detector in [*OTHERS, DEFAULT.detector, *OTHERS[::-1]]:
        analyse(photo, path, detector)
        assert names.items() <= names_on(photo).items(), detector
        boxes = [face.box for face in Face.objects.filter(photo=photo)]
        apart = [one.iou(other) for one, other in combinations(boxes, 2)]
        assert max(apart) < SAME_FACE, detector
        found = len(seen(path, detector).faces)
        lost = Face.objects.filter(photo=photo).exclude(lost=Lost.FOUND).count()
        assert len(boxes) == found + lost, detector
        assert lost == len(names.keys() - found_keys(photo)), detector


def found_keys(photo: Photo) -> set[int]:
    return set(Face.objects.filter(photo=photo, lost=Lost.FOUND).values_list("pk", flat=True))
