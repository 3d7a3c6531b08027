"""The lab: a task that somebody waits for, part by part, and what its page says of it."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from typing import Any, cast

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from analysis.errors import AnalysisError, UnreadablePhoto
from analysis.methods import DETECTORS
from analysis.processes import ChildFailed, Reply, Request
from analysis.results import EMOTIONS, AgeEstimate, Box, EmotionEstimate
from analysis.sentences import say
from gallery import kinds
from gallery.children.lab import AskDetector, LookClosely
from gallery.children.pool import AnalysisPool
from gallery.jobs import tasks
from gallery.models import Face, Photo, Roster, Task
from gallery.models.face_queries import Mark
from gallery.models.person import Consent
from gallery.services import consent, lab
from gallery.services.erasing import faces as erasing
from gallery.services.erasing.erased import Erased
from gallery.services.lab import kept, shown
from gallery.worker.task_runner import settle
from tests.factories import jpeg, make_face, make_known, make_photo, near, vector

pytestmark = pytest.mark.django_db(transaction=True)


class Seen:
    """What a child would answer: as `analysis.lab` has it, without loading what that does."""

    def __init__(self, **values: Any) -> None:
        self.__dict__.update(values)


def detected(*scores: float) -> Seen:
    candidates = [
        Seen(box=Box(10 * at, 5, 10 * at + 8, 15), score=score, is_found=score >= 0.5)
        for at, score in enumerate(scores)
    ]
    return Seen(milliseconds=12.3, candidates=candidates)


def looked_at() -> Seen:
    share = {one: 0.4 if one == "sad" else 0.1 for one in EMOTIONS}
    return Seen(
        chips=jpeg(600, 150),
        ages={"face-api": AgeEstimate(34.0, "(25-32)", 0.5, 26.0, 44.0)},
        emotions={"residual": EmotionEstimate("sad", 0.4, share)},
    )


class FakePool(AnalysisPool):
    """Answers as a child would, or raises what it is told to of some detectors."""

    def __init__(
        self,
        errors: dict[str, Exception] | None = None,
        before: Callable[[], object] = lambda: None,
    ) -> None:
        super().__init__(timeout=1, memory=1)
        self.errors = errors or {}
        self.before = before
        self.asked: list[str] = []

    async def ask(self, request: Request[Reply]) -> Reply:
        self.before()
        question = cast(Any, request)
        if isinstance(question, LookClosely):
            self.asked.append(kept.CLOSELY)
            return cast(Reply, [looked_at() for _ in question.boxes])
        assert isinstance(question, AskDetector)
        self.asked.append(question.detector)
        if question.detector in self.errors:
            raise self.errors[question.detector]
        return cast(Reply, detected(0.95, 0.6, 0.3))


def run(pool: AnalysisPool) -> Task | None:
    """Do the lab's task to its end as the runner would; None where there is none."""
    task = tasks.claim([lab.KIND])
    if task is None:
        return None

    async def steps() -> None:
        while await kinds.of(task).step(pool):
            pass

    try:
        async_to_sync(steps)()
    except (AnalysisError, ChildFailed) as error:
        settle(task, error)
    return Task.objects.get(pk=task.pk)


@pytest.fixture
def photo(alice: User) -> Photo:
    return make_photo(alice, files=True)


@pytest.fixture
def face(photo: Photo) -> Face:
    return make_face(photo, crop=True)


def page(client: Client, photo: Photo, **asked: str) -> str:
    return client.get(reverse("lab", args=[photo.pk]), asked).content.decode()


def test_every_method_is_asked_once_and_the_page_shows_it(
    as_alice: Client, photo: Photo, face: Face
) -> None:
    assert "Ask every method" in page(as_alice, photo)
    as_alice.post(reverse("ask_lab", args=[photo.pk]))
    assert "Waits for its turn." in page(as_alice, photo)
    pool = FakePool()

    done = run(pool)

    assert done is not None
    assert (done.state, done.dismissed_at is not None) == ("done", True)
    assert pool.asked == [*lab.parts()]
    assert "ssd-tf" not in pool.asked  # Its files are on no index.
    html = page(as_alice, photo)
    assert "Ask all of them again" in html
    assert html.count("2 boxes") == len(pool.asked) - 1
    assert "Its files are not here" in html
    assert "about 34 (26 to 44)" in html
    answer = as_alice.get(reverse("lab_chips", args=[photo.pk, face.pk]))
    assert answer["Content-Type"] == "image/jpeg"
    # Kept: nobody is asked again.
    as_alice.post(reverse("ask_lab", args=[photo.pk]))
    assert run(FakePool()) is None


def test_asked_again_the_page_shows_nothing_of_before(
    as_alice: Client, photo: Photo, face: Face
) -> None:
    as_alice.post(reverse("ask_lab", args=[photo.pk]))
    run(FakePool())
    assert (
        "hx-post" not in re.findall(r'<form[^>]*id="lab-ask".*?>', page(as_alice, photo), re.S)[0]
    )

    again = as_alice.post(reverse("ask_lab", args=[photo.pk]), {"anew": "yes"}, follow=True)

    assert "2 boxes" not in again.content.decode()
    assert 'hx-trigger="lab-hog from:body"' in again.content.decode()


def test_each_part_is_fetched_once_it_is_there(as_alice: Client, photo: Photo, face: Face) -> None:
    as_alice.post(reverse("ask_lab", args=[photo.pk]))
    address = reverse("lab_progress", args=[photo.pk])
    assert as_alice.get(address)["HX-Trigger"] == "{}"
    column = reverse("lab_detector", args=[photo.pk, "hog"])
    assert 'hx-trigger="lab-hog from:body"' in as_alice.get(column).content.decode()

    kept.keep_detected(photo.key, cast(Any, detected(0.9)), "hog")

    assert as_alice.get(address)["HX-Trigger"] == '{"lab-hog": {}}'
    html = as_alice.get(column).content.decode()
    assert "hx-get" not in html
    assert "1 box" in html
    assert as_alice.get(reverse("lab_detector", args=[photo.pk, "nonsense"])).status_code == 404


def test_a_threshold_leaves_boxes_out_without_scripts(as_alice: Client, photo: Photo) -> None:
    kept.keep_detected(photo.key, cast(Any, detected(0.95, 0.6, 0.3)), "hog")
    for asked, count in (("", 2), ("0", 3), ("0.61", 1), ("1", 0), ("nan", 3), ("x", 2)):
        assert shown.column(photo, "hog", asked).shown == count
    assert "1 box" in " ".join(page(as_alice, photo, hog="0.61").split())


def test_a_detector_that_fails_says_so_and_the_others_go_on(
    alice: User, photo: Photo, face: Face
) -> None:
    lab.begin(photo=photo, user=alice)
    crashed = ChildFailed(say("child_timeout", seconds=120), "timeout")

    run(FakePool({"cnn": crashed}))

    columns = {one.name: one for one in shown.columns(photo, {})}
    assert columns["cnn"].failed == "timeout"
    assert [name for name, one in columns.items() if one.failed] == ["cnn"]
    assert not lab.progress(photo).waiting


def test_a_photo_that_cannot_be_read_gets_a_sentence(
    alice: User, as_alice: Client, photo: Photo, face: Face
) -> None:
    lab.begin(photo=photo, user=alice)

    done = run(FakePool({name: UnreadablePhoto(say("unreadable")) for name in DETECTORS}))

    assert done is not None
    assert done.is_failed
    html = page(as_alice, photo)
    assert "is not a photo we can read" in html
    assert 'hx-trigger="load' not in html  # It is not begun again by itself.


def test_it_ends_where_nobody_waits_any_more(alice: User, photo: Photo, face: Face) -> None:
    lab.begin(photo=photo, user=alice)

    def leave() -> None:
        if len(pool.asked) == 2:
            long_ago = time.time() - 2 * kept.WAITED
            os.utime(kept.folder_of(photo.key) / kept.WATCHED, (long_ago, long_ago))

    pool = FakePool(before=leave)
    done = run(pool)

    assert done is not None
    assert done.state == "done"
    assert len(pool.asked) < len(lab.parts())
    # Whoever comes back has what was found, and the rest begins again.
    assert lab.progress(photo).has_begun
    assert not lab.progress(photo).is_open


def test_who_opens_many_photos_has_one_of_them_looked_at(alice: User, bob: User) -> None:
    photos = [make_photo(alice) for _ in range(5)]
    for photo in photos:
        lab.begin(photo=photo, user=alice)
        lab.begin(photo=photo, user=alice)
    lab.begin(photo=make_photo(bob), user=bob)

    waiting = Task.objects.filter(kind=lab.KIND).open()

    mine = waiting.get(owner=alice)
    assert mine.arguments == {"photo": photos[-1].pk, "faces": lab.FACES}
    assert waiting.count() == 2


def test_a_stranger_finds_nothing(
    alice: User, as_bob: Client, photo: Photo, face: Face, client: Client
) -> None:
    lab.begin(photo=photo, user=alice)
    run(FakePool())
    others = make_photo(User.objects.get(username="bob"))
    for name, arguments in (
        ("lab", []),
        ("lab_progress", []),
        ("lab_closely", []),
        ("lab_chips", [face.pk]),
        ("lab_detector", ["hog"]),
    ):
        address = reverse(name, args=[photo.pk, *arguments])
        assert as_bob.get(address).status_code == 404, name
        assert client.get(address).status_code == 302, name
    assert as_bob.post(reverse("ask_lab", args=[photo.pk])).status_code == 404
    # Nor another's face beside one's own photo.
    assert as_bob.get(reverse("lab_chips", args=[others.pk, face.pk])).status_code == 404
    assert f"face={face.pk}" not in page(as_bob, others, face=f"{face.pk}")


def test_of_whoever_refuses_or_is_erased_no_chip_stays(
    alice: User, as_alice: Client, photo: Photo
) -> None:
    ada = make_known(alice, "Ada", crop=True)
    lab.begin(photo=ada.photo, user=alice)
    run(FakePool())
    assert kept.chips(ada.photo.key, ada.pk).is_file()

    assert ada.person is not None
    consent.say(person=ada.person, answer=Consent.REFUSED)

    assert not kept.folder_of(ada.photo.key).exists()
    assert as_alice.get(reverse("lab_chips", args=[ada.photo.pk, ada.pk])).status_code == 404
    other = make_face(photo, crop=True)
    lab.begin(photo=photo, user=alice)
    run(FakePool())
    erasing.erase(Roster.objects.of(alice.pk), [other.pk], Erased())
    assert not kept.folder_of(photo.key).exists()


def test_private_faces_and_strangers_are_not_looked_at(photo: Photo) -> None:
    mine = make_face(photo)
    for mark in (Mark.PRIVATE, Mark.STRANGER, Mark.NO_FACE):
        make_face(photo, mark=mark)

    assert lab.crowd(photo) == [mine]


def test_a_face_whose_box_was_moved_waits_for_another_look(
    alice: User, photo: Photo, face: Face
) -> None:
    lab.begin(photo=photo, user=alice)
    run(FakePool())
    assert shown.closely(photo, kept.CLOSELY, face).has_chips

    face.right += 1

    assert not shown.closely(photo, kept.CLOSELY, face).has_chips


def test_of_a_crowd_more_faces_come_on_request(
    alice: User, as_alice: Client, photo: Photo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lab, "FACES", 2)
    monkeypatch.setattr(lab, "MOST_FACES", 4)
    sizes = (90, 80, 70, 60, 50)
    faces = [make_face(photo, box=Box(0, 0, size, size), crop=True) for size in sizes]
    as_alice.post(reverse("ask_lab", args=[photo.pk]))
    html = page(as_alice, photo)
    assert "Only the 2 largest of 5 faces are shown." in " ".join(html.split())
    assert "Show 2 more" in html
    assert "faces=4&amp;face=" in html

    # Whoever asks for more while the first are looked at waits for them too.
    as_alice.post(f"{reverse('ask_lab', args=[photo.pk])}?faces=4")
    pool = FakePool()
    run(pool)

    assert pool.asked.count(kept.CLOSELY) == 2
    html = page(as_alice, photo, faces="4", face=f"{faces[3].pk}")
    assert "about 34 (26 to 44)" in html
    assert "Show 2 more" not in html
    assert "Only the 4 largest of 5 faces are shown." in " ".join(html.split())
    assert shown.closely(photo, "closely-2", faces[3]).has_chips
    # As many as there may be, whatever the address says.
    assert page(as_alice, photo, faces="4").count('"lab-heat"') == 2
    for asked in ("999999", "-1", "x"):
        assert as_alice.get(reverse("lab", args=[photo.pk]), {"faces": asked}).status_code == 200
    assert [lab.rounded(asked) for asked in (0, 1, 3, 999)] == [2, 2, 4, 4]


def test_a_photo_that_lies_on_its_side_is_asked_turned(
    alice: User, as_alice: Client, photo: Photo
) -> None:
    photo.turned = 90
    photo.save(update_fields=["turned"])

    request = lab.request_of(photo, "hog", ())

    assert isinstance(request, AskDetector)
    assert request.turned == 90
    assert "lies on a side" in page(as_alice, photo)


def test_distances_are_shown_of_all_faces_and_never_of_two_encoders(photo: Photo) -> None:
    one = vector(1)
    faces = [
        make_face(photo, one),
        make_face(photo, near(one, 0.4)),
        make_face(photo, vector(3), encoder="another/1"),
    ]

    plain, fair = shown.heats(faces)

    assert [row[1].distance for _, row in plain.rows][:1] == [pytest.approx(0.4, abs=1e-3)]
    assert fair.rows[0][1][1].distance is not None
    for heat in (plain, fair):
        assert all(heat.rows[at][1][at].distance is None for at in range(3))
        assert heat.rows[0][1][2].distance is None
    assert shown.heats(faces[:1]) == []


def test_an_encoding_is_drawn_number_by_number(face: Face) -> None:
    picture = shown.encoding(face)

    assert [cell.value for cell in picture.cells] == pytest.approx([*map(float, face.encoding)])
    assert {(cell.x, cell.y) for cell in picture.cells} == {
        (x, y) for x in range(16) for y in range(8)
    }
    assert max(abs(cell.shade) for cell in picture.cells) == shown.SHADES
    assert all(cell.shade * cell.value >= 0 for cell in picture.cells)


def test_only_the_last_photos_are_kept(alice: User) -> None:
    photos = [make_photo(alice) for _ in range(4)]
    for at, photo in enumerate(photos):
        kept.watch(photo.key)
        os.utime(kept.folder_of(photo.key), (time.time() - at * 60,) * 2)
    long_ago = time.time() - kept.KEPT - 60
    os.utime(kept.folder_of(photos[1].key), (long_ago, long_ago))

    assert kept.sweep(most=2) == 2
    assert [kept.folder_of(one.key).exists() for one in photos] == [True, False, True, False]


def test_a_photo_that_was_never_analysed_has_no_lab_yet(alice: User, as_alice: Client) -> None:
    photo = make_photo(alice, state="failed")

    as_alice.post(reverse("ask_lab", args=[photo.pk]))

    assert not Task.objects.exists()
    assert "is not a photo we can read" in page(as_alice, photo)
