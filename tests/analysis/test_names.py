"""One form of a name, whoever wrote it."""

from __future__ import annotations

import unicodedata

import pytest

from analysis.names import tidied

JOINER, NON_JOINER = "\u200d", "\u200c"


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("  Ada\tLovelace\n", "Ada Lovelace"),
        ("A\u0308da", "\u00c4da"),
        ("A\u200bd\u202ea\ufeff", "Ada"),
        (unicodedata.normalize("NFD", "\uae40\ubbfc\uc218"), "\uae40\ubbfc\uc218"),
    ],
)
def test_a_name_has_one_form_of_what_is_seen_of_it(written: str, name: str) -> None:
    assert tidied(written) == name


@pytest.mark.parametrize(
    "name",
    [
        f"\u0639\u0644\u06cc{NON_JOINER}\u0631\u0636\u0627",  # Ali Reza, in Persian
        f"\u0dc1\u0dca{JOINER}\u0dbb\u0dd3",  # Sri, in Sinhala
        f"\u09b0{JOINER}\u09cd\u09af",  # Bengali: the joiner before the virama
        f"\U0001f469{JOINER}\U0001f52c",  # a woman and a microscope: a scientist
        f"\U0001f468\U0001f3fd{JOINER}\u2695\ufe0f",  # with a colour of skin
    ],
)
def test_joiners_stay_where_they_shape_what_is_seen(name: str) -> None:
    assert tidied(name) == name


@pytest.mark.parametrize(
    ("written", "name"),
    [
        (f"An{JOINER}na", "Anna"),
        (f"{NON_JOINER}Anna{JOINER}", "Anna"),
        (f"Anna {JOINER} B", "Anna B"),
        (f"\ubbfc{NON_JOINER}\uc218", "\ubbfc\uc218"),
        (f"\u0639{NON_JOINER}{NON_JOINER} \u0631", "\u0639 \u0631"),
        (JOINER, ""),
    ],
)
def test_joiners_go_where_nobody_would_see_them(written: str, name: str) -> None:
    assert tidied(written) == name
