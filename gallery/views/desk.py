"""The desk: one card after the other, by keys, by mouse and by thumb, and by plain forms.

With the page's script answers come in behind: a card that is done with is answered with nothing, one that
asks back, or was not taken, with the card. Without it each answer is followed by the page of the next card.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gallery import lists
from gallery.models import Person, Roster
from gallery.services import desk
from gallery.services.desk.cards import Card, Numbers, Reply
from gallery.services.people import NameRefused, SeveralPeople
from gallery.views.http import Request, key_of

SAID = ("yes", "no", "no_face", "stranger", "name")
LONGEST = 40  # characters of a number in an address
MOST = 400  # groups that somebody passed by


@login_required
@require_safe
def show_desk(request: Request) -> HttpResponse:
    """Show the card that the address names, else the one after it, else the first there is."""
    roster = _roster(request)
    card = _named(roster, request.GET) or _after(roster, request.GET) or desk.following(roster)
    asked = _called(roster, request.GET.get("name", "")) if card else []
    context = _context(card, asked=asked, name=request.GET.get("name", ""))
    mine = Person.objects.visible_to(request.user)
    context |= {"today": desk.progress(roster), "people_names": lists.people.names(mine)}
    return render(request, "gallery/desk.html", context | {"keys": keys(), "gestures": gestures()})


@login_required
@require_safe
def desk_card(request: Request) -> HttpResponse:
    """Return a card alone: the named one, or the one after a place, with nothing where there is none.

    Without either the first, or what says that all is done.
    """
    roster = _roster(request)
    if "card" in request.GET:
        card = _named(roster, request.GET)
    elif "after" in request.GET:
        card = _after(roster, request.GET)
    else:
        return _card(request, desk.following(roster))
    return _card(request, card) if card else HttpResponse(status=204)


@login_required
@require_safe
def desk_progress(request: Request) -> HttpResponse:
    context = {"today": desk.progress(_roster(request))}
    return render(request, "gallery/_desk_progress.html", context)


@login_required
@require_POST
def answer_desk(request: Request) -> HttpResponse:
    reply, roster = _reply(request.POST), _roster(request)
    if reply is None or not roster.pk:
        raise Http404
    try:
        desk.answer(roster=roster, reply=reply)
    except SeveralPeople as several:
        return _ask(request, roster, reply, several)
    except NameRefused as refusal:
        return _refused(request, roster, reply, f"{refusal}")
    if request.htmx:
        return HttpResponse(status=204)
    # What is left of a card of which a part was answered, else the next one.
    is_part = "face" in request.POST
    card = _found(roster, reply, request.POST) if is_part else None
    said = {"card": card.address} if card else {"after": request.POST.get("after", "")}
    return redirect(f"{reverse('desk')}?{urlencode(said, safe=':')}")


def _ask(request: Request, roster: Roster, reply: Reply, several: SeveralPeople) -> HttpResponse:
    card = _found(roster, reply, request.POST)
    if card is None:
        return _refused(request, roster, reply, f"{several}")
    if request.htmx:
        asked = desk.cards.shown(several.people)
        return _card(request, card, asked=asked, name=several.name, chosen=_keys(request, "face"))
    query = urlencode({"card": card.address, "name": several.name}, safe=":")
    return redirect(f"{reverse('desk')}?{query}")


def _refused(request: Request, roster: Roster, reply: Reply, sentence: str) -> HttpResponse:
    """Show the card again with why its answer was not taken; one that is gone says it on its way."""
    card = _found(roster, reply, request.POST)
    if request.htmx:
        if card:
            return _card(request, card, error=sentence)
        request.said = sentence, "warning"
        return HttpResponse(status=204)
    messages.error(request, sentence)
    query = urlencode({"card": card.address}, safe=":") if card else ""
    return redirect(f"{reverse('desk')}?{query}")


def _found(roster: Roster, reply: Reply, said: QueryDict) -> Card | None:
    shown = [key for text in said.getlist("shown") if (key := key_of(text))]
    return desk.find(roster, reply.kind, reply.key, shown)


def _reply(said: QueryDict) -> Reply | None:
    """Return what a form answers; None if it is no answer."""
    kind, keys, _face = _address(said.get("card", ""))
    if not kind or not keys:
        return None
    faces = said.getlist("face") or said.getlist("shown")
    chosen = tuple(key for text in faces if (key := key_of(text)))
    # Buttons of people and of somebody new have names of their own.
    answer = next((key for key in ("person", "new") if key in said), said.get("said", ""))
    if answer not in (*SAID, "person", "new"):
        return None
    return Reply(
        answer,
        kind,
        keys,
        chosen,
        person=key_of(said.get("person", "")) or 0,
        name=said.get("new" if answer == "new" else "name", ""),
        whose=_whose(said),
        is_of_all="face" not in said,
    )


def _whose(said: QueryDict) -> dict[int, int]:
    """Return whom faces were shown as, by key, on a card that is about several people."""
    pairs = (text.partition(":") for text in said.getlist("whose"))
    return {key_of(face) or 0: key_of(person) or 0 for face, _colon, person in pairs}


def _named(roster: Roster, said: QueryDict) -> Card | None:
    kind, key, face = _address(said.get("card", ""))
    return desk.find(roster, kind, key, [face] if face else []) if kind and key else None


def _after(roster: Roster, said: QueryDict) -> Card | None:
    kind, place = _place(said.get("after", ""))
    if not kind:
        return None
    if "passed" not in said:
        return desk.following(roster, kind, place)
    passed = said.get("passed", "").split(",")[:MOST]
    keys = [key for text in passed if (key := key_of(text))]
    return desk.following(roster, kind, place, keys)


def _address(text: str) -> tuple[str, int, int]:
    """Return a card's kind, its key and that of its face; nothing where it names none."""
    kind, *keys = text.split(":")
    numbers = [key_of(key) or 0 for key in keys]
    if kind not in desk.KINDS or not 1 <= len(numbers) <= 2:
        return "", 0, 0
    return kind, numbers[0], numbers[1] if len(numbers) == 2 else 0


def _place(text: str) -> tuple[str, Numbers]:
    kind, *numbers = text.split(":")
    try:
        place = tuple(float(number[:LONGEST]) for number in numbers)
    except ValueError:
        return "", ()
    if kind not in desk.KINDS or any(not abs(number) < 2**53 for number in place):
        return "", ()
    return kind, place


def _roster(request: Request) -> Roster:
    """Return the user's roster; where they have none yet, one that nothing belongs to."""
    return Roster.objects.visible_to(request.user).first() or Roster(pk=0, owner=request.user)


def _called(roster: Roster, name: str) -> list[Person]:
    return desk.cards.shown([one.pk for one in desk.called(roster, name)])


def _keys(request: Request, name: str) -> set[int]:
    return {key for text in request.POST.getlist(name) if (key := key_of(text))}


def _context(card: Card | None, **more: Any) -> dict[str, Any]:
    return {"card": card, **more}


def _card(request: Request, card: Card | None, **more: Any) -> HttpResponse:
    return render(request, "gallery/_desk_card.html", _context(card, **more))


def keys() -> list[tuple[list[str], str]]:
    """Return the desk's keys, and what each does, for the page that lists them."""
    return [
        (
            ["Y"],
            _("Yes; of a group: it is the first of those whom it may be; of two: they are one"),
        ),
        (
            ["N"],
            _(
                "No; of a group: it is not one person, or those that are chosen are not; of two: they are"
            ),
        ),
        (["S"], _("Skip it: it comes again at the end")),
        (["1 … 5"], _("It is that one of the people beside it; of two people: both are that one")),
        (["/"], _("Type a name, Enter gives it; Esc leaves the field")),
        (["X"], _("Not a face")),
        (["B"], _("A stranger, whom nobody knows")),
        (["P"], _("The whole photo, and back")),
        (["U"], _("Undo")),
        (["← → ↑ ↓"], _("Go from face to face")),
        (
            ["Space"],
            _("Choose a face, with Shift all up to it: an answer is of those chosen alone"),
        ),
        (["A"], _("Choose all, or none")),
        (["?"], _("This list")),
    ]


def gestures() -> list[str]:
    return [
        _("A swipe to the right says yes, to the left no; one up from a single face skips it."),
        _("A tap on one of many faces chooses it: an answer is of those that are chosen alone."),
    ]
