"""The measuring of accuracy, on inputs small enough to count by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from analysis.methods import DEFAULT
from analysis.pipeline import load_pipeline
from analysis.results import EMOTIONS, Box
from benchmarks.accuracy import emotion, grouping, identification, metrics, page, plots, sets
from benchmarks.accuracy.detection import SIZES, size_name, size_of

NAN = np.nan


def test_a_pair_is_right_on_its_side_of_the_threshold_and_never_without_a_face() -> None:
    distances = np.array([0.3, 0.7, 0.3, 0.7, NAN, NAN])
    same = np.array([True, True, False, False, True, False])
    right = metrics.right_at(distances, same, 0.6)
    assert right.tolist() == [True, False, False, True, False, False]


def test_the_best_threshold_lies_between_the_two_kinds() -> None:
    distances = np.array([0.1, 0.2, 0.3, 0.8, 0.9, NAN])
    same = np.array([True, True, True, False, False, True])
    assert metrics.best_threshold(distances, same) == pytest.approx(0.55)


def test_a_fold_is_judged_by_the_threshold_of_the_others() -> None:
    # On the first fold 0.45 would be best, on the second 0.65: each is judged by the other's.
    distances = np.array([0.4, 0.5, 0.6, 0.7])
    same = np.array([True, False, True, False])
    folds = np.array([0, 0, 1, 1])
    accuracies, thresholds = metrics.accuracy_by_folds(distances, same, folds)
    np.testing.assert_allclose(thresholds, [0.65, 0.45])
    np.testing.assert_allclose(accuracies, [0.5, 0.5])
    assert metrics.mean_and_error(np.array([0.9, 1.0])) == pytest.approx((0.95, 0.05))
    assert metrics.mean_and_error(np.array([0.9])) == (0.9, 0.0)


def test_the_curve_goes_up_for_the_same_person_and_across_for_another() -> None:
    distances = np.array([0.1, 0.2, 0.2, 0.5, NAN])
    same = np.array([True, True, False, False, True])
    false, true = metrics.roc(distances, same)
    np.testing.assert_allclose(false, [0, 0, 0.5, 1])
    np.testing.assert_allclose(true, [0, 1 / 3, 2 / 3, 2 / 3])
    assert metrics.true_rate_at(false, true, 0.1) == pytest.approx(1 / 3)
    assert metrics.true_rate_at(false, true, 0.5) == pytest.approx(2 / 3)
    assert metrics.area_under(false, true) == pytest.approx(0.25 + 1 / 3)
    perfect = metrics.roc(np.array([0.1, 0.9]), np.array([True, False]))
    assert metrics.area_under(*perfect) == 1


def test_each_box_is_matched_once_and_the_best_pairs_first() -> None:
    drawn = [Box(0, 0, 10, 10), Box(4, 0, 14, 10), Box(50, 50, 60, 60)]
    found = [Box(3, 0, 13, 10), Box(80, 80, 90, 90), Box(0, 0, 10, 10)]
    assert metrics.matched(drawn, found, 0.4) == [2, 0, None]
    assert metrics.matched(drawn, found[:1], 0.4) == [None, 0, None]
    assert metrics.matched(drawn, [], 0.4) == [None, None, None]


def test_confusion_counts_labels_in_rows() -> None:
    counts = metrics.confusion([0, 0, 1, 1, 1], [0, 1, 1, 1, 0], 3)
    assert counts.tolist() == [[1, 1, 0], [1, 2, 0], [0, 0, 0]]
    np.testing.assert_allclose(metrics.recalls(counts), [1 / 2, 2 / 3, NAN])


def test_the_rate_of_identification_counts_those_named_rightly_and_surely() -> None:
    known = np.array([0.2, 0.3, 0.4, 0.9])
    right = np.array([True, True, False, True])
    unknown = np.array([0.35, 0.6, 0.7, 0.8])
    assert metrics.identification_rate(known, right, unknown, 0.0) == (0.5, 0.35)
    assert metrics.identification_rate(known, right, unknown, 0.25) == (0.5, 0.6)
    assert metrics.identification_rate(known, right, unknown, 0.99) == (0.5, 0.8)


def test_groups_are_judged_by_their_pairs_and_the_purity_of_the_larger_ones() -> None:
    groups, people = np.array([0, 0, 0, 1, 1, 2, 3]), np.array([5, 5, 6, 6, 6, 6, 7])
    kinds = np.array(["a", "a", "b", "b", "b", "b", "a"])
    found = metrics.Grouped(groups, people, kinds)

    # Two of four pairs that are together are of one person, two of seven of one person are together.
    assert found.shares(found.everybody) == pytest.approx((2 / 4, 2 / 7, 2 / 3))
    precision, recall, purity = found.shares(kinds == "a")
    # Each pair counts once for each of its faces that is chosen.
    assert (precision, recall, purity) == pytest.approx((2 / 4, 1, 1))
    assert found.is_with_others.tolist() == [True, True, True, False, False, False, False]
    assert np.isnan(found.shares(np.zeros(7, np.bool_))).all()


def test_strangers_who_are_there_twice_are_not_counted_as_two() -> None:
    encodings = np.zeros((3, 128), np.float32)
    encodings[:, 0] = [0.0, 0.2, 1.0]
    names = np.array(["a", "b", "c"])
    faces = grouping.Faces(encodings, np.full(3, 30.0), names, names)

    assert grouping.once(faces).people.tolist() == ["a", "c"]


def test_people_are_enrolled_with_their_first_photos_and_probed_with_the_rest() -> None:
    first = np.zeros((3, 128), dtype=np.float32)
    first[:, 0] = [0.0, 0.1, 0.2]
    second = first + 1
    second[1] = first[0] + 0.01  # Taken for the first person.
    stranger = np.full((1, 128), 5, dtype=np.float32)
    known, right, of_stranger = identification.probed([first, second], stranger, most=1)
    assert right.tolist() == [True, True, False, True]
    assert known[:2] == pytest.approx([0.1, 0.2])
    assert of_stranger[0] > 40
    _, right, _ = identification.probed([first, second], stranger, most=9)
    assert len(right) == 2


def test_the_same_people_are_drawn_each_time() -> None:
    people = {f"{n}": [Path(f"{n}-{i}") for i in range(1 + n % 3)] for n in range(2000)}
    assert identification.chosen(people) == identification.chosen(people)
    enrolled, strangers = identification.chosen(people)
    assert len(enrolled) == len(strangers) == identification.MOST_PEOPLE
    assert {len(photos) for photos in strangers} == {1}
    assert {len(photos) for photos in enrolled} == {2, 3}


def test_the_official_pairs_and_those_of_a_csv_are_read_alike(tmp_path: Path) -> None:
    (tmp_path / "pairs.txt").write_text(
        "2\t1\nAnn\t1\t4\nAnn\t2\tBob\t11\nCy\t2\t3\nBob\t1\tCy\t1\n"
    )
    official = sets.pairs(tmp_path, tmp_path / "pairs.txt")
    assert [(pair.same, pair.fold) for pair in official] == [
        (True, 0),
        (False, 0),
        (True, 1),
        (False, 1),
    ]
    assert official[1].other == tmp_path / "Bob" / "Bob_0011.jpg"
    (tmp_path / "pairs.csv").write_text(
        "path_a,path_b,same\nAnn/Ann_0001.jpg,Ann/Ann_0004.jpg,1\nAnn/Ann_0002.jpg,Bob/Bob_0011.jpg,0\n"
    )
    assert sets.pairs(tmp_path, tmp_path / "pairs.csv") == official[:2]


def test_labels_boxes_and_crops_are_read(tmp_path: Path) -> None:
    (tmp_path / "labels.csv").write_text("path,age,gender\na.jpg,31,f\nb.jpg,4,Male\n")
    assert [(one.age, one.gender) for one in sets.people(tmp_path / "labels.csv")] == [
        (31, "f"),
        (4, "m"),
    ]
    (tmp_path / "boxes.csv").write_text("path,left,top,right,bottom,class\na.jpg,1,2,3,4,mask\n")
    assert sets.boxes(tmp_path / "boxes.csv") == {
        tmp_path / "a.jpg": [sets.Drawn(Box(1, 2, 3, 4), "mask")]
    }
    pixels = " ".join(["7"] * 48 * 48)
    (tmp_path / "fer.csv").write_text(
        f"emotion,pixels,Usage\n3,{pixels},PublicTest\n4,{pixels},Training\n"
    )
    images, labels = sets.fer2013(tmp_path / "fer.csv", "PublicTest")
    assert (images.shape, labels.tolist()) == ((1, 48, 48), [3])
    np.savez(tmp_path / "fer.npz", images=images, labels=labels, usage=np.array(["PublicTest"]))
    again, _ = sets.fer2013(tmp_path / "fer.npz", "PublicTest")
    np.testing.assert_array_equal(again, images)


def test_each_size_of_face_has_its_place() -> None:
    assert [size_of(Box(0, 0, side, side + 9)) for side in (11, 12, 39, 400)] == [0, 1, 2, 3]
    names = [size_name(number) for number in range(len(SIZES))]
    assert names == ["under 12 px", "12 to 19 px", "20 to 39 px", "40 px and more"]


def test_crops_are_told_as_they_are() -> None:
    crops = np.random.default_rng(0).integers(0, 256, (3, 48, 48), dtype=np.uint8)
    expected = load_pipeline().emotion.estimate(list(crops))
    assert emotion.told(crops, DEFAULT) == [EMOTIONS.index(one.label) for one in expected]


def test_a_finding_replaces_its_own_part_of_the_page(tmp_path: Path) -> None:
    path = tmp_path / "accuracy.md"
    path.write_text(
        "By hand.\n<!-- age -->\nold\n<!-- /age -->\nMore.\n<!-- lfw -->\n<!-- /lfw -->\n"
    )
    rows = [("all", 3, 0.5), ("few", 1, 1 / 3)]
    drawn = plots.axes("Title", "across", "up")
    drawn.plot([0, 1], [0, 1])
    finding = page.Finding(page.table(("who", "n", "share"), rows), {"age.svg": drawn})
    page.write(path, "age", finding)
    once, plot = path.read_text(), (tmp_path / "accuracy" / "age.svg").read_bytes()
    assert once.startswith("By hand.\n<!-- age -->\n\n| who | n | share |\n")
    assert "| few | 1 | 0.33 |\n\n![age](accuracy/age.svg)\n\n<!-- /age -->\nMore.\n" in once
    page.write(path, "age", finding)
    assert path.read_text() == once
    assert (tmp_path / "accuracy" / "age.svg").read_bytes() == plot
    with pytest.raises(ValueError, match="no place for speed"):
        page.write(path, "speed", finding)
