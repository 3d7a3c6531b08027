"""Does one thing with many photos, and undoes it, a part after the other (`services.many`)."""

from __future__ import annotations

from typing import Any

from channels.db import database_sync_to_async
from django.contrib.auth.models import User
from django.contrib.humanize.templatetags.humanize import intcomma
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gallery import lists
from gallery.children.pool import AnalysisPool
from gallery.kinds import Lane, TaskFailed, Work
from gallery.models import Action
from gallery.services import many, saying
from gallery.services.photo_words import WordsRefused
from gallery.words import say

TITLES = {
    "put": gettext_lazy("Putting photos into an album"),
    "out": gettext_lazy("Taking photos out of an album"),
    "date": gettext_lazy("Dating photos by hand"),
    "shift": gettext_lazy("Setting the clocks of photos right"),
    "undate": gettext_lazy("Dating photos by what they say themselves"),
    "keyword": gettext_lazy("Keywords for photos"),
    "unkeyword": gettext_lazy("Taking keywords away from photos"),
    "caption": gettext_lazy("A caption for photos"),
    "favourite": gettext_lazy("Making photos favourites"),
    "unfavourite": gettext_lazy("Making photos favourites no longer"),
    "delete": gettext_lazy("Putting photos into the bin"),
}


class _OfAnAction(Work):
    """What is done with many photos, by parts of one action."""

    lane = Lane.SAID

    @property
    def action(self) -> Action | None:
        """The action whose parts are done."""
        key = self.task.result.get("action") or self.task.arguments.get("action")
        return Action.objects.filter(pk=key).first() if key else None

    @property
    def sentence_of_it(self) -> str:
        return _told(self.action)

    @property
    def address(self) -> str:
        return reverse("done") if self.task.is_done else ""


class Many(_OfAnAction):
    """One of `services.many.ACTS` with a `Selection`. `arguments` say which, and with what it is called.

    They say `since` when: what was said later of a photo stays. `result` has the key of the `action`, once
    anything was said, and how many photos the next part has.
    """

    name = many.KIND

    @property
    def title(self) -> str:
        return f"{TITLES[self.task.arguments['do']]}"

    @property
    def outcome(self) -> str:
        if self.task.result.get("taken_back"):
            return _("It was undone before it was through.")
        return self.sentence_of_it or _("That was so already.")

    async def step(self, pool: AnalysisPool) -> bool:
        try:
            return await database_sync_to_async(many.step)(self.task)
        except WordsRefused as refusal:
            # The same was taken of the first photos: only the album may be another by now.
            raise TaskFailed(say("album_closed")) from refusal


class ManyUndone(_OfAnAction):
    """The undoing of an action's further parts, or its doing again: they become as its first part is.

    `arguments` has the key of the `action`; `result` counts the photos that were `kept` as they are.
    """

    name = saying.KIND

    @classmethod
    def key(cls, owner: User, arguments: dict[str, Any]) -> str:
        return f"{cls.name} {arguments['action']}"

    @property
    def title(self) -> str:
        action = self.action
        words = _("Undoing: %(what)s") if action and action.is_undone else _("Again: %(what)s")
        return words % {"what": _told(action)}

    @property
    def outcome(self) -> str:
        words = _("Undone.") if self.task.result["is_undone"] else _("Done again.")
        if not (kept := self.task.result.get("kept", 0)):
            return words
        sentence = ngettext(
            "Of %(count)s something else was said since, which stays.",
            "Of %(count)s something else was said since, which stays.",
            kept,
        )
        return f"{words} {sentence % {'count': intcomma(kept)}}"

    async def step(self, pool: AnalysisPool) -> bool:
        return await database_sync_to_async(many.undo_more)(self.task)


def _told(action: Action | None) -> str:
    return lists.done.told([action])[0].sentence if action else ""
