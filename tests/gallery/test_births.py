"""When people were born: said by a human on their page or by a program, in part or whole."""

from __future__ import annotations

import html
import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from analysis.born import Born
from analysis.dates import Source, Taken
from gallery import times
from gallery.jobs import queue, tasks
from gallery.models import Face, Person, Photo, Task
from gallery.services import births, dates, people, photos, results
from gallery.worker.work.dates import _finish as finish_dates
from tests.factories import (
    analysed,
    found_face,
    fresh,
    make_face,
    make_known,
    make_photo,
    near,
    person_called,
    upload_file,
    vector,
)

pytestmark = pytest.mark.django_db

WHOLE = Born(2015, 4, 30)


@pytest.fixture
def ada(alice: User) -> Person:
    make_known(alice, "Ada")
    return person_called("Ada")


def kept(person: Person) -> Born | None:
    return Person.objects.get(pk=person.pk).born


def words(answer: Any) -> str:
    page = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return html.unescape(re.sub(r"\s+", " ", page))


def say(client: Client, person: Person, year: str = "", month: str = "", day: str = "") -> Any:
    body = {"year": year, "month": month, "day": day}
    return client.post(reverse("say_birth", args=[person.pk]), body, follow=True)


@pytest.mark.parametrize(
    ("typed", "born", "shown"),
    [
        (("2015",), Born(2015), "Born 2015"),
        ((" 2015 ", "4", ""), Born(2015, 4), "Born April 2015"),
        (("2015", "04", "30"), WHOLE, "Born 30 April 2015"),
        (("1826", "1", "1"), Born(1826, 1, 1), "Born 1 January 1826"),
    ],
)
def test_a_birth_is_said_as_far_as_it_is_known_and_shown_so(
    ada: Person, as_alice: Client, typed: tuple[str, ...], born: Born, shown: str
) -> None:
    answer = say(as_alice, ada, *typed)
    assert kept(ada) == born
    assert shown in words(answer)


def test_empty_fields_take_the_birth_away(ada: Person, as_alice: Client) -> None:
    births.say(person=ada, born=WHOLE)
    assert "Add a date of birth" in words(say(as_alice, ada))
    assert kept(ada) is None


def test_the_form_shows_what_is_known(ada: Person, as_alice: Client) -> None:
    births.say(person=ada, born=Born(2015, 4))
    page = " ".join(as_alice.get(ada.get_absolute_url()).content.decode().split())
    assert 'value="2015"' in page
    assert '<option value="4" selected>April</option>' in page
    assert '<details class="birth" id="birth" >' in page


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (("1825",), "There was no photography before 1826. Write a later year."),
        (("9999",), "This date of birth is in the future."),
        (("2015", "2", "29"), "There is no such day. Look at day and month again."),
        (("2015", "", "30"), "Choose the month too, or leave the day empty."),
        (("", "4", ""), "Write the year of birth too. It may stand alone."),
        (("about 2015",), "Write the date of birth in numbers."),
        (("20155",), "Write the date of birth in numbers."),
        (("2015", "April", ""), "Write the date of birth in numbers."),
    ],
)
def test_what_can_t_be_is_refused_with_a_sentence_and_stays_to_be_corrected(
    ada: Person, as_alice: Client, typed: tuple[str, ...], sentence: str
) -> None:
    births.say(person=ada, born=WHOLE)
    answer = say(as_alice, ada, *typed)
    assert sentence in words(answer)
    assert kept(ada) == WHOLE
    page = answer.content.decode()
    assert '<details class="birth" id="birth" open>' in page
    assert f'value="{typed[0]}"' in page
    assert page.count('aria-describedby="birth-help birth-error"') == 1


def test_who_is_born_today_wherever_is_welcome(ada: Person) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert births.read(f"{tomorrow}") == Born(tomorrow.year, tomorrow.month, tomorrow.day)
    assert births.read(f"{tomorrow.year}") == Born(tomorrow.year)
    with pytest.raises(births.BirthRefused):
        births.read(f"{tomorrow + timedelta(days=1)}")


def test_a_birth_is_kept_by_another_name(ada: Person) -> None:
    births.say(person=ada, born=WHOLE)
    people.rename(person=ada, name="Ada L.")
    assert kept(ada) == WHOLE


def test_who_is_only_a_birth_any_more_is_not_forgotten(alice: User) -> None:
    face = make_known(alice, "Ada")
    births.say(person=person_called("Ada"), born=WHOLE)
    people.name_face(face=face, name="Bea")
    assert kept(person_called("Ada")) == WHOLE
    people.name_face(face=face, name="Cleo")
    assert not Person.objects.filter(name="Bea").exists()


def gone(person: Person) -> Person:
    """Return the person as whoever waited for the turn has them, in which they were deleted."""
    people.delete(Person.objects.get(pk=person.pk))
    return person


def test_a_birth_of_somebody_who_is_gone_is_refused(ada: Person) -> None:
    with pytest.raises(people.NameRefused, match="This person is not there any more"):
        births.say(person=gone(ada), born=WHOLE)
    assert not Person.objects.exists()


@pytest.mark.parametrize("address", ["say_birth", "rename_person"])
def test_whoever_is_gone_meanwhile_is_said_to_be_where_the_others_are(
    ada: Person, as_alice: Client, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    for views in ("births", "renaming"):
        monkeypatch.setattr(f"gallery.views.{views}.person_of", lambda *_: gone(ada))

    body = {"year": "2015", "name": "Ada"}
    answer = as_alice.post(reverse(address, args=[ada.pk]), body, follow=True)

    assert answer.redirect_chain == [(reverse("people"), 302)]
    assert "This person is not there any more." in words(answer)


def test_the_api_says_and_takes_births(ada: Person, as_alice: Client) -> None:
    url = reverse("api_say_birth", args=[ada.pk])

    def post(born: Any) -> Any:
        return as_alice.post(url, {"born": born}, content_type="application/json")

    for text in ("2015", "2015-04", "2015-04-30"):
        assert post(text).json() == {"born": text}
        assert as_alice.get(reverse("api_people")).json()[0]["born"] == text
    for nothing in ("", None):
        births.say(person=ada, born=WHOLE)
        assert post(nothing).json() == {"born": None}
        assert kept(ada) is None
    for text, sentence in (
        ("30.4.2015", "Write a date of birth as 2015, 2015-04, 2015-04-30."),
        ("2015-02-29", "Write a date of birth as 2015, 2015-04, 2015-04-30."),
        ("1700", "There was no photography before 1826. Write a later year."),
    ):
        answer = post(text)
        assert (answer.status_code, answer.json()) == (400, {"born": [sentence]})
    assert as_alice.post(url, {}, content_type="application/json").status_code == 400


def test_a_stranger_says_no_birth(ada: Person, as_charlie: Client) -> None:
    assert say(as_charlie, ada, "2015").status_code == 404
    url = reverse("api_say_birth", args=[ada.pk])
    answer = as_charlie.post(url, {"born": "2015"}, content_type="application/json")
    assert answer.status_code == 404
    assert kept(ada) is None


@pytest.mark.parametrize(
    "fields",
    [
        {"born_on": date(2015, 1, 1), "born_to": ""},
        {"born_on": None, "born_to": "year"},
        {"born_on": date(2015, 1, 1), "born_to": "hour"},
        {"born_on": date(1825, 12, 31), "born_to": "day"},
    ],
)
def test_the_database_refuses_half_a_birth(ada: Person, fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.update(**fields)


def test_a_birth_is_written_as_the_reader_writes_dates() -> None:
    with translation.override("ko"):
        assert times.birth(WHOLE) == "2015년 4월 30일"


@pytest.fixture
def old_photo(alice: User) -> Photo:
    """A photo that says it was taken in the summer of 2014."""
    shot: dict[str, Any] = {
        "taken_at": datetime(2014, 7, 1, 12), "taken_offset": None, "taken_from": "exif",
    }  # fmt: skip
    return make_photo(alice, **shot)


def test_nobody_is_guessed_on_a_photo_from_before_their_birth(
    alice: User, old_photo: Photo
) -> None:
    face = make_face(old_photo, vector(1), age_years=1)
    make_known(alice, "Ada", vector(1), age_years=4)
    make_known(alice, "Bea", near(vector(1), 0.4), age_years=4)
    assert fresh(face).label == "Ada?"

    births.say(person=person_called("Ada"), born=WHOLE)
    assert fresh(face).label == "Bea?"
    births.say(person=person_called("Bea"), born=WHOLE)
    assert (fresh(face).label, fresh(face).suggestion) == ("Unknown", None)
    births.say(person=person_called("Ada"), born=Born(2013))

    assert fresh(face).label == "Ada?"


def test_a_grown_face_is_no_child_of_whom_that_is_known(alice: User, old_photo: Photo) -> None:
    grown = make_face(old_photo, vector(1), age_years=45)
    make_known(alice, "Ada", vector(1))
    assert fresh(grown).label == "Ada?"

    births.say(person=person_called("Ada"), born=Born(2010))

    assert fresh(grown).label == "Unknown"


def test_a_photo_is_dated_before_its_faces_are_named(alice: User) -> None:
    make_known(alice, "Ada", vector(1))
    births.say(person=person_called("Ada"), born=WHOLE)
    photos.upload(owner=alice, file=upload_file())
    claim = queue.claim()
    assert claim is not None

    shot = Taken(datetime(2014, 7, 1, 12), Source.EXIF)
    results.save(claim=claim, analysed=analysed(found_face(vector(1)), taken=shot))

    assert Face.objects.get(photo=claim.photo_id).label == "Unknown"


def test_names_are_guessed_anew_once_photos_were_dated(alice: User, ada: Person) -> None:
    births.say(person=ada, born=WHOLE)
    task = dates.look(user=alice)
    claimed = tasks.claim(["dates"])
    assert claimed is not None

    finish_dates(claimed, {"dated": 0, "unread": 0})

    assert [one.kind for one in Task.objects.exclude(pk=task.pk)] == ["names"]


@pytest.mark.parametrize(
    ("born", "source", "known"),
    [
        (Born(1990, 7, 1), Source.EXIF, "22 by the dates"),
        (Born(1990), Source.EXIF, "21 to 22 by the dates"),
        (Born(1990, 7, 1), Source.FILE, "at most 22 by the dates"),
        (Born(2013), Source.EXIF, ""),
        (None, Source.EXIF, ""),
    ],
)
def test_the_age_known_stands_beside_the_age_guessed(
    ada: Person, as_alice: Client, born: Born | None, source: Source, known: str
) -> None:
    photo = ada.faces.get().photo
    photo.taken = Taken(datetime(2012, 7, 9), source)
    photo.save()
    births.say(person=ada, born=born)

    page = words(as_alice.get(photo.get_absolute_url()))

    assert ("by the dates" in page) == bool(known)
    assert f"about 34 {known}" in page


def test_of_whom_a_machine_guesses_no_age_is_known(
    ada: Person, alice: User, as_alice: Client
) -> None:
    births.say(person=ada, born=Born(1990))
    photo = make_photo(alice, taken_at=datetime(2012, 7, 9), taken_from="exif", taken_offset=None)
    make_face(photo, person=ada, named_by="machine", distance=0.3)

    assert "by the dates" not in words(as_alice.get(photo.get_absolute_url()))
