"""Names on real photos: a photo of the same men six times each."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from analysis.images import decode
from analysis.pipeline import load_pipeline
from analysis.results import FaceResult
from gallery.models import Face
from gallery.services import people, photos
from tests.analysis.conftest import SHARED
from tests.factories import make_face, make_photo

# Of `bald_guys.jpg`, from left to right: which of its four men each face is.
MEN = "011212120211002203033333"


@pytest.fixture(scope="module")
def faces_of_men() -> tuple[FaceResult, ...]:
    path = SHARED / "dlib_faces" / "bald_guys.jpg"
    if not path.is_file():
        pytest.skip("the folder shared/data/photos is not beside this checkout")
    return load_pipeline().analyse(decode(path)).faces


def test_four_men_are_each_named_once_until_the_photo_is_a_collage(
    alice: User, faces_of_men: tuple[FaceResult, ...]
) -> None:
    photo = make_photo(alice)
    faces = [
        make_face(photo, found.encoding, box=found.box, quality=found.quality)
        for found in faces_of_men
    ]
    assert len(faces) == len(MEN)
    for man in sorted(set(MEN)):
        people.name_face(face=faces[MEN.index(man)], name=f"Man {man}")
    guesses = Face.objects.filter(photo=photo, named_by="machine")
    assert not guesses.exists()
    assert not Face.objects.filter(photo=photo, suggestion__isnull=False).exists()

    photos.mark_collage(photo=photo, is_collage=True)

    names = Face.objects.filter(photo=photo).values_list("pk", "person__name")
    assert guesses.count() == 20
    assert dict(names) == {face.pk: f"Man {man}" for face, man in zip(faces, MEN, strict=True)}
