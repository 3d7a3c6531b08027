"""With what and where a photo was taken: kept by its analysis, shown, told, looked for in old photos."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from analysis.shot import NOTHING, Place, Shot
from gallery.models import BinnedPhoto, Photo
from gallery.services import dates, photos, results
from gallery.templatetags.facesite import where
from tests.factories import UNDATED, UPLOADED, analysed, claimed, make_photo, upload_file

pytestmark = pytest.mark.django_db

PHOTOS = reverse("api_photos")
PHONE = Shot("Apple iPhone 12", "back camera 4.2mm f/1.6", Place(-37.5665, 126.978))


def kept(photo: Photo) -> Shot:
    return Photo.objects.get(pk=photo.pk).shot


def facts(client: Client, photo: Photo) -> dict[str, str]:
    """Return what the photo's page says of its file, by name."""
    page = client.get(photo.get_absolute_url()).content.decode()
    rows = re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", page, re.DOTALL)
    return {
        name: html.unescape(" ".join(re.sub(r"<[^>]+>", " ", said).split())) for name, said in rows
    }


def test_an_analysis_keeps_what_the_photo_says_and_another_what_it_says_then(alice: User) -> None:
    photo = photos.upload(owner=alice, file=upload_file())
    assert (photo.camera, kept(photo)) == ("", NOTHING)
    assert results.save(claim=claimed(photo), analysed=analysed(shot=PHONE))
    assert kept(photo) == PHONE
    assert results.save(claim=claimed(photo), analysed=analysed())
    assert kept(photo) == NOTHING


def test_the_page_shows_it(alice: User, as_alice: Client) -> None:
    photo = make_photo(alice)
    assert not {"Camera", "Lens", "Place"} & {*facts(as_alice, photo)}
    photo.shot = PHONE
    photo.save()
    shown = facts(as_alice, photo)
    assert (shown["Camera"], shown["Lens"]) == (PHONE.camera, PHONE.lens)
    assert shown["Place"] == "37.5665° S, 126.978° E"


def test_a_place_is_written_with_all_that_is_known() -> None:
    assert where(Place(12.345678, -0.000001)) == (
        "12.345678°\N{NO-BREAK SPACE}N, 0.000001°\N{NO-BREAK SPACE}W"
    )
    assert where(Place(-90, 180)) == "90°\N{NO-BREAK SPACE}S, 180°\N{NO-BREAK SPACE}E"


def test_the_api_and_the_export_say_it(alice: User, as_alice: Client) -> None:
    photo = make_photo(alice)
    photo.shot = PHONE
    photo.save()
    place = {"latitude": -37.5665, "longitude": 126.978}
    said = {"camera": PHONE.camera, "lens": PHONE.lens, "place": place}
    for address in (f"{PHOTOS}{photo.pk}/", reverse("photo_json", args=[photo.pk])):
        assert as_alice.get(address).json().items() >= said.items()
    unknown = make_photo(alice, **UNDATED)
    nothing = {"camera": None, "lens": None, "place": None}
    assert as_alice.get(f"{PHOTOS}{unknown.pk}/").json().items() >= nothing.items()


def test_photos_that_were_dated_before_anybody_looked_for_cameras_are_known(alice: User) -> None:
    make_photo(alice)
    old = make_photo(alice, camera=None)
    assert [*dates.unknown(alice)] == [old]


def test_a_photo_that_was_binned_before_comes_back_as_not_looked_at(alice: User) -> None:
    photo = make_photo(alice, files=True)
    photos.delete(photo)
    binned = BinnedPhoto.objects.get()
    for name in ("camera", "lens", "latitude", "longitude"):
        del binned.rows["photo"][name]
    binned.save()
    photos.bring_back(owner=alice, photos=[photo.pk])
    assert Photo.objects.get(pk=photo.pk).camera is None


@pytest.mark.parametrize(
    "fields",
    [
        {"latitude": 10.0},
        {"longitude": 10.0},
        {"latitude": 90.5, "longitude": 10.0},
        {"latitude": 10.0, "longitude": -181.0},
        UPLOADED | {"camera": None, "lens": "50mm"},
        {"camera": None, "latitude": 10.0, "longitude": 10.0},
    ],
)
def test_the_database_refuses_half_a_place_and_a_lens_that_nobody_saw(
    alice: User, fields: dict[str, Any]
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_photo(alice, **fields)
