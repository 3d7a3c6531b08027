"""Has people known by the names and encodings of a file that was sent and looked at."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from channels.db import database_sync_to_async
from django.contrib.auth.models import User
from django.contrib.humanize.templatetags.humanize import intcomma
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from analysis.known import as_npz
from gallery import installed, lists
from gallery.children.pool import AnalysisPool
from gallery.jobs import tasks
from gallery.jobs.leases import LeaseLost
from gallery.kinds import Lane, TaskFailed, Work
from gallery.models import Person
from gallery.services import arrived, files, known_files, turns
from gallery.words import say

MOST_SHOWN = 100  # people on the report's page


class Encodings(Work):
    """Names and encodings of an `upload` and its `source`; `result` counts those `added` and `known`."""

    name = arrived.ENCODINGS
    lane = Lane.QUICK
    unit = gettext_lazy("encodings")
    home = "people"
    keeps = True
    template = "gallery/_pictures.html"

    @property
    def title(self) -> str:
        return _("People from %(source)s") % {"source": self.task.arguments["source"]}

    @property
    def outcome(self) -> str:
        added, known = self.task.result["added"], self.task.result["known"]
        first = ngettext(
            "%(count)s encoding made somebody known.",
            "%(count)s encodings made people known.",
            added,
        ) % {"count": intcomma(added)}
        if not known:
            return first
        others = ngettext(
            "%(count)s was known already.", "%(count)s were known already.", known
        ) % {"count": intcomma(known)}
        return f"{first} {others}"

    async def step(self, pool: AnalysisPool) -> bool:
        await database_sync_to_async(self._bring)()
        return False

    @property
    def files(self) -> set[Path]:
        return {self._upload}

    def context(self, user: User) -> dict[str, Any]:
        keys = self.task.result.get("people", [])[:MOST_SHOWN]
        mine = Person.objects.visible_to(user).filter(pk__in=keys)
        return {"people": list(lists.people.cards(mine))}

    @property
    def _upload(self) -> Path:
        return installed.uploads() / str(self.task.arguments["upload"])

    @transaction.atomic
    def _bring(self) -> None:
        try:
            known = as_npz.read(self._upload)
        except FileNotFoundError as error:
            raise TaskFailed(say("upload_gone")) from error
        roster = turns.take_of(self.task.owner_id)
        # Before anything is written: another may do it by now.
        if not tasks.advance(self.task, done=len(known)):
            raise LeaseLost
        plan = known_files.bring(roster=roster, known=known, source=self.task.arguments["source"])
        counts = {"added": plan.count, "known": len(plan.already), "people": plan.people}
        tasks.finish(self.task, counts)
        transaction.on_commit(lambda: files.remove([self._upload]))
