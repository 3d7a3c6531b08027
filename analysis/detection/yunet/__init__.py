"""YuNet (Wu et al., 2023, doi:10.1007/s11633-023-1423-y), the default detector.

A first search at one size, then more looks at what leaves a doubt (looks.py), whose mean decides; how
much is enough depends on the company that a face is in. Measured on 60 group photos, most 400 px wide,
with 723 marked faces (305 of 20 px and more, 221 of those masked; found: IoU of 0.4 and more), on 61
photos of animals and things as they are and in the 7 ways that they can be turned and mirrored (427; two
of those faces are a real one, on a print behind a dog), and on 340 portraits (each way finds a face on
all of them; drawn several times: the four as here show more people, the others half a face at the edge,
somebody far behind, or nothing):

                          found of 723   305   221   not marked   false/61   false/427   several of 340
    one look, 0.8         386            237   163   12           1          8           9
    one look, 0.65        493            266   187   67           8          41          13
    one look, 0.5         544            273   194   153          14         100         19
    mean of looks, 0.8    378            228   156   7            0          3           5
    mean of looks, 0.65   480            260   183   37           3          12          5
    as here               531            275   196   118          0          3           4

At an IoU of 0.3 it finds 280 of the 305, at 0.5 268. Of 50 boxes of 18 px and more that match no mark,
seen one by one, about half are faces that nobody marked. On 42 photos with counted faces one count is
wrong: a girl stands behind the two men whom the photo is named for. On 1583 photos of LFW none has no
face.

Tried without gain: dlib's CNN and OpenCV's SSD as second looks (both refuse masks); a logistic
regression of all looks, or of 320 of the network's features, instead of the mean (cross-validated by
photo); first searches at 960 or 1200, or at two sizes at once. In mosaics of the group photos, 1200 to
1600 px, the second search of crowds finds 137 of 187 faces of 20 to 32 px (114 without) and 94 of 264
smaller ones (70). Least milliseconds of processor time of nine runs, one thread, on a busy machine, and
of one look at 1280 (enlarged to 800) through OpenCV: a portrait of 12 megapixels, decoded to 2048 px, 23
(96), nobody on such 32 (107), a portrait of 910 x 1137 28 (74), of 1000 x 667 21 (48), of 250 x 250 7 (17).
"""

from __future__ import annotations

from math import sqrt
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analysis.detection import Detection, Region, resized
from analysis.detection.yunet import looks
from analysis.detection.yunet.faces import Faces, joined
from analysis.detection.yunet.network import YuNetNetwork
from analysis.results import Array

# Of the first search.
LARGEST_SIDE = 1024
ENLARGE_TO = 800
ENLARGE_AT_MOST = 2.0
SMALLEST_SIDE = 16  # A thinner strip holds no face, and the network sees it distorted.
# Of the second one.
CROWD_SIDE = (
    1600  # A crowd of faces below SMALL_FACE, in pixels of the first search, is searched again.
)
SMALL_FACE = 48

CANDIDATE = 0.2  # What a first look must give for a second one.
CERTAIN = 0.9  # What needs no second look.
LIKELY = 0.5  # Less is looked at again in a hidden crowd only.
MOST_DOUBTFUL = 200  # A texture may look like faces all over.

ALONE = 0.83  # What the first face of a photo must score; those are its company.
WITH_OTHERS = 0.65
# In a crowd in masks, or behind each other, the median score of the company is lower.
CROWD = 3
HIDDEN = 0.91
IN_A_HIDDEN_CROWD = 0.4
# A doubtful face much smaller than the clear ones of the photo is somebody behind them, out of focus.
CLEAR = 0.85
RELATIVE_SIZE = 0.5

# People mark a face from the brows down to the chin; YuNet draws from the hairline. Found at an IoU of
# 0.5 of the 305 faces: 270 with boxes cut so, 259 as they are.
FOREHEAD = 0.15
CHIN = 0.03

Pixels = NDArray[np.uint8]


class YuNet:
    """The detector; one instance serves photos of any size, one after the other."""

    name = "yunet-2023mar"

    def __init__(self, weights: Path) -> None:
        self._network = YuNetNetwork(weights)

    def detect(self, pixels: Pixels) -> list[Detection]:
        """Return the faces in RGB `pixels` (h, w, 3), in no particular order."""
        height, width = pixels.shape[:2]
        scale = _scale(max(height, width))
        if scale * min(height, width) < SMALLEST_SIDE:
            return []
        found = self._search(pixels, scale)
        if further := _further_scale(found, scale, max(height, width)):
            found = joined([found, self._search(pixels, further)]).without_overlaps()
        faces = _believed(self._judged(pixels, found))
        return [
            _detection(box.tolist(), float(score), points)
            for box, score, points in zip(faces.boxes, faces.scores, faces.points, strict=True)
        ]

    def _search(self, pixels: Pixels, scale: float) -> Faces:
        """Return what scores CANDIDATE or more in the photo at `scale`, without overlaps."""
        height, width = pixels.shape[:2]
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        found = self._network.search(resized(pixels, size), CANDIDATE)
        return found.scaled(width / size[0], height / size[1]).without_overlaps()

    def _judged(self, pixels: Pixels, found: Faces) -> Faces:
        """Return the faces, best first, with scores by several looks where one leaves a doubt."""
        doubtful = found.at(found.scores < CERTAIN)
        likely = self._looked_at(pixels, doubtful.at(doubtful.scores >= LIKELY))
        judged = joined([found.at(found.scores >= CERTAIN), likely])
        if _is_hidden_crowd(judged):
            rest = self._looked_at(pixels, doubtful.at(doubtful.scores < LIKELY))
            judged = joined([judged, rest])
        return judged.without_overlaps()

    def _looked_at(self, pixels: Pixels, faces: Faces) -> Faces:
        faces = faces.at(np.arange(min(len(faces), MOST_DOUBTFUL)))
        return faces.scored(looks.scores(self._network, pixels, faces))


def _scale(longest: int) -> float:
    """Return by how much to search a photo larger: below 1 if it is large, above if it is small."""
    if longest > LARGEST_SIDE:
        return LARGEST_SIDE / longest
    return max(1.0, min(ENLARGE_TO / longest, ENLARGE_AT_MOST))


def _further_scale(found: Faces, scale: float, longest: int) -> float:
    """Return at what scale a photo of which `found` was found at `scale` is worth another search, or 0."""
    if not (found.scores >= CERTAIN).any():
        return scale / 2  # A face that fills the photo is too large for the network.
    sizes = found.sizes[found.scores >= ALONE]
    finer = min(1.0, CROWD_SIDE / longest)
    is_small = len(sizes) >= CROWD and float(np.median(sizes)) * scale < SMALL_FACE
    return finer if is_small and finer > scale else 0.0


def _is_hidden_crowd(faces: Faces) -> bool:
    company = faces.scores[faces.scores >= ALONE]
    return len(company) >= CROWD and float(np.median(company)) < HIDDEN


def _believed(faces: Faces) -> Faces:
    """Return the faces whose score is enough for the company that they are in."""
    if not (faces.scores >= ALONE).any():
        return faces.at(faces.scores >= ALONE)
    least = IN_A_HIDDEN_CROWD if _is_hidden_crowd(faces) else WITH_OTHERS
    clear = faces.scores >= CLEAR
    usual = float(np.median(faces.sizes[clear])) if clear.any() else 0.0
    fits = faces.sizes >= RELATIVE_SIZE * usual
    return faces.at(clear | (fits & (faces.scores >= least)))


def _detection(edges: list[float], score: float, points: Array) -> Detection:
    """Return a detection with its square in the geometry of dlib's HOG detector.

    YuNet's box takes in the side of a turned head and HOG's does not, so the square is placed by
    the five landmarks. Fitted on 1,113 faces that both detectors found (LFW and portraits): the centre is
    right to 3.4 % of the side across and 3.7 % down, against 7.1 and 4.5 % by the box; the side to
    8 %, as HOG knows sizes a fifth apart only. 1,200 pairs of LFW: 98.67 % right at 0.6 (98.50 by the box).
    """
    left, top, right, bottom = edges
    width, height = right - left, bottom - top
    x, y = points.mean(axis=0).tolist()
    side = sqrt(max(width * height, 1.0))
    x, y, half = x - 0.033 * side, y - 0.020 * side, 0.966 * side / 2
    return Detection(
        box=Region(left, top + FOREHEAD * height, right, bottom + CHIN * height),
        score=min(1.0, max(0.0, score)),
        square=Region(x - half, y - half, x + half, y + half),
    )
