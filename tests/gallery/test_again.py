"""Having all photos, or some, analysed again by methods that are chosen for this once."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from analysis.methods import DEFAULT
from gallery.jobs import tasks
from gallery.models import AnalysisJob, Task
from gallery.worker.work.renewal import Renewal, ask_for_more
from tests.factories import METHODS, make_face, make_person, make_photo

HOG = DEFAULT.by_stage() | {"detector": "hog"}


def begun() -> Task:
    task = tasks.claim([Renewal.name])
    assert task is not None
    assert ask_for_more(task)
    return task


def test_all_photos_are_analysed_again_by_the_methods_of_the_form(
    alice: User, bob: User, as_alice: Client
) -> None:
    mine, failed, bobs = make_photo(alice), make_photo(alice, state="failed"), make_photo(bob)
    page = as_alice.get("/photos/again/").content.decode()
    assert f'value="{mine.pk}"' in page
    assert f'value="{bobs.pk}"' not in page

    as_alice.post("/photos/again/", HOG | {"all": "yes"})
    task = begun()

    assert Renewal(task).title == "Photos again, by methods that you chose"
    job = AnalysisJob.objects.get(state="queued")
    assert (job.photo, job.choice["detector"]) == (mine, "hog")
    assert job.chosen == {"detector": "hog"}
    assert failed.job.is_failed


def test_only_the_chosen_photos_are_analysed_again(
    alice: User, bob: User, as_alice: Client
) -> None:
    photos = [make_photo(alice) for _ in range(3)]
    bobs = make_photo(bob)

    as_alice.post("/photos/again/", HOG | {"photo": [photos[1].pk, bobs.pk]})
    begun()

    assert AnalysisJob.objects.get(state="queued").photo == photos[1]


def test_whoever_chooses_no_photo_is_told(alice: User, as_alice: Client) -> None:
    make_photo(alice)

    page = as_alice.post("/photos/again/", HOG).content.decode()

    assert "Choose at least one photo." in page
    assert not Task.objects.exists()


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("queued", "This photo waits to be analysed again."),
        ("failed", "Analysing this photo again failed, and what stood here before still does."),
    ],
)
def test_until_another_analysis_has_succeeded_what_the_last_one_found_stays_in_sight(
    alice: User, as_alice: Client, state: str, sentence: str
) -> None:
    photo = make_photo(alice, state=state, width=64, height=48, methods=METHODS)
    face = make_face(photo, person=make_person(alice, "Ada"), named_by="human")

    page = " ".join(as_alice.get(photo.get_absolute_url()).content.decode().split())

    assert sentence in page
    assert f'id="mark-{face.pk}"' in page
    assert f'id="face-{face.pk}"' in page
    assert ('id="try-again"' in page) is (state == "failed")
    wall = as_alice.get("/library/").content.decode()
    assert f"/photos/{photo.pk}/thumbnail" in wall
    assert ("Failed" in wall) is (state == "failed")
