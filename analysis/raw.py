"""Cameras' RAW files, by the preview that the camera has put into them."""

from __future__ import annotations

import io
from pathlib import Path

from analysis.errors import UnreadablePhoto
from analysis.sentences import say

NO_PREVIEW = say("raw_without_preview")
SMALL_PREVIEW = say("raw_of_small_preview")
SMALL = 1000  # px of the longer side: a camera's own screen shows as much
TURNS = {3: 180, 5: 90, 6: 270}  # How LibRaw says that a photo lies, and degrees anticlockwise.


def preview(path: Path) -> bytes:
    """Return the largest preview of a RAW file, as a JPEG, or a PNG where it is stored as pixels.

    LibRaw writes how it is to be turned into a JPEG that does not say so itself. Raises UnreadablePhoto.
    """
    import rawpy  # 5 MB that no other photo needs
    from PIL import Image

    try:
        with rawpy.imread(f"{path}") as raw:
            found = raw.extract_thumb()
            turn = TURNS.get(raw.sizes.flip, 0)
    except (rawpy.LibRawError, rawpy.NotSupportedError) as error:
        raise UnreadablePhoto(NO_PREVIEW) from error
    if isinstance(found.data, bytes):
        return found.data
    out = io.BytesIO()
    Image.fromarray(found.data).rotate(turn, expand=True).save(out, "PNG", compress_level=1)
    return out.getvalue()
