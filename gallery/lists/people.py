"""People, and the portraits that were added of them, as pages list them."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import BigIntegerField, Count, Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from gallery.models import AnalysisJob, Face, KnownEncoding, Person
from gallery.models.face import NamedBy
from gallery.models.job import AnalysisJobQuerySet
from gallery.models.person import PersonQuerySet

LATELY = timedelta(days=1)


def cards(people: PersonQuerySet) -> PersonQuerySet:
    """Return people with the number of their photos and a cover, told apart, those seen most first."""
    known = KnownEncoding.objects.filter(person=OuterRef("pk")).order_by("pk")
    # "human" comes before "machine": a guess is a cover only where there is nothing better.
    named = Face.objects.filter(person=OuterRef("pk")).order_by("named_by", "pk")
    return (
        people.told_apart()
        .annotate(
            photo_count=Count("faces__photo", distinct=True),
            cover_id=Coalesce(
                Subquery(known.values("face_id")[:1]),
                Subquery(named.values("pk")[:1]),
                output_field=BigIntegerField(),
            ),
        )
        .order_by("-photo_count", "folded_name", "pk")
    )


def names(people: PersonQuerySet) -> list[str]:
    """Return what to suggest where a name is typed: notes too where the names alone would not do."""
    found = people.told_apart().order_by("name", "note", "pk")
    return list(dict.fromkeys(person.shown_name for person in found))


def portraits(person: Person) -> AnalysisJobQuerySet:
    """Return the jobs of portraits added lately, newest first, with `was_added`: its face has the name."""
    named = Face.objects.filter(
        photo=OuterRef("photo"), person=OuterRef("portrait_of"), named_by=NamedBy.HUMAN
    )
    jobs = AnalysisJob.objects.filter(portrait_of=person, queued_at__gte=timezone.now() - LATELY)
    return jobs.annotate(was_added=Exists(named)).order_by("-queued_at")
