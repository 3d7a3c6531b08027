"""What pages list across models, in a fixed number of queries: `lists.photos.cards(photos)`."""

from gallery.lists import (
    alike,
    aside,
    context,
    done,
    drawn,
    faces,
    groups,
    lost,
    made,
    origins,
    people,
    person_photos,
    person_story,
    photos,
    roster,
    work,
)

__all__ = [
    "alike",
    "aside",
    "context",
    "done",
    "drawn",
    "faces",
    "groups",
    "lost",
    "made",
    "origins",
    "people",
    "person_photos",
    "person_story",
    "photos",
    "roster",
    "work",
]
