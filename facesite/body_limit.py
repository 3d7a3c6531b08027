"""Refuses request bodies that are too large, before Django writes them to the disk."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import parse_cookie
from django.urls import Resolver404, resolve
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from gallery import installed

Scope = dict[str, Any]
Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

CHUNKS = b"transfer-encoding"
MEGABYTE = 2**20
SMALL = 2 * MEGABYTE
# The form's own parts; and a file just above the limit reaches the page that says so itself.
SPARE = MEGABYTE
# Photos that one request may bring, by the name of the address.
PHOTOS = {"api_photos": 1, "add_portrait": 1, "search_by_example": 1} | {
    "upload": 20,
    "bring_people": 20,
}
# Of files of people: what they are called, 20,000 of them, and pieces of them, which pages send by 8 MB.
OTHERS = {
    "begin_arrival": 8 * MEGABYTE,
    "look_at_folders": 8 * MEGABYTE,
    "send_pieces": 9 * MEGABYTE,
}
NETWORK = "add_network"
NETWORK_BYTES = 100 * MEGABYTE
# Seconds for a client that reads no answer before it has sent everything, as browsers do.
PATIENCE = 30

TOO_LARGE = _("This request has more than {most} MB, the most for this address. Send less.")
LARGE_NETWORK = _("This file has more than {most} MB, the most for a network.")
LARGE_PHOTO = _("This file has more than {most} MB, the most for a photo. Export it smaller.")
MANY_PHOTOS = _(
    "These files have more than {most} MB together, the most at once. "
    "Go back and choose fewer of them."
)
SIGNED_OUT = _("You are signed out. Sign in, then send this again.")


@dataclass(frozen=True, slots=True)
class Limit:
    """The most bytes of a body, and the answer to a body that has more."""

    bytes: int
    sentence: Promise | str  # lazy: the language is known with the request only
    status: int = 413
    code: str = "too_large"


ORDINARY = Limit(SMALL, format_lazy(TOO_LARGE, most=round(SMALL / MEGABYTE)))


class BodyLimit:
    """Passes HTTP requests to `app`, Django's handler, while their bodies keep to their limits.

    Django spools a whole body into a temporary file before its first middleware runs, so nothing
    inside of Django could keep a stranger from filling the disk.
    """

    def __init__(self, app: App, *, patience: float = PATIENCE) -> None:
        self._app = app
        self._patience = patience

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        declared = int(headers.get(b"content-length", b"0"))
        # What is declared small is small, unless it comes in chunks: they go before the length.
        large = declared > SMALL or b"content-length" not in headers or CHUNKS in headers
        limit = await limit_of(scope) if large else ORDINARY
        body = CountedBody(receive, limit.bytes)
        if declared <= limit.bytes:
            await self._app(scope, body.receive, send)
        if declared > limit.bytes or body.exceeded:
            await answer(scope, limit, send)
            await drain(receive, self._patience)
            await send({"type": "http.response.body"})


class CountedBody:
    """A request's body that ends as if the client had left, once it exceeds `most` bytes.

    Django then removes what it has kept and sends no answer.
    """

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive = receive
        self._left = most
        self.exceeded = False

    async def receive(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        self.exceeded = self._left < 0
        return {"type": "http.disconnect"} if self.exceeded else message


async def limit_of(scope: Scope) -> Limit:
    """Return the limit of a request; only who is signed in may send more than a little."""
    name = _posted_to(scope)
    if name != NETWORK and name not in PHOTOS and name not in OTHERS:
        return ORDINARY
    if not await signed_in(_session_key(scope)):
        return Limit(SMALL, SIGNED_OUT, 403, "signed_out")
    if name in OTHERS:
        most, sentence = OTHERS[name], TOO_LARGE
    elif name == NETWORK:
        most, sentence = NETWORK_BYTES, LARGE_NETWORK
    else:
        alone = PHOTOS[name] == 1
        # The format is not known yet, so one photo may have what the largest kind may.
        largest = installed.limits().most_bytes
        most = largest if alone else max(largest, PHOTOS[name] * settings.MAX_UPLOAD_BYTES)
        sentence = LARGE_PHOTO if alone else MANY_PHOTOS
    return Limit(most + SPARE, format_lazy(sentence, most=round(most / MEGABYTE)))


def _posted_to(scope: Scope) -> str:
    """Return the name of the address of a POST, else nothing."""
    if scope["method"] != "POST":
        return ""
    try:
        return resolve(scope["path"]).url_name or ""
    except Resolver404:
        return ""


def _session_key(scope: Scope) -> str:
    cookies = b"; ".join(value for name, value in scope["headers"] if name == b"cookie")
    return parse_cookie(cookies.decode("latin1")).get(settings.SESSION_COOKIE_NAME, "")


@database_sync_to_async
def signed_in(session_key: str) -> bool:
    """Return whether someone signed in with this session. Anybody can make up a cookie."""
    if not session_key:
        return False
    store = import_module(settings.SESSION_ENGINE).SessionStore
    return SESSION_KEY in store(session_key).load()


async def answer(scope: Scope, limit: Limit, send: Send) -> None:
    """Send the whole refusal, but leave the response open."""
    kind, body = "text/plain", str(limit.sentence)
    if scope["path"].startswith("/api/"):
        kind, body = "application/json", json.dumps({"code": limit.code, "detail": body})
    headers = [
        (b"content-type", f"{kind}; charset=utf-8".encode()),
        (b"content-length", b"%d" % len(body.encode())),
        (b"x-content-type-options", b"nosniff"),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": limit.status, "headers": headers})
    await send({"type": "http.response.body", "body": body.encode(), "more_body": True})


async def drain(receive: Receive, patience: float) -> None:
    """Drop what still arrives until the client is done, `patience` seconds at most.

    A connection closed over unread bytes is reset, and where the client's system then drops what
    it has not read, the answer is lost (RFC 9112, 9.6).
    """
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(patience):
            while (await receive()).get("more_body", False):
                pass
