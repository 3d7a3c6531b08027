"""What the views share: the typed request and the answers to htmx."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django_htmx.middleware import HtmxDetails

from gallery import lists
from gallery.lists.context import Context
from gallery.models import Action, Photo
from gallery.services import listing

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer", bound=HttpResponseBase)
View = Callable[Concatenate["Request", Arguments], HttpResponse]


class Request(HttpRequest):
    """A request by someone who is signed in."""

    user: User
    htmx: HtmxDetails
    said: tuple[str, str]  # by `tell`
    heard: list[Action]  # what a form has said so far (`middleware.Said`)


class OnlyAdministrators(Http404):
    """A page that is there, for others: templates/404.html knows it by this name."""


def for_administrators(view: View[Arguments]) -> View[Arguments]:
    """Show `view` to administrators; to others it is not there."""

    @login_required
    @wraps(view)
    def guarded(
        request: Request, /, *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> HttpResponse:
        if not request.user.is_staff:
            raise OnlyAdministrators
        return view(request, *args, **kwargs)

    return guarded


def go(request: Request, to: str) -> HttpResponse | HttpResponseRedirect:
    """Send the browser to another page, whether htmx or a plain form asked."""
    response = redirect(to)
    if request.htmx:
        return HttpResponse(headers={"HX-Redirect": response.url})
    return response


def as_download(response: Answer, filename: str) -> Answer:
    """Have the browser save the answer under that name."""
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(filename, safe='')}"
    return response


def tell(request: Request, sentence: str, level: str = "success") -> None:
    """Have the page, or the next one, say what came of a form, and how to undo it (`middleware.Said`)."""
    request.said = sentence, level


def still_there(view: View[Arguments]) -> View[Arguments]:
    """Answer a page that fetches a part anew with nothing, instead of 404, where what it shows is gone.

    A photo may be deleted while news of it is on its way: that is no fault, and the page leaves what it
    shows. Somebody else's photo is not told apart from none.
    """

    @wraps(view)
    def guarded(
        request: Request, /, *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Http404:
            if request.htmx:
                return HttpResponse(status=204)
            raise

    return guarded


def listed(request: Request) -> Context:
    """Return the list in which one is, as the address says."""
    return listing.of(request.user, request.GET.get(lists.context.PARAMETER, ""))


def leading_to(photo: Photo | None, sentence: str) -> str:
    """Return the sentence with a link to the photo that it speaks of."""
    if photo is None:
        return sentence
    address, words = photo.get_absolute_url(), _("Open the photo")
    return format_html('{} <a href="{}">{}</a>', sentence, address, words)


def client_ip(request: HttpRequest) -> str:
    """Return whose tries to sign in are counted together.

    With HTTPS on, requests come through the proxy that ends TLS, which adds whom it serves last.
    """
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.HTTPS else ""
    return forwarded.split(",")[-1].strip() or request.META.get("REMOTE_ADDR", "")


def key_of(text: str) -> int | None:
    """Return a key that came in an address or a form; None if it cannot be one of the database."""
    return int(text) if text.isdecimal() and len(text) < 19 else None


def keys_of(texts: Iterable[str]) -> list[int]:
    """Return the keys among texts, each once, in their order."""
    return list(dict.fromkeys(key for text in texts if (key := key_of(text)) is not None))
