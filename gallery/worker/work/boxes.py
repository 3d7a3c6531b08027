"""Has faces measured in boxes that humans gave, the faces of a photo at a time."""

from __future__ import annotations

from typing import Any

from channels.db import database_sync_to_async
from django.contrib.auth.models import User
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from analysis.errors import AnalysisError
from gallery.children.pool import AnalysisPool, ChildFailed
from gallery.kinds import Lane, Work
from gallery.services import measuring, unmeasured
from gallery.words import say


class Boxes(Work):
    """Faces in boxes. `result` holds how many `failed`, if any."""

    name = unmeasured.KIND
    lane = Lane.QUICK
    unit = gettext_lazy("faces")

    @classmethod
    def key(cls, owner: User, arguments: dict[str, Any]) -> str:
        return f"boxes {owner.pk}"

    @property
    def title(self) -> str:
        return _("Faces in boxes that were drawn")

    @property
    def outcome(self) -> str:
        failed = self.task.result.get("failed", 0)
        done = self.task.done - failed
        words = ngettext("%(count)s face was measured.", "%(count)s faces were measured.", done)
        sentence = words % {"count": intcomma(done)}
        if not failed:
            return sentence
        words = ngettext(
            "%(count)s could not be: its photo says why.",
            "%(count)s could not be: their photos say why.",
            failed,
        )
        return f"{sentence} {words % {'count': intcomma(failed)}}"

    async def step(self, pool: AnalysisPool) -> bool:
        asked = await database_sync_to_async(measuring.next_of)(self.task)
        if asked is None:
            return False
        give_up = database_sync_to_async(measuring.give_up)
        try:
            answer = await pool.ask(asked.request)
        except FileNotFoundError:
            await give_up(self.task, asked, say("unmeasured", reason=say("file_gone")))
        except AnalysisError as error:
            await give_up(self.task, asked, error.sentence)
        except ChildFailed as error:
            if error.code == "unavailable":
                raise
            # Not tried again by itself: a person waits, and can ask for it.
            await give_up(self.task, asked, say("unmeasured", reason=error.clause))
        else:
            await database_sync_to_async(measuring.save)(self.task, asked, answer)
        return True
