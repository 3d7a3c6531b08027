"""With which members an album is shared. That is no word of the record: what was seen can't be undone."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext

from analysis.names import tidied
from gallery.models import Album, AlbumPhoto, AlbumShare, Roster
from gallery.models.record import Did
from gallery.services import consequences, derived, record, turns, wording
from gallery.services.photo_words import WordsRefused


@transaction.atomic
def share(*, album: Album, name: str, may_add: bool, shows_names: bool) -> AlbumShare:
    """Let the member of that name see an album, or add to it; raises WordsRefused where there is none."""
    if not (clean := tidied(name)):
        raise WordsRefused(gettext("Write with whom you share the album first."))
    member = User.objects.filter(username=clean, is_active=True).first()
    if member is None:
        sentence = gettext("There is no member called %(name)s. Write the name they sign in with.")
        raise WordsRefused(sentence % {"name": clean})
    if member.pk == album.owner_id:
        raise WordsRefused(gettext("This album is yours already."))
    turns.take_both(album.owner_id, member.pk)
    rights = {"may_add": may_add, "shows_names": shows_names}
    found, _ = AlbumShare.objects.update_or_create(album=album, member=member, defaults=rights)
    _settle(album, member.pk)
    return found


@transaction.atomic
def end(*, share: AlbumShare) -> None:
    """Share the album with that member no more. What they put into it is theirs, and leaves it.

    It is in it again once the owner shares the album with them anew.
    """
    turns.take_both(share.album.owner_id, share.member_id)
    AlbumShare.objects.filter(pk=share.pk).delete()
    _settle(share.album, share.member_id)


@transaction.atomic
def leave(*, share: AlbumShare) -> None:
    """Have the member out of the album. What they put into it they take out: no sharing brings it back."""
    album = share.album
    roster = turns.take_both(share.member_id, album.owner_id)
    mine = AlbumPhoto.objects.filter(album=album, photo__owner=share.member_id).order_by("photo")
    words = [wording.in_album(key, album.pk, None) for key in mine.values_list("photo", flat=True)]
    # Not by `saying`: beside "You left" a button to undo would seem to undo that.
    record.write(roster, Did.PUT_OUT, words, album=album.pk)
    end(share=share)


def _settle(album: Album, member: int) -> None:
    """Have what the member put into the album be there, or not any more, as it is shared now."""
    roster = Roster.objects.of(member)
    consequences.follow(roster, derived.settle(roster, record.put_into(album.pk, roster)))
