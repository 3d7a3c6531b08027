"""Corrected emotions as training data: counted, shared or not, in an archive and in a training."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.db import connection
from django.test import AsyncClient, Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from analysis.methods import DEFAULT
from analysis.results import EMOTIONS
from analysis.training import reading
from gallery.models import EmotionWord, Face, Photo, Preferences, Task
from gallery.models.leased import State
from gallery.services import corrections, emotions, photos
from tests.conftest import signed_in
from tests.factories import make_face, make_photo, sad_face
from tests.gallery.emotion_networks import make_task


def settings_page(client: Client) -> str:
    html = client.get(reverse("settings")).content.decode()
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def test_the_settings_say_how_many_emotions_were_corrected(
    alice: User, bob: User, as_alice: Client
) -> None:
    emotions.say(face=make_face(make_photo(bob), crop=True), emotion="sad")
    assert "None yet." in settings_page(as_alice)
    assert reverse("emotions_zip") not in as_alice.get(reverse("settings")).content.decode()

    emotions.say_not(face=make_face(make_photo(alice), crop=True), emotion="happy")
    assert "You said of 1 face what it does not show." in settings_page(as_alice)

    for _ in range(2):
        emotions.say(face=make_face(make_photo(alice), crop=True), emotion="sad")
    emotions.say(face=make_face(make_photo(alice)), emotion="sad")
    text = settings_page(as_alice)
    assert "You said what 3 faces show, and of 1 other only what it does not." in text
    assert "Of 1 no crop was kept yet" in text


def test_corrections_are_shared_only_by_who_says_so(alice: User, as_alice: Client) -> None:
    Preferences.objects.create(user=alice, methods={"landmarks": "dlib5"})
    url = reverse("settings")
    methods = DEFAULT.by_stage() | {"landmarks": "dlib5"}

    def shares() -> bool:
        kept = Preferences.objects.get(user=alice)
        assert kept.methods == {"landmarks": "dlib5"}
        return kept.shares_corrections

    assert not shares()
    answer = as_alice.post(url, methods | {"shares_corrections": "on"}, follow=True)
    assert shares()
    assert "Administrators may train networks" in answer.content.decode()
    assert re.search(r'name="shares_corrections"[^>]*checked', answer.content.decode())
    as_alice.post(url, methods | {"initial-shares_corrections": "True"})
    assert not shares()


def test_sharing_is_saved_for_who_has_no_preferences_yet(alice: User, as_alice: Client) -> None:
    as_alice.post(reverse("settings"), DEFAULT.by_stage() | {"shares_corrections": "on"})

    assert Preferences.objects.get(user=alice).shares_corrections


def archive_of(user: User) -> dict[str, bytes]:
    with corrections.archive(user=user) as file, zipfile.ZipFile(file) as pack:
        assert pack.testzip() is None
        assert {entry.compress_type for entry in pack.infolist()} == {zipfile.ZIP_STORED}
        return {name: pack.read(name) for name in pack.namelist()}


def table_of(archive: dict[str, bytes]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(archive["labels.csv"].decode(), newline="")))


def corrected(owner: User, emotion: str, **fields: Any) -> Face:
    """Save a face with a crop of which somebody said the emotion."""
    face = sad_face(make_photo(owner), **{"crop": True} | fields)
    emotions.say(face=face, emotion=emotion)
    return face


def test_the_archive_holds_a_folder_for_each_emotion_and_a_table(alice: User) -> None:
    happy, fear = corrected(alice, "happy"), corrected(alice, "fear", methods={"emotion": "mini"})
    denied = sad_face(make_photo(alice), crop=True)
    for emotion in ("sad", "angry"):
        emotions.say_not(face=denied, emotion=emotion)
    make_face(make_photo(alice), crop=True)

    archive = archive_of(alice)

    crops = {name: content for name, content in archive.items() if name.endswith(".png")}
    assert crops == {
        f"happy/{happy.pk}.png": happy.photo.emotion_crop(happy.pk).read_bytes(),
        f"fear/{fear.pk}.png": fear.photo.emotion_crop(fear.pk).read_bytes(),
        f"not/{denied.pk}.png": denied.photo.emotion_crop(denied.pk).read_bytes(),
    }
    first, second, third = table_of(archive)
    word = EmotionWord.objects.get(face=fear)
    assert second == {
        "file": f"fear/{fear.pk}.png", "emotion": "fear", "not": "", "guess": "sad",
        "confidence": "0.6200", "network": "mini", "said_at": word.said_at.isoformat(timespec="seconds"),
    }  # fmt: skip
    assert (first["file"], first["emotion"]) == (f"happy/{happy.pk}.png", "happy")
    assert (third["emotion"], third["not"]) == ("", "angry sad")


def test_the_archive_is_read_by_the_training(alice: User, tmp_path: Path) -> None:
    for emotion in ("happy", "happy", "fear"):
        corrected(alice, emotion)
    denied = sad_face(make_photo(alice), crop=True)
    emotions.say_not(face=denied, emotion="sad")
    with corrections.archive(user=alice) as file, zipfile.ZipFile(file) as pack:
        pack.extractall(tmp_path / "emotions")

    data = reading.read(tmp_path / "emotions")

    assert sorted(EMOTIONS[label] for label in data.labels) == ["fear", "happy", "happy"]


def test_the_same_words_make_the_same_archive(alice: User) -> None:
    for emotion in ("happy", "fear"):
        corrected(alice, emotion)

    with corrections.archive(user=alice) as first, corrections.archive(user=alice) as second:
        assert first.read() == second.read()


def test_a_face_whose_crop_is_missing_stands_in_the_table_only(alice: User) -> None:
    never = corrected(alice, "happy", crop=False)
    gone = corrected(alice, "fear")
    gone.photo.emotion_crop(gone.pk).unlink()

    archive = archive_of(alice)

    assert list(archive) == ["labels.csv"]
    rows = [(row["file"], row["emotion"]) for row in table_of(archive)]
    assert rows == [("", "happy"), ("", "fear")]
    assert never.pk < gone.pk


def test_nothing_that_a_user_typed_stands_in_the_archive(alice: User) -> None:
    face = corrected(alice, "happy")
    Photo.objects.filter(pk=face.photo_id).update(filename="=HYPERLINK(evil).jpg")

    archive = archive_of(alice)

    assert all(re.fullmatch(r"[a-z]+/\d+\.png|labels\.csv", name) for name in archive)
    assert b"HYPERLINK" not in archive["labels.csv"]


def test_the_archive_holds_nobody_elses_faces_even_if_they_share(alice: User, bob: User) -> None:
    Preferences.objects.create(user=bob, shares_corrections=True)
    corrected(bob, "happy")

    assert table_of(archive_of(alice)) == []


def test_the_archive_costs_the_same_queries_for_2_faces_and_for_20(alice: User) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            archive_of(alice)
        return len(asked)

    for _ in range(2):
        corrected(alice, "happy")
    few = queries()
    for _ in range(18):
        corrected(alice, "fear")

    assert queries() == few


@pytest.mark.django_db(transaction=True)
async def test_the_archive_is_streamed_as_a_download(
    alice: User, async_client: AsyncClient
) -> None:
    face = await sync_to_async(corrected)(alice, "happy")
    await async_client.aforce_login(alice)

    answer = await async_client.get(reverse("emotions_zip"))

    chunks = [chunk async for chunk in answer.streaming_content]  # type: ignore[attr-defined]
    content = b"".join(chunks)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    assert answer["Content-Length"] == f"{len(content)}"
    assert answer["Content-Disposition"] == "attachment; filename*=UTF-8''emotions.zip"
    assert zipfile.ZipFile(io.BytesIO(content)).namelist() == [f"happy/{face.pk}.png", "labels.csv"]


def test_one_trains_with_ones_own_faces_and_with_those_that_are_shared(
    alice: User, bob: User, charlie: User, tmp_path: Path
) -> None:
    Preferences.objects.create(user=bob, shares_corrections=True)
    Preferences.objects.create(user=charlie)
    own, shared = corrected(alice, "happy"), corrected(bob, "fear")
    corrected(charlie, "sad")
    corrected(alice, "angry", crop=False)
    denied = sad_face(make_photo(alice), crop=True)
    emotions.say_not(face=denied, emotion="sad")

    assert set(corrections.corrected(alice)) == {own, shared}
    assert corrections.write_folders(tmp_path / "corrections", user=alice) == 2

    written = sorted(path for path in (tmp_path / "corrections").rglob("*") if path.is_file())
    assert written == [
        tmp_path / "corrections" / "fear" / f"{shared.pk}.png",
        tmp_path / "corrections" / "happy" / f"{own.pk}.png",
    ]
    assert written[0].read_bytes() == shared.photo.emotion_crop(shared.pk).read_bytes()
    assert len(reading.read(tmp_path / "corrections")) == 2


def test_a_crop_that_went_meanwhile_is_left_out_of_the_training(
    alice: User, tmp_path: Path
) -> None:
    kept, gone = corrected(alice, "happy"), corrected(alice, "happy")
    gone.photo.emotion_crop(gone.pk).unlink()

    assert corrections.write_folders(tmp_path, user=alice) == 1
    assert [path.stem for path in (tmp_path / "happy").iterdir()] == [f"{kept.pk}"]


def test_who_takes_sharing_back_is_not_trained_with_any_more(alice: User, bob: User) -> None:
    corrected(bob, "fear")
    client = signed_in(bob)
    client.post(reverse("settings"), DEFAULT.by_stage() | {"shares_corrections": "on"})
    assert corrections.corrected(alice).count() == 1

    client.post(reverse("settings"), DEFAULT.by_stage() | {"initial-shares_corrections": "True"})

    assert corrections.corrected(alice).count() == 0


def copies(training: Task) -> Path:
    folder = training.folder / "corrections"
    folder.mkdir(parents=True)
    corrections.write_folders(folder, user=training.owner)
    return folder


def copied(folder: Path) -> set[str]:
    return {path.stem for path in folder.glob("*/*.png")}


@pytest.mark.django_db(transaction=True)
def test_copies_of_a_training_go_with_their_photo(alice: User) -> None:
    kept, gone = corrected(alice, "happy"), corrected(alice, "fear")
    folder = copies(make_task(alice, "training", State.STOPPED))
    key = gone.pk
    assert copied(folder) == {f"{kept.pk}", f"{key}"}

    photos.delete(gone.photo)

    assert copied(folder) == {f"{kept.pk}"}
    assert (folder / "forgotten").exists()


@pytest.mark.django_db(transaction=True)
def test_copies_in_trainings_of_others_go_when_sharing_ends(
    alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(corrections, "CHUNK", 1)
    corrections.share(user=bob, shares=True)
    own, shared = corrected(alice, "happy"), corrected(bob, "fear")
    hers, his = (copies(make_task(one, "training", State.STOPPED)) for one in (alice, bob))

    emotions.take_back(face=shared, emotion="fear")

    corrections.share(user=bob, shares=False)

    assert copied(hers) == {f"{own.pk}"}
    assert copied(his) == {f"{shared.pk}"}
    assert not (his / "forgotten").exists()


@pytest.mark.django_db
def test_words_that_change_later_withdraw_nothing(alice: User) -> None:
    face = corrected(alice, "happy")
    training = make_task(alice, "training", State.STOPPED)
    folder = copies(training)
    emotions.take_back(face=face, emotion="happy")

    corrections.forget_withdrawn(training)

    assert copied(folder) == {f"{face.pk}"}
    assert not (folder / "forgotten").exists()


def test_a_page_opened_earlier_does_not_share_again(alice: User, as_alice: Client) -> None:
    Preferences.objects.create(user=alice, shares_corrections=False)
    stale = {"shares_corrections": "on", "initial-shares_corrections": "True"}
    as_alice.post(reverse("settings"), DEFAULT.by_stage() | stale)
    assert not Preferences.objects.get(user=alice).shares_corrections


def test_sharing_ends_even_where_a_method_is_refused(alice: User, as_alice: Client) -> None:
    Preferences.objects.create(user=alice, shares_corrections=True)
    refused = DEFAULT.by_stage() | {"detector": "?", "initial-shares_corrections": "True"}
    as_alice.post(reverse("settings"), refused)
    assert not Preferences.objects.get(user=alice).shares_corrections
