"""The work on emotion networks in the background, as its pages show it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from analysis.methods import DEFAULT
from analysis.results import EMOTIONS
from gallery.models import Photo
from gallery.models.leased import State
from gallery.models.network import Origin
from gallery.templatetags import networks as tags
from tests.conftest import signed_in
from tests.factories import make_face, make_photo
from tests.gallery.emotion_networks import (
    LIST,
    WANTED,
    comparison,
    make_task,
    of_task,
    own_network,
    text,
    training,
)


@pytest.mark.parametrize(
    ("kind", "state", "fields", "sentence"),
    [
        ("intake", State.RUNNING, {}, "Check of night Being checked"),
        (
            "intake",
            State.DONE,
            {"result": {"name": "gone"}},
            "Checked and added, deleted since.",
        ),
        ("intake", State.FAILED, {"error": "It holds a Lambda."}, "It holds a Lambda."),
        ("training", State.RUNNING, {}, "Training of night Reading what it learns from."),
        ("training", State.QUEUED, {"done": 5}, "Waits for its turn, 5 of 20 epochs done."),
        ("training", State.STOPPED, {"done": 5}, "Stopped after 5 of 20 epochs."),
        ("training", State.STOPPED, {}, "Stopped."),
        ("comparison", State.RUNNING, {"done": 5}, "5 of 20 faces."),
    ],
)
def test_work_says_how_far_it_is(
    admin: User, as_admin: Client, kind: str, state: State, fields: dict[str, Any], sentence: str
) -> None:
    arguments = {"name": "night", "one": DEFAULT.emotion, "other": "gone"}
    make_task(admin, kind, state, arguments=arguments, total=20, **fields)
    assert sentence in text(as_admin.get(reverse("networks_tasks")))


def test_what_came_of_telling_again_is_said(admin: User, as_admin: Client) -> None:
    result = {"network": "mine", "changed": 1, "left_out": 2, "accounts_left_out": 1}
    arguments = {"network": DEFAULT.emotion}
    make_task(admin, "emotions", arguments=arguments, result=result, done=1200, total=1200)
    said = text(as_admin.get(reverse("networks_tasks")))
    assert "1 of 1,200 faces shows another emotion now." in said
    assert "2 without a kept crop stay as they were. 1 account chose another network." in said


def test_open_work_is_asked_for_again_and_new_work_now_and_then(
    admin: User, as_admin: Client
) -> None:
    task = training(admin, State.RUNNING)
    for name in (LIST, reverse("networks_tasks"), of_task(task), f"{of_task(task)}live/"):
        assert 'hx-trigger="every 2s"' in as_admin.get(name).content.decode()
    as_admin.post(reverse("stop_task", args=[task.pk]))
    for name in (LIST, reverse("networks_tasks")):
        assert 'hx-trigger="every 20s"' in as_admin.get(name).content.decode()
    for name in (of_task(task), f"{of_task(task)}live/"):
        assert 'hx-trigger="every' not in as_admin.get(name).content.decode()


def test_what_ended_some_time_ago_is_not_listed(admin: User, as_admin: Client) -> None:
    ended = timezone.now() - timedelta(days=8)
    make_task(admin, "intake", arguments={"name": "old"}, finished_at=ended)
    assert "Check of old" not in text(as_admin.get(LIST))


def test_work_is_stopped_and_goes_on(admin: User, as_admin: Client) -> None:
    task = training(admin, State.RUNNING)
    stop, go_on = (reverse(name, args=[task.pk]) for name in ("stop_task", "go_on_task"))
    answer = as_admin.post(stop, {"back": "task"}, follow=True)
    assert answer.redirect_chain[-1][0] == of_task(task)
    assert "Training of night was stopped." in text(answer)
    assert "Go on" in text(answer)
    answer = as_admin.post(go_on, {"back": "home"})
    assert answer["Location"] == f"{LIST}#work"
    task.refresh_from_db()
    assert task.state == State.QUEUED


def test_what_has_ended_is_neither_stopped_nor_gone_on_with(admin: User, as_admin: Client) -> None:
    task = comparison(admin)
    answer = as_admin.post(reverse("stop_task", args=[task.pk]), follow=True)
    assert "It had ended already." in text(answer)
    answer = as_admin.post(reverse("go_on_task", args=[task.pk]), follow=True)
    assert "It goes on already, or has come to its end." in text(answer)
    task.refresh_from_db()
    assert task.is_done


def test_a_check_does_not_go_on_as_its_file_is_gone(admin: User, as_admin: Client) -> None:
    task = make_task(admin, "intake", State.FAILED, arguments={"name": "x"}, error="It is bad.")
    assert "Go on" not in text(as_admin.get(LIST))
    answer = as_admin.post(reverse("go_on_task", args=[task.pk]), follow=True)
    assert "Upload it again." in text(answer)
    task.refresh_from_db()
    assert task.is_failed


def test_a_training_shows_its_curves_while_it_learns(admin: User, as_admin: Client) -> None:
    task = training(admin, State.RUNNING)
    answer = as_admin.get(reverse("task_live", args=[task.pk]))
    said, html = text(answer), answer.content.decode()
    assert "Epoch 4 of 200. At most 5 h left." in said
    assert "Loss so far 1.301" in said
    assert "Accuracy so far 50.4 %" in said
    assert "Best on validation 37.0 % epoch 3" in said
    assert html.count("<polyline") == 4
    assert 'value="3.500"' in html


def test_the_curves_begin_with_two_epochs(admin: User, as_admin: Client) -> None:
    task = training(admin, State.RUNNING, epochs=1)
    answer = as_admin.get(of_task(task))
    assert "<polyline" not in answer.content.decode()
    assert "They begin with the end of the second epoch." in text(answer)


def test_a_training_that_ended_leads_to_its_network(admin: User, as_admin: Client) -> None:
    own_network(admin, "night", report=True, origin=Origin.TRAINED)
    arguments = {"name": "night"} | WANTED
    task = make_task(
        admin, "training", arguments=arguments, result={"name": "night"}, total=200, done=57
    )
    answer = as_admin.get(of_task(task))
    assert "Trained for 57 epochs: 90.0 % on PrivateTest." in text(answer)
    assert 'href="/networks/night/"' in answer.content.decode()
    assert answer.content.decode().count("<polyline") == 4


def faces_apart(owner: User, count: int = 2) -> list[list[Any]]:
    photo = make_photo(owner, files=True)
    faces = [make_face(photo, crop=True) for _ in range(count)]
    return [[face.pk, "sad", 0.91, "neutral", 0.72] for face in faces]


def test_a_comparison_shows_where_two_networks_differ(admin: User, as_admin: Client) -> None:
    own_network(admin)
    apart = faces_apart(admin)
    answer = as_admin.get(of_task(comparison(admin, apart=apart, missing=1)))
    said, html = text(answer), answer.content.decode()
    assert "The same on 8 of 10 faces." in said
    assert "They agree on 8 of 10 faces, 80.0 %. 1 without a kept crop was left out." in said
    assert "1 of 4" in said
    assert "3 of 4" in said
    assert "sad 91 % neutral 72 %" in said
    photo = Photo.objects.get()
    for pk, *_ in apart:
        assert reverse("face_crop", args=[pk]) in html
        assert f'href="{photo.get_absolute_url()}#face-{pk}"' in html


def test_a_comparison_says_of_what_a_network_learnt_the_answers(
    admin: User, as_admin: Client
) -> None:
    network = own_network(admin)
    task = comparison(admin)
    assert "learnt from faces" not in text(as_admin.get(of_task(task)))
    network.facts |= {"corrections": True}
    network.save()
    assert "mine learnt from faces that people corrected here." in text(as_admin.get(of_task(task)))


def test_another_administrator_sees_the_counts_of_a_comparison_and_no_face(
    admin: User, bob: User
) -> None:
    bob.is_staff = True
    bob.save()
    task = comparison(admin, apart=faces_apart(admin))
    for address in (of_task(task), reverse("task_live", args=[task.pk])):
        answer = signed_in(bob).get(address)
        assert "They agree on 8 of 10 faces" in text(answer)
        assert "Only alice, whose library it is, sees the faces." in text(answer)
        assert "crop.jpg" not in answer.content.decode()


def test_a_face_that_is_gone_since_is_left_out(admin: User, as_admin: Client) -> None:
    apart = faces_apart(admin, 1)
    task = comparison(admin, apart=[*apart, [999999, "sad", 0.9, "happy", 0.8]])
    answer = as_admin.get(of_task(task))
    assert answer.content.decode().count("crop.jpg") == 1
    Photo.objects.all().delete()
    assert "The faces are not there any more." in text(as_admin.get(of_task(task)))


def test_a_comparison_with_nothing_to_show_says_so(admin: User, as_admin: Client) -> None:
    nothing = {"faces": 0, "one": 0, "other": 0}
    agreed = comparison(admin, same=10, said=nothing)
    said = text(as_admin.get(of_task(agreed)))
    assert "Nowhere: they say the same of every face." in said
    assert "Nobody said of a face what it shows yet." in said
    counts = [[0] * 7 for _ in EMOTIONS]
    empty = {"faces": 0, "same": 0, "said": nothing, "counts": counts}
    assert "Add photos first." in text(as_admin.get(of_task(comparison(admin, **empty))))
    without = comparison(admin, **empty, missing=3)
    assert "3 faces of your library have no kept crop yet." in text(as_admin.get(of_task(without)))


def test_shares_and_times_are_written_as_the_house_does() -> None:
    assert tags.share(0.6601) == "66.0\N{NO-BREAK SPACE}%"
    assert tags.share(None) == tags.share("") == "\N{EN DASH}"
    assert tags.at_most(18200.4) == "at most 5\N{NO-BREAK SPACE}h"
    assert tags.at_most(None) == ""


def test_a_table_is_the_darker_the_larger_the_share_of_its_row() -> None:
    counts = [[8, 1, 1, 0, 0, 0, 0], *([0] * 7 for _ in range(6))]
    first, *others = tags.matrix(counts)
    assert (first.emotion, first.total) == ("angry", 10)
    assert [cell.shade for cell in first.cells] == [6, 1, 1, 0, 0, 0, 0]
    assert [cell.is_same for cell in first.cells] == [True] + [False] * 6
    assert all(cell.share == 0 for row in others for cell in row.cells)
