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
    as here, before the   531            275   196   118          0          3           4
    verifier and the cut

A doubtful face that would be the only one, or one of two, is judged by another network if it is large
(verifier.py): of 133 people alone in a mask, then, 125 are found by numbers that were fitted on other
photos (118 without), and one false face is left on 180 photos of animals and things (four). Boxes begin
and end lower than before: of 207 masked faces 187 are found (184), 536 of 649 boxes are faces (532).
The largest doubts are looked at turned as well (lying.py): of 60 faces that lie on a side beside an
upright one 47 are found, and seen upright.

Of 50 boxes of 18 px and more that match no mark,
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

from dataclasses import dataclass
from math import sqrt
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analysis.detection import Detection, Region, Weighed
from analysis.detection.yunet import looks, searching
from analysis.detection.yunet.faces import Faces, joined
from analysis.detection.yunet.lying import turned_faces
from analysis.detection.yunet.network import YuNetNetwork
from analysis.detection.yunet.verifier import Verifier
from analysis.results import Array

# Of the second search.
# A crowd of faces below SMALL_FACE, in pixels of the first search, is searched again.
CROWD_SIDE = 1600
SMALL_FACE = 48
COMPANY = 0.83  # What counts as one of it.

CERTAIN = 0.9  # What needs no second look.
MOST_DOUBTFUL = 200  # A texture may look like faces all over.
# In a crowd in masks, or behind each other, the median score of the company is lower.
CROWD = 3
HIDDEN = 0.91
# A doubtful face much smaller than the clear ones of the photo is somebody behind them, out of focus.
CLEAR = 0.85
RELATIVE_SIZE = 0.5
SMALL_ALONE = 20  # Pixels; somebody alone is seldom so far away.
# From this size on, in pixels of the photo or of the first search if that is smaller, another network is
# asked about a face that would be the only one (verifier.py), and a doubtful one is looked at turned.
LARGE = 40
MOST_LARGE = 4
UPRIGHT = 30  # degrees
SURER_THAN_ALL = 1.5  # Of scores that 2 was added to.
LYING_LEAST = 0.4  # What a lying face scores, looked at as if it was upright.
VERIFIER_LOOK = (64, True)

# People mark a face from the brows down to the chin, and a masked one to the mask's lower edge; YuNet draws
# from the hairline and ends a masked face too early. Found at an IoU of 0.4 of 207 masked faces in group
# photos: 184 with boxes as they are less 0.15 of the forehead, 187 with these.
FOREHEAD = 0.2
CHIN = 0.09

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a face must score by the mean of its looks, by the company that it is in.

    `likely` is what a first look must give for more of them, `verified` how surely the verifier must take
    a large face for one. Knobs and books of 9 to 13 px reach 0.85, and so small people are rarely alone.
    """

    likely: float = 0.5  # Less is looked at again in a hidden crowd only.
    alone: float = 0.83  # The first face of a photo; such faces are its company.
    alone_and_small: float = 0.88
    with_others: float = 0.65
    in_a_hidden_crowd: float = 0.4
    verified: float = 0.57


class YuNet:
    """The detector; one instance serves photos of any size, one after the other."""

    name = "yunet-2023mar-verified"
    limits = Limits()

    def __init__(self, weights: Path, encoder: Path) -> None:
        self._network = YuNetNetwork(weights)
        self._verifier = Verifier(encoder)

    def detect(self, pixels: Pixels) -> list[Detection]:
        """Return the faces in RGB `pixels` (h, w, 3), in no particular order."""
        return _detections(self.faces(pixels))

    def weigh(self, pixels: Pixels) -> list[Weighed]:
        """Return the same, and what was looked at and not believed."""
        faces, others = self.searched(pixels)
        # A face stays one, whatever scores more in its place.
        both = joined([faces.scored(faces.scores + 2), others]).without_overlaps()
        is_found = both.scores > SURER_THAN_ALL
        both = both.scored(np.where(is_found, both.scores - 2, both.scores))
        return [*map(Weighed, _detections(both), is_found.tolist())]

    def faces(self, pixels: Pixels) -> Faces:
        """Return the faces in RGB `pixels` (h, w, 3), best first."""
        return self.searched(pixels)[0]

    def searched(self, pixels: Pixels) -> tuple[Faces, Faces]:
        """Return the faces, best first, and all that was looked at, with what each look gave."""
        found = self.candidates(pixels)
        judged = self._judged(pixels, found)
        believed = self._verified(pixels, found, _believed(judged, pixels, self.limits))
        faces = joined([believed, self._lying(pixels, found, judged)]).without_overlaps()
        return faces, joined([judged, found.at(found.scores < self.limits.likely)])

    def glance(self, pixels: Pixels) -> float:
        """Return the score of the surest upright face in RGB `pixels`, 0 if none needs no second look."""
        sure = searching.searched(self._network, pixels)
        sure = sure.at((sure.scores >= CERTAIN) & (np.abs(sure.rolls) < UPRIGHT))
        return float(sure.scores.max(initial=0.0))

    def glimpse(self, pixels: Pixels, least: float) -> list[Detection]:
        """Return what scores `least` or more in one search of the pixels as they are, without a doubt."""
        found = searching.search(self._network, pixels, 1.0)
        return _detections(found.at(found.scores >= least))

    def candidates(self, pixels: Pixels) -> Faces:
        """Return whatever may be a face, best first, without overlaps."""
        found = searching.searched(self._network, pixels)
        if searching.is_long(pixels):
            return found
        longest = max(pixels.shape[:2])
        scale = searching.scale_of(longest)
        further = _further_scale(found, scale, longest)
        if not further or further * min(pixels.shape[:2]) < searching.SMALLEST_SIDE / 2:
            return found
        again = searching.search(self._network, pixels, further)
        return joined([found, again]).without_overlaps()

    def features_look(self, pixels: Pixels, faces: Faces) -> Array:
        """Return the one score (n,) of a second look at n faces that the verifier weighs."""
        return looks.look(self._network, pixels, faces, *VERIFIER_LOOK)

    def _judged(self, pixels: Pixels, found: Faces) -> Faces:
        """Return the faces, best first, with scores by several looks where one leaves a doubt."""
        doubtful = found.at(found.scores < CERTAIN)
        likely = self._looked_at(pixels, doubtful.at(doubtful.scores >= self.limits.likely))
        judged = joined([found.at(found.scores >= CERTAIN), likely])
        if _is_hidden_crowd(judged, self.limits):
            rest = self._looked_at(pixels, doubtful.at(doubtful.scores < self.limits.likely))
            judged = joined([judged, rest])
        return judged.without_overlaps()

    def _looked_at(self, pixels: Pixels, faces: Faces) -> Faces:
        faces = faces.at(np.arange(min(len(faces), MOST_DOUBTFUL)))
        return faces.scored(looks.scores(self._network, pixels, faces))

    def _verified(self, pixels: Pixels, found: Faces, believed: Faces) -> Faces:
        """Have the other network judge the large faces, unless there are one without doubt or many."""
        if (believed.scores >= CERTAIN).any() or len(believed) >= CROWD:
            return believed
        asked = self._asked(pixels, found, MOST_LARGE)
        rest = np.ones(len(believed), dtype=np.bool_)
        rest[large(believed, pixels)] = False
        small = believed.at(rest)
        return joined([asked, small if len(asked) else _believed(small, pixels, self.limits)])

    def _asked(self, pixels: Pixels, found: Faces, most: int) -> Faces:
        """Return the large faces that the other network takes for faces, scored by how surely."""
        likely = found.at(found.scores >= self.limits.likely)
        likely = likely.at(large(likely, pixels)[:most])
        if not len(likely):
            return likely
        seen = self.features_look(pixels, likely)
        likely = likely.scored(self._verifier.probabilities(pixels, likely, seen))
        return likely.at(likely.scores >= self.limits.verified)

    def _lying(self, pixels: Pixels, found: Faces, judged: Faces) -> Faces:
        """Return large faces that are seen better turned, scored so."""
        rest = found.at(found.scores < self.limits.likely)
        doubtful = joined([judged, rest]).without_overlaps()
        doubtful = doubtful.at((doubtful.scores >= LYING_LEAST) & (doubtful.scores < CERTAIN))
        doubtful = doubtful.at(large(doubtful, pixels)[:MOST_LARGE])
        lying = turned_faces(self._network, pixels, doubtful)
        return lying.at(lying.scores >= self.limits.alone)


def large(faces: Faces, pixels: Pixels) -> NDArray[np.intp]:
    """Return which faces have LARGE or more pixels in the photo and in the first search."""
    seen = min(1.0, searching.scale_of(int(searching.reach(pixels))))
    return np.flatnonzero(faces.sizes * seen >= LARGE)


def _further_scale(found: Faces, scale: float, longest: int) -> float:
    """Return at what scale a photo of which `found` was found at `scale` is worth another search, or 0."""
    if not (found.scores >= CERTAIN).any():
        return scale / 2  # A face that fills the photo is too large for the network.
    sizes = found.sizes[found.scores >= COMPANY]
    finer = min(1.0, CROWD_SIDE / longest)
    is_small = len(sizes) >= CROWD and float(np.median(sizes)) * scale < SMALL_FACE
    return finer if is_small and finer > scale else 0.0


def _is_hidden_crowd(faces: Faces, limits: Limits) -> bool:
    company = faces.scores[faces.scores >= limits.alone]
    return len(company) >= CROWD and float(np.median(company)) < HIDDEN


def _believed(faces: Faces, pixels: Pixels, limits: Limits) -> Faces:
    """Return the faces whose score is enough for the company that they are in."""
    first = np.where(faces.sizes < SMALL_ALONE, limits.alone_and_small, limits.alone)
    if not (faces.scores >= first).any():
        return Faces.none()
    hidden = _is_hidden_crowd(faces, limits)
    least = limits.in_a_hidden_crowd if hidden else limits.with_others
    clear = faces.scores >= CLEAR
    usual = float(np.median(faces.sizes[clear])) if clear.any() else 0.0
    fits = faces.sizes >= RELATIVE_SIZE * usual
    return faces.at(clear | (fits & (faces.scores >= least)))


def _detections(faces: Faces) -> list[Detection]:
    return [
        _detection(box.tolist(), float(score), points, float(roll))
        for box, score, points, roll in zip(
            faces.boxes, faces.scores, faces.points, faces.rolls, strict=True
        )
    ]


def _detection(edges: list[float], score: float, points: Array, roll: float) -> Detection:
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
        roll=roll,
        points=points,
    )
