"""How people are told is chosen in the settings, and names are guessed anew by it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from analysis.methods import DEFAULT
from analysis.naming import Way
from gallery import naming_form
from gallery.jobs import tasks
from gallery.kinds import TaskRefused
from gallery.models import Face, Preferences, Roster, Task
from gallery.models.leased import State
from gallery.models.roster import ACCEPTED
from gallery.services import matching, names
from gallery.worker.work import names as names_again
from gallery.worker.work.names import guess_some
from tests.factories import fresh, make_known, vector
from tests.gallery.test_quality import words
from tests.gallery.test_three_answers import MAYBE, SURE, face_at, roster_of, work_of

SETTINGS = "/settings/"


def shown_by(html: str) -> dict[str, str]:
    """Return what the page's form sends if nobody touches it."""
    hidden = dict(re.findall(r'type="hidden" name="(initial-\w+)" value="([^"]*)"', html))
    ticked = dict(
        re.findall(r'type="radio" name="(\w+)" value="(\w+)"[^>]* checked', html),
    )
    return DEFAULT.by_stage() | hidden | ticked


def choose(client: Client, **chosen: str) -> str:
    """Choose that on the page as it is now; return the words of the page that comes."""
    sent = shown_by(client.get(SETTINGS).content.decode()) | chosen
    return words(client.post(SETTINGS, sent, follow=True).content.decode())


def told(owner: User) -> tuple[bool, int, str]:
    roster = roster_of(owner)
    return roster.is_plain, roster.accepted, roster.way


def test_every_way_and_share_says_what_it_does(as_alice: Client, settings: Settings) -> None:
    settings.MATCH_TOLERANCE = 0.55

    html = as_alice.get(SETTINGS).content.decode()
    page = words(html)

    assert set(naming_form.WAYS) == set(Way)
    assert set(naming_form.ABOUT_ACCEPTED) == set(ACCEPTED)
    assert "tolerance of 0.55 (MATCH_TOLERANCE)" in page
    assert "At most one in 1,000 strangers" in page
    described = re.findall(r'type="radio"[^>]*aria-describedby="(\w+)"', html)
    assert len(described) == 2 + len(ACCEPTED) + len(Way)
    assert all(f'id="{about}"' in html for about in described)


def test_what_holds_now_is_ticked(alice: User, as_alice: Client) -> None:
    ticked = shown_by(as_alice.get(SETTINGS).content.decode())
    assert (ticked["compared"], ticked["accepted"], ticked["way"]) == ("fair", "100", "nearest")

    Roster.objects.filter(pk=roster_of(alice).pk).update(is_plain=True, accepted=1000, way="vote")

    ticked = shown_by(as_alice.get(SETTINGS).content.decode())
    assert (ticked["compared"], ticked["accepted"], ticked["way"]) == ("plain", "1000", "vote")


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({"compared": "plain"}, (True, 100, "nearest")),
        ({"accepted": "10"}, (False, 10, "nearest")),
        ({"way": "vote"}, (False, 100, "vote")),
        ({"compared": "plain", "accepted": "1000", "way": "vote"}, (True, 1000, "vote")),
    ],
)
def test_what_is_chosen_is_saved_and_names_are_guessed_anew_by_it(
    alice: User, as_alice: Client, chosen: dict[str, str], expected: tuple[bool, int, str]
) -> None:
    make_known(alice, "Ada", vector(1))

    page = choose(as_alice, **chosen)

    assert told(alice) == expected
    assert "Saved. Names are being guessed anew on all photos: Work says how far." in page
    assert "They are being guessed now: see how far that is" in page
    assert "New photos are analysed that way" not in page
    task = Task.objects.get()
    assert (task.kind, task.state) == (names.KIND, State.QUEUED)


def test_the_names_follow(alice: User, as_alice: Client) -> None:
    face = face_at(alice, 0.59)
    make_known(alice, "Ada", vector(1))
    other = face_at(alice, MAYBE)
    matching.rematch(roster_of(alice))
    assert (fresh(face).label, fresh(other).suggestion is None) == ("Ada?", False)

    choose(as_alice, compared="plain")
    work_of(Task.objects.get())

    assert (fresh(face).label, fresh(other).suggestion) == ("Ada?", None)
    assert "They are being guessed now" not in words(as_alice.get(SETTINGS).content.decode())


def test_nothing_that_changes_begins_nothing(alice: User, as_alice: Client) -> None:
    make_known(alice, "Ada", vector(1))

    page = choose(as_alice)

    assert "Saved. New photos are analysed that way." in page
    assert names.choose(roster=roster_of(alice), changes={"way": "nearest"}) is None
    assert not Task.objects.exists()


def test_where_nobody_is_known_it_is_saved_and_nothing_begins(
    alice: User, as_alice: Client
) -> None:
    assert "Saved. Names are told that way from now on." in choose(as_alice, way="vote")
    assert told(alice) == (False, 100, "vote")
    assert not Task.objects.exists()


def test_a_page_that_was_opened_earlier_takes_nothing_back(alice: User, as_alice: Client) -> None:
    earlier = shown_by(as_alice.get(SETTINGS).content.decode())
    choose(as_alice, compared="plain")

    as_alice.post(SETTINGS, earlier | {"accepted": "10"})

    assert told(alice) == (True, 10, "nearest")


def test_a_form_that_says_nothing_of_names_leaves_them(alice: User, as_alice: Client) -> None:
    Roster.objects.filter(pk=roster_of(alice).pk).update(is_plain=True, accepted=10, way="vote")

    as_alice.post(SETTINGS, DEFAULT.by_stage())

    assert told(alice) == (True, 10, "vote")


@pytest.mark.parametrize(
    "chosen", [{"compared": "x"}, {"accepted": "7"}, {"accepted": "x"}, {"way": "dice"}]
)
def test_what_is_none_of_them_is_refused_and_nothing_is_saved(
    alice: User, as_alice: Client, chosen: dict[str, str]
) -> None:
    sent = shown_by(as_alice.get(SETTINGS).content.decode()) | {"landmarks": "dlib5"} | chosen

    answer = as_alice.post(SETTINGS, sent)

    assert answer.status_code == 200
    assert 'class="field-error"' in answer.content.decode()
    assert told(alice) == (False, 100, "nearest")
    assert not Preferences.objects.exists()


def test_each_account_tells_its_own_people(alice: User, bob: User, as_alice: Client) -> None:
    choose(as_alice, way="vote")

    assert told(bob) == (False, 100, "nearest")


def test_the_settings_ask_the_database_as_often_whoever_is_known(
    alice: User, as_alice: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for count in (1, 4):
        for number in range(count):
            make_known(alice, f"Ada {count} {number}", vector(10 * count + number))
        with django_assert_num_queries(19):
            as_alice.get(SETTINGS)


# While names are being guessed already.


def a_step_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names_again, "IN_A_TURN", 1)


def test_a_change_on_the_way_has_all_names_guessed_by_it(
    alice: User, as_alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the first photos would stay as the former settings had them."""
    a_step_at_a_time(monkeypatch)
    make_known(alice, "Ada", vector(1))
    faces = [face_at(alice, MAYBE) for _ in range(3)]
    names.guess_again(roster_of(alice))
    claimed: Any = tasks.claim([names.KIND])
    # Ada's own photo comes first.
    assert guess_some(claimed)
    assert guess_some(claimed)
    assert fresh(faces[0]).suggestion is not None

    page = choose(as_alice, compared="plain")

    assert "The names are being guessed anew already: that begins again now." in page
    while guess_some(claimed):
        pass
    task = Task.objects.get()
    assert (task.state, task.done, task.total) == (State.DONE, 3, 3)
    assert [fresh(face).suggestion for face in faces] == [None] * 3


def test_a_task_that_has_ended_gives_way_to_a_new_one(alice: User) -> None:
    make_known(alice, "Ada", vector(1))
    face_at(alice, SURE)
    work_of(names.guess_again(roster_of(alice)))

    names.guess_again(roster_of(alice))

    assert Task.objects.count() == 2
    with pytest.raises(TaskRefused, match="begins again now"):
        names.guess_again(roster_of(alice))


def test_a_start_of_the_site_leaves_a_task_that_is_under_way(alice: User) -> None:
    make_known(alice, "Ada", vector(1))
    face = face_at(alice, SURE)
    names.guess_again(roster_of(alice))
    Task.objects.update(cursor=face.photo_id, done=1)
    Face.objects.update(level=0.5, population="another")

    assert names.begin_where_due() == 0
    assert Task.objects.get().done == 1
