"""Albums as pages list them."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Count, F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from gallery.models import Album, AlbumPhoto
from gallery.models.album import AlbumQuerySet


def cards(albums: AlbumQuerySet) -> AlbumQuerySet:
    """Return albums with how many photos were put into each, and which stands for it, the newest first.

    `cover_id` is the photo that was chosen, if it is there still, else the first by place.
    """
    inside = AlbumPhoto.objects.filter(album=OuterRef("pk")).order_by()
    counted = inside.values("album").values(count=Count("pk"))
    seen = inside.filter(photo__width__isnull=False).exclude(photo__methods={})
    chosen = seen.filter(photo=OuterRef("chosen_cover"))
    cover = Coalesce(
        Subquery(chosen.values("photo")[:1]),
        Subquery(seen.order_by("position", "photo").values("photo")[:1]),
    )
    found = albums.annotate(photo_count=Coalesce(Subquery(counted), 0), cover_id=cover)
    return found.order_by("-created_at", "-pk")


def open_to(user: AbstractBaseUser | AnonymousUser) -> AlbumQuerySet:
    """Return the albums into which the user may put photos, with whose they are, by name."""
    albums = Album.objects.open_to(user).annotate(owner_name=F("owner__username"))
    return albums.order_by("folded_name", "pk")


def of_photo(user: AbstractBaseUser | AnonymousUser, photo: int) -> AlbumQuerySet:
    """Return the albums that a photo is in, as far as the user may see them, by name."""
    albums = Album.objects.readable_by(user).filter(album_photos__photo=photo)
    return albums.annotate(owner_name=F("owner__username")).order_by("folded_name", "pk")
