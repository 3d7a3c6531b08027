"""Faces found and faces imagined."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from matplotlib.axes import Axes

from analysis.results import Box, PhotoResult
from benchmarks.accuracy import metrics, plots, sets
from benchmarks.accuracy.analysed import Analysed
from benchmarks.accuracy.page import Finding, percent, table
from benchmarks.photos import found as photos_in

# Boxes of faces of 10 px are a pixel or two off, and people draw tighter ones than some detectors: 0.5, the
# usual one, would judge that and not whether the face was found.
LEAST_OVERLAP = 0.4
SIZES = ((0, 12), (12, 20), (20, 40), (40, 10_000))  # shorter side in pixels of the photo


def measure(
    listed: Path, alone: Path, without_faces: Sequence[Path], labels: Path, analysed: Analysed
) -> Finding:
    """Match the boxes found with those drawn, by IoU; count faces where there is none, and where one."""
    drawn = sets.boxes(listed)
    results = analysed.results(drawn)
    cells: Counter[tuple[str, int]] = Counter()
    hits: Counter[tuple[str, int]] = Counter()
    true, exact = 0, 0
    for faces, result in zip(drawn.values(), results, strict=True):
        boxes = [face.box for face in result.faces]
        matches = metrics.matched([face.box for face in faces], boxes, LEAST_OVERLAP)
        for face, match in zip(faces, matches, strict=True):
            cell = face.kind, size_of(face.box)
            cells[cell] += 1
            hits[cell] += match is not None
            true += match is not None
        exact += len(boxes) == len(faces)
    found = sum(len(result.faces) for result in results)
    empty = analysed.results(path for folder in without_faces for path in photos_in(folder))
    single = analysed.results(person.path for person in sets.people(labels))
    one = sum(len(result.faces) == 1 for result in single)
    rows = [
        (f"faces found, IoU {LEAST_OVERLAP} or more", _share(true, cells.total())),
        ("faces of 20 px and more found", _of_size(hits, cells, 2)),
        ("boxes that are faces", _share(true, found)),
        ("photos with exactly as many boxes as faces", _share(exact, len(results))),
        ("photos of one person with exactly one box", _share(one, len(single))),
        *_alone(alone, analysed),
        ("false faces on photos without any", _false(empty)),
    ]
    kinds = sorted({kind for kind, _ in cells})
    recalls = [
        (kind, *(_share(hits[kind, size], cells[kind, size]) for size in range(len(SIZES))))
        for kind in kinds
    ]
    heads = ("faces found, by their shorter side", *map(size_name, range(len(SIZES))))
    text = "\n\n".join([table(("detection", ""), rows), table(heads, recalls)])
    return Finding(text, {"detection.svg": _bars(kinds, hits, cells)})


def _alone(listed: Path, analysed: Analysed) -> Iterator[tuple[str, str]]:
    """Give, by kind, how many of those whose face alone is drawn on a photo are not found."""
    drawn = sets.boxes(listed)
    missed: dict[str, list[bool]] = {}
    for faces, result in zip(drawn.values(), analysed.results(drawn), strict=True):
        boxes = [face.box for face in result.faces]
        [match] = metrics.matched([faces[0].box], boxes, LEAST_OVERLAP)
        missed.setdefault(faces[0].kind, []).append(match is None)
    for kind, ones in sorted(missed.items()):
        yield f"people alone ({kind}) not found", _share(sum(ones), len(ones))


def size_of(box: Box) -> int:
    """Return which of SIZES a box belongs to."""
    side = min(box.width, box.height)
    return next(number for number, (low, high) in enumerate(SIZES) if low <= side < high)


def size_name(size: int) -> str:
    low, high = SIZES[size]
    if not low:
        return f"under {high} px"
    return f"{low} px and more" if size == len(SIZES) - 1 else f"{low} to {high - 1} px"


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({percent(part / whole)})" if whole else "none"


def _of_size(hits: Counter[tuple[str, int]], cells: Counter[tuple[str, int]], least: int) -> str:
    part, whole = (
        sum(count for (_, size), count in counts.items() if size >= least)
        for counts in (hits, cells)
    )
    return _share(part, whole)


def _false(results: list[PhotoResult]) -> str:
    faces = sum(len(result.faces) for result in results)
    photos = sum(bool(result.faces) for result in results)
    return f"{faces}, on {photos} of {len(results)} photos"


def _bars(
    kinds: list[str], hits: Counter[tuple[str, int]], cells: Counter[tuple[str, int]]
) -> Axes:
    drawn = plots.axes("Faces found, by size and kind", "shorter side", "found, %")
    width = 0.8 / len(kinds)
    for number, kind in enumerate(kinds):
        heights = [100 * hits[kind, size] / max(1, cells[kind, size]) for size in range(len(SIZES))]
        places = [size + (number - (len(kinds) - 1) / 2) * width for size in range(len(SIZES))]
        drawn.bar(places, heights, width, label=kind, color=plots.COLOURS[number % 4])
    drawn.set_xticks(range(len(SIZES)), [size_name(size) for size in range(len(SIZES))])
    plots.legend_below(drawn, len(kinds))
    return drawn
