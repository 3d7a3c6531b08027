"""When a photo was taken: by what it says, else by its file, else by its upload."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models.functions import TruncMonth
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from analysis.dates import Source, Taken
from gallery import times
from gallery.models import Photo
from gallery.services import photos, results
from tests.factories import (
    UNDATED,
    analysed,
    claimed,
    make_photo,
    upload_file,
)

pytestmark = pytest.mark.django_db

PHOTOS = reverse("api_photos")
SHOT = Taken(datetime(2019, 5, 3, 14, 2, 11, 250_000), Source.EXIF, 540)
BY_FILE = Taken(datetime(2018, 4, 2, 13, 1, 10), Source.FILE, -210)
MODIFIED = "2018-04-02T13:01:10-03:30"


def kept(photo: Photo) -> Taken | None:
    """Return when a photo was taken, as the database has it now."""
    return Photo.objects.get(pk=photo.pk).taken


def seen(photo: Photo, taken: Taken | None) -> Taken | None:
    """Save an analysis that found this date in the photo; return the date that it has then."""
    assert results.save(claim=claimed(photo), analysed=analysed(taken=taken))
    return kept(photo)


def of_upload(photo: Photo) -> Taken:
    at = timezone.localtime(photo.created_at)
    return Taken(at.replace(tzinfo=None), Source.UPLOAD, 0)


def shown(client: Client, photo: Photo) -> str:
    """Return what the photo's page says of when it was taken."""
    page = client.get(photo.get_absolute_url()).content.decode()
    row = re.search(r"<dt>Taken</dt>\s*<dd>(.*?)</dd>", page, re.DOTALL)
    assert row is not None
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", row[1]).split()))


def test_a_photo_is_dated_by_its_upload_until_something_better_is_known(alice: User) -> None:
    photo = photos.upload(owner=alice, file=upload_file())
    assert kept(photo) == of_upload(photo)
    assert seen(photo, None) == of_upload(photo)
    assert seen(photo, SHOT) == SHOT


def test_the_file_s_own_time_counts_before_the_upload_and_the_photo_s_before_both(
    alice: User,
) -> None:
    photo = photos.upload(owner=alice, file=upload_file(), modified=times.moment(MODIFIED))
    assert kept(photo) == BY_FILE
    assert seen(photo, None) == BY_FILE
    assert seen(photo, SHOT) == SHOT
    # Another version may believe less.
    assert seen(photo, None) == of_upload(photo)


@pytest.mark.parametrize(
    "modified",
    [
        "1970-01-01T00:00:00Z",
        "1980-01-01T00:00:00+14:00",
        "2999-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
    ],
)
def test_an_absurd_time_of_a_file_is_not_believed(alice: User, modified: str) -> None:
    photo = photos.upload(owner=alice, file=upload_file(), modified=times.moment(modified))
    assert kept(photo) == of_upload(photo)


def test_a_file_that_was_made_just_now_is_dated_by_its_upload(alice: User) -> None:
    modified = timezone.now() - timedelta(seconds=50)
    photo = photos.upload(owner=alice, file=upload_file(), modified=modified)
    assert kept(photo) == of_upload(photo)


def test_a_zone_that_there_is_not_is_told_in_utc(alice: User) -> None:
    modified = times.moment("2018-04-02T13:01:10+23:00")
    photo = photos.upload(owner=alice, file=upload_file(), modified=modified)
    assert kept(photo) == Taken(datetime(2018, 4, 1, 14, 1, 10), Source.FILE, 0)


def test_a_photo_that_says_it_was_taken_after_its_upload_is_not_believed(alice: User) -> None:
    """Whenever it is analysed: then the future may be past."""
    photo = make_photo(alice, created_at=datetime(2019, 5, 1, tzinfo=UTC), **UNDATED)
    assert seen(photo, SHOT) == Taken(datetime(2019, 5, 1), Source.UPLOAD, 0)


def test_the_site_s_zone_tells_the_time_of_an_upload(alice: User) -> None:
    with timezone.override("Asia/Seoul"):
        photo = photos.upload(owner=alice, file=upload_file())
    at = photo.created_at.astimezone(UTC).replace(tzinfo=None) + timedelta(hours=9)
    assert kept(photo) == Taken(at, Source.UPLOAD, 540)


def test_the_database_orders_by_what_clocks_showed_and_takes_it_apart(alice: User) -> None:
    days = [datetime(2019, 5, 31, 23, 59), datetime(1911, 7, 1), datetime(2019, 6, 1)]
    for day in days:
        make_photo(alice, taken_at=day, taken_offset=-660, taken_from="exif")
    with timezone.override("Asia/Seoul"):
        ordered = Photo.objects.order_by("taken_at").values_list("taken_at", flat=True)
        assert list(ordered) == sorted(days)
        assert Photo.objects.filter(taken_at__gte=days[0]).count() == 2
        month = TruncMonth("taken_at", tzinfo=UTC)
        months = Photo.objects.annotate(of=month).values_list("of", flat=True)
        assert {one.month for one in months} == {5, 6, 7}


@pytest.mark.parametrize(
    "fields",
    [
        {"taken_at": None},
        {"taken_from": ""},
        {"taken_from": "the stars"},
        {"taken_offset": 900},
        UNDATED | {"taken_offset": 60},
    ],
)
def test_the_database_refuses_half_a_date(alice: User, fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_photo(alice, **fields)


@pytest.mark.parametrize(
    ("taken", "words"),
    [
        (SHOT, "3 May 2019, 14:02 (+09:00)"),
        (Taken(SHOT.at, Source.XMP), "3 May 2019, 14:02"),
        (Taken(SHOT.at, Source.DIGITIZED), "3 May 2019, 14:02, when it was digitised"),
        (Taken(SHOT.at, Source.CHANGED), "3 May 2019, 14:02, when it was last changed"),
        (BY_FILE, "2 April 2018, 13:01 (-03:30), by the file's date"),
        (Taken(SHOT.at, Source.UPLOAD, 0), "Not known, no later than its upload"),
    ],
)
def test_the_page_says_when_a_photo_was_taken_and_by_what(
    alice: User, as_alice: Client, taken: Taken, words: str
) -> None:
    photo = make_photo(alice)
    photo.taken = taken
    photo.save()
    with timezone.override("America/New_York"):
        assert shown(as_alice, photo) == words


def test_the_page_says_that_nobody_has_looked_yet(alice: User, as_alice: Client) -> None:
    assert shown(as_alice, make_photo(alice, **UNDATED)) == "Not looked at yet"


def test_a_date_is_written_as_the_reader_writes_dates() -> None:
    with translation.override("ko"):
        assert times.when(SHOT) == "2019년 5월 3일 2:02 오후 (+09:00)"


def test_the_api_and_the_export_say_when(alice: User, as_alice: Client) -> None:
    photo = make_photo(alice)
    photo.taken = SHOT
    photo.save()
    said = {"at": "2019-05-03T14:02:11.250000+09:00", "from": "exif"}
    assert as_alice.get(PHOTOS).json()["results"][0]["taken"] == said
    assert as_alice.get(f"{PHOTOS}{photo.pk}/").json()["taken"] == said
    assert as_alice.get(reverse("photo_json", args=[photo.pk])).json()["taken"] == said
    unknown = make_photo(alice, **UNDATED)
    assert as_alice.get(f"{PHOTOS}{unknown.pk}/").json()["taken"] is None


def test_a_program_may_say_when_the_file_was_written(as_alice: Client) -> None:
    answer = as_alice.post(PHOTOS, {"file": upload_file(), "modified": MODIFIED})
    assert answer.json()["taken"] == {"at": MODIFIED, "from": "file"}
    for nothing in ({}, {"modified": ""}):
        answer = as_alice.post(PHOTOS, {"file": upload_file()} | nothing)
        assert answer.json()["taken"]["from"] == "upload"


@pytest.mark.parametrize("text", ["yesterday", "2019-02-30T10:00:00Z", "1556892131"])
def test_what_is_no_time_is_refused_with_an_example(as_alice: Client, text: str) -> None:
    answer = as_alice.post(PHOTOS, {"file": upload_file(), "modified": text})
    assert answer.status_code == 400
    assert answer.json() == {"modified": ["Write a time as 2019-05-03T14:02:11+09:00."]}
    assert not Photo.objects.exists()


def test_a_form_may_say_it_for_each_file(as_alice: Client) -> None:
    names = ["first.jpg", "second.jpg", "third.jpg"]
    times_of = [MODIFIED, "", "no time"]
    as_alice.post(
        reverse("upload"), {"files": [upload_file(name) for name in names], "modified": times_of}
    )
    sources = {one.filename: one.taken_from for one in Photo.objects.all()}
    assert sources == {"first.jpg": "file", "second.jpg": "upload", "third.jpg": "upload"}


def test_times_that_are_not_as_many_as_the_files_belong_to_none(as_alice: Client) -> None:
    as_alice.post(reverse("upload"), {"files": [upload_file()], "modified": [MODIFIED, MODIFIED]})
    assert Photo.objects.get().taken_from == "upload"
