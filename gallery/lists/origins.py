"""Where the names of faces came from, by the record: whom, when, and by which deed."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from gallery.models import Face, Word
from gallery.models.record import Did, Topic

BY_HAND = ngettext_lazy(
    "Named by %(who)s by hand, %(when)s",
    "Named by %(who)s at once with others, %(count)s faces in all, %(when)s",
    "number",
)
HOW: dict[str, Promise] = {
    Did.CONFIRM: ngettext_lazy(
        "Confirmed by %(who)s, %(when)s",
        "Confirmed by %(who)s among %(count)s faces at once, %(when)s",
        "number",
    ),
    Did.BRING: _("Brought in by %(who)s with people, %(when)s"),
    Did.PORTRAIT: _("Added by %(who)s as a portrait, %(when)s"),
    Did.MOVE: ngettext_lazy(
        "Moved here by %(who)s, %(when)s",
        "Moved here by %(who)s among %(count)s faces at once, %(when)s",
        "number",
    ),
    Did.SPLIT: ngettext_lazy(
        "Split off by %(who)s, %(when)s",
        "Split off by %(who)s among %(count)s faces at once, %(when)s",
        "number",
    ),
    Did.UPGRADE: _("Named by %(who)s before it was kept when"),
}


def tell(faces: Sequence[Face]) -> None:
    """Set `origin` of the faces that a human named, by one query."""
    named = {face.pk: face for face in faces if face.is_named}
    words = Word.objects.counting().filter(topic=Topic.NAME, subject__in=named)
    for word in words.select_related("action__by"):
        action = word.action
        how = HOW.get(action.did, BY_HAND)
        values = {
            "who": f"{action.by or ''}",
            "when": date_format(localtime(word.said_at), "DATETIME_FORMAT"),
            "number": action.count,
            "count": intcomma(action.count),
        }
        # The last that counts stands.
        named[word.subject].origin = f"{how % values}"
