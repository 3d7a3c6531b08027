"""What is added to every answer: the policy, what was said with how to undo it, the way back to a form."""

from __future__ import annotations

import gzip
import json
from collections.abc import AsyncIterator
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase, HttpResponseRedirectBase
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.deprecation import MiddlewareMixin
from django.utils.http import url_has_allowed_host_and_scheme
from rest_framework.response import Response

from gallery import lists
from gallery.models import Action
from gallery.models.record import NOT_UNDONE
from gallery.services import saying

POLICY = (
    "default-src 'self'; img-src 'self' blob: data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)

TEXTS = frozenset(
    {"text/html", "text/css", "text/javascript", "application/javascript", "image/svg+xml"}
)
# What no page needs; the one with the camera says otherwise.
PERMISSIONS = "camera=(), microphone=(), geolocation=()"


class ContentSecurityPolicy(MiddlewareMixin):
    """Allows scripts, styles and connections of this site alone, nothing inline, and no camera."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        return response


class Compressed(GZipMiddleware):
    """Compresses texts, static ones too: a first page is 340 kB without, and 90 kB with it.

    Pictures are as small as they get. Django pads what it compresses by chance, and masks its tokens
    anew in each answer, so that lengths tell nothing of them.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        if kind not in TEXTS or response.status_code != 200 or request.method == "HEAD":
            return response
        pieces = None
        if isinstance(response, StreamingHttpResponse) and response.is_async:
            pieces = cast(AsyncIterator[bytes], response.streaming_content)
        compressed: HttpResponseBase = super().process_response(request, response)
        if pieces is not None and compressed.headers.get("Content-Encoding") == "gzip":
            # Django makes of each piece a file of its own, of which browsers read the first alone.
            cast(StreamingHttpResponse, compressed).streaming_content = _at_once(pieces)
        return compressed


async def _at_once(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield gzip.compress(b"".join([piece async for piece in pieces]), compresslevel=6, mtime=0)


class Said(MiddlewareMixin):
    """Has the page say what came of a form, and offer to undo whatever it said of faces, people or photos.

    So no view has to think of it. Where htmx asked, it is said beside the part of the page that comes,
    else on the next page.
    """

    def process_request(self, request: HttpRequest) -> None:
        if request.method == "POST":
            request.heard = saying.listen()  # type: ignore[attr-defined]

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        actions = [one for one in getattr(request, "heard", ()) if one.did not in NOT_UNDONE]
        said: tuple[str, str] | None = getattr(request, "said", None)
        # Programs read the answer itself.
        is_page = not isinstance(response, Response)
        if (said or actions) and is_page and response.status_code < 400:
            _say(request, response, said, actions[-1] if actions else None)
        return response


def _say(
    request: HttpRequest,
    response: HttpResponseBase,
    said: tuple[str, str] | None,
    action: Action | None,
) -> None:
    if said is None:
        assert action is not None
        said = lists.done.told([action])[0].sentence, "success"
    sentence, level = said
    if not request.htmx or "HX-Redirect" in response.headers:  # type: ignore[attr-defined]
        tag = f"{action.pk}" if action else ""
        messages.add_message(request, getattr(messages, level.upper()), sentence, extra_tags=tag)
        return
    toast: dict[str, Any] = {"text": sentence, "level": level}
    if action is not None:
        toast["undo"] = reverse("undo", args=[action.pk])
    events = json.loads(response.headers.get("HX-Trigger", "{}"))
    response.headers["HX-Trigger"] = json.dumps(events | {"toast": toast})


class BackToForms(MiddlewareMixin):
    """Leads from signing in to the page of the form that was sent without a session.

    Its own address, to which Django leads, takes nothing but forms.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if request.method != "POST" or not isinstance(response, HttpResponseRedirectBase):
            return response
        sign_in = resolve_url(settings.LOGIN_URL)
        page = request.headers.get("Referer", "")
        leads = urlsplit(response.url)
        # Whoever signs out goes on nowhere.
        if leads.path != sign_in or not leads.query or urlsplit(page).path == sign_in:
            return response
        if url_has_allowed_host_and_scheme(page, {request.get_host()}):
            there = urlsplit(page)._replace(scheme="", netloc="", fragment="").geturl()
            response["Location"] = f"{sign_in}?{urlencode({'next': there})}"
        return response
