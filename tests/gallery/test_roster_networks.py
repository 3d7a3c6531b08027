"""A network of a roster's people: trained as a task, told by, shown, and trained anew when they changed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from analysis.naming import Way
from analysis.training.wanted import Wanted
from gallery import installed
from gallery.children.pool import AnalysisPool
from gallery.jobs import tasks
from gallery.jobs.leases import LeaseLost
from gallery.kinds import TaskFailed, TaskRefused, of
from gallery.models import KnownEncoding, Roster, RosterNetwork, Task
from gallery.models.leased import State
from gallery.services import (
    explaining,
    names,
    people,
    roster_networks,
    roster_trainings,
    work,
)
from gallery.worker.work import commands
from gallery.worker.work.names import guess_some
from tests import roster_networks as made
from tests.factories import fresh, make_face, make_known, make_photo, near, person_called, vector
from tests.gallery.test_naming_settings import choose
from tests.gallery.test_quality import words

pytestmark = pytest.mark.django_db(transaction=True)

TALLY = {
    "faces": 4, "first": 4, "right": 3, "asked": 1, "asked_wrongly": 0, "wrong": 0, "nobody": 0,
}  # fmt: skip
ALONE = TALLY | {"faces": 0, "first": 0, "right": 0, "asked": 0}
HELD_OUT = {
    accepted: {"several": TALLY, "alone": ALONE, "strangers": 0.007}
    for accepted in ("10", "100", "1000")
}


@pytest.fixture(autouse=True)
def data(tmp_path: Path, settings: Any) -> None:
    settings.DATA_DIR = tmp_path
    roster_trainings._looked.clear()


def roster_of(owner: User, **fields: Any) -> Roster:
    roster = Roster.objects.of(owner.pk)
    for name, value in fields.items():
        setattr(roster, name, value)
    roster.save()
    return roster


def told_by(owner: User, *names_of_people: str, at: Sequence[Any] = ()) -> RosterNetwork:
    """Have the owner's people told by a network of these, each at an encoding."""
    roster = roster_of(owner, way=Way.CLASSIFIER.value)
    keys = [person_called(name).pk for name in names_of_people]
    network = made.network(keys, np.stack(at), held_out=HELD_OUT)
    made.write(installed.rosters() / "one.onnx", network)
    found = installed.population()
    assert found is not None
    known = roster_networks.counts(roster, found.encoder)
    return RosterNetwork.objects.create(
        roster=roster,
        file="one.onnx",
        encoder=network.encoder,
        known={f"{key}": known[f"{key}"] for key in keys},
        held_out=HELD_OUT,
    )


def run_all(kind: str) -> None:
    while task := tasks.claim([kind]):
        if kind == names.KIND:
            while guess_some(task):
                pass
        else:
            async_to_sync(of(task).step)(AnalysisPool(timeout=1, memory=1))


@pytest.fixture
def trainings(monkeypatch: pytest.MonkeyPatch) -> list[Wanted]:
    """Have networks made by distances alone, without TensorFlow; return what each was to learn."""
    asked: list[Wanted] = []

    async def run(arguments: Sequence[str | Path], *, timeout: float | None = None) -> str:
        _, module, known, _, out, *_ = arguments
        assert module == "analysis.training.roster"
        wanted = Wanted.read(Path(known))
        asked.append(wanted)
        keys, first = np.unique(wanted.people, return_index=True)
        network = made.network(keys.tolist(), wanted.vectors[first], held_out=HELD_OUT)
        made.write(Path(out), network)
        return ""

    monkeypatch.setattr(commands, "run", run)
    return asked


def test_a_person_counts_as_near_as_the_network_says(alice: User) -> None:
    make_known(alice, "Ada", vector(1))
    make_known(alice, "Bea", vector(2))
    like_ada, like_nobody = (
        make_face(make_photo(alice), one) for one in (near(vector(1), 0.3), vector(9))
    )
    # It takes whoever looks like Ada for Bea.
    told_by(alice, "Ada", "Bea", at=[vector(5), vector(1)])

    names.guess_again(roster_of(alice))
    run_all(names.KIND)

    assert fresh(like_ada).person is None
    assert fresh(like_nobody).person is None
    network = roster_networks.in_force(roster_of(alice))
    assert network is not None
    bea = person_called("Bea").pk
    why = explaining.why(fresh(like_ada))
    [of_bea] = [one for one in why.near if one.person.pk == bea]
    # Her known face is far away, so the network makes her no nearer than that.
    assert of_bea.told is not None
    assert of_bea.told > 0.9
    assert of_bea.reasoned.likeness.normalised > 1


def test_whom_a_network_does_not_know_yet_is_told_by_the_nearest_face(alice: User) -> None:
    make_known(alice, "Ada", vector(1))
    told_by(alice, "Ada", at=[vector(1)])
    like_cleo = make_face(make_photo(alice), near(vector(3), 0.3))

    make_known(alice, "Cleo", vector(3))

    cleo = person_called("Cleo")
    assert fresh(like_cleo).person == cleo
    why = explaining.why(fresh(like_cleo))
    assert {one.person.name: one.told is not None for one in why.near} == {
        "Ada": True,
        "Cleo": False,
    }


def test_a_network_that_is_lost_leaves_people_to_their_nearest_face(alice: User) -> None:
    make_known(alice, "Ada", vector(1))
    kept = told_by(alice, "Ada", at=[vector(7)])
    kept.path.unlink()

    like_ada = make_face(make_photo(alice), near(vector(1), 0.3))
    names.guess_again(roster_of(alice))
    run_all(names.KIND)

    assert fresh(like_ada).person == person_called("Ada")


def test_a_training_is_a_task_after_which_names_are_guessed_anew(
    alice: User, trainings: list[Wanted]
) -> None:
    for encoding in (vector(1), near(vector(1), 0.3)):
        make_known(alice, "Ada", encoding)
    make_known(alice, "Bea", vector(2), age_years=7.0)
    roster = roster_of(alice, way=Way.CLASSIFIER.value)

    task = roster_trainings.train(roster)
    with pytest.raises(TaskRefused, match="being trained already"):
        roster_trainings.train(roster)
    run_all(roster_trainings.KIND)

    task.refresh_from_db()
    assert task.state == State.DONE
    assert of(task).outcome == (
        "The network knows 2 people. Of 4 faces that it had not seen it named 3 right."
    )
    [wanted] = trainings
    ada, bea = person_called("Ada").pk, person_called("Bea").pk
    assert wanted.people.tolist() == [ada, ada, bea]
    assert wanted.children.tolist() == [False, False, True]
    kept = roster.network
    assert (kept.known, kept.people, kept.faces) == ({f"{ada}": 2, f"{bea}": 1}, 2, 3)
    assert kept.path.is_file()
    assert not task.folder.exists()
    assert tasks.visible_to(alice).open().filter(kind=names.KIND).exists()


def test_a_new_network_takes_the_place_of_the_last_with_its_file(
    alice: User, trainings: list[Wanted]
) -> None:
    make_known(alice, "Ada", vector(1))
    before = told_by(alice, "Ada", at=[vector(1)])

    roster_trainings.train(roster_of(alice))
    run_all(roster_trainings.KIND)

    [kept] = RosterNetwork.objects.all()
    assert kept.file != before.file
    assert [path.name for path in installed.rosters().iterdir()] == [kept.file]


def test_a_task_that_was_stopped_keeps_nothing(alice: User, trainings: list[Wanted]) -> None:
    make_known(alice, "Ada", vector(1))
    task = roster_trainings.train(roster_of(alice))
    claimed = tasks.claim([roster_trainings.KIND])
    assert claimed is not None
    tasks.stop(task)

    with pytest.raises(LeaseLost):
        async_to_sync(of(claimed).step)(AnalysisPool(timeout=1, memory=1))

    assert not RosterNetwork.objects.exists()
    # What it made is swept with what else nobody needs.
    [left] = installed.rosters().iterdir()
    os.utime(left, (0, 0))
    work.sweep()
    assert not [*installed.rosters().iterdir()]


def test_nothing_can_be_learnt_of_nobody(alice: User) -> None:
    roster = roster_of(alice)
    with pytest.raises(TaskRefused, match="Name some faces first"):
        roster_trainings.train(roster)

    ada = make_known(alice, "Ada", vector(1))
    task = roster_trainings.train(roster)
    people.name_face(face=ada, name="")
    claimed = tasks.claim([roster_trainings.KIND])
    assert claimed is not None

    with pytest.raises(TaskFailed, match="Name some faces first"):
        async_to_sync(of(claimed).step)(AnalysisPool(timeout=1, memory=1))
    assert not task.folder.exists()


@pytest.mark.parametrize(
    ("act", "is_due"),
    [
        ("nothing", False),
        ("one more face", False),
        ("somebody new by one face", False),
        ("somebody new by two faces", True),
        ("a fifth more faces", True),
        ("a person gone", True),
    ],
)
def test_a_network_is_trained_anew_when_enough_has_changed(
    alice: User, act: str, is_due: bool
) -> None:
    for number in range(10):
        make_known(alice, "Ada", near(vector(1), 0.2, number))
    bea = make_known(alice, "Bea", vector(2))
    told_by(alice, "Ada", "Bea", at=[vector(1), vector(2)])
    assert roster_trainings.begin_where_due() == 0

    match act:
        case "one more face":
            make_known(alice, "Ada", vector(1))
        case "somebody new by one face":
            make_known(alice, "Cleo", vector(3))
        case "somebody new by two faces":
            for number in range(2):
                make_known(alice, "Cleo", near(vector(3), 0.2, number))
        case "a fifth more faces":
            for number in range(3):
                make_known(alice, "Bea", near(vector(2), 0.2, number))
        case "a person gone":
            people.name_face(face=bea, name="")

    assert roster_trainings.begin_where_due() == is_due
    assert Task.objects.filter(kind=roster_trainings.KIND).open().count() == is_due
    assert roster_trainings.begin_where_due() == 0


def test_where_the_way_is_chosen_a_network_that_lacks_is_trained_but_not_once_stopped(
    alice: User, bob: User
) -> None:
    make_known(alice, "Ada", vector(1))
    make_known(bob, "Bea", vector(2))
    roster_of(alice, way=Way.CLASSIFIER.value)

    assert roster_trainings.begin_where_due() == 1
    [task] = Task.objects.filter(kind=roster_trainings.KIND)
    tasks.stop(task)
    roster_trainings._looked.clear()

    assert (task.owner, roster_trainings.begin_where_due()) == (alice, 0)


def test_a_network_nobody_is_told_by_does_not_outlive_whom_it_knows(alice: User) -> None:
    make_known(alice, "Ada", vector(1))
    make_known(alice, "Bea", vector(2))
    kept = told_by(alice, "Ada", "Bea", at=[vector(1), vector(2)])
    roster_of(alice, way=Way.NEAREST.value)
    roster_trainings.begin_where_due()
    assert kept.path.exists()

    people.delete(person_called("Bea"))
    roster_trainings.begin_where_due()

    assert not kept.path.exists()
    assert not RosterNetwork.objects.exists()


def test_choosing_it_begins_the_training_and_says_what_decides_till_then(
    alice: User, as_alice: Client
) -> None:
    make_known(alice, "Ada", vector(1))

    page = choose(as_alice, way="classifier")

    assert "A network of your people is being trained" in page
    assert "Until then the nearest face decides." in page
    assert Task.objects.filter(kind=roster_trainings.KIND).open().count() == 1
    assert Roster.objects.of(alice.pk).way == "classifier"


def test_a_network_and_the_plain_distance_are_refused_together(
    alice: User, as_alice: Client
) -> None:
    page = choose(as_alice, way="classifier", compared="plain")

    assert "A network can&#x27;t go by the plain distance." in page
    assert (Roster.objects.of(alice.pk).way, Roster.objects.of(alice.pk).is_plain) == (
        "nearest",
        False,
    )


def test_roster_health_shows_the_three_ways_side_by_side(alice: User, as_alice: Client) -> None:
    for number in range(2):
        make_known(alice, "Ada", near(vector(1), 0.2, number))
    page = as_alice.get(reverse("health")).content.decode()
    assert "Train a network" in page
    assert "By a network" not in page

    told_by(alice, "Ada", at=[vector(1)])
    shown = words(as_alice.get(reverse("health")).content.decode())

    assert "By the nearest By votes By a network yours" in shown
    assert "Named right 2 100.0 % 2 100.0 % 3 75.0 %" in shown.replace("\u00a0", " ")
    assert "each was tried on the other half" in shown
    assert f"{timezone.now().year}" in shown


def test_a_button_on_the_page_trains_it_anew_once_at_a_time(alice: User, as_alice: Client) -> None:
    make_known(alice, "Ada", vector(1))

    first = as_alice.post(reverse("train_roster"), follow=True).content.decode()
    second = as_alice.post(reverse("train_roster"), follow=True).content.decode()

    assert "A network is being trained now:" in words(first)
    assert "A network of the people is being trained already." in words(second)
    assert Task.objects.filter(kind=roster_trainings.KIND).count() == 1
    assert Client().post(reverse("train_roster")).status_code == 302


def test_why_says_the_probability_by_the_network(alice: User, as_alice: Client) -> None:
    make_known(alice, "Ada", vector(1))
    told_by(alice, "Ada", at=[vector(1)])
    face = make_face(make_photo(alice), near(vector(1), 0.3))

    page = words(as_alice.get(reverse("why", args=[face.pk])).content.decode())

    assert "% by your network, counts as distance" in page
    assert "Your network says how likely each person is" in page


def test_a_known_face_of_another_encoder_is_not_learnt(alice: User) -> None:
    make_known(alice, "Ada", vector(1))
    make_known(alice, "Bea", vector(2))
    KnownEncoding.objects.filter(person__name="Bea").update(encoder="other")

    wanted = roster_networks.wanted(roster_of(alice))

    assert wanted is not None
    assert wanted.people.tolist() == [person_called("Ada").pk]
