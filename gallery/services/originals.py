"""The original files of many photos as one zip, made while it is sent."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

from gallery import formats
from gallery.fields import fold
from gallery.models import Photo
from gallery.services.nearest import few
from gallery.services.sources import originals
from gallery.services.streamed_zip import StreamedZip

TOGETHER = 200  # rows read at once


def parts(user: AbstractBaseUser | AnonymousUser, photos: Collection[int]) -> Iterator[bytes]:
    """Yield the bytes of a zip of those of the photos, by key, that are the user's, in that order.

    A photo that is deleted meanwhile is left out, and so is one whose file can't be read where it lies.
    """
    pack, names = StreamedZip(), set[str]()
    for some in few(photos, TOGETHER):
        found = Photo.objects.visible_to(user).in_bulk(list(some))
        for key in some:
            if key in found:
                with suppress(OSError):
                    yield from _file(pack, found[key], names)
    yield pack.close()


def _file(pack: StreamedZip, photo: Photo, names: set[str]) -> Iterator[bytes]:
    with originals.open_file(photo) as file:
        size = file.seek(0, io.SEEK_END)
        file.seek(0)
        yield from pack.add_file(name_in(photo, names), file, size)


def name_in(photo: Photo, names: set[str]) -> str:
    """Return a name for the photo's file that none of those before has, and add it to the `names`."""
    _type, suffix = formats.TYPES[photo.format]
    stem = Path(photo.filename).stem or "photo"
    name, number = f"{stem}{suffix}", 1
    # Systems that fold names would unpack one over the other.
    while fold(name) in names:
        number += 1
        name = f"{stem} ({number}){suffix}"
    names.add(fold(name))
    return name
