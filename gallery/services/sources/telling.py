"""Says what the files of a folder came to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analysis.photo_folders import Kind
from gallery.models.source import Came
from gallery.services.sources.looking import GONE
from gallery.services.sources.settling import BACK, MOVED, NEW, REWRITTEN, WAITING
from gallery.words import Words

# What changes the library.
CHANGES = (NEW, REWRITTEN, MOVED, BACK, GONE)
PHRASES: Mapping[str, Callable[[int], str]] = {
    NEW: lambda count: ngettext("%(count)s new photo", "%(count)s new photos", count),
    REWRITTEN: lambda count: _("%(count)s written anew"),
    MOVED: lambda count: _("%(count)s moved"),
    BACK: lambda count: _("%(count)s back"),
    GONE: lambda count: _("%(count)s gone"),
    Came.PHOTO: lambda count: _("%(count)s here already"),
    Came.SAME: lambda count: _("%(count)s the same as another"),
    Came.DELETED: lambda count: _("%(count)s deleted here before"),
    Came.REFUSED: lambda count: _("%(count)s that could not be taken"),
    WAITING: lambda count: _("%(count)s still being written"),
    Kind.VIDEO: lambda count: ngettext("%(count)s video", "%(count)s videos", count),
    Kind.LINK: lambda count: ngettext("%(count)s link", "%(count)s links", count),
    Kind.CLOSED: lambda count: ngettext(
        "%(count)s folder that can't be read", "%(count)s folders that can't be read", count
    ),
    Kind.UNNAMEABLE: lambda count: _("%(count)s whose name can't be kept"),
}


def summary(counts: Mapping[str, int]) -> str:
    """Return all of it in one line: "12 new photos, 3 moved, 1 video"."""
    said = [
        phrase(counts[name]) % {"count": intcomma(counts[name])}
        for name, phrase in PHRASES.items()
        if counts.get(name)
    ]
    return ", ".join(said) or _("no photo")


def told(result: Mapping[str, Any]) -> list[tuple[str, Words]]:
    """Return, by a look's result, paths with what is to be said of each."""
    return [(path, Words.read(words)) for path, words in result["told"]]


def has_changes(counts: Mapping[str, int]) -> bool:
    return any(counts.get(name) for name in CHANGES)
