"""Whom nothing names any more, such as a name that was mistyped once, is not there any more."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from gallery.models import (
    AnalysisJob,
    Face,
    GroupPortrait,
    KnownEncoding,
    Person,
    PersonAlias,
    Refusal,
)
from gallery.models.face_queries import NamedBy
from gallery.models.person import Gone


def settle(people: Collection[int], *, note: str = "") -> None:
    """Have those of the people, by key, be gone whom nothing names, and those be there again whom it does.

    Of whom somebody said more than the name is not gone, nor whom a picture may still make known. A `note`
    that no human wrote says nothing. Call it in the roster's turn.
    """
    mine = Person.everyone.filter(pk__in=people)
    gone = mine.filter(gone=Gone.NOT).exclude(_is_used(note))
    gone.update(gone=Gone.UNUSED, gone_at=timezone.now())
    again = mine.filter(gone=Gone.UNUSED).filter(_is_used(note))
    again.update(gone=Gone.NOT, gone_at=None)


def _is_used(note: str) -> Q:
    me = OuterRef("pk")
    is_known = Q(Exists(KnownEncoding.objects.filter(person=me)))
    is_named = Q(Exists(Face.everything.filter(person=me, named_by=NamedBy.HUMAN)))
    is_said_more = ~Q(note__in=["", note]) | Q(born_on__isnull=False) | ~Q(about="")
    is_said_more |= ~Q(consent="") | ~Q(consent_note="")
    is_said_more |= Q(is_hidden=True) | Q(is_favourite=True)
    is_said_more |= Q(Exists(PersonAlias.objects.filter(person=me)))
    is_refused = Q(Exists(Refusal.objects.filter(person=me)))
    is_to_be_chosen = Q(Exists(GroupPortrait.objects.filter(person=me)))
    is_looked_at = Q(Exists(AnalysisJob.objects.filter(portrait_of=me).open()))
    return is_known | is_named | is_said_more | is_refused | is_to_be_chosen | is_looked_at
