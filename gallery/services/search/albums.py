"""Which album is meant by a name: one's own, or one that is shared."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

from gallery.fields import fold
from gallery.models import Album

Owner = AbstractBaseUser | AnonymousUser


def going_on(user: Owner, begun: str) -> list[Album]:
    """Return those with a word that goes on so, or whose whole name does; by name."""
    folded = fold(begun)
    found = Album.objects.readable_by(user).filter(folded_name__contains=folded)
    return [
        album
        for album in found.order_by("folded_name", "pk")
        if f" {folded}" in f" {album.folded_name}"
    ]


def meant_by(user: Owner, name: str) -> Album | None:
    """Return the one that is called so, the user's own first, else the first that goes on so."""
    found = going_on(user, name)
    found.sort(key=lambda one: (one.folded_name != fold(name), one.owner_id != user.pk))
    return found[0] if found else None
