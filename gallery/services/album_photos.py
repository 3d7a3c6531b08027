"""Which photos are in an album, in its order, and who reads it with which rights."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User

from gallery import lists
from gallery.lists.shared import SharedPhoto
from gallery.models import Album, AlbumPhoto, AlbumShare, Photo
from gallery.services import search
from gallery.services.search import Found, address


def keys(album: Album) -> Sequence[int]:
    """Return the photos of an album, by key, in its order: those put into it, or that its search finds."""
    if album.is_smart:
        found: list[int] = search.found(album.owner, address.of(album.search)).keys.tolist()
        return found
    return list(album.in_order().values_list("pk", flat=True))


def found_by(albums: Iterable[Album]) -> Iterator[tuple[Album, Found]]:
    """Yield the smart ones of the albums, each with what it finds, by some queries for each owner."""
    owners: dict[User, list[Album]] = {}
    for album in albums:
        if album.is_smart:
            owners.setdefault(album.owner, []).append(album)
    for owner, some in owners.items():
        searches = [address.of(album.search) for album in some]
        yield from zip(some, search.found_each(owner, searches), strict=True)


def holds(album: Album, photo: int) -> bool:
    if album.is_smart:
        return photo in keys(album)
    return AlbumPhoto.objects.filter(album=album, photo=photo).exists()


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who reads an album: its owner, who has no `share`, or a member with whom it is shared."""

    album: Album
    user: User
    share: AlbumShare | None

    @property
    def is_owner(self) -> bool:
        return self.share is None

    @property
    def may_add(self) -> bool:
        return not self.album.is_smart and (self.share is None or self.share.may_add)

    def reads_names(self, photo: Photo) -> bool:
        """Whether they may read who is on a photo, and what it is called.

        Of what another member put in only that member does: the album's owner can't allow it for them.
        """
        if photo.owner_id == self.user.pk:
            return True
        is_allowed = self.share is not None and self.share.shows_names
        return is_allowed and photo.owner_id == self.album.owner_id


def cards(reader: Reader, found: Sequence[int]) -> list[Photo | SharedPhoto]:
    """Return photos of the album, by key and in that order: cards of the reader's own, others as shared."""
    own = Photo.objects.visible_to(reader.user).filter(pk__in=found)
    there: dict[int, Photo | SharedPhoto] = {card.pk: card for card in lists.photos.cards(own)}
    others = [key for key in found if key not in there]
    there |= {photo.pk: photo for photo in lists.shared.photos(others, reader.reads_names)}
    return [there[key] for key in found if key in there]


def reader(user: User, album: int) -> Reader | None:
    """Return how the user reads the album, by key; None where they may not."""
    found = Album.objects.readable_by(user).select_related("owner").filter(pk=album).first()
    if found is None:
        return None
    mine = found.owner_id == user.pk
    share = None if mine else found.shares.filter(member=user).first()
    return Reader(found, user, share) if mine or share else None
