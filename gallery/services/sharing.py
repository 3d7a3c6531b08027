"""With which members an album is shared. That is no word of the record: what was seen can't be undone.

Who shares by a name learns nothing of whether an account is called so, unless they may read the members'
names anyway: then one that was misspelt is told.
"""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext

from analysis.names import tidied
from gallery.models import Album, AlbumPhoto, AlbumShare, Roster, Switch
from gallery.models.album import ACCOUNT_LENGTH
from gallery.models.record import Did
from gallery.models.switch import Name
from gallery.services import consequences, derived, record, turns, wording
from gallery.services.photo_words import WordsRefused


def reads_members(user: User) -> bool:
    """Return whether somebody may read by which names others sign in."""
    return user.is_staff or Switch.objects.is_on(Name.MEMBERS)


def let_members_read(*, is_on: bool, by: User) -> None:
    """Let members who are no administrators read the names of the others, or not."""
    Switch.objects.turn(Name.MEMBERS, is_on=is_on, by=by.pk)


def members(user: User) -> list[str]:
    """Return the names of the others, where the user may read them."""
    if not reads_members(user):
        return []
    others = User.objects.filter(is_active=True).exclude(pk=user.pk)
    return list(others.order_by("username").values_list("username", flat=True))


def shared_with(album: Album) -> list[str]:
    return list(album.shares.order_by("name").values_list("name", flat=True))


@transaction.atomic
def share(*, album: Album, name: str, may_add: bool, shows_names: bool) -> AlbumShare:
    """Let the member of that name see an album, or add to it.

    Without such a member the name alone is kept, also once somebody is called so. Raises WordsRefused for
    what is no name of another, and where there is no such member to an owner who may read that.
    """
    if not (clean := tidied(name)):
        raise WordsRefused(gettext("Write with whom you share the album first."))
    if clean == album.owner.get_username():
        raise WordsRefused(gettext("This album is yours already."))
    member = User.objects.filter(username=clean, is_active=True).first()
    is_told = member is None and reads_members(album.owner)
    if is_told or len(clean) > ACCOUNT_LENGTH:
        sentence = gettext("There is no member called %(name)s. Write the name they sign in with.")
        raise WordsRefused(sentence % {"name": clean})
    turns.take_both(album.owner_id, member.pk if member else album.owner_id)
    if member:
        # They may have been called otherwise.
        album.shares.filter(member=member).exclude(name=clean).delete()
    said = {"member": member, "may_add": may_add, "shows_names": shows_names}
    found, _ = AlbumShare.objects.update_or_create(album=album, name=clean, defaults=said)
    if member:
        _settle(album, member.pk)
    return found


@transaction.atomic
def end(*, share: AlbumShare) -> None:
    """Share the album with that member no more. What they put into it is theirs, and leaves it.

    It is in it again once the owner shares the album with them anew.
    """
    turns.take_both(share.album.owner_id, share.member_id or share.album.owner_id)
    AlbumShare.objects.filter(pk=share.pk).delete()
    if share.member_id:
        _settle(share.album, share.member_id)


@transaction.atomic
def leave(*, share: AlbumShare) -> None:
    """Have the member out of the album. What they put into it they take out: no sharing brings it back."""
    album = share.album
    assert share.member_id is not None
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
