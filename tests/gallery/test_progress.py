"""How far the analysis has come, and what changed since a page asked last."""

from __future__ import annotations

import json
from datetime import timedelta

from django.contrib.auth.models import AnonymousUser, User
from django.test import Client
from django.utils import timezone

from gallery.jobs import queue
from gallery.models import AnalysisJob, Photo
from gallery.services import progress
from gallery.words import say
from tests.factories import make_photo


def queued(owner: User, number: int) -> list[Photo]:
    photos = [make_photo(owner) for _ in range(number)]
    for photo in photos:
        queue.enqueue(photo)
    return photos


def finish_one() -> None:
    claim = queue.claim()
    assert claim is not None
    assert queue.finish(claim)


def test_nothing_to_do_means_no_progress_line(alice: User) -> None:
    make_photo(alice)

    assert progress.of(alice) == progress.of(AnonymousUser()) == progress.Progress()


def test_open_done_and_failed_photos_of_the_batch_are_counted(alice: User) -> None:
    queued(alice, 5)
    finish_one()
    claim = queue.claim()
    assert claim is not None
    queue.fail(claim, say("child_crashed"))
    queue.claim()

    now = progress.of(alice)

    assert (now.open, now.done, now.failed) == (3, 1, 1)
    assert (now.finished, now.total) == (2, 5)


def test_the_time_left_follows_from_the_pace_so_far(alice: User) -> None:
    queued(alice, 4)
    assert progress.of(alice).seconds_left is None
    finish_one()
    now = timezone.now()
    AnalysisJob.objects.update(queued_at=now - timedelta(seconds=30))
    AnalysisJob.objects.filter(state="done").update(started_at=now - timedelta(seconds=20))

    assert progress.of(alice).seconds_left == 60


def test_while_photos_still_arrive_nobody_says_how_long_all_will_take(alice: User) -> None:
    queued(alice, 4)
    finish_one()

    assert progress.of(alice).seconds_left is None


def test_the_time_that_networks_took_to_load_is_not_expected_again(alice: User) -> None:
    photos = queued(alice, 10)
    for _ in range(6):
        finish_one()
    now = timezone.now()
    AnalysisJob.objects.update(queued_at=now - timedelta(seconds=90))
    for number, photo in enumerate(photos[:6]):
        began = now - timedelta(seconds=60 if number == 0 else 6 - number)
        ended = now - timedelta(seconds=5 - number)
        AnalysisJob.objects.filter(photo=photo, state="done").update(
            started_at=began, finished_at=ended
        )

    assert progress.of(alice).seconds_left == 4


def test_the_end_is_shown_for_some_seconds_and_then_nothing(alice: User) -> None:
    queued(alice, 1)
    finish_one()
    assert progress.of(alice).done == 1

    AnalysisJob.objects.update(
        queued_at=timezone.now() - timedelta(minutes=2),
        finished_at=timezone.now() - timedelta(minutes=1),
    )

    assert progress.of(alice) == progress.Progress()


def test_the_photos_of_others_do_not_count(alice: User, bob: User) -> None:
    queued(bob, 3)

    assert progress.of(alice).total == 0


def test_photos_of_an_older_batch_do_not_count(alice: User) -> None:
    queued(alice, 2)
    finish_one()
    finish_one()
    queued(alice, 1)

    assert progress.of(alice).total == 1


def changes_since(client: Client, since: object) -> dict[str, object]:
    response = client.get(f"/progress/?since={since}")
    assert response.status_code == 200
    changes: dict[str, object] = json.loads(response.headers.get("HX-Trigger", "{}"))
    return changes


def test_the_answer_names_the_photos_that_changed_since(
    alice: User, bob: User, as_alice: Client
) -> None:
    old, new, other = make_photo(alice), make_photo(alice), make_photo(bob)
    Photo.objects.filter(pk=old.pk).update(changed_at=timezone.now() - timedelta(minutes=1))

    changes = changes_since(as_alice, timezone.now().timestamp() - 10)

    assert changes == {f"photo-{new.pk}": {}, "photos": {"keys": [new.pk]}, "people": {}}
    assert f"photo-{other.pk}" not in changes


def test_nothing_changed_means_no_news(alice: User, as_alice: Client) -> None:
    make_photo(alice)

    assert changes_since(as_alice, timezone.now().timestamp() + 60) == {}


def test_a_time_that_is_none_is_ignored(as_alice: Client) -> None:
    for nonsense in ("", "yesterday", "nan", "inf", "1e400", "-1e15", "9" * 400):
        assert changes_since(as_alice, nonsense) == {}


def test_the_progress_line_says_how_many_are_analysed(alice: User, as_alice: Client) -> None:
    queued(alice, 3)
    finish_one()

    assert "1 of 3 analysed" in as_alice.get("/progress/").content.decode()
