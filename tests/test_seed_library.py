"""Made libraries, by their command."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from gallery.models import Face, KnownEncoding, Person, Photo
from gallery.models.face_queries import NamedBy
from tests.factories import make_photo

pytestmark = pytest.mark.django_db


def seed(**options: object) -> str:
    out = io.StringIO()
    wanted = {"faces": 300, "people": 10, "owner": "made-up"} | options
    call_command("seed_library", stdout=out, **wanted)
    return out.getvalue()


def test_it_fills_an_account_of_its_own_and_says_that_nobody_is_real() -> None:
    assert "Neither the photos nor the people are real" in seed()

    owner = User.objects.get(username="made-up")
    assert Face.objects.filter(photo__owner=owner).count() == 300
    assert Photo.objects.filter(owner=owner, job__state="done").count() == 100
    assert (
        Person.objects.filter(roster__owner=owner, encodings__isnull=False).distinct().count() == 10
    )
    assert Face.objects.filter(named_by=NamedBy.HUMAN).count() == KnownEncoding.objects.count()
    assert Face.objects.filter(named_by=NamedBy.MACHINE).exists()


def test_without_matching_nobody_is_guessed() -> None:
    seed(no_match=True)

    assert not Face.objects.filter(named_by=NamedBy.MACHINE).exists()


def test_it_says_how_hard_the_people_are_beside_those_of_lfw() -> None:
    lines = seed(no_match=True).splitlines()

    head = next(line for line in lines if line.startswith("How hard people are to tell apart"))
    assert head.split()[-4:] == ["LFW", "grown", "people", "everybody"]
    assert "94.3%" in next(line for line in lines if line.startswith("pairs of one person"))


def test_who_each_face_is_can_be_written_down(tmp_path: Path) -> None:
    seed(no_match=True, truth=tmp_path / "truth.npz")

    with np.load(tmp_path / "truth.npz") as truth:
        people = dict(zip(truth["faces"].tolist(), truth["people"].tolist(), strict=True))
    faces = Face.objects.exclude(person=None).values_list("pk", "person__name")
    named = {(people[pk], name) for pk, name in faces}
    assert len(people) == 300
    assert len(named) == 10


def test_it_takes_away_what_it_made_and_nothing_else() -> None:
    seed(no_match=True)

    assert "100 photos of made-up are removed" in seed(remove=True)
    assert not Photo.objects.exists()
    assert "300 faces" in seed(no_match=True)
    make_photo(User.objects.get(username="made-up"))
    with pytest.raises(CommandError, match="made-up has photos that were not made here"):
        seed(remove=True)
    with pytest.raises(CommandError, match="There is no account called nobody"):
        seed(remove=True, owner="nobody")


def test_an_impossible_library_makes_no_account() -> None:
    with pytest.raises(CommandError, match="200 known people need 4000 faces at least"):
        seed(people=200)
    assert not User.objects.exists()


def test_it_leaves_an_account_alone_that_has_photos() -> None:
    make_photo(User.objects.create_user("alice"))

    with pytest.raises(CommandError, match="alice has photos or people already"):
        seed(owner="alice")
    assert Photo.objects.count() == 1
