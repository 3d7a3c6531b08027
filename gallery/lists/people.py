"""People, and the portraits that were added of them, as pages list them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Count, Exists, F, OuterRef, Subquery
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Coalesce
from django.utils import timezone

from gallery.fields import fold
from gallery.models import AnalysisJob, Face, GroupPortrait, LockedVector, Person, PersonAlias
from gallery.models.face import QUALITY
from gallery.models.face_queries import FaceQuerySet, NamedBy
from gallery.models.group_portrait import GroupPortraitQuerySet
from gallery.models.job import AnalysisJobQuerySet
from gallery.models.person import Gone, PersonQuerySet, in_full

LATELY = timedelta(days=1)


def counts() -> dict[str, Coalesce]:
    """Return what is counted of each person, to be annotated.

    `photo_count` is on how many photos a human said that they are, `guess_count` how many faces surely are
    theirs beside those, `question_count` of how many it is asked.
    """
    # Not by joins, which would multiply each other: a query of its own for each person who is shown, which
    # an index answers by itself. What is no face is nobody's, so `everything` holds no more.
    mine, asked = (
        Face.everything.filter(**{whose: OuterRef("pk")}).order_by()
        for whose in ("person", "suggestion")
    )
    return {
        "photo_count": _counted(
            mine.filter(named_by=NamedBy.HUMAN), "person", Count("photo", distinct=True)
        ),
        "guess_count": _counted(mine.filter(named_by=NamedBy.MACHINE), "person", Count("pk")),
        "question_count": _counted(asked, "suggestion", Count("pk")),
    }


def _counted(faces: FaceQuerySet, whose: str, count: Count) -> Coalesce:
    return Coalesce(Subquery(faces.values(whose).values(count=count)), 0)


def seen_most() -> tuple[CombinedExpression, str, str]:
    """Return the order of those who are seen most first."""
    found = counts()
    return -(found["photo_count"] + found["guess_count"]), "folded_name", "pk"


def cover() -> Coalesce:
    """Return which face stands for each person: the one that was chosen, if it is theirs, else the best."""
    mine = Face.everything.filter(person=OuterRef("pk"))
    chosen = mine.filter(pk=OuterRef("chosen_cover"), named_by=NamedBy.HUMAN)
    # "human" comes before "machine": a guess is a cover only where there is nothing better.
    best = F("quality_score").desc(nulls_last=True)  # Earlier versions measured none.
    return Coalesce(
        Subquery(chosen.values("pk")[:1]),
        Subquery(mine.order_by("named_by", best, "pk").values("pk")[:1]),
    )


def cards(people: PersonQuerySet) -> PersonQuerySet:
    """Return people with their `counts` and a cover, told apart, those seen most first."""
    return people.told_apart().annotate(**counts(), cover_id=cover()).order_by(*seen_most())


def named(person: Person) -> FaceQuerySet:
    """Return the faces that a human said are the person's, the best first."""
    best = F("quality_score").desc(nulls_last=True)
    faces = Face.objects.filter(person=person, named_by=NamedBy.HUMAN)
    return faces.select_related("photo").only("photo__filename").order_by(best, "pk")


def other_names(person: Person, aliases: Sequence[str]) -> list[str]:
    """Return what else the person is called, and who else they were before they were merged."""
    merged = Person.everyone.filter(merged_into=person).order_by("name", "pk")
    names = [*aliases, *merged.values_list("name", flat=True)]
    return list(dict.fromkeys(name for name in names if fold(name) != person.folded_name))


def guessed(person: Person) -> FaceQuerySet:
    """Return the faces that surely are the person's, though no human said so, nearest first."""
    return _crops(Face.objects.filter(person=person, named_by=NamedBy.MACHINE))


def asked(person: Person) -> FaceQuerySet:
    """Return the faces that may be the person's, nearest first."""
    return _crops(Face.objects.filter(suggestion=person))


def said(person: Person) -> FaceQuerySet:
    """Return the faces that a human said are the person's, those of the newest photos first."""
    faces = Face.objects.filter(person=person, named_by=NamedBy.HUMAN).select_related("photo")
    return faces.only("photo__filename").order_by("-photo", "-pk")


def _crops(faces: FaceQuerySet) -> FaceQuerySet:
    """Return the faces with what a page needs to show their crops and distances."""
    # Without the vectors, a kilobyte a face.
    shown = ("distance", "normalised", "photo__filename", *QUALITY)
    nearest = F("normalised").asc(nulls_last=True)  # An earlier version's guesses have none.
    return faces.select_related("photo").only(*shown).order_by(nearest, "distance", "pk")


def names(people: PersonQuerySet) -> list[str]:
    """Return what to suggest of all people where a name is typed: favourites first, other names last.

    With notes where the names alone would not do, and without people whom somebody hid.
    """
    order = ("-is_favourite", "name", "note", "pk")
    columns = ("name", "note", "is_hidden", "roster", "folded_name")
    # By rows, and told apart here: thousands of people as objects, or each asked about by a query of its
    # own, would take longer than all else of a page.
    rows = list(people.order_by(*order).values_list(*columns))
    bearing = Counter(row[3:] for row in rows)
    shown = (
        in_full(name, note) if bearing[tuple(same)] > 1 else name
        for name, note, is_hidden, *same in rows
        if not is_hidden
    )
    aliases = PersonAlias.objects.filter(person__in=people.shown()).order_by("name")
    return list(dict.fromkeys([*shown, *aliases.values_list("name", flat=True)]))


def group_portraits(user: AbstractBaseUser | AnonymousUser) -> GroupPortraitQuerySet:
    """Return the user's pictures of which it is asked which face is the person's, oldest first."""
    return GroupPortrait.objects.visible_to(user).unanswered().order_by("pk")


def refused(user: AbstractBaseUser | AnonymousUser) -> int:
    """Return how many of the user's people do not want to be recognised, those who were erased too."""
    people = Person.everyone.visible_to(user).filter(gone=Gone.REFUSED)
    locks = LockedVector.objects.filter(roster__owner_id=user.pk, person=None)
    return people.order_by().values("pk").union(locks.values("pk"), all=True).count()


def portraits(person: Person) -> AnalysisJobQuerySet:
    """Return the jobs of portraits added lately, newest first.

    With `was_added`, whether its face has the name, and `is_asked_about`, whether it is asked which has it.
    """
    named = Face.objects.filter(
        photo=OuterRef("photo"), person=OuterRef("portrait_of"), named_by=NamedBy.HUMAN
    )
    jobs = AnalysisJob.objects.filter(portrait_of=person, queued_at__gte=timezone.now() - LATELY)
    groups = GroupPortrait.objects.unanswered().filter(photo=OuterRef("photo"), person=person)
    jobs = jobs.annotate(was_added=Exists(named), is_asked_about=Exists(groups))
    return jobs.order_by("-queued_at")
