"""Whoever asks for what is others' is answered as if it was nowhere: all that a short test asks some of."""

from __future__ import annotations

import logging
import re

import pytest
from django.contrib.auth.models import User

from gallery.services import sharing
from tests.gallery.asked_of_all import questions
from tests.gallery.test_nothing_of_others import Asking, World, read, world

__all__ = ["read", "world"]
pytestmark = pytest.mark.long
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
@pytest.mark.parametrize("who", ["viewer", "who may read names", "stranger"])
def test_whoever_asks_for_anything_of_others_is_answered_as_if_it_was_nowhere(
    world: World,
    alice: User,
    bob: User,
    charlie: User,
    read: set[object],
    who: str,
    headers: dict[str, str],
) -> None:
    if who == "who may read names":
        album = alice.albums.get(pk=f"{world.shared['shared']}")
        sharing.share(album=album, name="bob", may_add=False, shows_names=True)
    asking = Asking(charlie if who == "stranger" else bob, world, read, **headers)
    for question in questions():
        asking.ask(question)
    asking.ask_by_path(METHODS)
    assert asking.faults == []
    assert asking.unsaid == {}


def test_the_owner_is_answered_otherwise(world: World, alice: User, read: set[object]) -> None:
    """Else the test of the others would prove nothing."""
    owner = Asking(alice, World(world.theirs, {alice: world.theirs}, world.shared), read)
    names = "|".join(world.theirs.named)
    asked = [one for one in questions() if re.search(rf"\{{({names})\b", f"{one}")]
    for question in asked:
        owner.ask(question)
    alike = [f"{one}" for one in asked if not any(f"{one}" in fault for fault in owner.faults)]
    logging.getLogger(__name__).info("%s of %s: %s", len(alike), len(asked), alike)
    assert len(alike) < len(asked) / 4
