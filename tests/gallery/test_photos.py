"""Uploading and deleting photos."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile, File
from django.test import Client
from django.urls import reverse
from PIL import Image
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from analysis.headers import kinds
from analysis.headers.reader import NO_PICTURE
from analysis.sentences import Sentence
from gallery.models import AnalysisJob, Face, KnownEncoding, Photo
from gallery.services import photos, results
from tests.factories import (
    analysed,
    claimed,
    encoded,
    fresh,
    jpeg,
    make_face,
    make_known,
    make_photo,
    near,
    rematch,
    upload_file,
    vector,
)


def kept_files(settings: Settings) -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def refusal_of(owner: User, content: bytes, name: str = "party.jpg") -> photos.UploadRefused:
    with pytest.raises(photos.UploadRefused) as refused:
        photos.upload(owner=owner, file=upload_file(name, content))
    return refused.value


def test_an_upload_keeps_the_file_and_queues_its_analysis(alice: User) -> None:
    content = jpeg(64, 48)

    photo = photos.upload(owner=alice, file=upload_file("party.jpg", content))

    assert photo.original.read_bytes() == content
    assert (photo.format, photo.size) == ("JPEG", len(content))
    assert (photo.width, photo.height) == (64, 48)
    assert AnalysisJob.objects.get(photo=photo).state == "queued"


def test_a_file_that_is_here_already_is_refused_with_the_photo_it_is(
    alice: User, settings: Settings
) -> None:
    content = jpeg()
    twin = photos.upload(owner=alice, file=upload_file("party.jpg", content))

    refusal = refusal_of(alice, content, "copy.jpg")

    assert (refusal.code, refusal.photo) == ("duplicate", twin)
    assert f"{refusal}" == "This photo is already in your library, as party.jpg."
    assert kept_files(settings) == [twin.original]


def test_two_owners_may_have_the_same_file(alice: User, bob: User) -> None:
    content = jpeg()
    first = photos.upload(owner=alice, file=upload_file(content=content))
    second = photos.upload(owner=bob, file=upload_file(content=content))

    assert first.original != second.original
    assert Photo.objects.count() == 2


class FileWithTwin(File):  # type: ignore[type-arg]  # Django's class takes no argument at run time.
    """Has `arrive` called when it was read for the second time, that is: between check and save."""

    def __init__(self, content: bytes, arrive: Callable[[], object]) -> None:
        self.source = BytesIO(content)
        super().__init__(self.source, name="slow.jpg")
        self.arrive = arrive
        self.ends = 0

    def read(self, size: int = -1) -> bytes:
        data = self.source.read(size)
        if not data:
            self.ends += 1
            if self.ends == 2:
                self.arrive()
        return data


def test_of_a_file_that_comes_twice_at_once_one_is_kept(alice: User, settings: Settings) -> None:
    content = jpeg()
    slow = FileWithTwin(
        content, lambda: photos.upload(owner=alice, file=upload_file("fast.jpg", content))
    )

    with pytest.raises(photos.UploadRefused, match=r"already in your library, as fast\.jpg"):
        photos.upload(owner=alice, file=slow)

    assert kept_files(settings) == [Photo.objects.get().original]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", kinds.EMPTY),
        (b"just some words", kinds.UNREADABLE),
        (b"%PDF-1.7 a document", kinds.DOCUMENT),
        (b"<!DOCTYPE html><html><script>alert(1)</script></html>", kinds.WEB_PAGE),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', kinds.DRAWING),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', kinds.DRAWING),
        (b"\xff\xd8\xff<html><script>alert(1)</script>", kinds.UNREADABLE),
        (b"GIF89a/*<svg onload=alert(1)>*/=1;", NO_PICTURE),
        (jpeg()[:20] + b"<ScRiPt src=//evil>" + jpeg(), NO_PICTURE),
        (b"\xff\xd8\xff", kinds.UNREADABLE),
        (b"\x89PNG\r\n\x1a\n", NO_PICTURE),
        (b"MZ\x90\0" + bytes(5000), kinds.UNREADABLE),
    ],
)
@pytest.mark.parametrize("name", ["party.jpg", "party.png"])
def test_a_file_that_is_no_photo_is_refused_whatever_its_name(
    alice: User, settings: Settings, content: bytes, sentence: Sentence, name: str
) -> None:
    refusal = refusal_of(alice, content, name)

    assert (refusal.code, f"{refusal}") == ("unreadable", f"{sentence}")
    assert kept_files(settings) == []


def test_a_file_with_too_many_bytes_is_refused_with_both_numbers(
    alice: User, settings: Settings
) -> None:
    settings.MAX_UPLOAD_BYTES = 2 * 2**20

    refusal = refusal_of(alice, jpeg() + bytes(3 * 2**20))

    assert refusal.code == "too_large"
    assert f"{refusal}" == ("This file has 3 MB; photos may have up to 2 MB. Export it smaller.")
    assert kept_files(settings) == []


def test_a_photo_with_too_many_pixels_is_refused_before_it_is_decoded(
    alice: User, settings: Settings
) -> None:
    """The header of a decompression bomb: 400 megapixels in a few bytes, with no pixel behind it."""
    bomb = bytearray(encoded(Image.new("1", (8, 8)), "PNG"))
    bomb[16:24] = (20_000).to_bytes(4, "big") * 2

    refusal = refusal_of(alice, bytes(bomb))

    assert refusal.code == "too_large"
    assert f"{refusal}" == (
        "This photo has more than 100 megapixels, which is the limit. Export it smaller."
    )
    assert kept_files(settings) == []


def test_a_photo_whose_size_only_its_decoder_knows_has_none_until_it_is_analysed(
    alice: User, as_alice: Client
) -> None:
    icon = encoded(Image.new("RGB", (48, 32), "teal"), "ICO")

    photo = photos.upload(owner=alice, file=upload_file("icon.ico", icon))

    assert (photo.format, photo.width, photo.height) == ("ICO", None, None)
    card = f"{reverse('photo_cards')}?keys={photo.pk}"
    for address in (reverse("library"), card, photo.get_absolute_url()):
        page = as_alice.get(address)
        assert 'data-ratio="1.5000"' in page.content.decode()
    results.save(claim=claimed(photo), analysed=analysed())
    assert 'width="640"' in as_alice.get(card).content.decode()


KOREAN = "가족사진.jpg"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (unicodedata.normalize("NFD", KOREAN), KOREAN),
        ("../../../etc/passwd", "passwd"),
        ("C:\\Users\\ada\\party.jpg", "party.jpg"),
        ("/photos/party.jpg", "party.jpg"),
        ("a\0b\r\nc\u202egpj.exe", "abcgpj.exe"),
        ("<b>party</b>.jpg", "b>.jpg"),
        ("", "photo"),
        ("///", "photo"),
        (f"{'x' * 300}.jpg", f"{'x' * 251}.jpg"),
    ],
)
def test_a_name_is_kept_for_show_and_never_used_as_a_path(
    alice: User, settings: Settings, name: str, shown: str
) -> None:
    photo = photos.upload(owner=alice, file=ContentFile(jpeg(), name=name))

    assert photo.filename == shown
    assert photo.original.name == "original"
    assert kept_files(settings) == [photo.original]


def test_the_library_of_a_user_is_not_touched_by_a_refused_file(alice: User) -> None:
    refusal_of(alice, b"no photo")

    assert not Photo.objects.exists()
    assert not AnalysisJob.objects.exists()


def test_a_deleted_photo_is_gone_with_all_that_was_made_from_it(
    alice: User,
    settings: Settings,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    face = make_known(alice, "Ada", vector(1), crop=True)
    photo = face.photo
    assert len(kept_files(settings)) == 6

    with django_capture_on_commit_callbacks(execute=True):
        photos.delete(photo)
        photos.empty_bin(owner=alice)

    assert not photo.folder.exists()
    assert kept_files(settings) == []
    for model in (Photo, Face, KnownEncoding, AnalysisJob):
        assert not model._default_manager.exists()


def test_the_files_stay_while_the_deletion_is_not_saved(alice: User) -> None:
    photo = make_photo(alice, files=True)

    photos.delete(photo)  # inside the test's own transaction, which never ends

    assert photo.original.exists()


def test_faces_guessed_by_a_deleted_photo_are_guessed_again(alice: User) -> None:
    known = make_known(alice, "Ada", vector(1))
    guessed = make_face(make_photo(alice), near(vector(1), 0.3))
    rematch(alice)
    assert fresh(guessed).label == "Ada?"

    photos.delete(known.photo)

    assert fresh(guessed).label == "Unknown"


def test_sample_photos_come_the_way_of_uploads_and_only_once(alice: User) -> None:
    added = photos.add_samples(owner=alice)

    assert added >= 4
    assert AnalysisJob.objects.filter(state="queued").count() == added
    assert photos.add_samples(owner=alice) == 0


def test_a_name_shown_to_people_is_that_of_the_file_which_was_first(alice: User) -> None:
    content = jpeg()
    photos.upload(owner=alice, file=ContentFile(content, name=KOREAN))

    refusal = refusal_of(alice, BytesIO(content).read(), "other.jpg")

    assert f"{refusal}" == f"This photo is already in your library, as {KOREAN}."


def test_folders_that_no_photo_has_are_swept_after_a_while(alice: User, settings: Settings) -> None:
    photo = make_photo(alice, files=True)
    media = Path(settings.MEDIA_ROOT)
    orphan = media / "photos" / "ab" / ("ab" + "0" * 30)
    orphan.mkdir(parents=True)
    (orphan / "original").write_bytes(b"left behind")

    assert photos.sweep(media) == 0  # An upload may be under way.
    assert photos.sweep(media, older_than=timedelta(seconds=-1)) == 1

    assert not orphan.exists()
    assert photo.original.exists()
