"""What forms over many faces have in common: which are chosen, what is done, to whom they are given."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from gallery import lists
from gallery.models import Person, Roster
from gallery.services import people
from gallery.services.curating import NO_FACES
from gallery.services.giving import Whom
from gallery.views.http import Request, key_of, tell

SHOWN = 60  # faces at once; a row of a wide screen holds twelve

Act = Callable[[Roster, Sequence[int], Whom], object]


@dataclass(frozen=True, slots=True)
class AskedBack:
    """Why a form was not obeyed, or which of several people it means; what was `chosen` stays so.

    With `candidates`, `act` is to be said again with one of them, or as somebody new of that `name`.
    """

    act: str = ""
    error: str = ""
    name: str = ""
    candidates: Sequence[Person] = ()
    chosen: Collection[int] = ()


def obey(request: Request, acts: Mapping[str, Act]) -> AskedBack | None:
    """Do with the faces that the form chose what it says; return what there is to be asked, if anything."""
    chosen = [key for text in request.POST.getlist("face") if (key := key_of(text)) is not None]
    said = request.POST.get("act", "")
    if not chosen or said not in acts:
        return AskedBack(error=_("Choose at least one face."))
    try:
        acts[said](Roster.objects.of(request.user.pk), chosen, whom_of(request))
    except people.SeveralPeople as several:
        found = Person.objects.filter(pk__in=several.people)
        return AskedBack(said, "", several.name, list(lists.people.cards(found)), set(chosen))
    except people.NameRefused as refusal:
        return AskedBack(said, f"{refusal}", chosen=set(chosen))
    if not request.heard:
        tell(request, f"{NO_FACES}", "warning")
    return None


def whom_of(request: Request) -> Whom:
    """Return whom the form means."""
    said = request.POST
    person = key_of(said.get("person", "")) or 0 if "person" in said else None
    return Whom(person, said.get("new", ""), said.get("name", ""))
