"""Why a face has its name, a question or neither, in words and on a scale."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor

import numpy as np
from django.contrib.auth.decorators import login_required
from django.contrib.humanize.templatetags.humanize import intcomma
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.defaultfilters import floatformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy
from django.views.decorators.http import require_safe

from analysis.naming import Answer
from analysis.reasons import Reason
from gallery import lists
from gallery.models import Face, KnownEncoding, Person, face_queries
from gallery.services import explaining, likelihood
from gallery.services.explaining import Explanation, Near
from gallery.views.http import Request, listed

# From which probability on one is said to be so likely.
LIKELY = (
    (likelihood.VERY, gettext_lazy("Very likely: closer than %(others)s of %(all)s strangers.")),
    (likelihood.RATHER, gettext_lazy("Likely: closer than %(others)s of %(all)s strangers.")),
    (
        likelihood.POSSIBLY,
        ngettext_lazy(
            "Possible: %(some)s in %(all)s strangers is as near.",
            "Possible: %(some)s in %(all)s strangers are as near.",
            "count",
        ),
    ),
    (
        0.0,
        ngettext_lazy(
            "Unlikely: %(some)s in %(all)s strangers is as near.",
            "Unlikely: %(some)s in %(all)s strangers are as near.",
            "count",
        ),
    ),
)
MOST_ARE = 0.5  # of strangers, beyond which their number says no more
FEWEST, MOST = 100, 1_000_000  # Strangers among whom one is said to be nearer.
NEARLY_ONE = 0.95
LITTLE = 0.005  # A distance that is not shown.
SCALE = (0.2, 0.9)  # What a scale shows at least.


@dataclass(frozen=True, slots=True)
class Mark:
    """Where something stands on the scale, in percent of its width."""

    at: str
    what: str


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody near a face, as the page says it."""

    person: Person
    known: KnownEncoding
    words: str
    reasons: Sequence[str]
    numbers: str
    marks: Sequence[Mark]
    is_it: bool


@login_required
@require_safe
def why(request: Request, pk: int) -> HttpResponse:
    mine = Face.objects.visible_to(request.user).exclude(mark=face_queries.Mark.PRIVATE)
    faces = mine.select_related("photo", "person", "suggestion")
    face = get_object_or_404(faces, pk=pk)
    lists.origins.tell([face])
    found = explaining.why(face)
    scale = _Scale.of(found)
    return render(
        request,
        "gallery/why.html",
        {
            "face": face,
            "listed": listed(request),
            "found": found,
            "heading": _heading(found),
            "lines": [_line(found, one, scale) for one in found.near],
            "ruled_out": [_line(found, one, scale) for one in found.ruled_out],
            "refused": [_line(found, one, scale) for one in found.refused],
            "limits": _limits(found, scale),
            "printed": np.array2string(
                np.array(found.printed, np.float32), threshold=explaining.PRINTED
            ),
        },
    )


def _heading(found: Explanation) -> str:
    """Say what the face is taken for, in one sentence."""
    if found.face.is_named and found.face.person:
        return _("You said that this is %(name)s.") % {"name": found.face.person.name}
    first = found.first
    if first is None and (found.refused or found.ruled_out):
        return _("It can be nobody else whom you named.")
    if first is None:
        return _("There is nobody yet whom this face could be compared with.")
    name = first.person.shown_name
    if found.answer is Answer.SURE:
        return _("Taken for %(name)s, until you say so or not.") % {"name": name}
    if found.answer is Answer.MAYBE:
        return _("It may be %(name)s, so you are asked.") % {"name": name}
    if first.reasoned.likeness.normalised >= found.limits.maybe:
        return _("Nobody you named is near enough.")
    return _("%(name)s is near, but this face is not taken for them.") % {"name": name}


def _line(found: Explanation, one: Near, scale: _Scale) -> Line:
    return Line(
        person=one.person,
        known=one.known,
        words=_words(found, one),
        reasons=[*_reasons(found, one)],
        numbers=_numbers(found, one),
        marks=scale.marks(found, one),
        is_it=one.reasoned.answer is not None,
    )


def _words(found: Explanation, one: Near) -> str:
    """Say how likely it is them, by what the distance means."""
    if one.share is not None and one.probability is not None:
        return likely(one.share, one.probability)
    if found.is_plain and one.reasoned.likeness.normalised <= found.limits.sure:
        return _("Within the tolerance.")
    if found.is_plain:
        return _("Beyond the tolerance.")
    return _("What this distance means has not been measured for this encoder.")


def likely(share: float, probability: float) -> str:
    """Say how likely somebody is whom a face shows, given the share of strangers that are closer."""
    if share > MOST_ARE:
        return _("Unlikely: most strangers are as near.")
    among = FEWEST
    while among < MOST and share * among < NEARLY_ONE:
        among *= 10
    count = max(1, round(share * among))
    words = next(words for least, words in LIKELY if probability >= least)
    numbers = {"some": count, "others": among - count, "all": among}
    return words % ({"count": count} | {name: intcomma(one) for name, one in numbers.items()})


def _reasons(found: Explanation, one: Near) -> Iterator[str]:
    """Say what stands in the way of more, a sentence each."""
    said = one.reasoned
    values = {
        "name": one.person.shown_name,
        "number": one.number,
        "other": found.first.person.shown_name if found.first else "",
        "child": floatformat(found.limits.for_child(found.seen), 2),
        "margin": floatformat(found.limits.margin(found.seen, said.likeness), 2),
        "faults": ", ".join(map(str, found.face.faults)),
    }
    if one.grown >= LITTLE:
        values["grown"] = floatformat(one.grown, 2)
        yield _("A child has grown since, which counts as %(grown)s further away.") % values
    if one.poorer >= LITTLE:
        values["poorer"] = floatformat(one.poorer, 2)
        poorer = _(
            "%(name)s is known by better faces too, so this one counts as %(poorer)s further away."
        )
        yield poorer % values
    for reason in said.reasons:
        yield REASONS[reason] % values


REASONS = {
    Reason.FAR: gettext_lazy("Too far away to be asked about."),
    Reason.TAKEN: gettext_lazy("You said that another face on this photo is %(name)s."),
    Reason.ELSEWHERE: gettext_lazy(
        "Face %(number)s on this photo fits %(name)s better, all faces taken together, and nobody "
        "is guessed twice on a photo."
    ),
    Reason.ANOTHER: gettext_lazy("%(other)s comes first."),
    Reason.CHILD: gettext_lazy(
        "Children look alike to the network, so a child's face has to be nearer by %(child)s."
    ),
    Reason.MARGIN: gettext_lazy("Others are near too, which counts as %(margin)s further away."),
    Reason.RIVAL: gettext_lazy("Somebody else is about as near."),
    Reason.BETWEEN: gettext_lazy("Near enough to be asked about, too far for a name."),
    Reason.DOUBTFUL: gettext_lazy("The face is doubtful (%(faults)s): you are asked in any case."),
}


def _numbers(found: Explanation, one: Near) -> str:
    """Say the distances and votes as numbers."""
    likeness = one.reasoned.likeness
    if one.told is not None:
        return _told(one)
    values = {
        "distance": floatformat(likeness.normalised, 2),
        "plain": floatformat(likeness.plain, 2),
        "counted": floatformat(one.reasoned.score, 2),
    }
    if found.is_plain:
        said = _("distance %(plain)s") % values
    elif abs(one.reasoned.score - likeness.normalised) < LITTLE:
        said = _("distance %(distance)s, plain %(plain)s") % values
    else:
        said = _("distance %(distance)s, counts as %(counted)s, plain %(plain)s") % values
    return said + ", " + _votes(likeness.votes)


def _told(one: Near) -> str:
    """Say the probability by a network, and what it counts as."""
    values = {
        "probability": floatformat(100 * (one.told or 0.0), 1),
        "counted": floatformat(one.reasoned.score, 2),
        "plain": floatformat(one.reasoned.likeness.plain, 2),
    }
    return (
        _(
            "%(probability)s\u00a0%% by your network, counts as distance %(counted)s; plain distance "
            "%(plain)s"
        )
        % values
    )


def _votes(count: int) -> str:
    return ngettext("%(count)s vote", "%(count)s votes", count) % {"count": intcomma(count)}


@dataclass(frozen=True, slots=True)
class _Scale:
    """The same scale for everybody near a face, from tenth to tenth."""

    low: float
    high: float

    @classmethod
    def of(cls, found: Explanation) -> _Scale:
        shown = [one.reasoned for one in [*found.near, *found.refused, *found.ruled_out]]
        values = [*SCALE, found.limits.maybe]
        for one in shown:
            values += [one.likeness.plain, one.likeness.normalised, one.score]
        return cls(floor(min(values) * 10) / 10, ceil(max(values) * 10) / 10)

    def marks(self, found: Explanation, one: Near) -> list[Mark]:
        likeness = one.reasoned.likeness
        plain = Mark(self.at(likeness.plain), "plain")
        if found.is_plain:
            return [plain]
        counted = Mark(self.at(one.reasoned.score), "counted")
        return [plain, counted, Mark(self.at(likeness.normalised), "fair")]

    def at(self, distance: float) -> str:
        return f"{(distance - self.low) / (self.high - self.low):.1%}"


def _limits(found: Explanation, scale: _Scale) -> dict[str, object]:
    """Return where the limits are drawn: one alone where nobody is sure, or everybody."""
    limits = found.limits
    marks = [Mark(scale.at(limits.maybe), "sure" if found.is_plain else "maybe")]
    if found.is_mapped:
        marks.append(Mark(scale.at(limits.sure), "sure"))
    return {"low": scale.low, "high": scale.high, "marks": marks}
