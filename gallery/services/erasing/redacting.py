"""Takes names out of what is neither said nor derived: reports of work, sentences, names of files."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from contextlib import suppress
from typing import Any

from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.translation import gettext

from gallery.models import AnalysisJob, Arrival, KnownEncoding, Photo, Roster, Task
from gallery.services import arrivals
from gallery.services.erasing import texts
from gallery.services.erasing.traces import pattern_of, said_in, unescaped
from gallery.services.nearest import few

MESSAGES = "_messages"  # that wait in a session to be shown, as Django calls them


class Redaction:
    """The names that are taken out, in the library of a roster; `count` is of how many rows.

    Of the `photos`, by key, their files' names, captions and keywords are looked at too.
    """

    def __init__(self, roster: Roster, names: Iterable[str], photos: Collection[int]) -> None:
        self.roster, self.photos = roster, photos
        self.count = 0
        self._names = set(names)
        self._pattern = pattern_of(self._names)
        self._instead = gettext("somebody")

    def finds(self, text: str) -> bool:
        return bool(self._names) and self._pattern.search(said_in(text)) is not None

    def text(self, text: str) -> str:
        if not self.finds(text):
            return text
        with suppress(ValueError):
            if text.startswith("{"):  # A sentence as it is kept.
                return json.dumps(self.value(json.loads(text)))
        return self._pattern.sub(self._instead, unescaped(text))

    def value(self, value: Any) -> Any:
        """Return a value of JSON without the names; of `people` by name those are left out."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.value(one) for one in value]
        if not isinstance(value, dict):
            return value
        found = {key: self.value(it) for key, it in value.items()}
        if isinstance(people := found.get("people"), dict):
            found["people"] = {name: it for name, it in people.items() if not self.finds(name)}
        return found

    def reports(self) -> None:
        """Take them out of what tells of work."""
        if self._names:
            self._tasks()
            self._answers()

    def everything_else(self) -> None:
        """Take them out of imports, of messages that wait to be shown, and of the photos' names."""
        if self._names:
            self._imports()
            self._sessions()
            self.count += texts.redact(self, self.photos)
            for some in few(self.photos):
                self._photos(some)

    def _tasks(self) -> None:
        for task in Task.objects.filter(owner__in=self.roster.members):
            before = task.arguments, task.result
            task.arguments, task.result = self.value(task.arguments), self.value(task.result)
            if (task.arguments, task.result) != before:
                task.save(update_fields=["arguments", "result"])
                self.count += 1

    def _answers(self) -> None:
        """Drop what portraits came to, where that names somebody: nobody has to know it any more."""
        jobs = AnalysisJob.objects.filter(photo__owner__in=self.roster.members)
        for job in jobs.exclude(answer="").only("answer"):
            if job.answer is not None and self.finds(job.answer.write()):
                AnalysisJob.objects.filter(pk=job.pk).update(answer=None)
                self.count += 1

    def _imports(self) -> None:
        known = KnownEncoding.objects.of(self.roster).exclude(imported_from="")
        for source in known.order_by().values_list("imported_from", flat=True).distinct():
            if self.finds(source):
                self.count += known.filter(imported_from=source).update(
                    imported_from=self.text(source)
                )
        # What was sent and not brought in is not looked at: it is soon sent again.
        for arrival in Arrival.objects.filter(owner__in=self.roster.members):
            arrivals.leave(arrival)
            self.count += 1

    def _sessions(self) -> None:
        """Drop messages that wait to be shown; the next ones are said anew."""
        for session in Session.objects.filter(expire_date__gt=timezone.now()):
            data = session.get_decoded()
            if self.finds(f"{data.get(MESSAGES, '')}"):
                del data[MESSAGES]
                session.session_data = Session.objects.encode(data)
                session.save(update_fields=["session_data"])

    def _photos(self, keys: Collection[int]) -> None:
        for photo in Photo.objects.filter(pk__in=keys).only("filename"):
            if self.finds(photo.filename):
                photo.filename = self.text(photo.filename)
                photo.save(update_fields=["filename"])
                self.count += 1
