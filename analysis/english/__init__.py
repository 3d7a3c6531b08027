"""The English words of all sentences by their codes, marked for translation: a file for what they are of.

A value's place is written {name}; a value may be a sentence, or a list, which is shown with commas.
"""

from __future__ import annotations

from typing import TypeVar

Text = TypeVar("Text", bound=str)


def gettext_noop(message: Text) -> Text:
    """Return `message`: the call marks it for whoever gathers what is to be translated."""
    return message
