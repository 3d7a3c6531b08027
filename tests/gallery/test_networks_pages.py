"""The administrators' pages about emotion networks: who sees them, the list, and one network."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from analysis.methods import DEFAULT
from analysis.weights import DEFAULT_DIRECTORY, Weights
from gallery import installed
from gallery.models import EmotionWord, Network, Recommendation, Task
from gallery.models.leased import State
from gallery.models.network import Origin
from gallery.services import networks
from tests.factories import make_face, make_photo
from tests.gallery.emotion_networks import LIST, comparison, own_network, text, training

POSTS = [
    "add_network",
    "train_network",
    "compare_networks",
    "tell_emotions_again",
    "tell_ages_again",
]


@pytest.mark.parametrize("name", ["networks", "networks_tasks", *POSTS])
def test_whoever_is_no_administrator_gets_404(as_charlie: Client, name: str) -> None:
    assert as_charlie.get(reverse(name)).status_code == 404
    assert as_charlie.post(reverse(name)).status_code == 404


def test_a_network_and_its_work_are_not_there_for_others(admin: User, as_charlie: Client) -> None:
    own_network(admin, report=True)
    task = training(admin, State.RUNNING)
    for path in ("mine/", "mine/confusion.svg"):
        assert as_charlie.get(LIST + path).status_code == 404
    for path in ("mine/recommend/", "mine/delete/"):
        assert as_charlie.post(LIST + path).status_code == 404
    for name in ("task", "task_live"):
        assert as_charlie.get(reverse(name, args=[task.pk])).status_code == 404
    for name in ("stop_task", "go_on_task", "dismiss_task", "discard_task"):
        assert as_charlie.post(reverse(name, args=[task.pk])).status_code == 404
    assert Network.objects.exists()
    assert Task.objects.get().is_running


def test_only_administrators_find_the_way(admin: User, as_admin: Client, as_bob: Client) -> None:
    assert f'href="{LIST}"' in as_admin.get(reverse("library")).content.decode()
    assert f'href="{LIST}"' not in as_bob.get(reverse("library")).content.decode()


@pytest.mark.parametrize("name", POSTS)
def test_nothing_begins_by_looking(as_admin: Client, name: str) -> None:
    assert as_admin.get(reverse(name)).status_code == 405


def test_the_list_says_who_made_a_network_how_right_it_is_and_what_it_costs(
    admin: User, as_admin: Client
) -> None:
    own_network(admin, report=True, origin=Origin.TRAINED)
    own_network(admin, "bare")
    said = text(as_admin.get(LIST))
    assert f"{today()} 90.0 % on PrivateTest 1.8 ms a face, 2.5 MB" in said
    assert "mine Trained here by alice" in said
    assert f"bare Uploaded by alice, {today()} no report yet" in said


def today() -> str:
    return f"{timezone.now():%-d %B %Y}"


def test_the_default_is_marked_and_comes_first(admin: User, as_admin: Client) -> None:
    own_network(admin)
    networks.recommend(user=admin, name="mine")
    html = as_admin.get(LIST).content.decode()
    rows = re.findall(r'<li class="network">.*?</li>', html, re.DOTALL)
    assert "Default" in rows[0]
    assert 'href="/networks/mine/"' in rows[0]
    assert "Make default" not in rows[0]
    assert all("Make default" in row for row in rows[1:])


def test_what_a_network_lacks_is_said_and_it_cannot_become_the_default(
    as_admin: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(DEFAULT_DIRECTORY / "manifest.toml", tmp_path)
    (tmp_path / "old.h5").touch()
    monkeypatch.setattr(installed, "weights", lambda: Weights(tmp_path))
    answer = as_admin.get(LIST)
    [missing] = [one.missing for one in networks.listed() if one.name == "old.h5"]
    assert missing
    assert f"{missing}" in text(answer)
    assert "/networks/old.h5/recommend/" not in answer.content.decode()


def test_the_list_asks_the_database_as_often_for_many_networks_as_for_one(
    admin: User, as_admin: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    face = make_face(make_photo(admin, files=True), crop=True)
    EmotionWord.objects.create(face=face, emotion="sad", is_so=True)
    own_network(admin, report=True)
    training(admin, State.RUNNING)
    comparison(admin)
    with django_assert_num_queries(14):
        as_admin.get(LIST)
    for number in range(4):
        own_network(admin, f"more-{number}", report=True)
        training(admin, State.STOPPED)
        comparison(admin)
    with django_assert_num_queries(14):
        as_admin.get(LIST)


def test_a_network_becomes_the_default_and_what_to_do_next_is_said(
    admin: User, as_admin: Client
) -> None:
    own_network(admin)
    answer = as_admin.post(reverse("recommend_network", args=["mine"]), follow=True)
    assert networks.listed()[0].name == "mine"
    assert "mine is the default for new photos now. Tell the emotions again" in text(answer)


@pytest.mark.parametrize("action", ["recommend", "delete"])
def test_a_network_that_is_not_there_answers_404(as_admin: Client, action: str) -> None:
    assert as_admin.get(f"{LIST}nobodys/").status_code == 404
    assert as_admin.post(f"{LIST}nobodys/{action}/").status_code == 404


@pytest.mark.parametrize("name", ["train", "tasks", "live", "모델", "my net.h5"])
def test_a_network_may_have_any_name(admin: User, as_admin: Client, name: str) -> None:
    own_network(admin, name)
    answer = as_admin.get(reverse("network", args=[name]))
    assert answer.status_code == 200
    assert f"<h1>{name}</h1>" in answer.content.decode()


def test_the_page_of_a_network_shows_its_report(admin: User, as_admin: Client) -> None:
    own_network(admin, report=True)
    answer = as_admin.get(f"{LIST}mine/")
    said, html = text(answer), answer.content.decode()
    assert "90.0 % of 70 images of PrivateTest" in said
    assert "90.0 % on validation" in said
    assert "sad 10 90.0 % 90.0 %" in said
    assert "From 28,709 images in 12 epochs" in said
    assert "Temperature 1.25" in said
    assert "48 \N{MULTIPLICATION SIGN} 48 pixels, grey" in said
    assert "ab" * 32 in said
    assert 'aria-label="Loss and accuracy by epoch: 46.0' in html
    assert html.count("<polyline") == 4
    assert html.count('class="matrix"') == 2


def test_the_default_cannot_be_deleted_from_its_page(admin: User, as_admin: Client) -> None:
    own_network(admin)
    assert "delete-network" in as_admin.get(f"{LIST}mine/").content.decode()
    Recommendation.objects.create(stage="emotion", method="mine")
    assert "delete-network" not in as_admin.get(f"{LIST}mine/").content.decode()


def test_a_network_without_a_report_says_what_would_make_one(admin: User, as_admin: Client) -> None:
    folder = own_network(admin).folder
    installed.datasets().mkdir()
    (installed.datasets() / "fer2013.csv").touch()
    said = text(as_admin.get(f"{LIST}mine/"))
    command = f"evaluate_emotion mine {installed.datasets()}/fer2013.csv --out {folder}"
    assert command in said
    assert "faces whose emotion you corrected" in said


def test_a_picture_of_a_report_can_do_nothing_where_it_is_opened(
    admin: User, as_admin: Client
) -> None:
    own_network(admin, report=True)
    for file in networks.PICTURES:
        answer = as_admin.get(reverse("network_picture", args=["mine", file]))
        assert answer.content.startswith(b"<svg")
        assert answer["Content-Type"] == "image/svg+xml"
        assert answer["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'"
        assert answer["X-Content-Type-Options"] == "nosniff"
    for file in ("emotion.onnx", "report.json", "other.svg"):
        assert as_admin.get(f"{LIST}mine/{file}").status_code == 404


def test_a_network_of_ones_own_is_deleted(admin: User, as_admin: Client) -> None:
    own_network(admin)
    answer = as_admin.post(f"{LIST}mine/delete/", follow=True)
    assert "mine was deleted." in text(answer)
    assert not Network.objects.exists()


def test_the_default_is_not_deleted_and_says_why(admin: User, as_admin: Client) -> None:
    own_network(admin)
    networks.recommend(user=admin, name="mine")
    answer = as_admin.post(f"{LIST}mine/delete/", follow=True)
    assert answer.redirect_chain[-1][0] == f"{LIST}mine/"
    assert "This is the default. Make another network the default first." in text(answer)
    assert Network.objects.exists()


def test_ours_cannot_be_deleted(as_admin: Client) -> None:
    address = f"{LIST}{DEFAULT.emotion}/"
    assert "Delete" not in text(as_admin.get(address))
    assert as_admin.post(f"{address}delete/").status_code == 404
