"""Faces of which something was said, and which another analysis does not find: it is asked what follows."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from analysis.results import Box
from gallery.models import Action, Face, KnownEncoding, Photo, Refusal, Roster
from gallery.models.face_queries import Lost, Mark
from gallery.models.record import Did
from gallery.services import curating, drawing, lost, people, rederiving, results, saying
from tests.factories import (
    BOX,
    analysed,
    claimed,
    found_face,
    make_face,
    make_known,
    make_photo,
    near,
    person_called,
    vector,
)

PLACE = Box(200, 100, 260, 170)
TOUCHING = Box(240, 150, 300, 220)  # IoU 0.06 with PLACE


@pytest.fixture
def photo(alice: User) -> Photo:
    """A photo of Ada, who is found no more, of Grace, who is, and of somebody of whom nothing was said."""
    photo = make_photo(alice, width=640, height=480, filename="party.jpg")
    for seed, left, name in ((1, 10, "Ada"), (2, 100, "Grace"), (3, 300, "")):
        face = make_face(photo, vector(seed), box=Box(left, 10, left + 40, 50))
        people.name_face(face=face, name=name)
    results.save(
        claim=claimed(photo), analysed=analysed(found_face(vector(2), Box(101, 10, 141, 50)))
    )
    return photo


def ada() -> Face:
    return Face.everything.get(left=10)


def roster(owner: User) -> Roster:
    return Roster.objects.of(owner.pk)


def agrees(owner: User) -> bool:
    return rederiving.differences(roster(owner)) == []


def answer(owner: User, *, stays: bool) -> Action | None:
    return lost.answer(roster=roster(owner), faces=[ada().pk], stays=stays)


def last(did: Did) -> Action:
    return Action.objects.filter(did=did).order_by("-pk")[0]


def test_what_was_named_stays_and_is_asked_about_and_the_rest_applies(
    alice: User, photo: Photo
) -> None:
    assert [face.label for face in Face.objects.filter(photo=photo)] == ["Ada", "Grace"]
    assert (ada().lost, Face.objects.get(left=101).lost) == (Lost.ASKED, Lost.FOUND)
    assert agrees(alice)


def test_a_face_that_is_kept_is_not_asked_about_again(alice: User, photo: Photo) -> None:
    answer(alice, stays=True)
    assert ada().lost == Lost.ANSWERED

    results.save(claim=claimed(photo), analysed=analysed())

    assert (ada().label, ada().lost) == ("Ada", Lost.ANSWERED)
    assert Face.objects.get(left=101).lost == Lost.ASKED
    saying.undo(action=last(Did.KEEP))
    assert ada().lost == Lost.ASKED
    assert agrees(alice)


def test_a_face_that_is_let_go_is_nowhere_until_that_is_undone(alice: User, photo: Photo) -> None:
    assert KnownEncoding.objects.count() == 2

    answer(alice, stays=False)

    assert ada().mark == Mark.LET_GO
    assert not Face.objects.filter(left=10).exists()
    assert KnownEncoding.objects.count() == 1
    assert agrees(alice)
    saying.undo(action=last(Did.LET_GO))
    assert (ada().label, ada().lost) == ("Ada", Lost.ASKED)
    assert KnownEncoding.objects.count() == 2
    assert agrees(alice)


def test_a_face_that_was_let_go_is_back_with_its_name_once_it_is_found(
    alice: User, photo: Photo
) -> None:
    answer(alice, stays=False)

    results.save(claim=claimed(photo), analysed=analysed(found_face(vector(1), BOX)))

    assert (ada().label, ada().lost, ada().mark) == ("Ada", Lost.FOUND, Mark.NONE)
    assert agrees(alice)


def test_a_face_that_is_named_since_it_was_found_again_is_not_let_go_without_asking(
    alice: User, photo: Photo
) -> None:
    answer(alice, stays=False)
    results.save(claim=claimed(photo), analysed=analysed(found_face(vector(1), BOX)))

    people.name_face(face=ada(), name="Augusta")
    results.save(claim=claimed(photo), analysed=analysed())

    assert (ada().label, ada().lost) == ("Augusta", Lost.ASKED)
    assert agrees(alice)
    # Without that word it is as it was said before.
    saying.undo(action=last(Did.NAME))
    assert (ada().mark, ada().lost) == (Mark.LET_GO, Lost.ANSWERED)
    assert agrees(alice)


def test_a_face_that_was_let_go_is_back_once_it_is_drawn(alice: User, photo: Photo) -> None:
    answer(alice, stays=False)

    drawing.draw(photo=photo, box=Box(12, 10, 52, 50))

    assert Face.objects.get(left=12).label == "Ada"
    assert agrees(alice)


def test_what_is_no_face_is_not_asked_about(alice: User) -> None:
    face = make_face(make_photo(alice))
    curating.mark(roster=roster(alice), faces=[face.pk], mark=Mark.NO_FACE)

    results.save(claim=claimed(face.photo), analysed=analysed())

    assert Face.everything.get().lost == Lost.FOUND


def test_a_refusal_holds_for_a_box_beside_in_which_the_face_looks_the_same(alice: User) -> None:
    make_known(alice, "Ada", vector(1))
    photo = make_photo(alice, width=640, height=480)
    face = make_face(photo, near(vector(1), 0.2), box=PLACE)
    Face.objects.filter(pk=face.pk).update(suggestion=person_called("Ada"))
    people.refuse(face=Face.objects.get(pk=face.pk), person_id=person_called("Ada").pk)

    same = found_face(near(vector(1), 0.25), TOUCHING)
    results.save(claim=claimed(photo), analysed=analysed(same))

    again = Face.objects.get(photo=photo)
    assert (again.pk, again.box, again.lost) == (face.pk, TOUCHING, Lost.FOUND)
    assert again.asked_about is None
    assert Refusal.objects.get().face == again


def test_somebody_else_beside_is_another_face(alice: User) -> None:
    photo = make_photo(alice, width=640, height=480)
    face = make_face(photo, vector(1), box=PLACE)
    people.name_face(face=face, name="Ada")

    results.save(claim=claimed(photo), analysed=analysed(found_face(vector(2), TOUCHING)))

    assert Face.objects.filter(photo=photo).count() == 2
    assert Face.objects.get(pk=face.pk).lost == Lost.ASKED


def test_the_photos_page_asks_and_takes_the_answer(
    alice: User, as_alice: Client, photo: Photo
) -> None:
    path = f"/photos/{photo.pk}/"
    page = as_alice.get(path).content.decode()
    assert "1 name stays." in page
    assert "1 face of which you said something was not found again: keep it?" in page
    assert f'href="{path}#face-{ada().pk}"' in page

    as_alice.post(f"{path}lost/", {"answer": "what"})
    assert ada().lost == Lost.ASKED
    said = as_alice.post(f"{path}lost/", {"answer": "let_go"}, follow=True).content.decode()

    assert "1 face was let go." in said
    assert 'id="keep-lost"' not in said
    assert not Face.objects.filter(left=10).exists()


def test_the_work_page_asks_of_all_photos_at_once(
    alice: User, as_alice: Client, photo: Photo
) -> None:
    page = as_alice.get("/work/").content.decode()
    assert "Not found again" in page
    assert f'href="/photos/{photo.pk}/">party.jpg</a>' in page

    said = as_alice.post("/work/lost/", {"answer": "keep"}, follow=True).content.decode()

    assert "Not found again" not in said
    assert ada().lost == Lost.ANSWERED


def test_nobody_answers_for_anothers_faces(alice: User, bob: User, photo: Photo) -> None:
    lost.answer(roster=roster(bob), faces=[ada().pk], stays=False)

    assert ada().lost == Lost.ASKED
