"""Made libraries in the database: rows, files and their removal are as the site's own."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from analysis.dates import Source
from analysis.synthetic.library import Library, Wanted
from analysis.synthetic.pictures import faces as drawn_faces
from analysis.synthetic.pictures import photos as drawn_photos
from gallery import installed
from gallery.models import AnalysisJob, Face, KnownEncoding, Person, Photo, Roster
from gallery.services import seeding
from gallery.services.seeding.inserting import insert
from gallery.services.seeding.pictures import Pictures
from tests.factories import make_face, make_photo

pytestmark = pytest.mark.django_db


@cache
def library() -> Library:
    found = installed.population()
    assert found is not None
    return Library(Wanted(faces=600, photos=240, people=12), found)


@pytest.fixture
def alice() -> User:
    return User.objects.create_user("alice")


def fill(owner: User, pictures: Pictures | None = None) -> list[int]:
    found = installed.population()
    assert found is not None
    told: list[int] = []
    seeding.fill(owner, library(), found, told.append, pictures)
    return told


def test_each_face_is_whose_the_library_says(alice: User) -> None:
    assert fill(alice)[-1] == 600

    faces = list(seeding.faces_of(alice).select_related("person", "known_encoding"))
    assert len(faces) == 600
    for face, person, is_known in zip(faces, library().people, library().is_known, strict=True):
        assert face.is_named == face.is_reference == is_known
        if face.person is not None:
            assert face.person.name == library().names[person]


def test_levels_are_those_of_the_map(alice: User) -> None:
    fill(alice)
    found = installed.population()
    assert found is not None

    for rows in (
        Face.objects.values_list("encoding", "level", "population", "encoder"),
        KnownEncoding.objects.values_list("vector", "level", "population", "encoder"),
    ):
        encodings, levels, names, encoders = zip(*rows, strict=True)
        assert found.levels(np.stack(encodings)) == pytest.approx(levels, abs=1e-5)
        assert {*names} == {found.name}
        assert {*encoders} == {found.encoder}


def test_photos_are_dated_and_say_that_they_are_made_up(alice: User) -> None:
    fill(alice)

    photos = Photo.objects.select_related("job").order_by("pk")
    assert [photo.taken_at for photo in photos] == sorted(
        photo.taken_at for photo in photos if photo.taken_at
    )
    assert {photo.taken_from for photo in photos} == {Source.EXIF, Source.FILE}
    assert {f"{photo.note}" for photo in photos} == {
        "Made up by seed_library: neither this photo nor the people on it are real."
    }
    assert AnalysisJob.objects.filter(state="done").count() > 230
    assert not Face.objects.filter(photo__job__state="failed").exists()
    assert photos.filter(faces=None, job__state="done").exists()


def test_some_photos_were_analysed_otherwise(alice: User) -> None:
    fill(alice)

    made = [photo.methods for photo in Photo.objects.exclude(job__state="failed")]
    assert {methods["detector"] for methods in made} == {"yunet-2023mar-verified", "dlib-hog-1"}
    assert any("colour" not in methods for methods in made)
    for face in Face.objects.select_related("photo"):
        assert face.methods == face.photo.methods


def test_pages_show_a_made_library_without_files(client: Client, alice: User) -> None:
    fill(alice)
    client.force_login(alice)
    person = Person.objects.order_by("pk")[0]
    photo = Photo.objects.filter(faces__person=person)[0]

    for address in (
        reverse("library"),
        reverse("people"),
        photo.get_absolute_url(),
        person.get_absolute_url(),
    ):
        assert client.get(address).status_code == 200
    assert (
        "neither this photo nor the people on it are real"
        in client.get(photo.get_absolute_url()).content.decode()
    )


def test_pictures_are_links_to_a_few_drawings(settings: LazySettings, alice: User) -> None:
    fill(alice, Pictures(drawn_photos(), drawn_faces()))

    files = [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
    assert len(files) == 4 * 240 + 600
    assert len({path.stat().st_ino for path in files}) < 50
    for photo in Photo.objects.prefetch_related("faces"):
        assert photo.thumbnail.read_bytes().startswith(b"\xff\xd8")
        assert all(photo.face_crop(face.pk).is_file() for face in photo.faces.all())


def test_it_is_removed_with_its_files_and_people_and_nothing_else(
    settings: LazySettings, alice: User
) -> None:
    bob = User.objects.create_user("bob")
    kept = make_photo(bob, files=True)
    fill(alice, Pictures(drawn_photos(), drawn_faces()))

    assert seeding.is_made(alice)
    assert seeding.remove(alice) == 240
    assert seeding.is_empty(alice)
    assert [*Photo.objects.all()] == [kept]
    assert not Person.objects.exists()
    assert [*Path(settings.MEDIA_ROOT).glob("photos/??/*")] == [kept.folder]


def test_an_account_with_a_photo_of_its_own_is_not_made(alice: User) -> None:
    fill(alice)
    make_photo(alice)

    assert not seeding.is_made(alice)


def test_what_is_inserted_is_what_saving_would_have_written(alice: User) -> None:
    photo = make_photo(alice)
    saved = make_face(photo, quality=None)
    columns = ("photo_id", "left", "encoding", "landmarks", "emotion_scores", "methods", "age_low")
    row = Face.objects.get(pk=saved.pk)
    row.left, row.age_low, row.methods = 0, None, {}

    insert(row, {name: [getattr(saved, name)] * 3 for name in columns})
    again = Face.objects.exclude(pk=saved.pk)
    assert again.count() == 3
    for name in (field.attname for field in Face._meta.concrete_fields if not field.primary_key):
        expected, found = getattr(Face.objects.get(pk=saved.pk), name), getattr(again[0], name)
        assert (
            np.array_equal(expected, found) if isinstance(found, np.ndarray) else expected == found
        )


def test_people_are_of_the_roster_and_namesakes_told_apart(alice: User) -> None:
    fill(alice)

    people = Person.objects.filter(roster=Roster.objects.of(alice.pk))
    assert people.count() == 12
    names = [person.name for person in people]
    assert all(person.note for person in people if names.count(person.name) > 1)
    assert any(person.born for person in people)
