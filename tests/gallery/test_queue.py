"""The queue: each job is claimed once, and only its holder may close it."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from analysis.methods import DEFAULT, Choice
from gallery.jobs import leases, queue
from gallery.models import AnalysisJob, Photo, Preferences
from gallery.words import say
from tests.factories import claimed, make_photo
from tests.plans import through_photos

REASON = say("child_crashed")


def job_of(photo: Photo) -> AnalysisJob:
    return AnalysisJob.objects.get(photo=photo)


def let_the_lease_run_out(photo: Photo) -> None:
    AnalysisJob.objects.filter(photo=photo).update(
        lease_until=timezone.now() - timedelta(seconds=1)
    )


def make_due(photo: Photo) -> None:
    AnalysisJob.objects.filter(photo=photo).update(due_at=timezone.now())


def claim() -> queue.Claim:
    claim = queue.claim()
    assert claim is not None
    return claim


def test_two_claimers_that_saw_the_same_job_do_not_both_get_it(alice: User) -> None:
    photo = make_photo(alice, state="queued")
    rival: list[queue.Claim | None] = []

    def let_the_rival_be_faster(
        execute: Any, sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        if sql.startswith("UPDATE") and "analysisjob" in sql and not rival:
            rival.append(None)
            rival[0] = queue.claim()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(let_the_rival_be_faster):
        late = queue.claim()

    assert rival[0] is not None
    assert rival[0].photo_id == photo.pk
    assert late is None
    assert job_of(photo).attempts == 1


@pytest.mark.django_db(transaction=True)
def test_two_claimers_at_one_time_get_every_job_once(alice: User) -> None:
    photos = [make_photo(alice, state="queued") for _ in range(20)]
    got: list[int] = []
    start = threading.Barrier(2)

    def claim_all() -> None:
        try:
            start.wait(timeout=10)
            while (claim := queue.claim()) is not None:
                got.append(claim.photo_id)
        finally:
            connection.close()

    claimers = [threading.Thread(target=claim_all) for _ in range(2)]
    for claimer in claimers:
        claimer.start()
    for claimer in claimers:
        claimer.join(timeout=30)

    assert sorted(got) == [photo.pk for photo in photos]


def test_the_oldest_due_job_comes_first_and_a_later_one_not_yet(alice: User) -> None:
    now = timezone.now()
    young, old, later = (make_photo(alice, state="queued") for _ in range(3))
    for photo, due in ((young, -1), (old, -9), (later, 60)):
        AnalysisJob.objects.filter(photo=photo).update(due_at=now + timedelta(seconds=due))

    assert [claim().photo_id, claim().photo_id] == [old.pk, young.pk]
    assert queue.claim() is None


def test_a_claim_counts_the_attempt_and_marks_the_photo_as_changed(alice: User) -> None:
    photo = make_photo(alice, state="queued")

    held = claim()

    job = job_of(photo)
    assert (held.attempts, job.attempts, job.state) == (1, 1, "running")
    assert job.lease == held.lease
    assert Photo.objects.get().changed_at > photo.changed_at


def test_a_worker_that_lost_its_lease_can_do_nothing_to_the_job(alice: User) -> None:
    photo = make_photo(alice, state="queued")
    late = claim()
    let_the_lease_run_out(photo)
    assert queue.free_expired() == 1
    holder = claim()

    assert not queue.renew(late)
    assert not queue.finish(late)
    assert not queue.fail(late, REASON)
    assert not queue.retry(late, REASON)
    job = job_of(photo)
    assert (job.state, job.lease, job.error) == ("running", holder.lease, None)
    assert queue.finish(holder)


def test_a_renewed_lease_is_not_freed(alice: User) -> None:
    photo = make_photo(alice, state="queued")
    held = claim()
    let_the_lease_run_out(photo)

    assert queue.renew(held)

    assert queue.free_expired() == 0
    assert job_of(photo).state == "running"


def test_an_expired_lease_is_freed_for_another_worker(alice: User) -> None:
    photo = make_photo(alice, state="queued")
    claim()
    assert queue.claim() is None
    let_the_lease_run_out(photo)

    assert queue.free_expired() == 1

    again = claim()
    assert (again.photo_id, again.attempts) == (photo.pk, 2)


def test_a_job_whose_workers_all_died_fails_with_a_sentence(alice: User) -> None:
    photo = make_photo(alice, state="queued")
    for _ in range(leases.ATTEMPTS):
        claim()
        let_the_lease_run_out(photo)
        queue.free_expired()

    job = job_of(photo)
    assert job.state == "failed"
    assert str(job.error) == (
        "The analysis of this photo failed 3 times: the process that analysed it was stopped."
    )
    assert job.finished_at is not None


def test_retries_wait_longer_each_time_and_then_the_job_fails(alice: User) -> None:
    photo = make_photo(alice, state="queued")
    waits = []
    for _ in range(leases.ATTEMPTS - 1):
        make_due(photo)
        held = claim()
        before = timezone.now()
        assert queue.retry(held, REASON)
        job = job_of(photo)
        assert (job.state, job.lease) == ("queued", None)
        assert queue.claim() is None
        waits.append((job.due_at - before).total_seconds())
    make_due(photo)
    assert queue.retry(claim(), REASON)

    assert waits == pytest.approx([5, 10], abs=1)
    job = job_of(photo)
    assert job.state == "failed"
    assert str(job.error) == f"The analysis of this photo failed 3 times: {REASON}"


def test_a_failure_keeps_its_sentence(alice: User) -> None:
    photo = make_photo(alice, state="queued")

    assert queue.fail(claim(), say("unreadable"))

    job = job_of(photo)
    assert str(job.error) == "This file is not a photo we can read. Try a JPEG or PNG."
    assert (job.state, job.lease) == ("failed", None)


def test_a_reason_of_any_length_can_be_kept(alice: User) -> None:
    make_photo(alice, state="queued")
    assert queue.fail(claim(), say("text", text="x" * 5000))
    assert str(AnalysisJob.objects.get().error) == "x" * 5000


@pytest.mark.parametrize("state", ["queued", "running"])
def test_queueing_an_open_job_again_changes_nothing(alice: User, state: str) -> None:
    photo = make_photo(alice, state="queued")
    if state == "running":
        claim()
    before = AnalysisJob.objects.values().get()

    queue.enqueue(photo)

    assert AnalysisJob.objects.values().get() == before


@pytest.mark.parametrize("state", ["done", "failed"])
def test_analysing_again_reopens_a_closed_job(alice: User, state: str) -> None:
    photo = make_photo(alice, state=state)
    AnalysisJob.objects.update(attempts=3, finished_at=timezone.now(), answer="Added.")

    queue.enqueue(photo)

    job = job_of(photo)
    assert (job.state, job.attempts, job.error, job.answer) == ("queued", 0, None, None)
    assert job.finished_at is None
    assert claim().attempts == 1


CHOSEN = Choice(landmarks="dlib5")


def choice_of(photo: Photo) -> Choice:
    return Choice(**AnalysisJob.objects.get(photo=photo).choice)


def test_a_new_photo_is_queued_with_the_methods_that_its_owner_prefers(
    alice: User, bob: User
) -> None:
    Preferences.objects.choose(alice.pk, CHOSEN.by_stage())
    hers, his = make_photo(alice), make_photo(bob)

    for photo in (hers, his):
        queue.enqueue(photo)

    assert (choice_of(hers), choice_of(his)) == (CHOSEN, DEFAULT)


def test_a_claim_carries_the_choice(alice: User) -> None:
    queue.enqueue(make_photo(alice), choice=CHOSEN)

    claim = queue.claim()

    assert claim is not None
    assert Choice.of(claim.choice) == CHOSEN


def test_a_photo_that_failed_keeps_its_choice_when_it_is_tried_again(alice: User) -> None:
    photo = make_photo(alice, state="failed")
    AnalysisJob.objects.update(choice=CHOSEN.by_stage())

    assert queue.enqueue(photo)
    assert choice_of(photo) == CHOSEN

    AnalysisJob.objects.update(state="failed", error="It was too dark.")
    assert queue.enqueue(photo, choice=DEFAULT)
    assert choice_of(photo) == DEFAULT


def test_a_choice_comes_too_late_for_a_photo_that_is_queued(alice: User) -> None:
    photo = make_photo(alice, state="queued")

    assert not queue.enqueue(photo, choice=CHOSEN)

    assert job_of(photo).choice == {}


def test_photos_queued_while_others_are_open_are_of_one_batch(alice: User, bob: User) -> None:
    first, second, other = make_photo(alice), make_photo(alice), make_photo(bob)
    for photo in (first, second, other):
        queue.enqueue(photo)

    assert job_of(first).batch == job_of(second).batch
    assert job_of(other).batch != job_of(first).batch


def test_queueing_a_photo_looks_at_no_other_one(alice: User) -> None:
    """Else each that comes would take longer than the one before."""
    photo = make_photo(alice)
    assert queue.finish(claimed(photo))
    with CaptureQueriesContext(connection) as asked:
        queue.enqueue(photo)
    assert through_photos(asked) == []


def test_a_photo_queued_when_nothing_is_open_starts_a_batch(alice: User) -> None:
    first, second = make_photo(alice), make_photo(alice)
    assert queue.finish(claimed(first))
    queue.enqueue(second)

    assert job_of(first).batch != job_of(second).batch
