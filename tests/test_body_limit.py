"""`facesite.body_limit`: what reaches Django, what is refused, and that the refusal arrives."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
import requests
import uvicorn
from asgiref.sync import async_to_sync
from asgiref.testing import ApplicationCommunicator
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from pytest_django import Settings

from facesite.asgi import application
from facesite.body_limit import BodyLimit, Receive, Scope, Send
from tests.conftest import PASSWORD

Communicator: Any = ApplicationCommunicator  # It's not typed.
MEGABYTE = 2**20
CHUNK = b"x" * MEGABYTE
LISTING, LOOK = "/people/bring/begin/", "/people/bring/look/"
PIECES = f"/people/bring/{UUID(int=7)}/pieces/"
API, FORM, PORTRAIT = "/api/photos/", "/photos/upload/", "/people/7/portraits/add/"


class Reader:
    """Stands for Django: reads a whole body, then answers, unless the client leaves before."""

    def __init__(self) -> None:
        self.read = 0
        self.asked = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked = True
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            self.read += len(message["body"])
            more = message["more_body"]
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})


def scope_of(path: str, *, method: str = "POST", **headers: str) -> Scope:
    lines = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "method": method, "path": path, "headers": lines}


async def answer_to(app: Any, scope: Scope, megabytes: int) -> tuple[int, bytes]:
    talk = Communicator(app, scope)
    for _ in range(megabytes):
        await talk.send_input({"type": "http.request", "body": CHUNK, "more_body": True})
    await talk.send_input({"type": "http.request", "body": b"", "more_body": False})
    start = await talk.receive_output(timeout=30)
    body = b""
    more = True
    while more:
        part = await talk.receive_output(timeout=30)
        body += part.get("body", b"")
        more = part.get("more_body", False)
    await talk.wait()
    if start["status"] >= 400:
        assert talk.input_queue.empty(), "A refused body is drained."
    return start["status"], body


def posted(path: str, megabytes: int, session: str = "", **headers: str) -> tuple[int, bytes, int]:
    """Send a body to a limited Reader: the status, the answer, and how many MB Reader has read."""
    reader = Reader()
    scope = scope_of(path, cookie=f"theme=dark; sessionid={session}", **headers)
    status, body = async_to_sync(answer_to)(BodyLimit(reader), scope, megabytes)
    return status, body, reader.read // MEGABYTE


def declared(megabytes: int) -> dict[str, str]:
    return {"content_length": f"{megabytes * MEGABYTE}"}


@pytest.fixture
def five_megabytes(settings: Settings) -> None:
    settings.MAX_UPLOAD_BYTES = settings.MAX_RAW_BYTES = 5 * MEGABYTE
    settings.MAX_JPEG_PIXELS = settings.MAX_PIXELS


@pytest.fixture
def session(transactional_db: None) -> str:
    """The key of a session that alice signed in with, as other threads see it."""
    User.objects.create_user("alice", password=PASSWORD)
    client = Client()
    client.post("/accounts/sign-in/", {"username": "alice", "password": PASSWORD})
    return client.cookies["sessionid"].value


@pytest.mark.parametrize("path", ["/", "/accounts/sign-in/", "/api/people/", "/nowhere/"])
def test_a_request_may_have_two_megabytes(path: str) -> None:
    assert posted(path, 2)[0] == 204
    assert posted(path, 2, **declared(2))[0] == 204
    assert posted(path, 3)[0] == 413


@pytest.mark.parametrize("path", ["/", "/accounts/sign-in/", "/api/people/", "/nowhere/"])
def test_a_body_that_is_declared_too_large_is_refused_unread(path: str) -> None:
    status, _, read = posted(path, 3, **declared(3))

    assert (status, read) == (413, 0)


def test_a_body_of_unknown_length_is_read_up_to_the_limit() -> None:
    status, _, read = posted("/accounts/sign-in/", 50, transfer_encoding="chunked")

    assert (status, read) == (413, 2)


def test_a_false_length_beside_chunks_is_not_believed() -> None:
    status, _, read = posted("/", 50, content_length="5", transfer_encoding="chunked")

    assert (status, read) == (413, 2)


@pytest.mark.usefixtures("five_megabytes")
@pytest.mark.parametrize(("path", "most"), [(API, 6), (PORTRAIT, 6), (FORM, 101)])
def test_who_is_signed_in_may_send_photos(session: str, path: str, most: int) -> None:
    assert posted(path, most, session)[::2] == (204, most)
    assert posted(path, most, session, **declared(most))[0] == 204
    assert posted(path, most + 1, session)[::2] == (413, most)
    assert posted(path, most + 1, session, **declared(most + 1))[::2] == (413, 0)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", [API, PORTRAIT, FORM])
@pytest.mark.parametrize("key", ["", "made-up-by-a-stranger"])
def test_a_stranger_may_not_send_photos(path: str, key: str) -> None:
    assert posted(path, 2, key)[0] == 204
    assert posted(path, 3, key)[::2] == (403, 2)
    assert posted(path, 3, key, **declared(3))[::2] == (403, 0)


@pytest.mark.parametrize(("path", "most"), [(LISTING, 8), (LOOK, 8), (PIECES, 9)])
def test_who_is_signed_in_may_send_files_of_people_in_pieces(
    session: str, path: str, most: int
) -> None:
    assert posted(path, most + 1, session)[::2] == (204, most + 1)  # With the form's own parts.
    assert posted(path, most + 2, session)[0] == 413
    assert posted(path, 3)[0] == 403


@pytest.mark.django_db(transaction=True)
def test_a_session_in_which_nobody_signed_in_does_not_count() -> None:
    store = SessionStore()
    store["theme"] = "dark"
    store.create()

    assert posted(API, 3, f"{store.session_key}", **declared(3))[0] == 403


def test_only_a_post_brings_photos() -> None:
    scope = scope_of(API, method="PUT", **declared(3))

    assert async_to_sync(answer_to)(BodyLimit(Reader()), scope, 3)[0] == 413


async def test_a_client_that_stalls_is_not_waited_for() -> None:
    talk = Communicator(BodyLimit(Reader(), patience=0.1), scope_of("/", **declared(3)))
    await talk.send_input({"type": "http.request", "body": CHUNK, "more_body": True})

    assert (await talk.receive_output(timeout=30))["status"] == 413
    assert (await talk.receive_output(timeout=30))["more_body"]
    assert await talk.receive_output(timeout=30) == {"type": "http.response.body"}


@pytest.mark.usefixtures("five_megabytes")
def test_the_api_answers_a_code_and_a_sentence(session: str) -> None:
    _, body, _ = posted(API, 7, session)

    assert body == (
        b'{"code": "too_large", "detail": '
        b'"This file has more than 5 MB, the most for a photo. Export it smaller."}'
    )


@pytest.mark.usefixtures("five_megabytes")
def test_a_form_is_answered_with_a_sentence(session: str) -> None:
    _, body, _ = posted(FORM, 102, session)

    assert body.startswith(b"These files have more than 100 MB together")


@pytest.mark.django_db(transaction=True)
def test_the_site_keeps_to_the_limits() -> None:
    scope = scope_of("/accounts/sign-in/") | {"query_string": b"", "http_version": "1.1"}

    status, body = async_to_sync(answer_to)(application, scope, 3)

    assert status == 413
    assert body.startswith(b"This request has more than 2 MB")


@pytest.fixture
def served() -> Iterator[tuple[str, Reader]]:
    """The address of a Reader behind a limit, served by uvicorn as the site is."""
    reader = Reader()
    config = uvicorn.Config(BodyLimit(reader), port=0, log_level="warning", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=asyncio.run, args=[server.serve()])
    thread.start()
    while not server.started:
        assert thread.is_alive()
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}", reader
    server.should_exit = True
    thread.join()


@pytest.mark.parametrize("length_known", [True, False])
def test_the_refusal_reaches_a_client_that_sends_everything_first(
    served: tuple[str, Reader], length_known: bool
) -> None:
    url, reader = served
    body: Any = CHUNK * 60 if length_known else iter([CHUNK] * 60)

    answer = requests.post(f"{url}/api/people/", data=body, timeout=60)

    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert answer.headers["Connection"] == "close"
    assert reader.asked is not length_known
    assert reader.read <= 2 * MEGABYTE
