"""What somebody did, newest first, each as a sentence with what can be taken back."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.contrib.humanize.templatetags.humanize import intcomma
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from gallery.models import Action, Album, AlbumShare, Person
from gallery.models.person import Gone
from gallery.models.record import NOT_UNDONE, Did

MOST = 200  # as many can be looked at

SENTENCES: dict[Did, Promise] = {
    Did.NAME: ngettext_lazy(
        "%(count)s face is %(name)s now.", "%(count)s faces are %(name)s now.", "number"
    ),
    Did.UNNAME: ngettext_lazy(
        "%(count)s face is not said to be %(name)s any more.",
        "%(count)s faces are not said to be %(name)s any more.",
        "number",
    ),
    Did.CONFIRM: ngettext_lazy(
        "You said yes to a guess: it is %(name)s.",
        "You said yes to %(count)s guesses: they are %(name)s.",
        "number",
    ),
    Did.REFUSE: ngettext_lazy(
        "%(count)s face is not %(name)s.", "%(count)s faces are not %(name)s.", "number"
    ),
    Did.PORTRAIT: _("%(name)s is known by another picture."),
    Did.BRING: _("People were brought in."),
    Did.MOVE: ngettext_lazy(
        "%(count)s face was moved to %(name)s.", "%(count)s faces were moved to %(name)s.", "number"
    ),
    Did.SPLIT: ngettext_lazy(
        "%(count)s face is somebody new: %(name)s.",
        "%(count)s faces are somebody new: %(name)s.",
        "number",
    ),
    Did.TAKE_OUT: _("Faces were taken out of a group of unknown ones."),
    Did.DIVIDE: _("A group of unknown faces was divided."),
    Did.MERGE: ngettext_lazy(
        "%(count)s person more is %(name)s.", "%(count)s people more are %(name)s.", "number"
    ),
    Did.APART: _("%(name)s and somebody who looks alike are two people."),
    Did.NO_FACE: ngettext_lazy(
        "What was taken for a face is none.",
        "%(count)s that were taken for faces are none.",
        "number",
    ),
    Did.STRANGER: ngettext_lazy(
        "%(count)s face is a stranger's.", "%(count)s faces are strangers'.", "number"
    ),
    Did.A_FACE: ngettext_lazy(
        "A face is among the others again.", "%(count)s faces are among the others again.", "number"
    ),
    Did.DRAW: _("A face was drawn."),
    Did.UNDRAW: _("A drawn face was taken away."),
    Did.BOX: _("The box of a face was moved."),
    Did.KEEP: ngettext_lazy(
        "%(count)s face stays that was not found again.",
        "%(count)s faces stay that were not found again.",
        "number",
    ),
    Did.LET_GO: ngettext_lazy(
        "%(count)s face was let go.", "%(count)s faces were let go.", "number"
    ),
    Did.RENAME: _("%(name)s is called so now."),
    Did.BIRTH: _("When %(name)s was born was changed."),
    Did.ABOUT: _("More was told of %(name)s."),
    Did.COVER: _("%(name)s got another cover."),
    Did.HIDE: ngettext_lazy("%(name)s is hidden.", "%(count)s people are hidden.", "number"),
    Did.SHOW: ngettext_lazy(
        "%(name)s is shown again.", "%(count)s people are shown again.", "number"
    ),
    Did.FAVOUR: ngettext_lazy(
        "%(name)s is a favourite.", "%(count)s people are favourites.", "number"
    ),
    Did.UNFAVOUR: ngettext_lazy(
        "%(name)s is no favourite any more.",
        "%(count)s people are no favourites any more.",
        "number",
    ),
    Did.DELETE_PERSON: _("%(name)s was removed. The photos are still there."),
    Did.KNOW: _("%(name)s is known by another face."),
    Did.FORGET: _("%(name)s is not known by a face any more."),
    Did.EMOTION: _("What a face shows was said."),
    Did.COLLAGE: _("Whether a photo shows people several times was said."),
    Did.CAPTION: ngettext_lazy(
        "What a photo shows was said.", "What %(count)s photos show was said.", "number"
    ),
    Did.KEYWORD: ngettext_lazy(
        "The keywords of a photo were changed.",
        "%(count)s photos got keywords.",
        "number",
    ),
    Did.UNKEYWORD: ngettext_lazy(
        "A keyword was taken away from a photo.",
        "Keywords were taken away from %(count)s photos.",
        "number",
    ),
    Did.DATE: ngettext_lazy(
        "%(count)s photo was dated by hand.", "%(count)s photos were dated by hand.", "number"
    ),
    Did.SHIFT: ngettext_lazy(
        "The clock of %(count)s photo was set right.",
        "The clocks of %(count)s photos were set right.",
        "number",
    ),
    Did.UNDATE: ngettext_lazy(
        "%(count)s photo is dated by what it says itself again.",
        "%(count)s photos are dated by what they say themselves again.",
        "number",
    ),
    Did.LIKE: ngettext_lazy(
        "%(count)s photo is a favourite.", "%(count)s photos are favourites.", "number"
    ),
    Did.UNLIKE: ngettext_lazy(
        "%(count)s photo is no favourite any more.",
        "%(count)s photos are no favourites any more.",
        "number",
    ),
    Did.NEW_ALBUM: _("The album “%(album)s” was made."),
    Did.TELL_ALBUM: _("The album “%(album)s” was changed."),
    Did.ORDER_ALBUM: _("The album “%(album)s” was put in another order."),
    Did.PUT_IN: ngettext_lazy(
        "%(count)s photo was put into the album “%(album)s”.",
        "%(count)s photos were put into the album “%(album)s”.",
        "number",
    ),
    Did.UPLOAD_IN: ngettext_lazy(
        "%(count)s photo was uploaded into the album “%(album)s”.",
        "%(count)s photos were uploaded into the album “%(album)s”.",
        "number",
    ),
    Did.PUT_OUT: ngettext_lazy(
        "%(count)s photo was taken out of the album “%(album)s”.",
        "%(count)s photos were taken out of the album “%(album)s”.",
        "number",
    ),
    Did.DELETE_ALBUM: _("The album “%(album)s” was deleted. Its photos are still there."),
    Did.DELETE_PHOTO: ngettext_lazy(
        "%(count)s photo was put into the bin.", "%(count)s photos were put into the bin.", "number"
    ),
    Did.BRING_BACK: ngettext_lazy(
        "%(count)s photo is back from the bin.", "%(count)s photos are back from the bin.", "number"
    ),
    Did.CONSENT: _("Whether %(name)s agrees to be recognised was said."),
    Did.ERASE: _("Somebody was erased for good."),
    Did.ERASED: _("Something was said of somebody who was erased since."),
    Did.UPGRADE: _("What had been said before there was this list."),
}
# Of several people at once.
OF_SEVERAL: dict[str, Promise] = {
    Did.CONFIRM: ngettext_lazy(
        "You said yes to a guess.", "You said yes to %(count)s guesses.", "number"
    ),
    Did.REFUSE: ngettext_lazy(
        "You said no to a guess.", "You said no to %(count)s guesses.", "number"
    ),
}


@dataclass(frozen=True, slots=True)
class Done:
    """What was done, as a sentence, and whether it can be taken back."""

    action: Action
    name: str
    album: str = ""

    @property
    def sentence(self) -> str:
        values = {
            "number": self.action.count,
            "count": intcomma(self.action.count),
            "name": self.name,
            "album": self.album,
        }
        several = OF_SEVERAL.get(self.action.did) if self.action.person is None else None
        return f"{(several or SENTENCES[Did(self.action.did)]) % values}"

    @property
    def can_be_undone(self) -> bool:
        return self.action.did not in NOT_UNDONE


def latest(user: AbstractBaseUser | AnonymousUser) -> list[Done]:
    """Return what the user did last, newest first, without the undoings: each says it of what it undid."""
    actions = Action.objects.visible_to(user).whole().exclude(did=Did.UNDO).order_by("-pk")
    return told(actions.select_related("by")[:MOST])


def told(actions: Iterable[Action]) -> list[Done]:
    """Return what was done as sentences, by two queries, or three where albums are among it."""
    found = list(actions)
    keys = {action.person for action in found if action.person is not None}
    # Nobody reads who does not want to be recognised, nor who was made one with them.
    private = Q(gone=Gone.REFUSED) | Q(gone=Gone.MERGED, merged_into=None)
    people = Person.everyone.filter(pk__in=keys).exclude(private).told_apart()
    names = {person.pk: person.shown_name for person in people}
    nobody = gettext("somebody")
    in_albums = [action for action in found if action.album is not None]
    albums, no_album = _albums(in_albums), gettext("an album that is not here")
    return [
        Done(action, names.get(action.person or 0, nobody), albums.get(action.album or 0, no_album))
        for action in found
    ]


def _albums(actions: Collection[Action]) -> dict[int, str]:
    """Return what albums are called by now: own ones, also deleted, and others' while they are shared."""
    if not actions:
        return {}
    rosters = {action.roster_id for action in actions}
    shared = AlbumShare.objects.filter(member__roster__in=rosters).values("album")
    seen = Q(owner__roster__in=rosters) | Q(pk__in=shared)
    keys = {action.album for action in actions if action.album is not None}
    return dict(Album.everything.filter(seen, pk__in=keys).values_list("pk", "name"))
