"""Photos that were deleted and can still be brought back."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.db.models import QuerySet
from django.utils import timezone

from gallery.models.photo import folder_of

KEPT = timedelta(days=30)


class BinnedPhotoQuerySet(QuerySet["BinnedPhoto"]):
    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> BinnedPhotoQuerySet:
        return self.filter(owner_id=user.pk)

    def over(self) -> BinnedPhotoQuerySet:
        """Return those whose time is up."""
        return self.filter(binned_at__lt=timezone.now() - KEPT)


class BinnedPhoto(models.Model):
    """The rows of a deleted photo, as `services.freezing` keeps them; its files stay where they are.

    So no list, search or match has to know of deleted photos: they are not among the photos. It keeps the
    photo's primary key, `faces` are those of its faces.
    """

    id = models.BigIntegerField(primary_key=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="binned_photos"
    )
    key = models.UUIDField(unique=True)
    filename = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    faces = models.JSONField(default=list)
    rows = models.JSONField()
    binned_at = models.DateTimeField(default=timezone.now)

    objects = BinnedPhotoQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "sha256"], name="binned_photo_once_per_owner"),
        ]
        indexes = [models.Index(fields=["owner", "-binned_at"], name="binned_last")]

    def __str__(self) -> str:
        return self.filename

    @property
    def folder(self) -> Path:
        return folder_of(self.key)

    @property
    def thumbnail(self) -> Path:
        return self.folder / "thumbnail.jpg"

    @property
    def goes_at(self) -> datetime:
        """When it goes for good."""
        return self.binned_at + KEPT
