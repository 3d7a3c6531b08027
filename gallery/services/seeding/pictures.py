"""Files for made photos: a few pictures, each hard-linked many times, so that folders are all they cost."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from analysis.synthetic.library import Batch
from gallery.models import Photo
from gallery.services import files


class Shared:
    """A picture that many files are: the same one on the disk, as often as the file system links it."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._at: Path | None = None

    def put(self, path: Path) -> None:
        """Have the picture be at `path`, which is not there yet."""
        if self._at is not None:
            try:
                os.link(self._at, path)
            except OSError:  # Linked too often, or this file system links nothing.
                pass
            else:
                return
        path.write_bytes(self._content)
        self._at = path


class Pictures:
    """The pictures that stand for made photos, one for each camera, and for faces."""

    def __init__(self, photos: Sequence[bytes], faces: Sequence[bytes]) -> None:
        self._photos = [Shared(content) for content in photos]
        self._faces = [Shared(content) for content in faces]

    def add(self, batch: Batch, photos: Sequence[int], faces: Sequence[int]) -> None:
        """Add the files of the batch, whose photos and faces have these keys."""
        found = Photo.objects.in_bulk(photos)
        made = [found[pk] for pk in photos]
        for photo, camera in zip(made, batch.cameras.tolist(), strict=True):
            # What is left of a library whose rows were not written is in the way.
            files.remove_folder(photo.folder)
            photo.face_crop(0).parent.mkdir(parents=True)
            for path in (photo.original, photo.preview, photo.thumbnail, photo.small):
                self._photos[camera].put(path)
        whose = zip(faces, batch.photo.tolist(), batch.people.tolist(), strict=True)
        for pk, number, person in whose:
            self._faces[person % len(self._faces)].put(made[number].face_crop(pk))
