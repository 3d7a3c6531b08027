"""How long something takes, in words that are rough on purpose: what flickers is not believed."""

from __future__ import annotations

from django.utils.translation import gettext as _

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"


def roughly(seconds: float) -> str:
    """Write a rough time: "20 s", "3 min", "2 h"."""
    if seconds < 90:
        # To 5 s, then to 10 s.
        step = 5 if seconds < 30 else 10
        return _("%(count)s\u00a0s") % {"count": max(step, step * round(seconds / step))}
    if seconds < 5400:
        return _("%(count)s\u00a0min") % {"count": round(seconds / 60)}
    return _("%(count)s\u00a0h") % {"count": round(seconds / 3600)}


def about(seconds: float) -> str:
    """Write a rough time: "about 3 min"."""
    return _("about %(time)s") % {"time": roughly(seconds)}


def at_most(seconds: float) -> str:
    return _("at most %(time)s") % {"time": roughly(seconds)}
