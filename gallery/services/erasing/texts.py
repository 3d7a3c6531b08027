"""Takes names out of what people wrote of photos: captions and keywords of those with the face.

The words themselves lose the name, as all that is shown follows from them. Names may be words of other
texts: "Rose" of a garden. So albums, and photos without the face, stay as they are and are told of.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from gallery.models import Photo, PhotoKeyword, Word
from gallery.models.record import Topic
from gallery.services.nearest import few


class Names(Protocol):
    """What finds names in texts."""

    def finds(self, text: str) -> bool: ...
    def text(self, text: str) -> str: ...


def redact(names: Names, photos: Collection[int]) -> int:
    """Take the names out of what was said of the photos, by key; return out of how many words."""
    return sum(_words(names, some) for some in few(photos))


def _words(names: Names, photos: Collection[int]) -> int:
    topics = (Topic.CAPTION, Topic.KEYWORD)
    said = Word.objects.filter(topic__in=topics, subject__one_of=photos).exclude(value=None)
    found = [(pk, topic, f"{text}") for pk, topic, text in said.values_list("pk", "topic", "value")]
    naming = [one for one in found if names.finds(one[2])]
    for pk, topic, text in naming:
        # A keyword is nothing but the name.
        left = names.text(text) if topic == Topic.CAPTION else None
        Word.objects.filter(pk=pk).update(value=left)
    for pk, caption in Photo.objects.filter(pk__one_of=photos).values_list("pk", "caption"):
        if names.finds(caption):
            Photo.objects.filter(pk=pk).update(caption=names.text(caption))
    keywords = PhotoKeyword.objects.filter(photo__one_of=photos)
    gone = [pk for pk, word in keywords.values_list("pk", "word") if names.finds(word)]
    keywords.filter(pk__in=gone).delete()
    return len(naming)
