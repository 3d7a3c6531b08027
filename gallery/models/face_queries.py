"""Which faces there are, by who named them and what humans said that they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.db.models import Q, QuerySet

from analysis.results import DOUBTFUL
from gallery.models.preferences import Preferences
from gallery.models.roster import Roster

if TYPE_CHECKING:
    from gallery.models.face import Face


def _chose(stage: str) -> Q:
    """Return the condition that a face's owner chose another method than the recommended one."""
    return Q(photo__owner__in=Preferences.objects.choosing(stage).values("user"))


# What can be told from others at all; earlier versions measured no quality.
CLEAR = Q(quality_score=None) | Q(quality_score__gte=DOUBTFUL)


class FaceQuerySet(QuerySet["Face"]):
    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> FaceQuerySet:
        return self.filter(photo__owner_id=user.pk)

    def of(self, roster: Roster) -> FaceQuerySet:
        """Return the faces that are named by the people of the roster."""
        return self.filter(photo__owner__in=roster.members)

    def unnamed(self) -> FaceQuerySet:
        """Return those that may be somebody's, as no human said whose they are, or that nobody knows."""
        return self.filter(mark=Mark.NONE).exclude(named_by=NamedBy.HUMAN)

    def unknown(self) -> FaceQuerySet:
        """Return those of nobody, as far as it is said or guessed, that can be told from others at all."""
        return self.unnamed().filter(CLEAR, person=None)

    def put_aside(self, *marks: Mark) -> FaceQuerySet:
        """Return those of which a human said that they are one of these instead of somebody's."""
        # The first says what the index says, without which SQLite would look at all faces.
        return self.exclude(mark=Mark.NONE).filter(mark__in=marks)

    def following(self, stage: str) -> FaceQuerySet:
        """Return the faces of those who get the stage's recommended method."""
        return self.exclude(_chose(stage))

    def choosing(self, stage: str) -> FaceQuerySet:
        """Return the faces of those who chose another method of the stage than the recommended one."""
        return self.filter(_chose(stage))

    def left_to_right(self) -> FaceQuerySet:
        return self.order_by("left", "top", "pk")


class NamedBy(models.TextChoices):
    NOBODY = "", "nobody"
    MACHINE = "machine", "a machine's guess"
    HUMAN = "human", "a human's word"


class Mark(models.TextChoices):
    """What a face is instead of somebody's: as a human said, or as follows from where it is."""

    NONE = "", "a face"
    NO_FACE = "no_face", "not a face"
    STRANGER = "stranger", "a stranger's face"
    PENDING = "pending", "drawn, and not measured yet"
    UNDRAWN = "undrawn", "drawn, and taken back"
    LET_GO = "let_go", "not found again, and let go"
    PRIVATE = "private", "of somebody who does not want to be recognised"


# What a human may say of a face.
SAID = (Mark.NONE, Mark.NO_FACE, Mark.STRANGER)
# Faces with these are shown nowhere but where they can be brought back.
HIDDEN = (Mark.NO_FACE, Mark.PENDING, Mark.UNDRAWN, Mark.LET_GO)
# Those of them that a later analysis may bring back by itself.
FOR_NOW = (Mark.PENDING, Mark.UNDRAWN, Mark.LET_GO)


class Lost(models.TextChoices):
    """Whether a face of which something is said was found by its photo's last analysis."""

    FOUND = "", "found"
    ASKED = "asked", "not found, and nobody has said whether it stays"
    ANSWERED = "answered", "not found, and somebody has said whether it stays"


class _ShownManager(models.Manager["Face"]):
    """Gives what is a face, as far as humans say."""

    def get_queryset(self) -> QuerySet[Face]:
        return super().get_queryset().exclude(mark__in=HIDDEN)


FaceManager = _ShownManager.from_queryset(FaceQuerySet)

# All that is counted of people, and which of their faces is the best.
OF_PERSON = models.Index(
    fields=["person", "named_by", "-quality_score", "photo"],
    condition=Q(person__isnull=False),
    name="face_of_person",
)
