"""The same detector at 6.6 times the time, for a photo that somebody believes to show more.

It searches finer, coarser and turned as well, looks again at whatever may be a face, and asks the verifier
about each large one that is doubtful, also where others were found. In 20 group photos and on 20 photos of
animals and things it gives 232 faces in the place of 205.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analysis.detection.yunet import CERTAIN, Limits, YuNet, searching
from analysis.detection.yunet.faces import Faces, joined
from analysis.detection.yunet.lying import MARGIN, turned_back

FINER = 2.0
MOST_VERIFIED = 40
TURNED_LEAST = 0.8

Pixels = NDArray[np.uint8]


class ThoroughYuNet(YuNet):
    """YuNet with more searches and lower limits; what it finds takes in what YuNet finds."""

    name = "yunet-2023mar-thorough"
    limits = Limits(
        likely=0.35,
        with_others=0.6,
        in_a_hidden_crowd=0.38,
        verified=0.5,
    )

    def __init__(self, weights: Path, encoder: Path) -> None:
        super().__init__(weights, encoder)
        self._usual = YuNet(weights, encoder)

    def searched(self, pixels: Pixels) -> tuple[Faces, Faces]:
        """Return all that the usual search finds, and what else is found where that has nothing."""
        usual, (more, others) = self._usual.faces(pixels), super().searched(pixels)
        first = usual.scored(usual.scores + 1)
        found = joined([first, more]).without_overlaps()
        faces = found.scored(np.where(found.scores > 1, found.scores - 1, found.scores))
        return faces, others

    def candidates(self, pixels: Pixels) -> Faces:
        """Return whatever may be a face upright, at any of three sizes, best first, without overlaps."""
        usual = searching.scale_of(int(searching.reach(pixels)))
        found = [super().candidates(pixels)]
        if usual / 2 * min(pixels.shape[:2]) >= searching.SMALLEST_SIDE:
            found.append(searching.search(self._network, pixels, usual / 2))
        scale = FINER * usual
        for left, top, part in searching.tiles(pixels, round(searching.LARGEST_SIDE / scale)):
            if scale * min(part.shape[:2]) >= searching.SMALLEST_SIDE:
                found.append(searching.search(self._network, part, scale).moved(left, top))
        return joined(found).without_overlaps()

    def _verified(self, pixels: Pixels, found: Faces, believed: Faces) -> Faces:
        """Ask the other network about all large doubtful faces, whatever their company."""
        usual = super()._verified(pixels, found, believed)
        asked = self._asked(pixels, found.at(found.scores < CERTAIN), MOST_VERIFIED)
        return joined([usual, asked])

    def _lying(self, pixels: Pixels, found: Faces, judged: Faces) -> Faces:
        """Return faces that are seen better turned: looked for all over the photo, not at doubts alone."""
        lying = [super()._lying(pixels, found, judged)]
        for quarters in (1, 2, 3):
            view = np.ascontiguousarray(np.rot90(pixels, -quarters))
            seen = searching.searched(self._network, view)
            seen = self._looked_at(view, seen.at(seen.scores >= TURNED_LEAST))
            seen = seen.at(seen.scores >= self.limits.alone)
            # An upright face may look like one on its head too: the turned one must be so much surer.
            seen = seen.scored(seen.scores - MARGIN)
            lying.append(turned_back(seen, view.shape, quarters))
        return joined(lying).without_overlaps()
