"""What pages list across models, in a fixed number of queries: `lists.photos.cards(photos)`."""

from gallery.lists import made, people, photos, work

__all__ = ["made", "people", "photos", "work"]
