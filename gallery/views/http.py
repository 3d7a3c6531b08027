"""What the views share: the typed request and the answers to htmx."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django_htmx.middleware import HtmxDetails


class Request(HttpRequest):
    """A request by someone who is signed in."""

    user: User
    htmx: HtmxDetails


def go(request: Request, to: str) -> HttpResponse | HttpResponseRedirect:
    """Send the browser to another page, whether htmx or a plain form asked."""
    response = redirect(to)
    if request.htmx:
        return HttpResponse(headers={"HX-Redirect": response.url})
    return response
