"""What people are called: one form of a name, whoever wrote it, in a field, a file or a file's name."""

from __future__ import annotations

import unicodedata

NAME_LENGTH = 100
# Zero-width non-joiner and joiner: unseen themselves, they shape the letters or pictures beside them.
JOINERS = "\u200c\u200d"
VIRAMA = 9  # the combining class of the signs that join consonants in the scripts of India


def tidied(text: str) -> str:
    """Return a name in one Unicode form (NFC), without what cannot be seen, with single spaces.

    Joiners stay where they shape what is seen: in Persian, in the scripts of India, in pictures.
    """
    letters = unicodedata.normalize("NFC", text)
    seen = "".join(
        letter
        for letter in letters
        if letter.isprintable() or letter.isspace() or letter in JOINERS
    )
    kept = (letter for at, letter in enumerate(seen) if letter not in JOINERS or _joins(seen, at))
    return " ".join("".join(kept).split())


def _joins(text: str, at: int) -> bool:
    """Return whether the joiner there shapes its neighbours (after RFC 5892, appendix A, and for emoji)."""
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if not before or not after:
        return False
    if VIRAMA in (unicodedata.combining(before), unicodedata.combining(after)):
        return True
    is_arabic = unicodedata.bidirectional(before) in ("AL", "NSM")
    if is_arabic and unicodedata.bidirectional(after) == "AL":
        return True
    # A picture, perhaps with a colour of skin or a sign that it is one, before another.
    return (
        unicodedata.category(before) in ("So", "Sk", "Mn") and unicodedata.category(after) == "So"
    )
