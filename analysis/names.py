"""What people are called: one form of a name, whoever wrote it, in a field, a file or a file's name."""

from __future__ import annotations

import unicodedata

NAME_LENGTH = 100


def tidied(text: str) -> str:
    """Return a name in one Unicode form (NFC), without what cannot be seen, with single spaces."""
    letters = unicodedata.normalize("NFC", text)
    shown = "".join(letter for letter in letters if letter.isprintable() or letter.isspace())
    return " ".join(shown.split())
