"""What a photo's page offers around the photo: layers over it, keys and gestures."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gallery.views.http import Request

# Written by static/js/layers.js: the layers that are on, "boxes.names". A cookie, as the page is right from
# its first paint only if the server knows them.
COOKIE = "layers"
LAYERS = {
    "boxes": _("Boxes"),
    "landmarks": _("Landmarks"),
    "names": _("Names"),
    "age": _("Age and gender"),
    "emotion": _("Emotion"),
}
# Likewise by static/js/annotated.js: whether walls have boxes and names over their pictures.
ANNOTATED = "annotated"
AT_FIRST = "boxes.names"
KEYS: tuple[tuple[tuple[str | Promise, ...], Promise], ...] = (
    (("\N{LEFTWARDS ARROW}", "\N{RIGHTWARDS ARROW}"), _("Previous and next photo")),
    (("+", "\N{MINUS SIGN}", "0"), _("Nearer, further away, the whole photo")),
    (
        (*"\N{LEFTWARDS ARROW}\N{UPWARDS ARROW}\N{RIGHTWARDS ARROW}\N{DOWNWARDS ARROW}",),
        _("Move the photo while it is nearer"),
    ),
    (("F",), _("Full screen")),
    (("U",), _("Undo what was done last")),
    (("Esc",), _("Close, leave full screen, show the whole photo")),
    (("?",), _("These keys")),
)
GESTURES = (
    _(
        "Two fingers or the wheel bring the photo nearer, a double tap or double click does and back."
    ),
    _("Drag it to move it. While all of it is shown, a swipe leads to the next photo."),
    _("A tap on a face opens what there is to say of it."),
)


@dataclass(frozen=True, slots=True)
class Layer:
    name: str
    label: str | Promise
    is_on: bool


def layers(request: Request) -> list[Layer]:
    """Return the layers over photos, as this browser had them last."""
    shown = request.COOKIES.get(COOKIE, AT_FIRST).split(".")
    return [Layer(name, label, name in shown) for name, label in LAYERS.items()]


def is_annotated(request: Request) -> bool:
    """Return whether walls have boxes and names over their pictures, as this browser had it last."""
    return request.COOKIES.get(ANNOTATED) == "yes"
