from analysis.results import Box


def test_boxes_that_touch_share_nothing() -> None:
    assert Box(0, 0, 10, 10).iou(Box(10, 0, 20, 10)) == 0.0


def test_a_box_and_itself_have_iou_one() -> None:
    assert Box(3, 4, 10, 20).iou(Box(3, 4, 10, 20)) == 1.0


def test_half_overlap_is_a_third_of_the_union() -> None:
    assert Box(0, 0, 10, 10).iou(Box(5, 0, 15, 10)) == 50 / 150


def test_an_empty_box_has_no_area_and_no_iou() -> None:
    empty = Box(5, 5, 5, 9)
    assert (empty.area, empty.iou(empty)) == (0, 0.0)
