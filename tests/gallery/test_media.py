"""Photos, renditions and results as files: types and names that a browser cannot misread."""

from __future__ import annotations

import io
import json
from urllib.parse import quote

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.test import AsyncClient, Client
from django.urls import reverse
from PIL import Image

from analysis.results import Box
from gallery.formats import TYPES
from gallery.models import Photo
from gallery.models.boxed import BoxedBy
from tests.factories import fresh, jpeg, make_face, make_known, make_photo, vector

KOREAN = "가족사진 #1.jpg"


@pytest.mark.parametrize("name", ["photo_thumbnail", "photo_preview", "photo_small"])
def test_a_rendition_is_a_jpeg_that_may_not_be_sniffed(
    alice: User, as_alice: Client, name: str
) -> None:
    photo = make_photo(alice, files=True)

    answer = as_alice.get(reverse(name, args=[photo.pk]))

    assert answer.content == photo.thumbnail.read_bytes()
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"].startswith("private")


def test_a_face_crop_is_served_to_its_owner(alice: User, as_alice: Client) -> None:
    face = make_face(make_photo(alice, files=True), crop=True)

    answer = as_alice.get(reverse("face_crop", args=[face.pk]))

    assert answer.content == face.photo.face_crop(face.pk).read_bytes()


@pytest.mark.parametrize("name", ["photo_thumbnail", "photo_preview", "photo_original"])
def test_a_file_that_is_not_made_yet_is_404(alice: User, as_alice: Client, name: str) -> None:
    photo = make_photo(alice, state="queued")

    assert as_alice.get(reverse(name, args=[photo.pk])).status_code == 404


async def original_of(
    client: AsyncClient, owner: User, photo: Photo
) -> tuple[bytes, dict[str, str]]:
    await client.aforce_login(owner)
    answer = await client.get(reverse("photo_original", args=[photo.pk]))
    assert answer.status_code == 200
    chunks = [chunk async for chunk in answer.streaming_content]  # type: ignore[attr-defined]
    return b"".join(chunks), dict(answer.items())


@pytest.mark.django_db(transaction=True)
async def test_the_original_is_streamed_as_a_download_under_its_own_name(
    alice: User, async_client: AsyncClient
) -> None:
    photo = await sync_to_async(make_photo)(alice, files=True, filename=KOREAN)
    photo.original.write_bytes(bytes(range(256)) * 3000)

    content, headers = await original_of(async_client, alice, photo)

    assert content == photo.original.read_bytes()
    assert headers["Content-Length"] == str(len(content))
    assert headers["Content-Type"] == "image/jpeg"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Disposition"] == (
        f"attachment; filename*=UTF-8''{quote('가족사진 #1', safe='')}.jpg"
    )


@pytest.mark.django_db(transaction=True)
async def test_the_ending_of_a_download_follows_the_content_not_the_name(
    alice: User, async_client: AsyncClient
) -> None:
    photo = await sync_to_async(make_photo)(alice, files=True, filename="photo.html", format="PNG")

    _, headers = await original_of(async_client, alice, photo)

    assert headers["Content-Type"] == "image/png"
    assert headers["Content-Disposition"].endswith("photo.png")


@pytest.mark.django_db(transaction=True)
async def test_a_stranger_gets_no_byte_of_the_original(
    alice: User, charlie: User, async_client: AsyncClient
) -> None:
    photo = await sync_to_async(make_photo)(alice, files=True)
    await async_client.aforce_login(charlie)

    answer = await async_client.get(reverse("photo_original", args=[photo.pk]))

    assert answer.status_code == 404


def test_no_format_is_served_as_something_that_a_browser_runs() -> None:
    assert {content_type.split("/")[0] for content_type, _ in TYPES.values()} == {"image"}
    assert not any("svg" in content_type for content_type, _ in TYPES.values())


def test_the_result_as_json_holds_all_that_is_known(alice: User, as_alice: Client) -> None:
    face = make_known(alice, "Ada", vector(1))
    Photo.objects.update(filename=KOREAN)

    answer = as_alice.get(reverse("photo_json", args=[face.photo_id]))

    assert answer["Content-Type"] == "application/json"
    assert answer["Content-Disposition"].endswith(quote("가족사진 #1", safe="") + ".json")
    result = json.loads(answer.content)
    assert (result["path"], result["width"], result["height"]) == (KOREAN, 64, 48)
    assert result["methods"] == fresh(face).photo.methods
    found = result["faces"][0]
    assert found["box"] == {"left": 10, "top": 10, "right": 50, "bottom": 50}
    assert len(found["landmarks"]) == 68
    assert found["encoding"] == pytest.approx(vector(1).tolist(), abs=1e-6)
    assert found["age"] == {
        "years": 34.2, "low": None, "high": None, "bracket": "(25-32)", "confidence": 0.6,
    }  # fmt: skip
    assert found["gender"] == {"label": "female", "confidence": 0.9}
    assert found["emotion"]["label"] == "happy"
    assert len(found["emotion"]["scores"]) == 7
    assert found["person"] == {
        "id": fresh(face).person_id, "name": "Ada", "note": "", "named_by": "human", "distance": None,
        "normalised": None,
    }  # fmt: skip
    assert found["suggestion"] is None
    assert found["boxed_by"] is None


def test_the_result_says_which_boxes_a_human_gave(alice: User, as_alice: Client) -> None:
    face = make_face(make_photo(alice), boxed_by=BoxedBy.DRAWN)

    result = json.loads(as_alice.get(reverse("photo_json", args=[face.photo_id])).content)

    assert result["faces"][0]["boxed_by"] == "drawn"


def test_the_annotated_photo_is_drawn_by_a_child_at_full_size(
    alice: User, as_alice: Client
) -> None:
    face = make_known(alice, "김민준", vector(1), crop=True)
    make_face(face.photo, box=Box(5, 5, 20, 20))
    Photo.objects.update(filename=KOREAN)
    face.photo.original.write_bytes(jpeg(3000, 2000))

    answer = as_alice.get(reverse("photo_annotated", args=[face.photo_id]))

    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Disposition"].endswith(quote("가족사진 #1", safe="") + "-faces.jpg")
    with Image.open(io.BytesIO(answer.content)) as drawn:
        assert (drawn.format, drawn.size) == ("JPEG", (3000, 2000))
        colours = drawn.crop((0, 0, 100, 100)).getcolors(maxcolors=10_000) or []
    assert len(colours) > 10


def test_a_photo_that_cannot_be_drawn_says_why(alice: User, as_alice: Client) -> None:
    photo = make_photo(alice, files=True)
    photo.original.write_bytes(b"no photo any more")

    answer = as_alice.get(reverse("photo_annotated", args=[photo.pk]))

    assert answer.status_code == 422
    assert answer.content.decode() == "This file is not a photo we can read. Try a JPEG or PNG."
