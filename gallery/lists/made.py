"""How photos and faces were made, where that is otherwise than a photo would be analysed now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from analysis.methods import CARRIED, methods_of
from gallery import installed
from gallery.models import Face, Photo, Preferences
from gallery.models.photo import UNCONVERTED

# What is made by each, as a sentence goes on: "age and gender by dlib-models".
MADE = {
    "detector": gettext_noop("faces"),
    "landmarks": gettext_noop("landmarks"),
    "alignment": gettext_noop("encodings"),
    "encoding": gettext_noop("encodings"),
    "encoder": gettext_noop("encodings"),
    "age_gender": gettext_noop("age and gender"),
    "emotion": gettext_noop("emotion"),
}
# A task may tell these of faces again; all else is of the analysis that found the face last.
TOLD_AGAIN = {"age_gender", "emotion"}
OF_THE_PHOTO = {"detector"}


@dataclass(frozen=True, slots=True)
class Made:
    """What of a photo or face was made otherwise, in words, to be listed after a colon.

    `chosen` is what a human wanted so for this once; the rest, `outdated`, is what analysing again renews.
    """

    outdated: Sequence[str] = ()
    chosen: Sequence[str] = ()


def mark(photo: Photo, faces: Sequence[Face]) -> Made:
    """Return how a photo was made, and say so of each face that differs from its photo.

    A face that the photo's last analysis did not find, and that stays for a human's word, is told apart:
    to analyse again would most likely not find it either.
    """
    now = Preferences.objects.of(photo.owner_id).choice.carried(installed.weights())
    for face in faces:
        apart = {name for name in now if face.methods.get(name) != photo.methods.get(name)}
        # Before that was written down, it showed by how a face was made.
        is_of_it = face.has_humans_box or apart <= TOLD_AGAIN
        face.was_found_again = is_of_it and not face.lost
        face.made_apart = [*_words(face.methods, now, apart)] if face.was_found_again else []
    # Of a photo without a face nothing else was made.
    shown = set(now) if faces else OF_THE_PHOTO & set(now)
    if photo.more_faces is not None:
        shown -= OF_THE_PHOTO  # The page says of it already that it was looked at harder.
    chosen = {name for name in shown if CARRIED[name] in photo.job.chosen}
    outdated = [*_words(photo.methods, now, shown - chosen)]
    if profile := photo.methods.get(UNCONVERTED):
        outdated.append(_("colours not converted from %(profile)s") % {"profile": profile})
    elif "colour" not in photo.methods:
        outdated.append(_("colours not converted"))
    return Made(outdated, [*_words(photo.methods, now, chosen)])


def _words(made: Mapping[str, str], now: Mapping[str, str], names: Set[str]) -> Iterator[str]:
    """Yield what differs in `names`, in the order of the stages, each thing once."""
    differs = [name for name in now if name in names and made.get(name) != now[name]]
    for what in dict.fromkeys(MADE[name] for name in differs):
        name = next(name for name in differs if MADE[name] == what)
        method = _title(CARRIED[name], made.get(name, ""))
        yield _("%(what)s by %(method)s") % {"what": _(what), "method": method}


def _title(stage: str, carried: str) -> str:
    """Return the title of the method of today that makes what results carry so."""
    weights = installed.weights()
    for method in methods_of(stage, weights).values() if stage else ():
        if carried and method.version(weights) == carried:
            return _(method.title)
    return _("an earlier version")
