"""Everything of one person is taken along as one file, and nothing of anybody else."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.test import AsyncClient
from django.urls import reverse

from analysis.known import files as known_files
from gallery.models import Person, Roster
from gallery.models.person import Consent
from gallery.models.record import Did
from gallery.services import consent, curating, emotions, matching, people, person_export, photos
from tests.factories import fresh, make_face, make_known, make_photo, near, person_called, vector
from tests.gallery.test_record import undo


def exported(person: Person) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(person_export.parts(person))))


def listed(pack: zipfile.ZipFile, name: str) -> Any:
    return json.loads(pack.read(name))


def test_a_person_is_exported_with_photos_crops_encodings_and_words(alice: User) -> None:
    face = make_known(alice, "Ada", vector(1), crop=True)
    guess = make_face(make_photo(alice), near(vector(1), 0.1))
    other = make_known(alice, "Grace", vector(2), crop=True)
    matching.rematch(Roster.objects.of(alice.pk))
    emotions.say(face=face, emotion="sad")

    pack = exported(person_called("Ada"))

    assert pack.testzip() is None
    photos = listed(pack, "photos.json")
    assert [photo["id"] for photo in photos] == [face.photo_id, guess.photo_id]
    assert [photo["faces"][0]["person"]["named_by"] for photo in photos] == ["human", "machine"]
    assert photos[0]["faces"][0]["box"] == {"left": 10, "top": 10, "right": 50, "bottom": 50}
    assert photos[0]["faces"][0]["said"]["emotion"] == "sad"
    assert photos[0]["taken"]["at"].startswith("2026-01-02")
    crop = photos[0]["faces"][0]["crop"]
    assert pack.read(crop) == face.photo.face_crop(face.pk).read_bytes()
    assert photos[1]["faces"][0]["crop"] is None
    assert f"crops/{other.pk}.jpg" not in pack.namelist()
    said = listed(pack, "words.json")
    assert [(word["what"], word["face"], word["value"]) for word in said] == [
        ("what the person is called", None, "Ada"),
        ("whose face it is", face.pk, {"known": True}),
        ("which emotion the face shows", face.pk, "sad"),
    ]
    assert {word["by"] for word in said} == {"alice"}
    assert all("Grace" not in pack.read(name).decode("latin-1") for name in pack.namelist())


def test_it_says_whether_they_agreed_and_what_is_left_out(alice: User) -> None:
    face = make_known(alice, "Ada", vector(1))
    other = make_known(alice, "Ada", vector(2))
    day = date(2026, 5, 3)
    consent.say(person=person_called("Ada"), answer=Consent.GIVEN, on=day, note="by mail")
    assert "in the bin" not in exported(person_called("Ada")).read("README.txt").decode()

    photos.delete(other.photo)
    pack = exported(person_called("Ada"))

    said = listed(pack, "person.json")["consent"]
    assert said == {"answer": "given", "on": "2026-05-03", "note": "by mail"}
    assert [photo["id"] for photo in listed(pack, "photos.json")] == [face.photo_id]
    assert "1 photo of theirs is in the bin" in pack.read("README.txt").decode()


@pytest.mark.parametrize("suffix", ["json", "npz"])
def test_exported_encodings_can_be_brought_in_again(
    alice: User, tmp_path: Path, suffix: str
) -> None:
    make_known(alice, "Ada", vector(1))
    make_known(alice, "Grace", vector(2))
    path = tmp_path / f"known.{suffix}"
    path.write_bytes(exported(person_called("Ada")).read(path.name))

    known = known_files.read(path)

    assert known.names == ("Ada",)
    assert np.array_equal(known.encodings[0], vector(1))


def test_words_that_were_taken_back_are_exported_as_such(alice: User) -> None:
    face = make_known(alice, "Ada")
    make_known(alice, "Annie")
    curating.merge(into=person_called("Ada"), others=[person_called("Annie").pk])
    people.rename(person=person_called("Ada"), name="Ada Lovelace")
    undo(Did.RENAME)

    pack = exported(fresh(face).person or Person())

    said = listed(pack, "words.json")
    renamed = [word for word in said if word["value"] == "Ada Lovelace"]
    assert [word["taken_back"] for word in renamed] == [True]
    assert "Annie" in [word["value"] for word in said]
    assert listed(pack, "person.json")["merged"] == ["Annie"]
    assert len(listed(pack, "photos.json")) == 2


def test_somebody_who_is_known_by_nothing_is_exported_too(alice: User) -> None:
    face = make_known(alice, "Ada")
    people.remove_encoding(fresh(face).known_encoding)

    pack = exported(person_called("Ada"))

    assert pack.testzip() is None
    assert "known.json" not in pack.namelist()
    assert len(listed(pack, "photos.json")) == 1


@pytest.mark.django_db(transaction=True)
async def test_the_export_is_streamed_as_a_download(alice: User, async_client: AsyncClient) -> None:
    await sync_to_async(make_known)(alice, "에이다", crop=True)
    person = await Person.objects.aget()
    await async_client.aforce_login(alice)

    answer = await async_client.get(reverse("export_person", args=[person.pk]))

    chunks = [chunk async for chunk in answer.streaming_content]  # type: ignore[attr-defined]
    assert answer["Content-Type"] == "application/zip"
    assert answer["Content-Disposition"].endswith("%EC%97%90%EC%9D%B4%EB%8B%A4.zip")
    assert zipfile.ZipFile(io.BytesIO(b"".join(chunks))).testzip() is None
    assert len(chunks) > 5
