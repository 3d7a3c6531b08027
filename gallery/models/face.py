"""A face on a photo: what the networks said, and what a human said."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.db.models import Q, QuerySet

from analysis.results import (
    AgeEstimate,
    Box,
    EmotionEstimate,
    FaceResult,
    GenderEstimate,
    GenderLabel,
)
from gallery.fields import VectorField
from gallery.models.person import Person
from gallery.models.photo import Photo


class FaceQuerySet(QuerySet["Face"]):
    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> FaceQuerySet:
        return self.filter(photo__owner_id=user.pk)

    def left_to_right(self) -> FaceQuerySet:
        return self.order_by("left", "top", "pk")


class NamedBy(models.TextChoices):
    NOBODY = "", "nobody"
    MACHINE = "machine", "a machine's guess"
    HUMAN = "human", "a human's word"


class Face(models.Model):
    """Box and landmarks are in pixels of the upright original."""

    photo = models.ForeignKey(Photo, on_delete=models.CASCADE, related_name="faces")
    left = models.IntegerField()
    top = models.IntegerField()
    right = models.IntegerField()
    bottom = models.IntegerField()
    score = models.FloatField()
    landmarks = VectorField(136)
    encoding = VectorField(128)
    encoder = models.CharField(max_length=60)

    age_years = models.FloatField()
    age_bracket = models.CharField(max_length=10)
    age_confidence = models.FloatField()
    gender = models.CharField(max_length=6)
    gender_confidence = models.FloatField()
    emotion = models.CharField(max_length=10)
    emotion_confidence = models.FloatField()
    emotion_scores = models.JSONField(default=dict)
    methods = models.JSONField(default=dict)

    # RESTRICT: a person goes only after their faces were told so (services.people.delete).
    person = models.ForeignKey(Person, on_delete=models.RESTRICT, null=True, related_name="faces")
    named_by = models.CharField(
        max_length=7, choices=NamedBy.choices, default=NamedBy.NOBODY, blank=True
    )
    distance = models.FloatField(null=True)

    objects = FaceQuerySet.as_manager()

    number = 0  # from the left, 1 for the first; set by whoever lists a photo's faces

    class Meta:
        indexes = [models.Index(fields=["photo", "left"], name="face_left_to_right")]
        constraints = [
            models.CheckConstraint(
                condition=Q(right__gt=models.F("left"), bottom__gt=models.F("top")),
                name="face_box_has_an_area",
            ),
            models.CheckConstraint(
                condition=Q(named_by=NamedBy.MACHINE, person__isnull=False, distance__isnull=False)
                | Q(named_by=NamedBy.HUMAN, person__isnull=False)
                | Q(named_by=NamedBy.NOBODY, person__isnull=True),
                name="face_person_says_who_named_it",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} on {self.photo}"

    @property
    def box(self) -> Box:
        return Box(self.left, self.top, self.right, self.bottom)

    @property
    def result(self) -> FaceResult:
        """What the networks said, as the analysis said it."""
        return FaceResult(
            box=self.box,
            score=self.score,
            landmarks=self.landmarks.reshape(68, 2),
            encoding=self.encoding,
            age=AgeEstimate(self.age_years, self.age_bracket, self.age_confidence),
            gender=GenderEstimate(cast(GenderLabel, self.gender), self.gender_confidence),
            emotion=EmotionEstimate(self.emotion, self.emotion_confidence, self.emotion_scores),
        )

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def points(self) -> list[tuple[float, float]]:
        return [(round(float(x), 1), round(float(y), 1)) for x, y in self.landmarks.reshape(68, 2)]

    @property
    def is_named(self) -> bool:
        return self.named_by == NamedBy.HUMAN

    @property
    def is_guess(self) -> bool:
        return self.named_by == NamedBy.MACHINE

    @property
    def label(self) -> str:
        """The name as people read it: a guess always reads as a guess."""
        if self.person is None:
            return "Unknown"
        return f"{self.person.name}?" if self.is_guess else self.person.name

    @property
    def colour(self) -> int | None:
        return self.person.colour if self.person else None

    @property
    def emotion_bars(self) -> list[tuple[str, float]]:
        return sorted(self.emotion_scores.items(), key=lambda item: -item[1])


class Refusal(models.Model):
    """A human said: this face is not this person."""

    face = models.ForeignKey(Face, on_delete=models.CASCADE, related_name="refusals")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="refusals")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["face", "person"], name="refusal_once"),
        ]

    def __str__(self) -> str:
        return f"{self.face_id} is not {self.person}"
