"""Which part of a photo a wall shows, where that is not all of it."""

from __future__ import annotations

# The ratios, width to height, that the library's wall shows whole: grid.css crops to the same, there too.
TALLEST, WIDEST = 0.6, 2.6
FROM_ABOVE = 0.2  # Where a tall photo is cropped, heads stay.


def on_wall(width: int, height: int) -> tuple[int, int, int, int]:
    """Return left, top, width and height of what a wall shows of a photo of this size, in its pixels."""
    wide = min(width, max(1, round(height * WIDEST)))
    high = min(height, max(1, round(width / TALLEST)))
    return (width - wide) // 2, round((height - high) * FROM_ABOVE), wide, high
