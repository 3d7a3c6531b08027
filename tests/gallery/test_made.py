"""A photo or face that was made otherwise than today's says so, and one click or task renews it."""

from __future__ import annotations

import html
import re
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.apps import apps
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from analysis.methods import DEFAULT
from gallery.children.pool import AnalysisPool
from gallery.jobs import queue, tasks
from gallery.jobs.leases import LeaseLost
from gallery.models import AnalysisJob, Photo, Preferences, Task
from gallery.models.leased import State
from gallery.services import renewal
from gallery.worker.work.renewal import Renewal, ask_for_more
from tests.factories import METHODS, make_face, make_photo

BEFORE = {name: made for name, made in METHODS.items() if name != "colour"} | {
    "landmarks": "dlib-68-agreed",
    "age_gender": "dlib-age-v1-corrected-1, dlib-gender-v1-crisp-1",
}
BY_HOG = METHODS | {"detector": "dlib-hog-1"}
PARTS = "landmarks by an earlier version, age and gender by dlib-models, colours not converted"


def words(client: Client, photo: Photo) -> str:
    page = client.get(photo.get_absolute_url()).content.decode()
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)))


def chose(photo: Photo, **methods: str) -> None:
    AnalysisJob.objects.filter(photo=photo).update(chosen=methods)


def test_a_photo_of_an_earlier_version_says_what_one_click_renews(
    alice: User, as_alice: Client
) -> None:
    photo = make_photo(alice, methods=BEFORE)
    make_face(photo, methods=BEFORE)

    assert f"otherwise than new photos are: {PARTS}." in words(as_alice, photo)
    as_alice.post(reverse("analyse_photo", args=[photo.pk]))
    assert AnalysisJob.objects.get(photo=photo).choice == DEFAULT.by_stage()


def test_a_photo_as_today_would_make_it_says_nothing(alice: User, as_alice: Client) -> None:
    photo = make_photo(alice)
    make_face(photo)
    shown = words(as_alice, photo)
    assert "otherwise" not in shown
    assert "for this once: " not in shown


def test_without_a_face_only_finding_faces_and_colours_can_be_otherwise(
    alice: User, as_alice: Client
) -> None:
    same = make_photo(alice, methods=BEFORE | {"colour": "sRGB"})
    assert "otherwise" not in words(as_alice, same)
    other = make_photo(alice, methods=BY_HOG)
    assert "faces by dlib's HOG, photo doubled." in words(as_alice, other)


def test_what_was_chosen_for_once_is_told_apart(alice: User, as_alice: Client) -> None:
    photo = make_photo(alice, methods=BY_HOG | {"landmarks": "dlib-68-agreed"})
    make_face(photo, methods=photo.methods)
    chose(photo, detector="hog")

    shown = words(as_alice, photo)

    assert "otherwise than new photos are: landmarks by an earlier version." in shown
    assert "that you chose for this once: faces by dlib's HOG, photo doubled." in shown


def test_what_is_chosen_for_once_is_kept_as_such(alice: User) -> None:
    Preferences.objects.choose(alice.pk, {"landmarks": "dlib5"})
    photo = make_photo(alice)
    job = AnalysisJob.objects.filter(photo=photo)

    queue.enqueue(photo, choice=DEFAULT.but({"detector": "hog", "landmarks": "dlib5"}))
    assert job.get().chosen == {"detector": "hog"}
    job.update(state=State.FAILED, error="Broken.")
    queue.enqueue(photo)  # Tried again, it is still what it was.
    assert job.get().chosen == {"detector": "hog"}
    job.update(state=State.DONE, error="")
    queue.enqueue(photo)
    assert job.get().chosen == {}


def test_a_network_that_goes_is_chosen_for_once_no_more(alice: User) -> None:
    photo = make_photo(alice, state="queued")
    choice = DEFAULT.by_stage() | {"emotion": "mine", "detector": "hog"}
    AnalysisJob.objects.filter(photo=photo).update(
        choice=choice, chosen={"emotion": "mine", "detector": "hog"}
    )
    queue.choose_instead("emotion", "mine", "residual")
    job = AnalysisJob.objects.get(photo=photo)
    assert (job.choice["emotion"], job.chosen) == ("residual", {"detector": "hog"})


def test_a_face_alone_that_was_told_otherwise_says_so(alice: User, as_alice: Client) -> None:
    photo = make_photo(alice)
    make_face(photo)
    face = make_face(photo, methods=METHODS | {"emotion": "mini-xception-fer2013/crop-3"})

    page = as_alice.get(photo.get_absolute_url()).content.decode()

    assert page.count("Told otherwise than new photos are: emotion by mini-XCEPTION") == 1
    assert f'id="renew-{face.pk}"' in page
    assert 'id="made"' not in page


def test_a_face_that_was_not_found_again_is_not_said_to_be_renewed(
    alice: User, as_alice: Client
) -> None:
    photo = make_photo(alice)
    make_face(photo, methods=BEFORE)
    page = as_alice.get(photo.get_absolute_url()).content.decode()
    assert "Not found when the photo was analysed last" in page
    assert 'id="renew' not in page


def test_the_settings_decide_what_is_otherwise(alice: User, as_alice: Client) -> None:
    photo = make_photo(alice)
    make_face(photo)
    Preferences.objects.choose(alice.pk, {"detector": "hog"})
    assert "otherwise than new photos are: faces by YuNet." in words(as_alice, photo)


@pytest.mark.parametrize("count", [1, 6])
def test_a_photo_page_asks_as_often_however_many_faces_it_has(
    alice: User, as_alice: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    photo = make_photo(alice, methods=BEFORE)
    for number in range(count):
        make_face(photo, methods=BEFORE if number % 2 else METHODS)
    with django_assert_num_queries(14):
        as_alice.get(reverse("photo_result", args=[photo.pk]))


def library(alice: User, bob: User) -> list[Photo]:
    """Make photos of which the first three are to be renewed."""
    photos = [make_photo(alice, methods=BEFORE) for _ in range(3)]
    faceless = make_photo(alice, methods=BEFORE | {"colour": "sRGB"})
    today, chosen, open_ = (
        make_photo(alice),
        make_photo(alice, methods=BY_HOG),
        make_photo(alice, state="queued", methods={}),
    )
    for photo in (*photos, today):
        make_face(photo)
    make_face(today)
    chose(chosen, detector="hog")
    make_photo(bob, methods=BEFORE)
    return [*photos, faceless, today, chosen, open_]


def test_photos_made_otherwise_are_those_of_today_left_out(alice: User, bob: User) -> None:
    photos = library(alice, bob)
    assert [*renewal.made_otherwise(alice).order_by("pk")] == photos[:3]


def test_the_settings_count_them_and_have_them_analysed_again(
    alice: User, bob: User, as_alice: Client, as_charlie: Client
) -> None:
    library(alice, bob)
    page = as_alice.get(reverse("settings")).content.decode()
    assert "3 of your photos were analysed otherwise" in page
    assert "renew-photos" not in as_charlie.get(reverse("settings")).content.decode()

    form = {"which": "made_otherwise"}
    answer = as_alice.post(reverse("renew_photos"), form, follow=True).content.decode()
    assert "Photos again, by the methods of today" in answer
    again = as_alice.post(reverse("renew_photos"), form, follow=True).content.decode()
    assert "Your photos are being analysed again already." in again
    assert as_alice.post(reverse("renew_photos"), {"which": "all"}).status_code == 404


def begun(user: User) -> Task:
    renewal.begin(user=user, which="made_otherwise")
    task = tasks.claim([Renewal.name])
    assert task is not None
    return task


def analyse(**state: Any) -> list[int]:
    """Close what is queued as a worker would; return the photos."""
    waiting = AnalysisJob.objects.filter(state=State.QUEUED).order_by("photo")
    found = list(waiting.values_list("photo", flat=True))
    Photo.objects.filter(pk__in=found).update(methods=METHODS)
    waiting.update(**{"state": State.DONE} | state)
    return found


def test_few_are_queued_at_a_time_and_all_are_done_in_the_end(alice: User, settings: Any) -> None:
    settings.ANALYSIS_CHILDREN = 1
    photos = [make_photo(alice, methods=BEFORE) for _ in range(5)]
    task = begun(alice)

    assert ask_for_more(task)
    assert ask_for_more(task)  # Nothing is done yet, so nothing more is asked for.
    assert analyse() == [photo.pk for photo in photos[:2]]
    assert ask_for_more(task)
    assert task.done == 2
    assert analyse(state=State.FAILED, error="Broken.") == [photo.pk for photo in photos[2:4]]
    assert ask_for_more(task)
    assert analyse() == [photos[4].pk]
    assert not ask_for_more(task)

    task.refresh_from_db()
    assert (task.state, task.done) == (State.DONE, 5)
    sentence = "5 photos were analysed again. Of 2 it failed: open them to see why."
    assert Renewal(task).sentence == sentence


def test_a_stopped_renewal_queues_nothing_more(alice: User) -> None:
    make_photo(alice, methods=BEFORE)
    task = begun(alice)
    tasks.stop(task)
    with pytest.raises(LeaseLost):
        ask_for_more(task)
    assert not AnalysisJob.objects.open().exists()


def test_a_renewal_writes_and_tells_nothing_while_nothing_is_done(alice: User) -> None:
    for _ in range(2):
        make_photo(alice, methods=BEFORE)
    task = begun(alice)
    assert ask_for_more(task)
    before = Task.objects.values("lease_until", "done", "result").get()
    assert ask_for_more(task)
    assert Task.objects.values("lease_until", "done", "result").get() == before
    analyse()
    assert not ask_for_more(task)
    assert Task.objects.get().done == 2


@pytest.mark.django_db(transaction=True)
def test_a_step_waits_for_the_photos_that_are_queued(alice: User) -> None:
    make_photo(alice, methods=BEFORE)
    work = Renewal(begun(alice))
    step = async_to_sync(work.step)
    pool = AnalysisPool(timeout=1, memory=1)
    assert step(pool)
    analyse()
    assert not step(pool)


@pytest.mark.usefixtures("few_variables")
def test_the_upgrade_finds_what_was_chosen_for_however_many_photos(alice: User) -> None:
    upgrade = import_module("gallery.migrations.0007_chosen_for_once")
    for _ in range(40):
        make_photo(alice)
    AnalysisJob.objects.update(choice={"detector": "hog"})

    upgrade.find_chosen(apps, SimpleNamespace(connection=connection))

    assert AnalysisJob.objects.filter(chosen={"detector": "hog"}).count() == 40


def test_the_upgrade_finds_what_was_chosen_for_once(alice: User, bob: User) -> None:
    upgrade = import_module("gallery.migrations.0007_chosen_for_once")
    Preferences.objects.create(user=bob, methods={"detector": "hog"})
    rule = DEFAULT.by_stage() | {"encoder": "onnx", "age_gender": "onnx"}
    hers, his = make_photo(alice), make_photo(bob)
    plain = make_photo(alice)
    by_hog = rule | {"detector": "hog", "encoder": "onnx-single"}
    AnalysisJob.objects.filter(photo__in=[hers, his]).update(choice=by_hog)
    AnalysisJob.objects.filter(photo=plain).update(choice=rule)

    upgrade.find_chosen(apps, SimpleNamespace(connection=connection))

    chosen = dict(AnalysisJob.objects.values_list("photo", "chosen"))
    assert chosen[hers.pk] == {"detector": "hog", "encoder": "onnx-single"}
    assert chosen[his.pk] == {"encoder": "onnx-single"}
    assert chosen[plain.pk] == {}
