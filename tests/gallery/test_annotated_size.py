"""The photo page says before the download when an annotated copy is smaller than its photo."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.test import Client

from tests.factories import make_photo


def test_the_menu_says_when_the_annotated_copy_is_smaller(alice: User, as_alice: Client) -> None:
    ordinary = make_photo(alice, width=8000, height=6000)
    huge = make_photo(alice, width=12001, height=9000)
    assert (ordinary.smaller_copy, huge.smaller_copy) == (None, (6001, 4500))
    assert "(reduced to 6001 \u00d7 4500)" in as_alice.get(huge.get_absolute_url()).content.decode()
    assert "reduced to" not in as_alice.get(ordinary.get_absolute_url()).content.decode()
