"""Albums: photos put together by hand, or saved searches, and with whom they are shared."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from gallery.fields import FoldedField
from gallery.models.photo import Photo, PhotoQuerySet

NAME_LENGTH = 100
ACCOUNT_LENGTH = 150  # as Django has it


class AlbumQuerySet(QuerySet["Album"]):
    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> AlbumQuerySet:
        """Return the user's own; those of others that the user may see are `readable_by` them."""
        return self.filter(owner_id=user.pk)

    def shared_with(self, user: AbstractBaseUser | AnonymousUser) -> AlbumQuerySet:
        return self.filter(pk__in=AlbumShare.objects.filter(member_id=user.pk).values("album"))

    def readable_by(self, user: AbstractBaseUser | AnonymousUser) -> AlbumQuerySet:
        shared = AlbumShare.objects.filter(member_id=user.pk)
        return self.filter(Q(owner_id=user.pk) | Q(pk__in=shared.values("album")))

    def open_to(self, user: AbstractBaseUser | AnonymousUser) -> AlbumQuerySet:
        """Return those into which the user may put photos."""
        shared = AlbumShare.objects.filter(member_id=user.pk, may_add=True)
        mine = Q(owner_id=user.pk) | Q(pk__in=shared.values("album"))
        return self.filter(mine, search="")


class _ThereManager(models.Manager["Album"]):
    """Gives those that were not deleted."""

    def get_queryset(self) -> QuerySet[Album]:
        return super().get_queryset().filter(is_gone=False)


AlbumManager = _ThereManager.from_queryset(AlbumQuerySet)


class Album(models.Model):
    """Photos of its owner, and of members with whom it is shared; smart ones have a `search` instead.

    What it is called, how it is ordered, and which photos are in it, follows from the record of words
    (`models.record`). One that `is_gone` stays for an undoing, out of `objects`.
    """

    class Order(models.TextChoices):
        DATE = "date", "by when photos were taken"
        HAND = "hand", "by hand"

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="albums"
    )
    name = models.CharField(max_length=NAME_LENGTH)
    folded_name = FoldedField("name", max_length=300)
    about = models.TextField(blank=True, default="")
    # A number: the photo may be gone, or in the album no more.
    chosen_cover = models.BigIntegerField(null=True)
    order = models.CharField(max_length=4, choices=Order.choices, default=Order.DATE)
    search = models.TextField(blank=True, default="")
    is_gone = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    objects = AlbumManager()
    everything = AlbumQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["owner", "folded_name"], name="album_by_name")]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="album_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("album", args=[self.pk])

    @property
    def is_smart(self) -> bool:
        return bool(self.search)

    @property
    def is_by_hand(self) -> bool:
        return self.order == Album.Order.HAND

    def in_order(self) -> PhotoQuerySet:
        """Return the photos that were put into it, as it is ordered."""
        photos = Photo.objects.filter(album_photos__album=self)
        if self.is_by_hand:
            return photos.order_by("album_photos__position", "pk")
        return photos.order_by("taken_at", "pk")


class AlbumPhoto(models.Model):
    """A photo in an album; by hand they stand in the order of their `position`."""

    album = models.ForeignKey(Album, on_delete=models.CASCADE, related_name="album_photos")
    photo = models.ForeignKey(
        "gallery.Photo", on_delete=models.CASCADE, related_name="album_photos"
    )
    position = models.FloatField()

    class Meta:
        indexes = [models.Index(fields=["album", "position"], name="album_in_order")]
        constraints = [
            models.UniqueConstraint(fields=["album", "photo"], name="photo_once_in_album"),
        ]

    def __str__(self) -> str:
        return f"{self.photo} in {self.album}"


class AlbumShare(models.Model):
    """Whoever may see an album of somebody else's, and perhaps add to it.

    The names of people are read only where `shows_names` says so. `name` is what the owner wrote; without a
    `member` no account was called so, which most owners must not be told (`services/sharing.py`).
    """

    album = models.ForeignKey(Album, on_delete=models.CASCADE, related_name="shares")
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="album_shares"
    )
    name = models.CharField(max_length=ACCOUNT_LENGTH)
    may_add = models.BooleanField(default=False)
    shows_names = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["album", "member"], name="album_shared_once"),
            models.UniqueConstraint(fields=["album", "name"], name="album_shared_once_by_name"),
        ]

    def __str__(self) -> str:
        return f"{self.album} for {self.name}"
