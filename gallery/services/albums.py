"""Making albums, telling what they are, and putting photos into them: all of it words of the record.

What is in an album of somebody else's is said in the turns of both, so that neither misses the other.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext, gettext_lazy

from analysis.names import tidied
from gallery.models import Action, Album, AlbumPhoto, Photo, Roster
from gallery.models.album import NAME_LENGTH, AlbumQuerySet
from gallery.models.record import Did
from gallery.services import saying, turns, wording
from gallery.services.nearest import few
from gallery.services.photo_words import WordsRefused, clean_text
from gallery.services.record import Said

ABOUT_LENGTH = 2000
# Less than this between two photos, and all of the album get new places.
NARROW = 1e-6
NO_ALBUM = gettext_lazy("This album is not there any more. Choose another one.")
NO_PHOTOS = gettext_lazy("None of these photos is there any more. Look again.")
IS_SMART = gettext_lazy("This album finds its photos by a search. Put them into another one.")


def clean_name(text: str) -> str:
    """Return the cleaned name; raises WordsRefused if it is empty or too long."""
    name = tidied(text)
    if not name:
        raise WordsRefused(gettext("Write a name for the album first."))
    if len(name) > NAME_LENGTH:
        raise WordsRefused(
            gettext("A name may have up to %(most)s letters.") % {"most": NAME_LENGTH}
        )
    return name


class NoPhotos(WordsRefused):
    """None of the photos is the user's, or there any more."""


def get(there: AlbumQuerySet, key: int) -> Album:
    """Return the one of the albums with that key; raises WordsRefused."""
    found = there.filter(pk=key).first()
    if found is None:
        raise WordsRefused(f"{NO_ALBUM}")
    return found


@transaction.atomic
def create(
    *, owner: User, name: str, about: str = "", photos: Collection[int] = (), search: str = ""
) -> Album:
    """Make an album of the owner's photos, by key, or of what a search finds; raises WordsRefused."""
    clean, text = clean_name(name), clean_text(about, ABOUT_LENGTH)
    roster = turns.take_of(owner.pk)
    album = Album.objects.create(owner=owner, name=clean)
    words = [
        wording.titled(album.pk, clean),
        wording.told(album.pk, text),
        wording.searched(album.pk, search),
        *appended(album, _own(owner, photos)),
    ]
    did = Did.PUT_IN if photos else Did.NEW_ALBUM
    saying.say(roster, did, words, album=album.pk)
    album.refresh_from_db()
    return album


@transaction.atomic
def put(*, user: User, album: Album, photos: Collection[int]) -> Action | None:
    """Put the user's photos, by key, at the end of an album that is open to them; raises WordsRefused."""
    roster = _take_turns(user.pk, album)
    if not Album.objects.open_to(user).filter(pk=album.pk).exists():
        raise WordsRefused(f"{IS_SMART if album.is_smart else NO_ALBUM}")
    found = _own(user, photos)
    if not found:
        raise NoPhotos(f"{NO_PHOTOS}")
    return saying.say(roster, Did.PUT_IN, appended(album, found), album=album.pk)


@transaction.atomic
def take_out(*, user: User, album: Album, photos: Collection[int]) -> Action | None:
    """Take photos, by key, out of an album: whoever owns it any, others their own."""
    roster = _take_turns(user.pk, album)
    there = _there(album, photos)
    if album.owner_id != user.pk:
        there &= set(_own(user, there))
    words = [wording.in_album(key, album.pk, None) for key in sorted(there)]
    return saying.say(roster, Did.PUT_OUT, words, album=album.pk)


@transaction.atomic
def tell(*, album: Album, name: str, about: str) -> Action | None:
    """Say what the album is called and what is to be known of it; raises WordsRefused."""
    clean, text = clean_name(name), clean_text(about, ABOUT_LENGTH)
    return _say(
        album, Did.TELL_ALBUM, wording.titled(album.pk, clean), wording.told(album.pk, text)
    )


@transaction.atomic
def choose_cover(*, album: Album, photo: int | None) -> Action | None:
    """Say which of its photos stands for the album, None its first."""
    return _say(album, Did.TELL_ALBUM, wording.front(album.pk, photo))


@transaction.atomic
def delete(*, album: Album) -> Action | None:
    """Delete an album; its photos stay in the library."""
    return _say(album, Did.DELETE_ALBUM, wording.dropped(album.pk))


@transaction.atomic
def order_by_date(*, album: Album) -> Action | None:
    """Have its photos stand by when they were taken; the places they had by hand are kept."""
    return _say(album, Did.ORDER_ALBUM, wording.ordered(album.pk, Album.Order.DATE))


@transaction.atomic
def move(*, album: Album, photos: Collection[int], before: int | None) -> Action | None:
    """Have photos, by key, stand before another one, or last; from then on it is ordered by hand.

    They keep their own order. Nothing is done where none of them is in it.
    """
    roster = _take_turns(album.owner_id, album)
    places = dict(album.in_order().values_list("pk", "album_photos__position"))
    moved = [key for key in places if key in set(photos)]
    left = [key for key in places if key not in set(moved)]
    at = left.index(before) if before in left else len(left)
    if not moved:
        return None
    if not album.is_by_hand or (given := _between(places, left, at, len(moved))) is None:
        order = [*left[:at], *moved, *left[at:]]
        words = [wording.in_album(key, album.pk, float(n)) for n, key in enumerate(order)]
    else:
        pairs = zip(moved, given, strict=True)
        words = [wording.in_album(key, album.pk, place) for key, place in pairs]
    by_hand = wording.ordered(album.pk, Album.Order.HAND)
    return saying.say(roster, Did.ORDER_ALBUM, [by_hand, *words], album=album.pk)


def _between(
    places: Mapping[int, float], left: Sequence[int], at: int, count: int
) -> list[float] | None:
    """Return so many places before that photo of those that are left; None where there is no room."""
    if not left:
        return None
    end = places[left[at]] if at < len(left) else places[left[-1]] + count + 1
    start = places[left[at - 1]] if at else end - count - 1
    step = (end - start) / (count + 1)
    return [start + step * (number + 1) for number in range(count)] if step > NARROW else None


def appended(album: Album, photos: Sequence[int]) -> list[Said]:
    """Return the words by which those of the photos, by key, come last in an album that are not in it."""
    there = _there(album, photos)
    rows = AlbumPhoto.objects.filter(album=album)
    last = rows.aggregate(last=Max("position"))["last"]
    start = 0.0 if last is None else last + 1
    new = [key for key in photos if key not in there]
    return [wording.in_album(key, album.pk, start + n) for n, key in enumerate(new)]


def _own(user: User, photos: Collection[int]) -> list[int]:
    """Return those of the photos, by key, that are the user's, by when they were taken."""
    found = [
        row
        for some in few(sorted(set(photos)))
        for row in Photo.objects.visible_to(user).filter(pk__in=some).values_list("taken_at", "pk")
    ]
    return [pk for _at, pk in sorted(found, key=lambda row: (row[0] is None, row))]


def _there(album: Album, photos: Collection[int]) -> set[int]:
    rows = AlbumPhoto.objects.filter(album=album)
    return {
        key
        for some in few(sorted(set(photos)))
        for key in rows.filter(photo__in=some).values_list("photo", flat=True)
    }


def _take_turns(user_id: int, album: Album) -> Roster:
    """Wait for the turns of the user and of whose album it is; return the user's roster."""
    roster = turns.take_both(user_id, album.owner_id)
    album.refresh_from_db()
    return roster


def _say(album: Album, did: Did, *words: Said) -> Action | None:
    """Say it of an album in its owner's turn; raises WordsRefused where it is not there any more."""
    roster = turns.take_of(album.owner_id)
    if not Album.objects.filter(pk=album.pk).exists():
        raise WordsRefused(f"{NO_ALBUM}")
    return saying.say(roster, did, words, album=album.pk)
