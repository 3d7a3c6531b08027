"""Unknown faces of one person are put together, and what humans say of groups holds for ever."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from django.contrib.auth.models import User

from analysis.grouping.groups import Faces, group
from analysis.grouping.limits import Limits
from analysis.results import Box
from gallery import lists
from gallery.models import Face, FaceGroup, GroupedFace, Photo, Roster
from gallery.models.face_queries import Mark
from gallery.models.record import Did
from gallery.services import (
    curating,
    drawing,
    following,
    grouping,
    groups,
    little,
    people,
    photos,
    results,
)
from gallery.services.unknown_faces import Numbers
from tests.factories import (
    POOR,
    analysed,
    claimed,
    found_face,
    make_face,
    make_photo,
    measured,
    near,
    vector,
)
from tests.gallery.test_record import roster_of, undo

SOME = [Box(10 + 60 * number, 10, 50 + 60 * number, 50) for number in range(4)]


def faces_of(owner: User, person: int, count: int, away: float = 0.15) -> list[Face]:
    """Return faces of somebody, each on a photo of its own."""
    return [
        make_face(make_photo(owner), near(vector(person), away, 100 * person + number))
        for number in range(count)
    ]


def regroup(owner: User) -> None:
    grouping.regroup(roster_of(owner))


def group_of(face: Face) -> FaceGroup | None:
    return GroupedFace.objects.get(face=face).group


def together(owner: User) -> list[set[int]]:
    """Return the groups as sets of the keys of their faces, as pages list them."""
    found = lists.groups.largest(owner, shown=100)
    return [set(lists.groups.faces(one.group).values_list("pk", flat=True)) for one in found]


def keys(faces: list[Face]) -> set[int]:
    return {face.pk for face in faces}


@pytest.fixture
def ada(alice: User) -> list[Face]:
    return faces_of(alice, 1, 5)


@pytest.fixture
def bea(alice: User) -> list[Face]:
    return faces_of(alice, 2, 3)


def test_faces_of_one_person_are_a_group_and_who_is_alone_waits(
    alice: User, ada: list[Face], bea: list[Face]
) -> None:
    (alone,) = faces_of(alice, 3, 1)

    regroup(alice)

    assert together(alice) == [keys(ada), keys(bea)]
    assert group_of(alone) is None


def test_a_new_photo_joins_and_the_groups_stay_who_they_are(
    alice: User, ada: list[Face], bea: list[Face]
) -> None:
    regroup(alice)
    before = {group_of(ada[0]), group_of(bea[0])}
    photo = make_photo(alice)

    again = analysed(found_face(near(vector(1), 0.15, 7)))
    assert results.save(claim=claimed(photo), analysed=again)

    new = Face.objects.get(photo=photo)
    assert group_of(new) == group_of(ada[0])
    assert {group_of(ada[0]), group_of(bea[0])} == before


def test_two_of_a_photo_are_two_people_unless_it_shows_them_several_times(alice: User) -> None:
    photo = make_photo(alice)
    some = [make_face(photo, near(vector(1), 0.1, n), box=SOME[n]) for n in range(3)]
    regroup(alice)
    assert together(alice) == []

    photos.mark_collage(photo=photo, is_collage=True)

    assert together(alice) == [keys(some)]


def test_a_face_that_was_drawn_is_with_its_group_once_it_is_measured(
    alice: User, ada: list[Face]
) -> None:
    regroup(alice)
    drawn = drawing.draw(photo=make_photo(alice), box=Box(10, 10, 40, 40), name="")

    assert measured(alice, lambda box: found_face(near(vector(1), 0.15, 9), box=box)) == 1

    assert together(alice) == [keys([*ada, drawn])]


def test_groups_are_looked_for_only_where_unknown_faces_changed(
    alice: User, ada: list[Face], bea: list[Face], monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[int] = []

    def counted(faces: Faces, limits: Limits) -> Numbers:
        looked.append(len(faces.levels))
        return group(faces, limits)

    monkeypatch.setattr(grouping, "group", counted)
    regroup(alice)
    regroup(alice)
    looked.clear()

    photos.mark_collage(photo=make_photo(alice), is_collage=True)
    assert looked == []

    photos.mark_collage(photo=Photo.objects.get(pk=ada[0].photo_id), is_collage=True)
    assert looked == [8]


def test_a_doubtful_face_is_in_no_group(alice: User, ada: list[Face]) -> None:
    poor = make_face(make_photo(alice), near(vector(1), 0.1), quality=POOR)
    regroup(alice)
    assert together(alice) == [keys(ada)]
    assert not GroupedFace.objects.filter(face=poor).exists()


def test_who_is_named_leaves_and_comes_back_when_that_is_undone(
    alice: User, ada: list[Face]
) -> None:
    regroup(alice)
    group = group_of(ada[0])

    curating.name_anew(roster=roster_of(alice), faces=keys(ada), name="Ada")
    assert together(alice) == []
    undo(Did.NAME)

    assert together(alice) == [keys(ada)]
    assert group_of(ada[0]) == group


def test_faces_that_are_taken_out_never_come_back(alice: User, ada: list[Face]) -> None:
    regroup(alice)
    group = group_of(ada[0])
    assert group is not None

    assert groups.take_out(group=group, faces=[ada[4].pk]) == 1

    assert together(alice) == [keys(ada[:4])]
    regroup(alice)
    assert together(alice) == [keys(ada[:4])]
    assert group_of(ada[0]) == group
    # New ones join, but nobody brings the two together.
    ada += faces_of(alice, 1, 2)
    regroup(alice)
    assert keys(ada) - {ada[4].pk} in together(alice)

    undo(Did.TAKE_OUT)
    assert together(alice) == [keys(ada)]


def test_a_group_of_two_who_are_alike_is_divided(alice: User) -> None:
    centre = vector(1)
    one = [make_face(make_photo(alice), near(near(centre, 0.2, 1), 0.03, n)) for n in range(3)]
    other = [
        make_face(make_photo(alice), near(near(centre, 0.2, 2), 0.03, n)) for n in range(9, 11)
    ]
    regroup(alice)
    assert together(alice) == [keys(one + other)]
    group = group_of(one[0])
    assert group is not None

    assert groups.divide(group=group) == 2

    assert together(alice) == [keys(one), keys(other)]
    assert group_of(one[0]) == group
    regroup(alice)
    assert together(alice) == [keys(one), keys(other)]
    undo(Did.DIVIDE)
    assert together(alice) == [keys(one + other)]


def test_what_cannot_be_told_apart_falls_into_single_faces(alice: User) -> None:
    same = vector(1)
    some = [make_face(make_photo(alice), same) for _ in range(3)]
    regroup(alice)
    group = group_of(some[0])
    assert group is not None

    assert groups.divide(group=group) == 3
    assert together(alice) == []


def test_strangers_are_put_aside(alice: User, ada: list[Face], bea: list[Face]) -> None:
    regroup(alice)

    curating.mark(roster=roster_of(alice), faces=keys(ada), mark=Mark.STRANGER)

    assert together(alice) == [keys(bea)]


def test_a_group_whose_faces_have_names_by_now_is_refused(alice: User, ada: list[Face]) -> None:
    regroup(alice)
    group = group_of(ada[0])
    assert group is not None
    curating.name_anew(roster=roster_of(alice), faces=keys(ada), name="Ada")

    with pytest.raises(people.NameRefused):
        groups.divide(group=group)


def test_a_large_library_follows_behind_and_loses_nothing(
    alice: User, ada: list[Face], bea: list[Face], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(little, "LITTLE", 0)
    roster = roster_of(alice)
    grouping.go_on(roster)
    assert following.is_waiting()
    assert together(alice) == []

    assert list(following.follow_all()) == [alice.pk]

    assert together(alice) == [keys(ada), keys(bea)]
    assert not following.is_waiting()
    before = group_of(ada[0])
    # Few more join, and nobody else is looked at again.
    ada += faces_of(alice, 1, 1)
    grouping.go_on(Roster.objects.get(pk=roster.pk))
    list(following.follow_all())
    assert together(alice) == [keys(ada), keys(bea)]
    assert group_of(ada[-1]) == before


def test_what_comes_while_groups_are_found_waits_for_the_next_time(
    alice: User, ada: list[Face], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(little, "LITTLE", 0)
    grouping.go_on(roster_of(alice))
    write = grouping._write

    def meanwhile(found: Mapping[int, int]) -> None:
        write(found)
        grouping.go_on(roster_of(alice))

    with monkeypatch.context() as once:
        once.setattr(grouping, "_write", meanwhile)
        grouping.follow(roster_of(alice))

    assert following.is_waiting()


def test_the_largest_come_first_by_a_fixed_number_of_queries(
    alice: User, ada: list[Face], bea: list[Face], django_assert_num_queries: Any
) -> None:
    faces_of(alice, 4, 7)
    regroup(alice)

    with django_assert_num_queries(4):
        found = lists.groups.largest(alice)

    assert [(one.count, one.photos, len(one.best)) for one in found] == [
        (7, 7, 4),
        (5, 5, 4),
        (3, 3, 3),
    ]
    assert lists.groups.count(alice) == 3


def test_a_photo_that_is_back_from_the_bin_is_with_its_group_again(
    alice: User, ada: list[Face]
) -> None:
    regroup(alice)
    photos.delete(Photo.objects.get(pk=ada[0].photo_id))
    assert together(alice) == [keys(ada[1:])]

    undo(Did.DELETE_PHOTO)

    assert together(alice) == [keys(ada)]


def test_nobody_sees_anothers_groups(alice: User, bob: User, ada: list[Face]) -> None:
    regroup(alice)
    assert together(bob) == []
