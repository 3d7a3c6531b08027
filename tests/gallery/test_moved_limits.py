"""Limits that are moved: what that would change is said before it does, and then it does just that."""

from __future__ import annotations

from collections import Counter
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from gallery.models import Face, Roster, Task
from gallery.services import previewing, rules
from gallery.services.previewing import Change
from tests.factories import make_face, make_known, make_photo, near, rematch, vector
from tests.gallery.test_quality import words
from tests.gallery.test_three_answers import face_at


@pytest.fixture
def library(alice: User) -> Roster:
    """Ada and seven others, and faces at all distances from Ada."""
    make_known(alice, "Ada", vector(1))
    for seed in range(7):
        make_known(alice, f"Person {seed}", vector(30 + seed))
    for step in range(30):
        face_at(alice, 0.45 + 0.01 * step)
    rematch(alice)
    return Roster.objects.get()


def kinds() -> dict[int, tuple[str, int | None]]:
    """Return what each face that nobody named is, by its key."""
    faces = Face.objects.exclude(named_by="human")
    return {
        face.pk: ("guess" if face.person else "question" if face.suggestion else "nobody",
                  face.person_id or face.suggestion_id)
        for face in faces
    }  # fmt: skip


@pytest.mark.parametrize("accepted", [10, 1000])
def test_a_preview_says_what_then_happens(library: Roster, alice: User, accepted: int) -> None:
    before = kinds()

    told = previewing.preview(library, accepted)
    assert kinds() == before

    Roster.objects.update(accepted=accepted)
    rematch(alice)
    after = kinds()
    happened = Counter(
        f"{before[pk][0]}_to_{after[pk][0]}" for pk in before if before[pk][0] != after[pk][0]
    )
    assert {change.value: count for change, count in told.changes.items()} == happened
    assert happened
    assert (told.looked_at, told.faces) == (len(before), len(before))


def test_nothing_changes_where_the_limits_stay(library: Roster) -> None:
    assert not previewing.preview(library, library.accepted).changes


def test_a_large_library_is_previewed_by_its_latest_photos(library: Roster, alice: User) -> None:
    latest = make_photo(alice)
    for _ in range(3):
        make_face(latest, near(vector(1), 0.5))

    told = previewing.preview(library, 1000, most=5)

    assert told.looked_at == 5
    assert told.faces == 33


def test_limits_move_with_how_many_strangers_may_get_a_name(library: Roster) -> None:
    few, many = (previewing.limits(library, one, "dlib-resnet-v1/dlib-5") for one in (1000, 10))

    assert few.sure < many.sure
    assert Roster.objects.get().accepted == 100
    assert rules.limits_of(library, "dlib-resnet-v1/dlib-5").sure == pytest.approx(
        previewing.limits(library, 100, "dlib-resnet-v1/dlib-5").sure
    )


def page(client: Client, path: str, **query: Any) -> str:
    answer = client.get(reverse(path), query)
    assert answer.status_code == 200
    return unescape(words(answer.content.decode()))


@pytest.mark.parametrize("path", ["health", "limits"])
def test_the_page_and_its_part_say_what_would_change(
    library: Roster, as_alice: Client, path: str
) -> None:
    told = previewing.preview(library, 1000)
    count = told.changes[Change.GUESS_TO_QUESTION]
    assert count > 1

    said = page(as_alice, path, accepted="1000")

    assert f"{count} guesses would become questions." in said
    assert "Have it so" in said
    assert "Have it so" not in page(as_alice, path)
    for nonsense in ("7", "x", "100"):
        assert "Have it so" not in page(as_alice, path, accepted=nonsense)


def test_it_is_done_once_it_is_asked_for(library: Roster, as_alice: Client) -> None:
    as_alice.get(reverse("limits"), {"accepted": "1000"})
    assert (Roster.objects.get().accepted, Task.objects.count()) == (100, 0)

    answer = as_alice.post(reverse("move_limits"), {"accepted": "1000"}, follow=True)

    assert answer.redirect_chain[-1][0] == reverse("health")
    assert Roster.objects.get().accepted == 1000
    assert Task.objects.get().kind == "names"
    assert "Names are being guessed anew" in words(answer.content.decode())


def test_what_is_no_choice_changes_nothing(library: Roster, as_alice: Client) -> None:
    as_alice.post(reverse("move_limits"), {"accepted": "3"})

    assert (Roster.objects.get().accepted, Task.objects.count()) == (100, 0)


def test_in_the_studys_way_there_is_nothing_to_move(library: Roster, as_alice: Client) -> None:
    Roster.objects.update(is_plain=True)

    assert as_alice.get(reverse("limits")).status_code == 404
    assert "One in so many strangers" not in page(as_alice, "health")


def test_a_preview_leaves_the_count_of_people_as_it_is(library: Roster) -> None:
    Roster.objects.update(counted=64)
    roster = Roster.objects.get()

    previewing.preview(roster, 10)

    assert Roster.objects.get().counted == 64


def test_a_stranger_moves_nothing_of_others(library: Roster, as_bob: Client, bob: User) -> None:
    as_bob.post(reverse("move_limits"), {"accepted": "1000"})

    assert Roster.objects.get(pk=library.pk).accepted == 100
