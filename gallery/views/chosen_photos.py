"""Doing something with many photos at once: with those that a form names, or with all that a search finds.

A form says what to `do` and which photos: `photo` for each, or `search` as a search's address says it.
On the page of an album it says `within` which, and `whole` for all of that. Of all, `without` names some.
What a form leaves open (into which album, which keyword) is asked on a page, so that plain buttons do.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import time, timedelta
from typing import Any

import numpy as np
from asgiref.sync import sync_to_async
from django.contrib.auth.decorators import login_required
from django.contrib.humanize.templatetags.humanize import intcomma
from django.http import HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from analysis import dates
from gallery import kinds, lists
from gallery.kinds import TaskRefused
from gallery.models import Task
from gallery.services import (
    album_photos,
    albums,
    date_previews,
    many,
    originals,
    photo_words,
    renewal,
    search,
)
from gallery.services.album_photos import Reader
from gallery.services.photo_words import NO_DAY, WordsRefused
from gallery.services.search import address
from gallery.views.http import Request, as_download, key_of, keys_of, tell
from gallery.views.sending import step_by_step


class Asked(Exception):
    """There is something left to be said before it is done."""


MINUTE = timedelta(minutes=1)
Keys = Sequence[int]
Act = Callable[[Request, Keys], object]


@login_required
@require_POST
async def act_on_photos(request: Request) -> HttpResponseBase:
    """Do with the chosen photos what the form says, and go back to where they are listed."""
    if request.POST.get("do") == "download":
        keys = await sync_to_async(_chosen)(request)
        reader = await sync_to_async(_reader)(request)
        if keys:
            parts = originals.parts(request.user, keys, reader.album.pk if reader else None)
            response = StreamingHttpResponse(step_by_step(parts), content_type="application/zip")
            name = reader.album.name if reader and "whole" in request.POST else "photos"
            return as_download(response, f"{name}.zip")
    return await sync_to_async(_act)(request)


def _act(request: Request) -> HttpResponse:
    act, keys = ACTS.get(request.POST.get("do", "")), _chosen(request)
    if act is None or not keys:
        return _refused(request, _("Choose at least one photo."))
    try:
        done = act(request, keys)
        if isinstance(done, Task):
            _tell_of(request, done)
        elif not done and not request.heard and not hasattr(request, "said"):
            tell(request, _("That was so already."), "info")
    except Asked:
        return _ask(request, keys)
    except (WordsRefused, TaskRefused) as refusal:
        if request.htmx or request.POST["do"] not in QUESTIONS:
            return _refused(request, f"{refusal}")
        return _ask(request, keys, f"{refusal}")
    if request.htmx:
        # The page asks what has changed, as if it had been told.
        return HttpResponse(status=204, headers={"HX-Trigger": json.dumps({"news": {}})})
    return redirect(_back(request))


def _chosen(request: Request) -> Keys:
    """Return the photos that the form means, by key; those of others are left out by the services."""
    if (query := request.POST.get("search")) is not None:
        all_of_it = search.found(request.user, address.of(query)).keys
        keys: list[int] = all_of_it[~np.isin(all_of_it, _left_out(request))].tolist()
        return keys
    if "whole" in request.POST:
        reader = _reader(request)
        left_out = set(_left_out(request))
        inside = album_photos.keys(reader.album) if reader else []
        return [key for key in inside if key not in left_out]
    return keys_of(request.POST.getlist("photo"))


def _left_out(request: Request) -> Keys:
    return keys_of(request.POST.get("without", "").split())


def _reader(request: Request) -> Reader | None:
    """Return how the user reads the album on whose page photos were chosen, if it is one."""
    key = key_of(request.POST.get("within", ""))
    return album_photos.reader(request.user, key) if key else None


def _album(request: Request, keys: Keys) -> object:
    said, name = request.POST.get("album", ""), request.POST.get("name", "")
    if key := key_of(said):
        return many.act(user=request.user, do="put", photos=keys, album=key)
    if "name" not in request.POST:
        raise Asked
    return many.make_album(user=request.user, name=name, photos=keys)


def _out(request: Request, keys: Keys) -> object:
    reader = _reader(request)
    if reader is None:
        raise WordsRefused(f"{albums.NO_ALBUM}")
    done = many.act(user=request.user, do="out", photos=keys, album=reader.album.pk)
    if done is None and not reader.is_owner:
        raise WordsRefused(_("You can take out what you put in. Choose photos of your own."))
    return done


def _keyword(request: Request, keys: Keys) -> object:
    if "keyword" not in request.POST:
        raise Asked
    do = "unkeyword" if "remove" in request.POST else "keyword"
    words = photo_words.split(request.POST["keyword"])
    return many.act(user=request.user, do=do, photos=keys, words=words)


def _date(request: Request, keys: Keys) -> object:
    if "by_itself" in request.POST:
        return many.act(user=request.user, do="undate", photos=keys)
    if "shift" in request.POST:
        by = _shift_by(request.POST)
        return many.act(user=request.user, do="shift", photos=keys, minutes=by // MINUTE)
    if "see" in request.POST or not {"on", "year"} & request.POST.keys():
        raise Asked
    on, at = said_on(request.POST)
    said = {"on": on, "at": at and at.isoformat()}
    return many.act(user=request.user, do="date", photos=keys, **said)


def said_on(said: QueryDict) -> tuple[str, time | None]:
    """Return the day, month or year that a form says, and the time if it says one; raises WordsRefused."""
    parts = [part for name in ("year", "month", "day") if (part := said.get(name, "").strip())]
    with suppress(ValueError):
        year, *rest = parts or [said.get("on", "").strip()]
        on = "-".join([year, *(f"{int(part):02}" for part in rest)])
        has_gap = bool(said.get("day") and not said.get("month"))
        taken, at = dates.by_hand(on), said.get("at", "").strip()
        if taken.is_vague and at:
            raise WordsRefused(_("A time needs its day. Write that too, or leave the time empty."))
        if not has_gap:
            return on, time.fromisoformat(at) if at else None
    raise WordsRefused(f"{NO_DAY}")


def _shift_by(said: QueryDict) -> timedelta:
    """Return by how much a form says that a clock was slow; nothing where it says no number."""
    numbers = [
        int(text) if text.isdecimal() and len(text) < 6 else 0
        for text in (said.get(name, "").strip() for name in ("days", "hours", "minutes"))
    ]
    days, hours, minutes = numbers
    by = timedelta(days=days, hours=hours, minutes=minutes)
    return -by if said.get("direction") == "-1" else by


@login_required
@require_POST
def tell_dates(request: Request) -> HttpResponse:
    """Say how the chosen photos are dated, and what shifting their clocks would make of that."""
    return render(request, "gallery/_chosen_dates.html", _dates(request, _chosen(request)))


def _dates(request: Request, keys: Keys) -> dict[str, Any]:
    by = _shift_by(request.POST)
    preview = date_previews.of(owner=request.user, photos=keys, by=by)
    return {"preview": preview, "is_shifted": bool(by)}


def _caption(request: Request, keys: Keys) -> object:
    if "caption" not in request.POST:
        raise Asked
    return many.act(user=request.user, do="caption", photos=keys, text=request.POST["caption"])


def _again(request: Request, keys: Keys) -> object:
    task = renewal.begin(user=request.user, which="chosen", photos=keys)
    words = ngettext(
        "%(count)s photo is going to be analysed again.",
        "%(count)s photos are going to be analysed again.",
        task.total,
    )
    tell(request, words % {"count": intcomma(task.total)})
    return True


def _plain(do: str) -> Act:
    return lambda request, keys: many.act(user=request.user, do=do, photos=keys)


ACTS: Mapping[str, Act] = {
    "album": _album,
    "out": _out,
    "keyword": _keyword,
    "date": _date,
    "caption": _caption,
    "favourite": _plain("favourite"),
    "unfavourite": _plain("unfavourite"),
    "again": _again,
    "delete": _plain("delete"),
}
# What is asked on a page where a form does not say it.
QUESTIONS = ("album", "keyword", "date", "caption")


OUT = ("out", gettext_lazy("Take out"), "x")
DOWNLOAD = ("download", gettext_lazy("Download"), "download")
BUTTONS = (
    ("album", gettext_lazy("Album"), "book-image"),
    ("favourite", gettext_lazy("Favourite"), "star"),
    ("keyword", gettext_lazy("Keywords"), "tag"),
    ("date", gettext_lazy("Date"), "calendar"),
    ("caption", gettext_lazy("Caption"), "message-square-text"),
    ("again", gettext_lazy("Analyse again"), "rotate-cw"),
    DOWNLOAD,
    ("delete", gettext_lazy("Delete"), "trash-2"),
)


def offered(request: Request) -> dict[str, Any]:
    """Return what `_chosen_actions.html` and `_chosen_dialogs.html` need on pages with photos to choose."""
    return {
        "chosen_buttons": BUTTONS,
        "chosen_questions": [(do, f"gallery/_chosen_{do}.html") for do in QUESTIONS],
        # Asked for only where it is shown.
        "open_albums": lists.albums.open_to(request.user),
    }


def offered_in(request: Request, reader: Reader) -> dict[str, Any]:
    """Return the same for an album's page: readers take out what is theirs, and download what they see."""
    out = [] if reader.album.is_smart else [OUT]
    if reader.is_owner:
        return offered(request) | {"chosen_buttons": [*out, *BUTTONS]}
    buttons = [*(out if reader.may_add else []), DOWNLOAD]
    return {"chosen_buttons": buttons, "chosen_questions": []}


def _ask(request: Request, keys: Keys, error: str = "") -> HttpResponse:
    """Ask what is left to be said, with the photos as they were chosen."""
    context: dict[str, Any] = {
        "do": request.POST["do"],
        "chosen": keys,
        "search": request.POST.get("search"),
        "without": request.POST.get("without", ""),
        "error": error,
        "typed": request.POST,
        "back": _back(request),
        "open_albums": lists.albums.open_to(request.user),
    }
    if context["do"] == "date":
        context |= _dates(request, keys)
    return render(request, "gallery/chosen_photos.html", context)


def _tell_of(request: Request, task: Task) -> None:
    """Say that it goes on in the background."""
    words = ngettext(
        "%(title)s: %(count)s photo. It goes on under Work.",
        "%(title)s: %(count)s photos. It goes on under Work.",
        task.total,
    )
    tell(request, words % {"title": kinds.of(task).title, "count": intcomma(task.total)})


def _refused(request: Request, sentence: str) -> HttpResponse:
    if request.htmx:
        toast = {"toast": {"text": sentence, "level": "warning"}}
        return HttpResponse(status=422, headers={"HX-Trigger": json.dumps(toast)})
    tell(request, sentence, "warning")
    return redirect(_back(request))


def _back(request: Request) -> str:
    """Return where the photos are listed, as the form says it, on this site."""
    back = request.POST.get("back", "")
    is_here = back.startswith("/") and url_has_allowed_host_and_scheme(back, None)
    return back if is_here else reverse("library")
