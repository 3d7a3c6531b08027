"""Tasks: claimed once, held by a lease, stopped by a human, gone on with where they were."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from gallery import kinds
from gallery.jobs import leases, tasks
from gallery.kinds import TaskRefused
from gallery.live import events
from gallery.models import Task
from gallery.words import say
from tests.counting import Counting, counting

SHORT = ("intake", "emotions", "comparison")


def enqueued(owner: User, kind: str = "emotions") -> Task:
    arguments = {"network": "mine", "name": "night"}
    return tasks.enqueue(kind=kind, owner=owner, arguments=arguments, total=10)


def claimed(*kinds: str) -> Task:
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
    task = enqueued(alice, "training")
    assert tasks.claim(SHORT) is None
    assert claimed("training").pk == task.pk
    assert tasks.claim(["training"]) is None


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


@pytest.mark.usefixtures("can_count")
def test_owners_take_turns_whoever_asked_for_more(alice: User, bob: User) -> None:
    hers = [counting(alice), counting(alice), counting(alice)]
    his = counting(bob)
    order = []
    while (task := tasks.claim([Counting.name])) is not None:
        order.append(task.pk)
        tasks.finish(task, {})
    assert order == [hers[0].pk, his.pk, hers[1].pk, hers[2].pk]


@pytest.mark.usefixtures("can_count")
def test_the_time_left_follows_from_the_pace_and_does_not_jump(alice: User) -> None:
    counting(alice, 100)
    mine = claimed(Counting.name)
    assert kinds.of(mine).left == ""
    for done in range(1, 11):
        mine.paced_at = timezone.now() - timedelta(seconds=2)
        mine.started_at = mine.paced_at
        tasks.advance(mine, done=done)
    assert kinds.of(mine).left == "about 3\N{NO-BREAK SPACE}min left"
    # One slow part: twenty seconds for what took two.
    mine.paced_at = mine.started_at = timezone.now() - timedelta(seconds=20)
    tasks.advance(mine, done=11)
    assert kinds.of(fresh(mine)).seconds_left == pytest.approx(5.6 * 89, rel=0.05)


@pytest.mark.usefixtures("can_count")
def test_waiting_for_a_turn_is_no_slowness(alice: User) -> None:
    task = counting(alice, 100)
    mine = claimed(Counting.name)
    mine.started_at = timezone.now() - timedelta(seconds=3)
    tasks.advance(mine, done=3)
    Task.objects.filter(pk=task.pk).update(paced_at=timezone.now() - timedelta(hours=1))
    tasks.pass_on(mine)
    assert kinds.of(fresh(task)).left == ""
    again = claimed(Counting.name)
    again.started_at = timezone.now() - timedelta(seconds=3)
    tasks.advance(again, done=6)
    assert again.pace == pytest.approx(1, rel=0.05)


@pytest.mark.usefixtures("can_count")
def test_of_what_is_done_alone_one_is_open_at_a_time_for_its_owner(alice: User, bob: User) -> None:
    first = counting(alice, alone=True)
    counting(bob, alone=True)
    with pytest.raises(TaskRefused, match="You are counting already"):
        counting(alice, alone=True)
    tasks.stop(first)
    second = counting(alice, alone=True)
    with pytest.raises(TaskRefused, match="You are counting already"):
        tasks.go_on(first)
    tasks.stop(second)
    assert tasks.go_on(first)


@pytest.mark.usefixtures("can_count")
def test_open_pages_of_the_owner_are_told_of_every_step(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []
    monkeypatch.setattr(events, "publish", told.append)
    counting(alice)
    mine = claimed(Counting.name)
    tasks.advance(mine, done=3)
    tasks.finish(mine, {"last": 3})
    assert told == [alice.pk] * 4
