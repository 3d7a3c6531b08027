"""The camera's WebSocket, through the real ASGI application, with an eye that needs no child."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from analysis.methods import Choice
from analysis.processes import ChildFailed
from analysis.results import EMOTIONS, AgeEstimate, Array, Box, EmotionEstimate, GenderEstimate
from analysis.sentences import say
from facesite.asgi import application
from gallery.children.camera import SeeFrame
from gallery.children.pool import AnalysisPool
from gallery.models import Face, LockedVector, Photo, Roster, Switch, Task
from gallery.models.switch import Name
from gallery.services import camera as services
from gallery.services import matching
from gallery.worker import camera
from gallery.worker.camera import ELSEWHERE, NOT_ALLOWED, SIGNED_OUT, CameraConsumer, Eye
from tests.factories import ENCODER, fresh, make_face, make_known, make_photo, near, vector
from tests.gallery.test_live import PATIENCE, Socket

pytestmark = pytest.mark.django_db(transaction=True)

FRAME = b"\xff\xd8 a frame"


class Camera(Socket):
    """A browser's end of the camera's WebSocket."""

    def __init__(self, client: Client | None = None) -> None:
        super().__init__(client)
        scope = self.wire.scope | {"path": "/ws/camera/"}
        self.wire = ApplicationCommunicator(application, scope)  # type: ignore[no-untyped-call]

    async def show(self, frame: bytes = FRAME) -> Any:
        await self.say(bytes=frame)
        return await self.hear()

    async def closed_by(self) -> int:
        message = await self.wire.receive_output(timeout=PATIENCE)
        assert message["type"] == "websocket.close"
        return int(message["code"])


def frame(*encodings: Array) -> Any:
    """Return what a child sees: a face for each encoding."""
    faces = [
        SimpleNamespace(
            box=Box(60 * at, 10, 60 * at + 50, 70),
            score=0.93,
            landmarks=vector(at)[:10].reshape(5, 2),
            encoding=encoding,
            age=AgeEstimate(34.4, "(25-32)", 0.5, 26.0, 44.0),
            gender=GenderEstimate("female", 0.97),
            emotion=EmotionEstimate("happy", 0.9, dict.fromkeys(EMOTIONS, 0.1)),
            quality=0.9,
            level=0.0,
        )
        for at, encoding in enumerate(encodings)
    ]
    return SimpleNamespace(width=640, height=480, faces=faces, encoder=ENCODER, milliseconds=41.2)


class FakePool(AnalysisPool):
    """Answers each frame with `shown`, once `lets` it; raises what is no frame."""

    def __init__(self, shown: Any) -> None:
        super().__init__(timeout=1, memory=1)
        self.shown = shown
        self.lets = asyncio.Event()
        self.lets.set()
        self.asked = 0

    async def ask(self, request: Any) -> Any:
        assert isinstance(request, SeeFrame)
        self.asked += 1
        await self.lets.wait()
        if isinstance(self.shown, Exception):
            raise self.shown
        return self.shown


Show = Callable[[Any], FakePool]


@pytest.fixture
def eyes_see(monkeypatch: pytest.MonkeyPatch) -> Show:
    """Have the process's eye see that, as often as it is asked."""

    def see(shown: Any) -> FakePool:
        pool = FakePool(shown)
        eye = Eye(pool, clock=lambda: 0.0)
        monkeypatch.setattr(eye, "_rest", lambda: None)
        monkeypatch.setattr(CameraConsumer, "eye", staticmethod(lambda: eye))
        monkeypatch.setattr(camera, "PAUSE_OF_ALL", 0.0)
        monkeypatch.setattr(camera, "LEAST_PAUSE", 0.0)
        return pool

    return see


async def test_a_frame_is_answered_with_its_faces_and_nothing_is_kept(
    as_admin: Client, eyes_see: Show
) -> None:
    pool = eyes_see(frame(vector(1)))
    mine = await Camera(as_admin).opened()

    seen = await mine.show()

    assert (seen["type"], seen["width"], seen["height"]) == ("seen", 640, 480)
    [face] = seen["faces"]
    assert (face["box"], face["name"], face["age"]) == ([0, 10, 50, 70], None, 34)
    assert (face["gender"], face["emotion"], face["doubtful"]) == ("female", "happy", False)
    await mine.say(text="no frame")
    assert await mine.is_silent()
    assert pool.asked == 1
    for model in (Photo, Face, Task):
        assert not await model.objects.aexists()
    await mine.disconnect()


async def test_faces_have_the_names_that_they_would_have_on_a_photo(
    admin: User, as_admin: Client, eyes_see: Show
) -> None:
    def known() -> list[Array]:
        make_known(admin, "Ada", vector(1))
        make_known(admin, "Bea", vector(2))
        return [near(vector(1), 0.3), near(vector(2), 0.52), vector(9)]

    encodings = await sync_to_async(known)()
    eyes_see(frame(*encodings))
    mine = await Camera(as_admin).opened()

    seen = await mine.show()

    def on_a_photo() -> list[tuple[str | None, bool]]:
        photo = make_photo(admin)
        faces = [make_face(photo, one, level=0.0) for one in encodings]
        matching.match_photos(Roster.objects.of(admin.pk), [photo.pk])
        named = [fresh(face) for face in faces]
        return [
            (one.name if (one := face.person or face.suggestion) else None, bool(face.person))
            for face in named
        ]

    told = [(face["name"], face.get("sure", False)) for face in seen["faces"]]
    assert told == await sync_to_async(on_a_photo)()
    assert told[0] == ("Ada", True)
    assert told[2] == (None, False)
    await mine.disconnect()


async def test_a_name_that_was_said_meanwhile_is_told(
    admin: User, as_admin: Client, eyes_see: Show
) -> None:
    eyes_see(frame(vector(1)))
    mine = await Camera(as_admin).opened()
    assert (await mine.show())["faces"][0]["name"] is None

    await sync_to_async(make_known)(admin, "Ada", vector(1))

    assert (await mine.show())["faces"][0]["name"] == "Ada"
    await mine.disconnect()


async def test_nobody_is_told_by_the_people_of_others(
    admin: User, bob: User, as_admin: Client, eyes_see: Show
) -> None:
    await sync_to_async(make_known)(bob, "Bea", vector(1))
    eyes_see(frame(vector(1)))
    mine = await Camera(as_admin).opened()

    assert (await mine.show())["faces"][0]["name"] is None
    await mine.disconnect()


async def test_of_whoever_does_not_want_to_be_recognised_the_box_alone_is_told(
    admin: User, as_admin: Client, eyes_see: Show
) -> None:
    def lock() -> None:
        roster = Roster.objects.of(admin.pk)
        LockedVector.objects.create(roster=roster, vector=vector(1), encoder=ENCODER)

    await sync_to_async(lock)()
    eyes_see(frame(vector(1), vector(2)))
    mine = await Camera(as_admin).opened()

    first, second = (await mine.show())["faces"]

    assert first == {"box": [0, 10, 50, 70], "private": True}
    assert "age" in second
    await mine.disconnect()


async def test_frames_are_dropped_and_never_wait_in_line(as_admin: Client, eyes_see: Show) -> None:
    pool = eyes_see(frame())
    pool.lets.clear()
    mine = await Camera(as_admin).opened()
    for _ in range(20):
        await mine.say(bytes=FRAME)
    assert await mine.is_silent()

    pool.lets.set()

    assert (await mine.hear())["type"] == "seen"
    assert await mine.is_silent()
    assert pool.asked == 1
    large = b"\xff\xd8" + bytes(services.MOST_BYTES)
    assert await mine.show(large) == {"type": "dropped", "why": "large"}
    assert pool.asked == 1
    await mine.disconnect()


async def test_one_camera_is_looked_at_while_another_has_to_wait(
    as_admin: Client, bob: User, as_bob: Client, eyes_see: Show
) -> None:
    await sync_to_async(Switch.objects.turn)(Name.CAMERA, is_on=True, by=bob.pk)
    pool = eyes_see(frame())
    pool.lets.clear()
    mine, theirs = await Camera(as_admin).opened(), await Camera(as_bob).opened()
    await mine.say(bytes=FRAME)
    while not pool.asked:
        await asyncio.sleep(0.01)

    assert await theirs.show() == {"type": "dropped", "why": "busy"}

    pool.lets.set()
    assert (await mine.hear())["type"] == "seen"
    assert (await theirs.show())["type"] == "seen"
    for one in (mine, theirs):
        await one.disconnect()


async def test_a_child_that_fails_costs_a_frame(as_admin: Client, eyes_see: Show) -> None:
    pool = eyes_see(ChildFailed(say("child_crashed"), "crashed"))
    mine = await Camera(as_admin).opened()
    assert await mine.show() == {"type": "dropped", "why": "crashed"}

    pool.shown = frame()

    assert (await mine.show())["type"] == "seen"
    await mine.disconnect()


async def test_members_have_no_camera_unless_it_is_switched_on(
    alice: User, as_alice: Client, bob: User
) -> None:
    assert await Camera().connect() == {"type": "websocket.close", "code": SIGNED_OUT}
    assert await Camera(as_alice).connect() == {"type": "websocket.close", "code": NOT_ALLOWED}

    await sync_to_async(services.turn_for_members)(is_on=True, by=bob)

    mine = await Camera(as_alice).opened()
    await mine.disconnect()


async def test_a_second_camera_of_an_account_takes_the_place_of_the_first(
    as_admin: Client,
) -> None:
    first = await Camera(as_admin).opened()
    second = await Camera(as_admin).opened()

    assert await first.closed_by() == ELSEWHERE
    assert await second.is_silent()
    await second.disconnect()


async def test_it_closes_with_the_session_or_the_switch(
    alice: User, as_alice: Client, as_admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(camera, "STILL_EVERY", 0.05)
    mine = await Camera(as_admin).opened()
    assert await mine.is_silent()
    await sync_to_async(as_admin.logout)()
    assert await mine.closed_by() == SIGNED_OUT

    def demote() -> None:
        User.objects.filter(pk=alice.pk).update(is_staff=False)

    theirs = await Camera(as_alice).opened()
    await sync_to_async(demote)()
    assert await theirs.closed_by() == NOT_ALLOWED


async def test_the_eye_rests_as_long_as_it_works() -> None:
    now = 100.0
    pool = FakePool("seen")
    eye = Eye(pool, clock=lambda: now)
    pool.lets.clear()
    looking = asyncio.create_task(eye.see(cast(Any, SeeFrame(FRAME, Choice()))))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not eye.is_free
    now += 0.4
    pool.lets.set()
    assert await looking == "seen"

    assert not eye.is_free
    assert await eye.see(SeeFrame(FRAME, Choice())) is None
    now += 0.39
    assert not eye.is_free
    now += 0.02
    assert eye.is_free
    assert eye._resting is not None
    eye._resting.cancel()


def test_only_the_page_of_the_camera_may_use_it(as_admin: Client) -> None:
    allowed = "camera=(self), microphone=(), geolocation=()"
    assert as_admin.get(reverse("live"))["Permissions-Policy"] == allowed
    for other in ("library", "accounts", "people"):
        answer = as_admin.get(reverse(other))
        assert answer["Permissions-Policy"].startswith("camera=(),")
        assert "default-src 'self'" in answer["Content-Security-Policy"]


def test_administrators_switch_it_on_for_members(
    as_admin: Client, as_bob: Client, bob: User, client: Client
) -> None:
    page, switch = reverse("live"), reverse("turn_camera")
    make_photo(bob)
    assert page not in as_bob.get("/").content.decode()
    closed = as_bob.get(page)
    assert "not switched on for members" in closed.content.decode()
    assert closed["Permissions-Policy"].startswith("camera=(),")
    assert as_bob.post(switch, {"on": "yes"}).status_code == 404
    assert client.get(page).status_code == 302

    as_admin.post(switch, {"on": "yes"})

    assert 'id="camera-start"' in as_bob.get(page).content.decode()
    assert f'href="{page}"' in as_bob.get("/").content.decode()
    assert "Switch it off for members" in as_admin.get(reverse("accounts")).content.decode()
    as_admin.post(switch)
    assert "not switched on" in as_bob.get(page).content.decode()
