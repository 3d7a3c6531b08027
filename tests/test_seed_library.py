"""Made libraries, by their command."""

from __future__ import annotations

import io

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from gallery.models import Face, KnownEncoding, Person, Photo
from gallery.models.face import NamedBy
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
    seed(match=False)

    assert not Face.objects.filter(named_by=NamedBy.MACHINE).exists()


def test_it_leaves_an_account_alone_that_has_photos() -> None:
    make_photo(User.objects.create_user("alice"))

    with pytest.raises(CommandError, match="alice has photos or people already"):
        seed(owner="alice")
    assert Photo.objects.count() == 1
