"""Guesses anew who is on each photo, and says what is said otherwise now."""

from __future__ import annotations

from collections import Counter
from typing import Any

from channels.db import database_sync_to_async
from django.contrib.auth.models import User
from django.contrib.humanize.templatetags.humanize import intcomma
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gallery.children.pool import AnalysisPool
from gallery.jobs import tasks
from gallery.jobs.leases import LeaseLost
from gallery.kinds import Lane, Work
from gallery.models import Task
from gallery.services import matching, rules, turns
from gallery.services.guesses import CHANGES, changes
from gallery.services.matcher import Matcher

# Photos. A thousand take 4 s of the processor in a library of 300,000 faces, and on a busy machine longer
# than anybody waits for SQLite.
IN_A_TURN = 100


class NamesAgain(Work):
    """Names again. Of the guesses that were there `result` counts the `kept`, `asked` and `dropped`, and
    what is new beside those: `found` and `questions`.
    """

    name = "names"
    lane = Lane.LIBRARY
    home = "people"
    taken = gettext_lazy("The names are being guessed anew already: that begins again now.")

    @classmethod
    def key(cls, owner: User, arguments: dict[str, Any]) -> str:
        return f"names {arguments['roster']}"

    @property
    def title(self) -> str:
        return _("Names guessed anew")

    @property
    def outcome(self) -> str:
        return said(self.task.result)

    async def step(self, pool: AnalysisPool) -> bool:
        return await database_sync_to_async(guess_some)(self.task)


def said(result: dict[str, int]) -> str:
    """Return what became of the guesses that were there, and what is new; a sentence for each."""
    kept, asked, dropped, found, questions = (result.get(name, 0) for name in CHANGES)
    sentences = [
        (kept, ngettext("%(count)s guess stays.", "%(count)s guesses stay.", kept)),
        (
            asked,
            ngettext(
                "%(count)s guess is a question now.", "%(count)s guesses are questions now.", asked
            ),
        ),
        (dropped, ngettext("%(count)s guess is gone.", "%(count)s guesses are gone.", dropped)),
        (found, ngettext("%(count)s guess is new.", "%(count)s guesses are new.", found)),
        (
            questions,
            ngettext("%(count)s question is new.", "%(count)s questions are new.", questions),
        ),
    ]
    told = [sentence % {"count": intcomma(count)} for count, sentence in sentences if count]
    return " ".join(told) or _("Nothing is said otherwise than before.")


@transaction.atomic
def guess_some(task: Task) -> bool:
    """Guess who is on the next photos, under the task's lease; False when there are no more."""
    roster = turns.take(task.arguments["roster"])
    # Whoever changes what names go by has it begin anew meanwhile, in a turn of theirs.
    task.refresh_from_db(fields=["cursor", "done", "total", "result"])
    photos = matching.photos_after(roster, task.cursor, IN_A_TURN)
    if not photos:
        roster.has_nearest = True
        roster.save(update_fields=["has_nearest"])
        tasks.finish(task, task.result)
        return False
    rules.count(roster, rules.people_of(roster))
    rows = matching.rows_between(roster, photos)
    guesses = matching.match(Matcher.of(roster), rows)
    result = Counter(task.result) + changes(guesses)
    done = task.done + len({row.photo_id for row in rows})
    if not tasks.advance(task, cursor=photos.stop - 1, done=done, result=dict(result)):
        raise LeaseLost
    return True
