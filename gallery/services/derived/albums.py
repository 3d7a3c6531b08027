"""Writes what albums are called and how they are ordered, and which photos are in them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from gallery.fields import fold
from gallery.models import Album, AlbumPhoto, AlbumShare, Photo
from gallery.models.record import Topic
from gallery.services import record
from gallery.services.derived.changed import Changed
from gallery.services.nearest import few
from gallery.services.record import Register, Said

COLUMNS = ["name", "folded_name", "about", "chosen_cover", "order", "search", "is_gone"]


def settle(said: record.Current) -> None:
    """Write what is said of albums; one of which nothing says what it is called is gone."""
    albums = Album.everything.in_bulk({register.subject for register in said})
    for register, word in said.items():
        if register.subject in albums:
            _tell(albums[register.subject], register.topic, word)
    being = record.current_of([Topic.TITLE, Topic.DROPPED], list(albums))
    for key, album in albums.items():
        is_dropped = Register(Topic.DROPPED, key) in being
        album.is_gone = is_dropped or Register(Topic.TITLE, key) not in being
    Album.everything.bulk_update(albums.values(), COLUMNS, batch_size=record.AT_A_TIME)


def _tell(album: Album, topic: Topic, word: Said) -> None:
    """Have the album be as one word says."""
    value = word.value
    if topic is Topic.TITLE and value:
        album.name, album.folded_name = value, fold(value)
    elif topic is Topic.TEXT:
        album.about = value or ""
    elif topic is Topic.FRONT:
        album.chosen_cover = value
    elif topic is Topic.ORDER:
        album.order = value or Album.Order.DATE
    elif topic is Topic.SEARCH:
        album.search = value or ""


def settle_photos(said: record.Current, changed: Changed) -> None:
    """Write which photos are in which albums: their owners', and those of whom they are shared with."""
    members = _members({int(register.about) for register in said})
    wanted = {
        (int(register.about), register.subject): word.value for register, word in said.items()
    }
    owners = _owners({photo for _album, photo in wanted})
    rows = [
        AlbumPhoto(album_id=album, photo_id=photo, position=position)
        for (album, photo), position in sorted(wanted.items(), key=lambda one: one[0])
        if position is not None and owners.get(photo) in members.get(album, ())
    ]
    there = {(row.album_id, row.photo_id) for row in rows}
    _take_out(wanted.keys() - there)
    AlbumPhoto.objects.bulk_create(
        rows,
        batch_size=record.AT_A_TIME,
        update_conflicts=True,
        unique_fields=["album", "photo"],
        update_fields=["position"],
    )
    changed.photos |= {register.subject for register in said}
    changed.albums |= {int(register.about) for register in said}


def _members(albums: Collection[int]) -> Mapping[int, set[int]]:
    """Return whose photos may be in each of the albums, by key: its owner's, and its members'."""
    rows = Album.everything.filter(pk__in=albums).values_list("pk", "owner")
    found = {album: {owner} for album, owner in rows}
    shares = AlbumShare.objects.filter(album__in=albums, member__isnull=False)
    for album, member in shares.values_list("album", "member"):
        found[album].add(member)
    return found


def _owners(photos: Collection[int]) -> dict[int, int]:
    return {
        photo: owner
        for some in few(sorted(photos))
        for photo, owner in Photo.objects.filter(pk__one_of=some).values_list("pk", "owner")
    }


def _take_out(pairs: Collection[tuple[int, int]]) -> None:
    for album in {album for album, _photo in pairs}:
        photos = sorted(photo for one, photo in pairs if one == album)
        for some in few(photos):
            AlbumPhoto.objects.filter(album=album, photo__one_of=some).delete()
