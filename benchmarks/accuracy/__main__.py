"""Measure, print tables, and bring docs/accuracy.md up to date: `python -m benchmarks.accuracy --help`."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from analysis.matching import population
from analysis.methods import DEFAULT, STAGES, Choice
from analysis.weights import INSTALLED
from benchmarks.accuracy import (
    detection,
    emotion,
    grouping,
    identification,
    page,
    people,
    verification,
)
from benchmarks.accuracy.analysed import Analysed
from benchmarks.accuracy.page import Finding

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"
LIBRARIES = ("dlib-bin", "numpy", "onnxruntime", "opencv-python-headless", "pillow")


def main() -> None:
    options = arguments()
    choice = Choice.of({stage: getattr(options, stage) for stage in STAGES})
    analysed = Analysed(choice, options.workers)
    measures = measures_of(options, choice, analysed)
    wanted = options.only or list(measures)
    for name in wanted:
        paths, measure = measures[name]
        missing = [f"{path}" for path in paths if not path.exists()]
        if missing:
            print(f"{name}: skipped, there is no {' and no '.join(missing)}.\n", flush=True)
            continue
        finding = measure()
        print(f"{finding.text}\n", flush=True)
        page.write(options.page, name, finding)
    page.write(options.page, "conditions", Finding(conditions(choice)))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure how right the analysis is.")
    sets = (
        ("--lfw", DATA / "lfw_dev", "LFW's photos, a folder a person"),
        ("--pairs", DATA / "lfw_dev" / "pairs.csv", "its pairs.txt, or a CSV of them"),
        ("--asian", DATA / "lfw_asian_dev", "East Asian people of LFW, a folder a person"),
        ("--boxes", DATA / "detection_dev" / "boxes.csv", "path,left,top,right,bottom,class"),
        ("--alone", DATA / "alone_dev" / "boxes.csv", "the same, with one face a photo"),
        ("--no-face", DATA / "detection_dev" / "no_face", "photos without any face"),
        ("--more-without", DATA / "no_face_dev", "more of them"),
        ("--people", DATA / "agegender_dev" / "labels.csv", "path,age,gender"),
        (
            "--more-ages",
            DATA / "people_dev" / "labels.csv",
            "the same; only photos in a folder photos/ beside it count, for ages. With a column `group` "
            "all make maps, by which the photos are grouped",
        ),
        (
            "--fer",
            DATA / "fer2013" / "fer2013_train_public.npz",
            "fer2013.csv, or the same as .npz",
        ),
        ("--page", ROOT / "docs" / "accuracy.md", "where the tables go"),
    )
    for name, default, meaning in sets:
        parser.add_argument(name, type=Path, default=default, help=meaning, metavar="PATH")
    parser.add_argument("--fer-usage", default="PublicTest", help="which part of FER2013")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes")
    parser.add_argument(
        "--only",
        nargs="+",
        choices=["lfw", "identification", "grouping", "detection", "age", "gender", "emotion"],
        help="measures (all)",
    )
    for stage, methods in STAGES.items():
        names = f"one of {', '.join(methods)}"
        flag = "--" + stage.replace("_", "-")
        parser.add_argument(flag, default=DEFAULT.by_stage()[stage], metavar="NAME", help=names)
    return parser.parse_args()


def measures_of(
    options: argparse.Namespace, choice: Choice, analysed: Analysed
) -> dict[str, tuple[list[Path], Callable[[], Finding]]]:
    """Return each measure by its name, with the paths that it needs."""
    return {
        "lfw": (
            [options.lfw, options.pairs],
            lambda: verification.measure(options.lfw, options.pairs, analysed),
        ),
        "identification": (
            [options.lfw],
            lambda: identification.measure(options.lfw, analysed, population(INSTALLED.population)),
        ),
        "grouping": (
            [options.lfw, options.asian, options.more_ages],
            lambda: grouping.measure(options.lfw, options.asian, options.more_ages, analysed),
        ),
        "detection": (
            [options.boxes, options.alone, options.no_face, options.more_without, options.people],
            lambda: detection.measure(
                options.boxes,
                options.alone,
                [options.no_face, options.more_without],
                options.people,
                analysed,
            ),
        ),
        "age": (
            [options.people, options.more_ages],
            lambda: people.measure_age(
                [(options.people, ""), (options.more_ages, "photos")], analysed
            ),
        ),
        "gender": ([options.people], lambda: people.measure_gender(options.people, analysed)),
        "emotion": (
            [options.fer],
            lambda: emotion.measure(options.fer, options.fer_usage, choice),
        ),
    }


def conditions(choice: Choice) -> str:
    """Return which methods and libraries the figures hold for."""
    methods = ", ".join(
        f"{stage.replace('_', '/')} `{name}`" for stage, name in choice.by_stage().items()
    )
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return (
        f"Methods: {methods}. Libraries: {libraries}. Seed of what is drawn: {identification.SEED}."
    )


if __name__ == "__main__":
    main()
