"""The people of a roster, and the encodings they are known by."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from analysis.born import Born
from analysis.dates import FIRST_YEAR, Precision
from analysis.palette import OWN
from gallery.fields import ENCODING, FoldedField, VectorField, fold
from gallery.models.roster import Roster

BORN = ("born_on", "born_to")


def sharing_names(of: str = "") -> dict[str, Exists]:
    """Return `shares_name`, to be annotated: whether another of the roster bears the name.

    `of` is how the row leads to the person.
    """
    others = Person.objects.exclude(pk=OuterRef(f"{of}pk"))
    same = {name: OuterRef(f"{of}{name}") for name in ("roster", "folded_name")}
    return {"shares_name": Exists(others.filter(**same))}


def in_full(name: str, note: str) -> str:
    """Return what somebody is called where their name alone does not say who is meant."""
    return f"{name} ({note})" if note else name


class PersonQuerySet(QuerySet["Person"]):
    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> PersonQuerySet:
        return self.filter(roster__in=Roster.objects.visible_to(user))

    def called(self, name: str) -> PersonQuerySet:
        """Return all who have that name, however it is capitalised."""
        return self.filter(folded_name=fold(name))

    def also_called(self, name: str) -> PersonQuerySet:
        """Return all who go by that name: who are called so, or also, or were before they were merged."""
        same = {"folded_name": fold(name)}
        other = Q(pk__in=PersonAlias.objects.filter(**same).values("person"))
        before = Q(pk__in=Person.everyone.filter(gone=Gone.MERGED, **same).values("merged_into"))
        return self.filter(Q(**same) | other | before)

    def meant_by(self, text: str) -> list[Person]:
        """Return all who are called so; without any, those whose name and note together read so."""
        found = list(self.also_called(text).order_by("pk"))
        heads = [text[:at] for at in range(len(text)) if text.startswith(" (", at)]
        if found or not heads:
            return found
        noted = self.filter(folded_name__in=map(fold, heads)).exclude(note="").order_by("pk")
        return [person for person in noted if fold(person.in_full) == fold(text)]

    def shown(self) -> PersonQuerySet:
        """Return those whom nobody hid."""
        return self.filter(is_hidden=False)

    def told_apart(self) -> PersonQuerySet:
        """Return them with `shares_name`: whether somebody else in their roster bears the name."""
        return self.annotate(**sharing_names())


class Gone(models.TextChoices):
    """Why somebody is nowhere to be seen, though an undoing may bring them back."""

    NOT = "", "there"
    MERGED = "merged", "somebody else, as a human said"
    DELETED = "deleted", "deleted by a human"
    REFUSED = "refused", "does not want to be recognised"
    UNUSED = "unused", "nothing says any more who they are"


class Consent(models.TextChoices):
    """Whether somebody agrees to be recognised, as far as a human said it."""

    UNKNOWN = "", "not known"
    GIVEN = "given", "agreed"
    REFUSED = "refused", "refused"


class _ThereManager(models.Manager["Person"]):
    """Gives those who are there alone."""

    def get_queryset(self) -> QuerySet[Person]:
        return super().get_queryset().filter(gone=Gone.NOT)


PersonManager = _ThereManager.from_queryset(PersonQuerySet)


class Person(models.Model):
    """Somebody of a roster. Several may bear one name: `note` says for people which of them this is.

    Whoever is `gone` is so by what the record says, and stays out of `objects`, for an undoing to bring
    them back. `merged_into` is who they are then, never somebody who was merged themselves.
    """

    roster = models.ForeignKey(Roster, on_delete=models.CASCADE, related_name="people")
    name = models.CharField(max_length=100)
    # Folding makes up to three letters of one.
    folded_name = FoldedField("name", max_length=300)
    note = models.CharField(max_length=60, blank=True, default="")
    # The first day on which they may have been born, and what of it is known.
    born_on = models.DateField(null=True)
    born_to = models.CharField(max_length=5, blank=True, default="")
    about = models.TextField(blank=True, default="")
    # A number: the face may be gone, or somebody else's by now.
    chosen_cover = models.BigIntegerField(null=True)
    is_hidden = models.BooleanField(default=False)
    is_favourite = models.BooleanField(default=False)
    # Since when, and how that is known.
    consent = models.CharField(max_length=7, choices=Consent.choices, blank=True, default="")
    consent_on = models.DateField(null=True)
    consent_note = models.CharField(max_length=500, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now)
    gone = models.CharField(max_length=7, choices=Gone.choices, blank=True, default=Gone.NOT)
    gone_at = models.DateTimeField(null=True)
    merged_into = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="+")

    objects = PersonManager()
    everyone = PersonQuerySet.as_manager()

    shares_name = (
        False  # whether another of the roster bears the name; set by whoever lists people or faces
    )

    class Meta:
        verbose_name_plural = "people"
        indexes = [models.Index(fields=["roster", "folded_name"], name="person_by_name")]
        constraints = [
            models.CheckConstraint(condition=~models.Q(name=""), name="person_has_a_name"),
            models.CheckConstraint(
                condition=models.Q(born_on=None, born_to="")
                | models.Q(
                    born_on__isnull=False,  # Or SQL would not know, and take it.
                    born_on__gte=date(FIRST_YEAR, 1, 1),
                    born_to__in=[*map(str, Precision)],
                ),
                name="person_born_once",
            ),
            models.CheckConstraint(
                condition=models.Q(gone=Gone.MERGED) | models.Q(merged_into=None),
                name="person_merged_is_gone",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("person", args=[self.pk])

    @property
    def stands_for(self) -> Person | None:
        """Who this is by now: themselves, whom they were merged into, or nobody."""
        return self.merged_into if self.gone else self

    @property
    def in_full(self) -> str:
        return in_full(self.name, self.note)

    @property
    def shown_name(self) -> str:
        """The name, and the note where the name alone would not say who is meant."""
        return self.in_full if self.shares_name else self.name

    @property
    def born(self) -> Born | None:
        """When they were born, as far as somebody said it."""
        return None if self.born_on is None else Born.on(self.born_on, Precision(self.born_to))

    @born.setter
    def born(self, born: Born | None) -> None:
        self.born_on = born.earliest if born else None
        self.born_to = born.precision.value if born else ""

    @property
    def colour(self) -> int:
        """An index into `analysis.palette`, the same on every page but for photos of many."""
        return self.pk % OWN


class PersonAlias(models.Model):
    """Another name that somebody goes by: whoever types it means them."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="aliases")
    name = models.CharField(max_length=100)
    folded_name = FoldedField("name", max_length=300)

    class Meta:
        verbose_name_plural = "person aliases"
        indexes = [models.Index(fields=["folded_name"], name="alias_by_name")]
        constraints = [
            models.UniqueConstraint(fields=["person", "folded_name"], name="alias_once"),
        ]

    def __str__(self) -> str:
        return self.name


class KnownEncodingQuerySet(QuerySet["KnownEncoding"]):
    def of(self, roster: Roster) -> KnownEncodingQuerySet:
        """Return what the people of the roster are known by."""
        return self.filter(person__roster=roster)

    def with_faces(self) -> KnownEncodingQuerySet:
        """Return those of which there is a face to show."""
        return self.filter(face__isnull=False)


class KnownEncoding(models.Model):
    """An encoding that a human said is this person's. Encodings of two encoders never meet.

    It is that of a face, or stands without one and came in a file, whose name `imported_from` is, as that
    of `brought_for`. Nobody is known by one without a `person`, as while whose it is has gone.
    """

    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, null=True, related_name="encodings"
    )
    brought_for = models.ForeignKey(
        Person, on_delete=models.CASCADE, null=True, related_name="brought_encodings"
    )
    face = models.OneToOneField(
        "gallery.Face", on_delete=models.CASCADE, null=True, related_name="known_encoding"
    )
    imported_from = models.CharField(max_length=255, blank=True, default="")
    vector = VectorField(*ENCODING)
    encoder = models.CharField(max_length=60)
    level = models.FloatField(null=True)
    population = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = KnownEncodingQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["person", "encoder"], name="known_by_encoder")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    face__isnull=False, imported_from="", person__isnull=False, brought_for=None
                )
                | (models.Q(face=None, brought_for__isnull=False) & ~models.Q(imported_from="")),
                name="known_by_a_face_or_from_a_file",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} by {self.imported_from or f'face {self.face_id}'}"
