"""The faces of which a person's page says that they surely are the person, or asks whether they are.

Both stand there as crops, and many are confirmed or refused at once.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from gallery import lists
from gallery.models import Person
from gallery.services import people
from gallery.views.http import Request, key_of, still_there, tell

SHOWN = 60  # faces at once; a row of a wide screen holds twelve
WORDS = {"yes": True, "no": False}


def crops(request: Request, person: Person) -> dict[str, Any]:
    """Return a page of each of the two grids: the one that the address names, else the first."""
    guesses = Paginator(lists.people.guessed(person), SHOWN)
    questions = Paginator(lists.people.asked(person), SHOWN)
    return {
        "guesses": guesses.get_page(request.GET.get("guesses")),
        "questions": questions.get_page(request.GET.get("questions")),
    }


@login_required
@require_safe
@still_there
def person_faces(request: Request, pk: int) -> HttpResponse:
    return _grids(request, person_of(request, pk))


@login_required
@require_POST
def answer_faces(request: Request, pk: int) -> HttpResponse:
    """Take the word on all faces that are ticked: they are the person, or are not, by `is_so`."""
    person = person_of(request, pk)
    tell(request, *_answered(request, person))
    if request.htmx:
        return _grids(request, person)
    return redirect(f"{person.get_absolute_url()}?{request.GET.urlencode()}#person-faces")


def _grids(request: Request, person: Person) -> HttpResponse:
    context = crops(request, person) | {"person": person}
    return render(request, "gallery/_person_faces.html", context)


def person_of(request: Request, pk: int) -> Person:
    """Return one of the user's own people, told apart from their namesakes; 404 for a stranger's."""
    return get_object_or_404(Person.objects.visible_to(request.user).told_apart(), pk=pk)


def _answered(request: Request, person: Person) -> tuple[str, str]:
    """Obey the form; return what came of it as a sentence, and which kind of message that is."""
    faces = [key for text in request.POST.getlist("face") if (key := key_of(text)) is not None]
    is_so = WORDS.get(request.POST.get("is_so", ""))
    if not faces or is_so is None:
        return _("Choose at least one face."), "warning"
    verb = people.confirm_many if is_so else people.refuse_many
    try:
        answered = verb(person=person, faces=faces)
    except people.NameRefused as refusal:
        return f"{refusal}", "error"
    return _sentence(person, answered, is_so=is_so), "success" if answered.done else "warning"


def _sentence(person: Person, answered: people.Answered, *, is_so: bool) -> str:
    done, changed = answered.done, answered.changed
    values = {"name": person.shown_name, "done": intcomma(done), "changed": intcomma(changed)}
    if not done:
        return _("Nothing was said of them: their guesses have changed meanwhile. Look again.")
    if is_so:
        said = ngettext("%(done)s face is %(name)s now.", "%(done)s faces are %(name)s now.", done)
    else:
        said = ngettext(
            "%(done)s face is not %(name)s: you are not asked again.",
            "%(done)s faces are not %(name)s: you are not asked again.",
            done,
        )
    if not changed:
        return said % values
    left = ngettext(
        "The guess of %(changed)s had changed meanwhile: it was left alone.",
        "The guesses of %(changed)s had changed meanwhile: they were left alone.",
        changed,
    )
    return f"{said} {left}" % values
