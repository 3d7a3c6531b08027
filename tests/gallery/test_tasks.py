"""Tasks: claimed once, held by a lease, stopped by a human, gone on with where they were."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from gallery.jobs import leases, tasks
from gallery.models import Task
from gallery.models.task import Kind
from gallery.words import say

SHORT = (Kind.INTAKE, Kind.AGAIN, Kind.COMPARISON)


def enqueued(owner: User, kind: Kind = Kind.AGAIN) -> Task:
    return tasks.enqueue(kind=kind, owner=owner, arguments={"network": "mine"}, total=10)


def claimed(*kinds: Kind) -> Task:
    task = tasks.claim(kinds or SHORT)
    assert task is not None
    return task


def fresh(task: Task) -> Task:
    return Task.objects.get(pk=task.pk)


def let_the_lease_run_out(task: Task) -> None:
    past = timezone.now() - timedelta(seconds=1)
    Task.objects.filter(pk=task.pk).update(lease_until=past)


def make_due(task: Task) -> None:
    Task.objects.filter(pk=task.pk).update(due_at=timezone.now())


def test_a_task_is_claimed_once_and_only_by_who_does_its_kind(alice: User) -> None:
    task = enqueued(alice, Kind.TRAINING)
    assert tasks.claim(SHORT) is None
    assert claimed(Kind.TRAINING).pk == task.pk
    assert tasks.claim([Kind.TRAINING]) is None


def test_what_was_done_is_saved_under_the_lease_alone(alice: User) -> None:
    task = enqueued(alice)
    mine = claimed()
    assert tasks.advance(mine, cursor=7, done=3, result={"changed": 1})
    assert (mine.cursor, fresh(task).cursor, fresh(task).done) == (7, 7, 3)
    let_the_lease_run_out(task)
    assert tasks.free_expired() == 1
    theirs = claimed()
    assert theirs.cursor == 7
    assert not tasks.advance(mine, cursor=99)
    assert not tasks.renew(mine)
    assert not tasks.finish(mine, {})
    assert tasks.finish(theirs, {"changed": 2})
    assert (fresh(task).state, fresh(task).result) == ("done", {"changed": 2})


def test_only_attempts_in_a_row_that_come_to_nothing_end_a_task(alice: User) -> None:
    task = enqueued(alice)
    for _ in range(leases.ATTEMPTS + 2):
        mine = claimed()
        tasks.advance(mine, done=1)
        assert tasks.retry(mine, say("program_stopped"))
        make_due(task)
    for _ in range(leases.ATTEMPTS):
        assert fresh(task).state == "queued"
        tasks.retry(claimed(), say("program_stopped"))
        make_due(task)
    assert fresh(task).state == "failed"
    assert str(fresh(task).error) == "It was tried 3 times: the process that did it was stopped."


def test_a_task_whose_worker_dies_again_and_again_fails(alice: User) -> None:
    task = enqueued(alice)
    for _ in range(leases.ATTEMPTS):
        claimed()
        let_the_lease_run_out(task)
        tasks.free_expired()
    assert fresh(task).state == "failed"
    assert "tried 3 times" in str(fresh(task).error)


def test_an_attempt_that_failed_by_no_fault_of_the_task_does_not_count(alice: User) -> None:
    task = enqueued(alice)
    tasks.hand_back(claimed())
    assert (fresh(task).state, fresh(task).attempts) == ("queued", 0)


@pytest.mark.parametrize("running", [True, False])
def test_a_human_stops_a_task_and_has_it_go_on_where_it_was(alice: User, running: bool) -> None:
    task = enqueued(alice)
    mine = claimed()
    tasks.advance(mine, cursor=5, done=5)
    if not running:
        tasks.retry(mine, say("program_stopped"))
    assert tasks.stop(task)
    assert fresh(task).is_stopped
    assert not tasks.renew(mine)
    assert tasks.claim(SHORT) is None
    assert tasks.go_on(task)
    assert claimed().cursor == 5


def test_what_has_ended_is_not_stopped_and_what_runs_is_not_begun_again(alice: User) -> None:
    task = enqueued(alice)
    assert not tasks.go_on(task)
    tasks.finish(claimed(), {})
    assert not tasks.stop(task)
    assert not tasks.go_on(task)
    assert fresh(task).is_done


def test_a_task_that_failed_may_be_tried_again(alice: User) -> None:
    task = enqueued(alice)
    tasks.fail(claimed(), say("upload_gone"))
    assert tasks.go_on(task)
    assert (fresh(task).state, fresh(task).error) == ("queued", None)
