"""The emotion networks that administrators brought or trained, and what they recommend to everyone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import QuerySet
from django.utils import timezone

from analysis.errors import UnknownMethod, WeightsMissing
from analysis.methods import DEFAULT, Choice, find
from gallery import installed


class Origin(models.TextChoices):
    UPLOADED = "uploaded"
    TRAINED = "trained"


class Network(models.Model):
    """A network whose files lie in `folder`; it is chosen by its `name`.

    `facts` is what its intake measured (`analysis.training.intake`), and of one that was trained here
    whether it learnt from `corrections`.
    """

    name = models.SlugField(max_length=40, unique=True, allow_unicode=True)
    origin = models.CharField(max_length=8, choices=Origin.choices)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="networks"
    )
    made_at = models.DateTimeField(default=timezone.now)
    facts = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.name

    @property
    def folder(self) -> Path:
        return installed.networks() / self.name


class RecommendationQuerySet(QuerySet["Recommendation"]):
    def choice(self) -> Choice:
        """Return the recommended methods: ours, and in place of some those that an administrator named.

        One whose files are not there gives way to ours.
        """
        return replace(DEFAULT, **{one.stage: one.method for one in self if one.is_there})


class Recommendation(models.Model):
    """The method of a stage that everyone gets who did not choose another."""

    stage = models.CharField(max_length=20, primary_key=True)
    method = models.CharField(max_length=100)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now)

    objects = RecommendationQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.stage}: {self.method}"

    @property
    def is_there(self) -> bool:
        weights = installed.weights()
        try:
            find(self.stage, self.method, weights).files(weights)
        except (UnknownMethod, WeightsMissing):
            return False
        return True
