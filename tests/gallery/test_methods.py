"""Choosing methods: in the settings for new photos, and for one photo that is analysed again."""

from __future__ import annotations

import json
import re
import shutil
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from analysis.available import available
from analysis.methods import DEFAULT, STAGES, Choice
from analysis.weights import DEFAULT_DIRECTORY, Weights
from gallery.forms import MethodsForm
from gallery.models import AnalysisJob, Photo, Preferences, Recommendation
from tests.factories import jpeg, make_photo, upload_file

CHOSEN = Choice(landmarks="dlib5")
SETTINGS = "/settings/"


@pytest.fixture
def nothing_fetched(tmp_path: Path) -> Weights:
    """A folder with the manifest and not one network."""
    shutil.copy(DEFAULT_DIRECTORY / "manifest.toml", tmp_path)
    return Weights(tmp_path)


def choice_of(photo: Photo) -> Choice:
    return Choice(**AnalysisJob.objects.get(photo=photo).choice)


def selected(html: str) -> list[str]:
    return re.findall(r'<option value="([^"]+)" selected', html)


def test_every_method_is_offered_with_its_title_and_the_recommended_ones_are_selected(
    as_alice: Client,
) -> None:
    html = as_alice.get(SETTINGS).content.decode()

    for stage, methods in STAGES.items():
        assert f'<select name="{stage}"' in html
        for name in methods:
            assert f'<option value="{name}"' in html
    assert "YuNet (recommended)</option>" in html
    said = " ".join(html.split())
    assert "<strong>YuNet</strong> (recommended): fast, finds small, masked and turned" in said
    assert selected(html) == list(DEFAULT.by_stage().values())


def test_below_a_select_the_chosen_method_stands_in_full(alice: User, as_alice: Client) -> None:
    Preferences.objects.create(user=alice, methods={"landmarks": "dlib5"})

    html = " ".join(as_alice.get(SETTINGS).content.decode().split())

    chosen = re.findall(r'data-chosen="id_(\w+)"> <strong>([^<]+)</strong>', html)
    assert [stage for stage, _ in chosen] == list(STAGES)
    assert dict(chosen)["landmarks"] == STAGES["landmarks"]["dlib5"].title


def test_every_method_of_ours_says_when_to_choose_it() -> None:
    silent = [
        f"{stage} {name}"
        for stage, methods in STAGES.items()
        for name, method in methods.items()
        if not method.about
    ]
    assert silent == []


def test_what_is_chosen_in_the_settings_is_how_new_photos_are_analysed(
    alice: User, as_alice: Client, as_bob: Client
) -> None:
    answer = as_alice.post(SETTINGS, CHOSEN.by_stage(), follow=True)

    assert "Saved. New photos are analysed that way." in answer.content.decode()
    assert selected(answer.content.decode()) == list(CHOSEN.by_stage().values())
    for client in (as_alice, as_bob):
        client.post(reverse("upload"), {"files": upload_file()})
    hers, his = Photo.objects.order_by("pk")
    assert (choice_of(hers), choice_of(his)) == (CHOSEN, DEFAULT)


def test_only_what_differs_from_the_recommended_is_kept(alice: User, as_alice: Client) -> None:
    as_alice.post(SETTINGS, CHOSEN.by_stage())
    assert Preferences.objects.get(user=alice).methods == {"landmarks": "dlib5"}

    as_alice.post(SETTINGS, DEFAULT.by_stage())
    assert Preferences.objects.get(user=alice).methods == {}


def test_settings_opened_before_the_recommended_changed_do_not_hold_on_to_the_former(
    alice: User, as_alice: Client
) -> None:
    html = as_alice.get(SETTINGS).content.decode()
    shown = dict(re.findall(r'type="hidden" name="(initial-\w+)" value="([^"]+)"', html))
    Recommendation.objects.create(stage="landmarks", method="dlib5")

    as_alice.post(SETTINGS, DEFAULT.by_stage() | shown | {"detector": "hog"})

    assert Preferences.objects.get(user=alice).methods == {"detector": "hog"}
    assert Preferences.objects.of(alice.pk).choice.landmarks == "dlib5"


@pytest.mark.parametrize(
    "names", [{}, {"detector": "yunet"}, DEFAULT.by_stage() | {"detector": "crystal-ball"}]
)
def test_settings_that_name_no_method_are_refused_and_nothing_is_saved(
    as_alice: Client, names: dict[str, str]
) -> None:
    answer = as_alice.post(SETTINGS, names)

    assert answer.status_code == 200
    assert 'class="field-error"' in answer.content.decode()
    assert not Preferences.objects.exists()


def test_a_preference_that_is_not_there_any_more_gives_way_with_a_note(
    alice: User, as_alice: Client
) -> None:
    gone = {"emotion": "mine.onnx", "telepathy": "yes", "landmarks": "dlib5"}
    Preferences.objects.create(user=alice, methods=gone)

    html = as_alice.get(SETTINGS).content.decode()
    as_alice.post(reverse("upload"), {"files": upload_file()})

    assert "mine.onnx, which was chosen here, is not there any more." in html
    assert selected(html) == list(CHOSEN.by_stage().values())
    assert choice_of(Photo.objects.get()) == CHOSEN


@pytest.mark.django_db
def test_a_method_whose_files_are_missing_is_shown_and_cannot_be_chosen(
    nothing_fetched: Weights,
) -> None:
    html = f"{MethodsForm(chosen={}, weights=nothing_fetched)}"
    sent = MethodsForm(DEFAULT.by_stage(), chosen={}, weights=nothing_fetched)

    assert re.search(r'<option value="caffe"[^>]* disabled', html)
    assert "Levi and Hassner, 8 brackets (files missing)" in html
    assert not sent.is_valid()
    assert sent.errors["detector"] == [
        "YuNet cannot be used yet. The network file face_detection_yunet_2023mar_any_size.onnx is "
        "missing. Run: python manage.py fetch_models"
    ]


def test_a_chosen_method_whose_files_went_away_is_shown_with_what_that_means(
    alice: User, as_alice: Client
) -> None:
    if (DEFAULT_DIRECTORY / "age_net.caffemodel").exists():
        pytest.skip("somebody put the networks of Levi and Hassner into models/")
    Preferences.objects.create(user=alice, methods={"age_gender": "caffe"})

    html = as_alice.get(SETTINGS).content.decode()

    assert "caffe" in selected(html)
    assert "is chosen here, but photos fail until its files are there." in html


def test_an_administrators_page_alone_says_which_files_to_put_where(
    alice: User, as_alice: Client
) -> None:
    missing = [method for methods in available().values() for method in methods if method.missing]
    sentences = [
        f"<strong>{one.title}</strong> cannot be chosen yet. {one.missing}" for one in missing
    ]

    of_a_member = unescape(as_alice.get(SETTINGS).content.decode())
    alice.is_staff = True
    alice.save()
    of_an_administrator = unescape(as_alice.get(SETTINGS).content.decode())

    for sentence in sentences:
        assert sentence in of_an_administrator
        assert sentence not in of_a_member
    assert ("lacks files" in of_a_member, "lack files" in of_a_member) == (False, False)


@pytest.mark.django_db
def test_a_network_of_ones_own_can_be_chosen(nothing_fetched: Weights) -> None:
    (nothing_fetched.directory / "mine.onnx").touch()

    form = MethodsForm(chosen={"emotion": "mine.onnx"}, weights=nothing_fetched)

    assert form.fields["emotion"].initial == "mine.onnx"


def test_a_photo_is_analysed_again_by_the_methods_chosen_for_this_once(
    alice: User, as_alice: Client
) -> None:
    photo = make_photo(alice)

    answer = as_alice.post(reverse("analyse_photo", args=[photo.pk]), CHOSEN.by_stage())

    assert answer["Location"] == photo.get_absolute_url()
    assert AnalysisJob.objects.get().state == "queued"
    assert choice_of(photo) == CHOSEN
    assert not Preferences.objects.exists()


def test_the_dialog_begins_with_what_was_chosen_for_the_photo(
    alice: User, as_alice: Client
) -> None:
    photo = make_photo(alice)
    as_alice.post(reverse("analyse_photo", args=[photo.pk]), CHOSEN.by_stage())

    html = as_alice.get(photo.get_absolute_url()).content.decode()
    [dialog] = re.findall(r'<dialog[^>]*id="choose-methods".*?</dialog>', html, re.DOTALL)

    assert selected(dialog) == list(CHOSEN.by_stage().values())


def test_analysing_again_without_a_choice_is_done_as_for_a_new_photo(
    alice: User, as_alice: Client
) -> None:
    photo = make_photo(alice)
    AnalysisJob.objects.update(choice=CHOSEN.by_stage())

    as_alice.post(reverse("analyse_photo", args=[photo.pk]))

    assert choice_of(photo) == DEFAULT


def test_an_unknown_method_is_refused_with_a_message_and_nothing_is_queued(
    alice: User, as_alice: Client
) -> None:
    photo = make_photo(alice)
    names = DEFAULT.by_stage() | {"detector": "crystal-ball"}

    page = as_alice.post(reverse("analyse_photo", args=[photo.pk]), names, follow=True)

    assert "crystal-ball is not one of the available choices" in page.content.decode()
    assert AnalysisJob.objects.get().state == "done"


def test_a_choice_for_a_photo_in_work_is_answered_with_a_message(
    alice: User, as_alice: Client
) -> None:
    photo = make_photo(alice, state="queued")

    page = as_alice.post(reverse("analyse_photo", args=[photo.pk]), CHOSEN.by_stage(), follow=True)

    assert "This photo is being analysed already." in page.content.decode()
    assert AnalysisJob.objects.get().choice == {}


def api(client: Client, pk: int, body: object) -> Any:
    url = reverse("api_analyse_photo", args=[pk])
    return client.post(url, body, content_type="application/json")


def test_a_program_chooses_methods_as_an_object(alice: User, as_alice: Client) -> None:
    photo = make_photo(alice)

    assert api(as_alice, photo.pk, {"methods": {"landmarks": "dlib5"}}).status_code == 202
    assert choice_of(photo) == CHOSEN

    late = api(as_alice, photo.pk, {"methods": {}})
    assert (late.status_code, late.json()["code"]) == (409, "busy")
    assert api(as_alice, photo.pk, {}).status_code == 202


def test_a_program_chooses_methods_with_an_upload(as_alice: Client) -> None:
    methods = json.dumps({"landmarks": "dlib5"})

    answer = as_alice.post("/api/photos/", {"file": upload_file(), "methods": methods})

    assert answer.status_code == 201
    assert choice_of(Photo.objects.get()) == CHOSEN


@pytest.mark.parametrize(
    ("methods", "sentence"),
    [
        ({"detector": "crystal-ball"}, "There is no detector called crystal-ball; there are yunet"),
        ({"telepathy": "yes"}, "There is no stage telepathy; there are detector"),
        ("hog", "Write an object of names"),
        ({"detector": 3}, "Write an object of names"),
        ({"detector": "\ud800"}, "Write an object of names"),
        ({"\ud800": "hog"}, "Write an object of names"),
        (None, "may not be null"),
    ],
)
def test_methods_that_there_are_not_answer_400_with_a_sentence(
    alice: User, as_alice: Client, methods: object, sentence: str
) -> None:
    photo = make_photo(alice)
    content = jpeg()

    again = api(as_alice, photo.pk, {"methods": methods})
    upload = as_alice.post(
        "/api/photos/", {"file": upload_file("b.jpg", content), "methods": json.dumps(methods)}
    )

    assert again.status_code == 400
    assert sentence in again.json()["methods"][0]
    assert upload.status_code == 400
    assert AnalysisJob.objects.get().state == "done"
