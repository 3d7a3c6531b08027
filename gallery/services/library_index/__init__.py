"""What searches ask of an account's photos and faces, at hand in the process that serves pages.

NumPy columns (`columns`): about 114 bytes a photo, its name included, and 49 a face. They are brought up to
date before each use from `Photo.changed_at`, so whoever changes anything of a photo or its faces touches
the photo in the same transaction (`keeping`). Nothing of it is ever written: all follows from the rows.
"""

from __future__ import annotations

from gallery.services.library_index.columns import Library
from gallery.services.library_index.keeping import forget, of, warm

__all__ = ["Library", "forget", "of", "warm"]
