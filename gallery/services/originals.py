"""The original files of many photos as one zip, made while it is sent."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO

from django.contrib.auth.models import User

from gallery import formats
from gallery.fields import fold
from gallery.models import Photo
from gallery.services import album_photos
from gallery.services.nearest import few
from gallery.services.sources import originals
from gallery.services.streamed_zip import StreamedZip

TOGETHER = 200  # rows read at once


def parts(user: User, photos: Collection[int], album: int | None = None) -> Iterator[bytes]:
    """Yield the bytes of a zip of those of the photos, by key, that are the user's, in that order.

    Of an album's photos that are somebody else's come the pictures that its readers see. A photo that is
    deleted meanwhile is left out, and so is one whose file can't be read where it lies.
    """
    pack, names = StreamedZip(), set[str]()
    for some in few(photos, TOGETHER):
        found = Photo.objects.visible_to(user).in_bulk(list(some))
        others = _shared(user, album, [key for key in some if key not in found]) if album else {}
        for key in some:
            with suppress(OSError):
                if key in found:
                    with originals.open_file(found[key]) as file:
                        yield from _file(pack, name_in(found[key], names), file)
                elif key in others:
                    photo, stem = others[key]
                    with photo.preview.open("rb") as file:
                        yield from _file(pack, _free(stem, ".jpg", names), file)
    yield pack.close()


def _shared(user: User, album: int, photos: Collection[int]) -> Mapping[int, tuple[Photo, str]]:
    """Return those of the photos that the user reads in the album now, and what they may be called."""
    reader = album_photos.reader(user, album) if photos else None
    if reader is None:
        return {}
    inside = set(album_photos.keys(reader.album)).intersection(photos)
    return {
        photo.pk: (photo, Path(photo.filename).stem if reader.reads_names(photo) else "photo")
        for photo in Photo.objects.filter(pk__in=inside)
    }


def _file(pack: StreamedZip, name: str, file: IO[bytes]) -> Iterator[bytes]:
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    yield from pack.add_file(name, file, size)


def name_in(photo: Photo, names: set[str]) -> str:
    """Return a name for the photo's file that none of those before has, and add it to the `names`."""
    _type, suffix = formats.TYPES[photo.format]
    return _free(Path(photo.filename).stem, suffix, names)


def _free(stem: str, suffix: str, names: set[str]) -> str:
    stem = stem or "photo"
    name, number = f"{stem}{suffix}", 1
    # Systems that fold names would unpack one over the other.
    while fold(name) in names:
        number += 1
        name = f"{stem} ({number}){suffix}"
    names.add(fold(name))
    return name
