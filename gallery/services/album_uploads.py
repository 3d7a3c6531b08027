"""Uploading straight into an album: one that is there, or one of a name, as of a folder that is dropped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from gallery.fields import fold
from gallery.models import Action, Album, Photo, Roster
from gallery.models.record import Did
from gallery.services import albums, saying, turns, wording
from gallery.services.photo_words import WordsRefused

# What comes into the same album so soon is one upload, and one thing to undo.
SOON = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Into:
    """Where the photos of an upload go: into an `album`, or into the user's own of that `name`."""

    user: User
    album: Album | None
    name: str

    def take(self, *photos: Photo) -> str:
        """Put photos of the user's into the album, which is made now if there is none of that name yet.

        Returns a sentence where that may not be any more; it may have changed meanwhile.
        """
        try:
            self._put(photos)
        except WordsRefused as refusal:
            return f"{refusal}"
        return ""

    @transaction.atomic
    def _put(self, photos: Sequence[Photo]) -> None:
        roster = turns.take_both(self.user.pk, self.album.owner_id if self.album else self.user.pk)
        album = _open_to(self.user, self.album.pk) if self.album else self._of_that_name()
        words = albums.appended(album, [photo.pk for photo in photos])
        before = _just_done(roster, album)
        if album.is_gone:
            words = [wording.titled(album.pk, self.name), *words]
        if before is None:
            saying.say(roster, Did.UPLOAD_IN, words, album=album.pk)
        else:
            saying.say_more(roster, before, words)

    def _of_that_name(self) -> Album:
        same = Album.objects.visible_to(self.user).filter(folded_name=fold(self.name), search="")
        # It is there once something says what it is called.
        new = {"owner": self.user, "name": self.name, "is_gone": True}
        return same.order_by("-pk").first() or Album.objects.create(**new)


def into(user: User, album: int | None, name: str) -> Into | None:
    """Return where an upload goes, None for the library alone; raises WordsRefused where it may not."""
    if album is not None:
        return Into(user, _open_to(user, album), "")
    return Into(user, None, albums.clean_name(name)) if name.strip() else None


def _open_to(user: User, key: int) -> Album:
    return albums.get(Album.objects.open_to(user), key)


def _just_done(roster: Roster, album: Album) -> Action | None:
    """Return the upload into that album that is going on, if nothing else was done since."""
    last = Action.objects.filter(roster=roster).order_by("-pk").first()
    if last is None or last.did != Did.UPLOAD_IN or last.album != album.pk or last.is_undone:
        return None
    word = last.words.order_by("-pk").first()
    return last if word and word.said_at > timezone.now() - SOON else None
