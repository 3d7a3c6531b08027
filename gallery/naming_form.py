"""The form for how people are told: by which distance and faces, and how many strangers may get a name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from django import forms
from django.conf import settings
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from analysis.naming import Way
from gallery.models import Roster
from gallery.models.roster import ACCEPTED

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


class Option(NamedTuple):
    """One of a few ways, and in plain words what it does and for whom it is."""

    value: str
    title: _StrOrPromise
    about: _StrOrPromise


FAIR, PLAIN = "fair", "plain"
WAYS = {
    Way.NEAREST: (
        _("The nearest face"),
        _(
            "A face is whoever has the known face that is nearest. For most libraries: one good face of "
            "somebody is enough."
        ),
    ),
    Way.VOTE: (
        _("Votes of all known faces"),
        _(
            "Each known face that is near enough has a vote; most votes win, and among equals the "
            "nearer. For people who are known by about as many faces each, as whoever is known by more "
            "has more votes. The study did it so."
        ),
    ),
    Way.CLASSIFIER: (
        _("A network of your own"),
        _(
            "A small network learns what tells these people from each other and from strangers. It is "
            "trained in the background when you choose this, in a minute or less, and again when people "
            "have changed; until then the nearest face decides. For up to some hundred people, best if "
            "known by several faces each."
        ),
    ),
}
ABOUT_ACCEPTED = {
    10: _(
        "More people are recognised, and more strangers get a wrong name. For photos of people whom "
        "you know."
    ),
    100: _("For most libraries."),
    1000: _(
        "Few wrong names; more faces are asked about, or stay without a name. For photos with many "
        "strangers."
    ),
}


class RadioList(forms.RadioSelect):
    """Radio buttons that each say what they are about."""

    abouts: Mapping[str, _StrOrPromise] = {}

    def create_option(self, name: str, value: Any, *args: Any, **options: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **options)
        option["about"] = self.abouts[f"{value}"]
        option["attrs"]["aria-describedby"] = f"{option['attrs']['id']}_about"
        return option


class OptionField(forms.ChoiceField):
    """One of the options; a form without it says nothing of it."""

    widget = RadioList

    def __init__(self, label: _StrOrPromise, options: list[Option], initial: str) -> None:
        super().__init__(
            label=label,
            required=False,
            choices=[(option.value, option.title) for option in options],
            initial=initial,
            # A page that was opened earlier must not take back what was chosen since.
            show_hidden_initial=True,
        )
        self.widget.abouts = {option.value: option.about for option in options}


class NamingForm(forms.Form):
    """How the people of `roster` are told."""

    def __init__(self, data: Any = None, *, roster: Roster) -> None:
        super().__init__(data)
        compared = PLAIN if roster.is_plain else FAIR
        self.fields["compared"] = OptionField(_("Faces are compared"), _compared(), compared)
        self.fields["accepted"] = OptionField(
            _("Strangers who get a name"), _accepted(), f"{roster.accepted}"
        )
        ways = [Option(way.value, *words) for way, words in WAYS.items()]
        self.fields["way"] = OptionField(_("Who it is, is told by"), ways, roster.way)

    def clean(self) -> dict[str, Any] | None:
        """Refuse a network together with the plain distance, which it does not go by."""
        found = {
            name: self.cleaned_data.get(name) or self.fields[name].initial
            for name in ("compared", "way")
        }
        if found["way"] == Way.CLASSIFIER.value and found["compared"] == PLAIN:
            self.add_error(
                "way",
                _(
                    "A network can't go by the plain distance. Choose the other distance above, or "
                    "another way."
                ),
            )
        return super().clean()

    def rows(self) -> list[tuple[forms.BoundField, SafeString]]:
        """Return each field, and the hidden one that keeps what the form showed at first."""
        return [(field, field.as_hidden(only_initial=True)) for field in self]

    @property
    def changes(self) -> dict[str, object]:
        """What is otherwise than the form showed it at first, as a roster has it."""
        chosen = {name: value for name in self.changed_data if (value := self.cleaned_data[name])}
        readers: dict[str, Callable[[str], tuple[str, object]]] = {
            "compared": lambda value: ("is_plain", value == PLAIN),
            "accepted": lambda value: ("accepted", int(value)),
            "way": lambda value: ("way", value),
        }
        return dict(readers[name](value) for name, value in chosen.items())


def _compared() -> list[Option]:
    tolerance = number_format(settings.MATCH_TOLERANCE, 2)
    fair = gettext(
        "By the plain distance, 2 in 1,000 pairs of white adults who are strangers pass for one "
        "person, but 78 of Asian ones and 308 of children. Corrected by how near strangers lie to "
        "each face, about 1 in 1,000 do of adults of every group, and 2 of children. For everybody."
    )
    plain = gettext(
        "Whoever is nearest is it, each face by itself, up to this site's tolerance of %(tolerance)s "
        "(MATCH_TOLERANCE); nobody is asked about. For whoever wants face_recognition's own numbers."
    )
    return [
        Option(FAIR, _("So that a distance means the same for everybody"), fair),
        Option(PLAIN, _("Plain, as in the study"), plain % {"tolerance": tolerance}),
    ]


def _accepted() -> list[Option]:
    title = gettext("At most one in %(count)s strangers")
    return [
        Option(f"{count}", title % {"count": intcomma(count)}, ABOUT_ACCEPTED[count])
        for count in ACCEPTED
    ]
