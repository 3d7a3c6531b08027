"""The page of one's own work, and the bar of what is under way."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from gallery.jobs import queue, tasks
from gallery.models import AnalysisJob, Photo, Task
from gallery.models.leased import State
from gallery.services import photos, progress, work
from gallery.words import say
from tests.conftest import signed_in
from tests.counting import Counting, counting
from tests.factories import METHODS, make_photo
from tests.gallery.emotion_networks import make_task, text, training

pytestmark = pytest.mark.usefixtures("can_count")
PAGE = "/work/"


def running(owner: User, done: int = 3, total: int = 10) -> Task:
    counting(owner, total)
    task = tasks.claim([Counting.name])
    assert task is not None
    task.started_at = timezone.now() - timedelta(seconds=8 * done)
    assert tasks.advance(task, done=done)
    return task


def html(client: Client, path: str = PAGE) -> str:
    return str(client.get(path).content.decode())


def test_a_page_with_nothing_on_it_says_what_it_is_for(as_alice: Client) -> None:
    answer = as_alice.get(PAGE)
    assert "Nothing under way" in text(answer)
    assert f'href="{reverse("library")}"' in answer.content.decode()
    assert 'aria-current="page"' in answer.content.decode()


def test_what_runs_says_how_far_it_is_and_how_long_it_takes(alice: User, as_alice: Client) -> None:
    running(alice, done=3, total=30)
    answer = as_alice.get(PAGE)
    assert "Counting to 30 3 of 30 numbers. About 4 min left." in text(answer)
    assert 'max="30"' in answer.content.decode()


def test_each_page_shows_ones_own_alone(alice: User, bob: User) -> None:
    running(alice)
    make_photo(alice, state="failed", filename="hers.jpg")
    for path in (PAGE, reverse("work_list"), reverse("progress"), reverse("library")):
        assert "Counting" not in html(signed_in(bob), path)
        assert "hers.jpg" not in html(signed_in(bob), path)


def test_administrators_see_what_they_began_and_others_on_the_page_of_networks(
    admin: User, bob: User
) -> None:
    bob.is_staff = True
    bob.save()
    training(admin, State.RUNNING)
    assert "Training of night" in html(signed_in(admin))
    assert "Training of night" not in html(signed_in(bob))
    assert "Training of night" in html(signed_in(bob), reverse("networks"))


def test_who_is_no_administrator_any_more_has_nothing_of_it_at_the_bottom_either(
    admin: User,
) -> None:
    training(admin, State.RUNNING)
    assert "Training of night" in html(signed_in(admin), reverse("progress"))
    admin.is_staff = False
    admin.save()
    for path in (PAGE, reverse("progress")):
        assert "Training of night" not in html(signed_in(admin), path)


def test_what_is_open_comes_first_and_what_ended_last(alice: User, as_alice: Client) -> None:
    make_task(alice, "counting", State.DONE, total=1, result={"last": 1})
    counting(alice, 3)
    make_task(alice, "counting", State.RUNNING, total=2)
    words = text(as_alice.get(reverse("work_list")))
    order = [words.index(f"Counting to {number}") for number in (2, 3, 1)]
    assert order == sorted(order)


def test_what_failed_says_why_and_is_tried_again(alice: User, as_alice: Client) -> None:
    task = make_task(alice, "counting", State.FAILED, total=5, error=say("task_died", attempts=3))
    answer = as_alice.get(PAGE)
    assert "It was tried 3 times" in text(answer)
    assert "Try again: Counting to 5" in answer.content.decode()
    as_alice.post(reverse("go_on_task", args=[task.pk]))
    assert Task.objects.get().state == State.QUEUED


def test_what_was_dismissed_is_not_shown_and_swept_some_weeks_later(
    alice: User, as_alice: Client
) -> None:
    task = make_task(alice, "counting", State.DONE, total=1, result={"last": 1})
    answer = as_alice.post(
        reverse("dismiss_task", args=[task.pk]), {"back": "work"}, headers={"HX-Request": "true"}
    )
    assert "Counting" not in text(answer)
    assert work.sweep() == 0
    Task.objects.update(dismissed_at=timezone.now() - timedelta(days=31))
    assert work.sweep() == 1
    assert not Task.objects.exists()


def test_what_is_open_or_may_go_on_is_never_swept(admin: User) -> None:
    long_ago = timezone.now() - timedelta(days=90)
    training(admin, State.STOPPED, finished_at=long_ago)
    make_task(admin, "counting", State.RUNNING, queued_at=long_ago)
    gone = make_task(admin, "counting", State.STOPPED, finished_at=long_ago)
    assert work.sweep() == 1
    assert not Task.objects.filter(pk=gone.pk).exists()
    assert Task.objects.count() == 2


def test_what_keeps_something_is_discarded_and_not_dismissed(admin: User, as_admin: Client) -> None:
    task = training(admin, State.STOPPED)
    page = html(as_admin)
    assert "Discard: Training of night" in page
    assert "Dismiss: Training of night" not in page
    as_admin.post(reverse("dismiss_task", args=[task.pk]))
    assert Task.objects.get().dismissed_at is None


def failed(owner: User, number: int = 1) -> list[Photo]:
    return [make_photo(owner, state="failed", filename=f"{one}.jpg") for one in range(number)]


def test_a_photo_that_failed_says_why_and_what_may_be_done(alice: User, as_alice: Client) -> None:
    [photo] = failed(alice)
    answer = as_alice.get(PAGE)
    page = answer.content.decode()
    assert "1 photo failed" in text(answer)
    assert str(AnalysisJob.objects.get().error) in text(answer)
    assert f'href="{photo.get_absolute_url()}#choose-methods"' in page
    assert reverse("delete_photo", args=[photo.pk]) in page
    assert "Try all again" not in page
    assert "thumbnail.jpg" not in page


def test_a_photo_that_was_analysed_once_still_has_its_picture(
    alice: User, as_alice: Client
) -> None:
    photo = make_photo(alice, state="failed", width=64, height=48, methods=METHODS)
    assert reverse("photo_thumbnail", args=[photo.pk]) in html(as_alice)


def test_one_photo_is_tried_again_as_it_was(alice: User, as_alice: Client) -> None:
    first, second = failed(alice, 2)
    AnalysisJob.objects.update(choice={"detector": "hog"})
    as_alice.post(reverse("try_photo_again", args=[first.pk]))
    jobs = {job.photo_id: job for job in AnalysisJob.objects.all()}
    assert (jobs[first.pk].state, jobs[second.pk].state) == (State.QUEUED, State.FAILED)
    assert jobs[first.pk].choice == {"detector": "hog"}


def test_a_photo_that_was_dismissed_is_not_listed_or_tried_again_until_it_is_analysed(
    alice: User, as_alice: Client, as_bob: Client
) -> None:
    first, second = failed(alice, 2)
    address = reverse("dismiss_photo", args=[first.pk])
    assert as_bob.post(address).status_code == 404
    as_alice.post(address)
    page = html(as_alice)
    assert first.filename not in page
    assert second.filename in page
    as_alice.post(reverse("try_photos_again"))
    assert AnalysisJob.objects.get(photo=first).state == State.FAILED
    photos.analyse_again(first)
    job = AnalysisJob.objects.get(photo=first)
    assert (job.state, job.dismissed_at) == (State.QUEUED, None)


def test_all_photos_are_tried_again_together_but_nobody_elses(
    alice: User, bob: User, as_alice: Client
) -> None:
    mine, his = failed(alice, 3), failed(bob)
    done = make_photo(alice)
    AnalysisJob.objects.filter(photo=mine[0]).update(choice={"detector": "hog"})
    as_alice.post(reverse("try_photos_again"))
    jobs = {job.photo_id: job for job in AnalysisJob.objects.all()}
    assert {jobs[photo.pk].state for photo in mine} == {State.QUEUED}
    assert len({jobs[photo.pk].batch for photo in mine}) == 1
    assert {jobs[photo.pk].error for photo in mine} == {None}
    assert jobs[mine[0].pk].choice == {"detector": "hog"}
    assert jobs[his[0].pk].state == State.FAILED
    assert jobs[done.pk].state == State.DONE
    assert progress.of(alice).total == 3


@pytest.mark.usefixtures("few_variables")
def test_however_many_photos_are_tried_again_together(alice: User, as_alice: Client) -> None:
    failed(alice, 40)
    Photo.objects.update(changed_at=timezone.now() - timedelta(days=1))
    as_alice.post(reverse("try_photos_again"))
    assert AnalysisJob.objects.filter(state=State.QUEUED).count() == 40
    just_now = timezone.now() - timedelta(hours=1)
    assert Photo.objects.filter(changed_at__gt=just_now).count() == 40


def test_a_photo_is_deleted_from_there(alice: User, as_alice: Client) -> None:
    [photo] = failed(alice)
    answer = as_alice.post(reverse("delete_photo", args=[photo.pk]), {"back": "work"}, follow=True)
    assert answer.redirect_chain[-1][0] == PAGE
    assert "0.jpg is in the bin now, for 30 days." in text(answer)
    assert not Photo.objects.exists()


def test_many_photos_that_failed_come_in_pages_of_fifty(alice: User, as_alice: Client) -> None:
    failed(alice, 51)
    first, second = html(as_alice), html(as_alice, f"{PAGE}?page=2")
    assert (first.count("failed-picture"), second.count("failed-picture")) == (50, 1)
    assert "Page 1 of 2" in first
    assert f"{reverse('work_list')}?page=2" in second
    for nonsense in ("0", "99", "x", "-1"):
        assert as_alice.get(PAGE, {"page": nonsense}).status_code == 200


def test_the_page_asks_the_database_as_often_for_many_as_for_one(
    alice: User, as_alice: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    failed(alice)
    running(alice)
    with django_assert_num_queries(9):
        as_alice.get(PAGE)
    failed_more = [make_photo(alice, state="failed") for _ in range(5)]
    for _ in failed_more:
        counting(alice)
        make_task(alice, "counting", State.DONE, total=1, result={"last": 1})
    with django_assert_num_queries(9):
        as_alice.get(PAGE)


def test_the_bar_says_what_is_under_way_and_folds_several(alice: User, as_alice: Client) -> None:
    assert "<progress" not in html(as_alice, reverse("progress"))
    running(alice, done=3, total=30)
    one = as_alice.get(reverse("progress"))
    assert "Counting to 30 about 4 min left" in text(one)
    assert "<details" not in one.content.decode()
    queue.enqueue(make_photo(alice))
    counting(alice, 5)
    several = as_alice.get(reverse("progress"))
    assert "3 things under way" in text(several)
    assert "0 of 1 analysed" in text(several)
    assert "Counting to 5 waits" in text(several)
    assert 'data-tasks="2"' in several.content.decode()
    assert several.content.decode().count(f'href="{PAGE}"') == 3


def test_the_time_left_of_photos_does_not_grow_between_two_of_them(alice: User) -> None:
    for _ in range(4):
        queue.enqueue(make_photo(alice))
    claim = queue.claim()
    assert claim is not None
    queue.finish(claim)
    now = timezone.now()
    AnalysisJob.objects.update(queued_at=now - timedelta(seconds=70))
    AnalysisJob.objects.filter(state="done").update(
        started_at=now - timedelta(seconds=60), finished_at=now - timedelta(seconds=40)
    )
    assert progress.of(alice).seconds_left == 60


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1, "5 s"), (12, "10 s"), (44, "40 s"), (88, "90 s"), (200, "3 min"), (9000, "2 h")],
)
def test_a_time_is_rough(seconds: float, words: str) -> None:
    from gallery import times

    assert times.roughly(seconds).replace("\N{NO-BREAK SPACE}", " ") == words
