"""How likely it is whom a face is taken for or asked about, in words."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gallery import installed
from gallery.models import Face, Person, Roster

# From which probability on one is said to be so likely; "Why?" goes by the same.
VERY, RATHER, POSSIBLY = 0.9, 0.5, 0.05
WORDS = (
    (VERY, gettext_lazy("Very likely %(name)s")),
    (RATHER, gettext_lazy("Likely %(name)s")),
    (POSSIBLY, gettext_lazy("Possibly %(name)s")),
    (0.0, gettext_lazy("Unlikely to be %(name)s")),
)


def tell(faces: Sequence[Face], owner_id: int) -> None:
    """Set `probability` and `likely` of the faces that are taken for somebody, or asked about.

    They are one owner's. The probability is by what the distance means, and None where nobody has measured
    that: in the study's way, by another encoder than the map's, or where an earlier version guessed.
    """
    asked = [(face, person) for face in faces if (person := face.asked_about)]
    if not asked:
        return
    roster = Roster.objects.of(owner_id)
    for face, person in asked:
        face.probability = _probability(face, roster)
        face.likely = _words(face, person)


def _probability(face: Face, roster: Roster) -> float | None:
    found = installed.population()
    if found is None or found.encoder != face.encoder or roster.is_plain or face.normalised is None:
        return None
    said = found.calibration
    # What a distance means for a child is what a larger one means for others.
    more = said.children if face.age_years < said.grown else 0.0
    return said.probability(face.normalised + more, roster.counted)


def _words(face: Face, person: Person) -> str:
    if face.probability is None:
        words = _("Taken for %(name)s") if face.is_guess else _("May be %(name)s")
    else:
        words = next(f"{words}" for least, words in WORDS if face.probability >= least)
    return words % {"name": person.shown_name}
