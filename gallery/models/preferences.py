"""How a person wants new photos to be analysed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import QuerySet

from analysis.methods import STAGES, Choice, methods_of
from gallery import installed
from gallery.models.network import Recommendation


class PreferencesQuerySet(QuerySet["Preferences"]):
    def of(self, user_id: int) -> Preferences:
        """Return the user's preferences: unsaved ones, all as recommended, if there are none yet."""
        return self.filter(user_id=user_id).first() or Preferences(user_id=user_id)

    def choosing(self, stage: str) -> Self:
        """Return those with another method of the stage than the recommended one."""
        there = methods_of(stage, installed.weights()).keys()
        # Of what is there: who once chose a method that has gone gets the recommended one.
        others = there - {Recommendation.objects.choice().by_stage()[stage]}
        return self.filter(**{f"methods__{stage}__in": sorted(others)})

    def choose(self, user_id: int, methods: Mapping[str, str]) -> None:
        """Save the methods, by stage, that the user has changed; the others stay as they were."""
        recommended = Recommendation.objects.choice().by_stage()
        chosen = {**self.of(user_id).here, **methods}
        chosen = {stage: name for stage, name in chosen.items() if name != recommended[stage]}
        self.update_or_create(user_id=user_id, defaults={"methods": chosen})


class Preferences(models.Model):
    """`methods` names the method of each stage that is not the recommended one.

    A recommendation that changes thus reaches whoever did not choose otherwise. With
    `shares_corrections` administrators may train networks with the faces whose emotion the user corrected.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="preferences"
    )
    methods = models.JSONField(default=dict, blank=True)
    shares_corrections = models.BooleanField(default=False)

    objects = PreferencesQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "preferences"

    def __str__(self) -> str:
        return f"Preferences of {self.user}"

    @property
    def here(self) -> dict[str, str]:
        """The chosen names, by stage, that this installation knows."""
        return {
            stage: name
            for stage, name in self.methods.items()
            if stage in STAGES and name in methods_of(stage, installed.weights())
        }

    @property
    def choice(self) -> Choice:
        """The chosen methods, and the recommended one in place of each that is gone."""
        return replace(Recommendation.objects.choice(), **self.here)

    @property
    def gone(self) -> dict[str, str]:
        """The chosen names, by stage, that this installation does not know any more."""
        here = self.here
        return {stage: name for stage, name in self.methods.items() if stage not in here}
