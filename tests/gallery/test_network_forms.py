"""What administrators begin on the page of networks: uploads, trainings, comparisons, emotions again."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from analysis.methods import DEFAULT
from gallery import installed
from gallery.models import EmotionWord, Task
from gallery.models.leased import State
from gallery.services import network_tasks
from tests.factories import make_face, make_photo
from tests.gallery.emotion_networks import LIST, of_task, own_network, text


def upload(client: Client, name: str = "", file: str = "best.keras") -> Any:
    sent = {"name": name, "file": SimpleUploadedFile(file, b"content")}
    return client.post(reverse("add_network"), sent)


def test_an_uploaded_network_is_kept_to_be_checked(as_admin: Client) -> None:
    answer = upload(as_admin)
    assert answer["Location"] == f"{LIST}#work"
    task = Task.objects.get()
    assert (task.kind, task.arguments["name"], task.state) == ("intake", "best", State.QUEUED)
    assert "Check of best Waits for its turn. alice" in text(as_admin.get(LIST))


def test_an_upload_that_is_refused_says_why_in_its_form(admin: User, as_admin: Client) -> None:
    own_network(admin)
    assert "There is a network called mine already." in text(upload(as_admin, "mine"))
    answer = upload(as_admin, file="best.pickle")
    assert "Choose a file of one of these kinds: .keras" in text(answer)
    assert re.search(r'id="upload"\s+name="action"\s+open', answer.content.decode())
    assert "This field is required." in text(as_admin.post(reverse("add_network"), {"name": "x"}))
    assert not Task.objects.exists()


def train(client: Client, **fields: Any) -> Any:
    values = {"name": "night", "recipe": "study", "data": ["small.npz"]} | fields
    return client.post(reverse("train_network"), values)


@pytest.fixture
def dataset() -> None:
    installed.datasets().mkdir()
    (installed.datasets() / "small.npz").touch()


@pytest.mark.usefixtures("dataset")
def test_a_training_begins_and_leads_to_its_page(as_admin: Client) -> None:
    answer = train(as_admin, epochs="3", seed="7")
    task = Task.objects.get()
    assert answer["Location"] == of_task(task)
    assert (task.kind, task.total) == ("training", 3)
    chosen = {"name": "night", "recipe": "study", "data": ["small.npz"], "seed": 7, "epochs": 3}
    assert chosen.items() <= task.arguments.items()


@pytest.mark.usefixtures("dataset")
def test_the_numbers_of_a_training_may_be_left_to_the_recipe(as_admin: Client) -> None:
    train(as_admin)
    task = Task.objects.get()
    assert (task.arguments["epochs"], task.arguments["seed"]) == (
        network_tasks.RECIPES["study"][1],
        0,
    )


@pytest.mark.usefixtures("dataset")
@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"data": []}, "Choose what to learn from."),
        ({"data": ["gone.csv"]}, "gone.csv is not one of the available choices"),
        ({"name": "..."}, "Write a name of letters and digits."),
        ({"name": ""}, "This field is required."),
        ({"name": "Study"}, "There is a network called study already. Choose another name."),
        ({"recipe": "magic"}, "magic is not one of the available choices"),
        ({"epochs": "0"}, "greater than or equal to 1"),
        ({"epochs": "100000"}, "less than or equal to 1000"),
        ({"seed": "-1"}, "greater than or equal to 0"),
        ({"data": [], "corrections": "on"}, "Choose what to learn from."),
    ],
)
def test_a_training_that_is_refused_says_why_in_its_form(
    as_admin: Client, fields: dict[str, Any], sentence: str
) -> None:
    answer = train(as_admin, **fields)
    assert sentence in text(answer)
    assert re.search(r'id="train"\s+name="action"\s+open', answer.content.decode())
    assert not Task.objects.exists()


def test_without_a_dataset_the_page_says_where_to_put_one(as_admin: Client) -> None:
    said = text(as_admin.get(LIST))
    assert "No dataset yet. Put fer2013.csv , an .npz of images and labels" in said
    assert f"{installed.datasets()}" in said
    assert "Faces whose emotion people corrected here: none yet" in said


def test_corrected_faces_can_be_learnt_from(admin: User, as_admin: Client) -> None:
    face = make_face(make_photo(admin, files=True), crop=True)
    EmotionWord.objects.create(face=face, emotion="sad", is_so=True)
    assert "The 1 face whose emotion people corrected here" in text(as_admin.get(LIST))
    train(as_admin, data=[], corrections="on")
    assert Task.objects.get().arguments["corrections"] is True


def test_two_networks_are_compared(admin: User, as_admin: Client) -> None:
    own_network(admin)
    sent = {"one": DEFAULT.emotion, "other": "mine"}
    answer = as_admin.post(reverse("compare_networks"), sent)
    task = Task.objects.get()
    assert answer["Location"] == of_task(task)
    assert (task.kind, task.arguments) == ("comparison", sent | {"last": 0})


@pytest.mark.parametrize(
    ("other", "sentence"),
    [(DEFAULT.emotion, "Choose two different networks."), ("gone", "gone is not one of the")],
)
def test_a_comparison_that_is_refused_says_why(as_admin: Client, other: str, sentence: str) -> None:
    sent = {"one": DEFAULT.emotion, "other": other}
    assert sentence in text(as_admin.post(reverse("compare_networks"), sent))
    assert not Task.objects.exists()


def test_the_emotions_are_told_again_once_at_a_time(admin: User, as_admin: Client) -> None:
    photo = make_photo(admin, files=True)
    make_face(photo, crop=True)
    make_face(photo)
    said = text(as_admin.get(LIST))
    assert "kept of 1 face; no face is detected again" in said
    assert "1 face has no kept crop yet. Have its photo analysed again" in said
    again = reverse("tell_emotions_again")
    as_admin.post(again)
    answer = as_admin.post(again, follow=True)
    assert "being told again already" in text(answer)
    assert Task.objects.get().total == 1
