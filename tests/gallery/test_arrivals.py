"""Files of people that are sent: kept aside, read, shown first, then brought in or left."""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any
from unittest.mock import Mock

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from analysis.errors import AnalysisError
from analysis.known import as_json, files, pickled
from analysis.known.known import Known
from analysis.photo_files import KEPT_BY_SYSTEMS
from gallery import installed, kinds
from gallery.children.requests import ReadKnown
from gallery.jobs import tasks
from gallery.kinds import Work
from gallery.models import Arrival, KnownEncoding, Person, Photo, Task
from gallery.services import arrivals, arrived, work
from gallery.services.arrivals import ArrivalRefused, Listed, sorted_out, source_of
from gallery.worker.work.arrivals import Arrivals
from gallery.worker.work.encodings import Encodings
from gallery.worker.work.pictures import Pictures
from tests.factories import jpeg, make_known, make_person, person_called
from tests.gallery.test_known_files import STUDY
from tests.gallery.test_pictures import analyse_waiting, step

pytestmark = pytest.mark.django_db(transaction=True)

Files = Mapping[str, bytes]


class ChildPool:
    """Answers as a child would, in this process."""

    async def ask(self, request: Any) -> Any:
        assert isinstance(request, ReadKnown)
        return files.read(request.path)


@pytest.fixture
def folders() -> Files:
    """Ada on two pictures, Grace on one; beside them what is no picture."""
    return {
        "people/Ada/1.jpg": jpeg(),
        "people/Ada/2.jpg": jpeg(),
        "people/Grace/1.jpg": jpeg(),
        "people/Grace/.DS_Store": b"\0",
        "people/notes.txt": b"who is who",
        "people/known.bin": b"\x80",
    }


@pytest.fixture(autouse=True)
def nothing_else_is_left() -> Iterator[None]:
    """What lies in the data folder is what rows name."""
    yield
    kept = {one.folder for one in Arrival.objects.all()}
    assert set(installed.arrivals().glob("*")) == kept


def post(client: Client, user: User, address: str, **fields: Any) -> HttpResponse:
    return client.post(address, fields, headers={"X-Facesite-User": f"{user.pk}"})  # type: ignore[return-value]


def listing(sent: Files) -> SimpleUploadedFile:
    entries = [[path, len(data), "2019-05-03T14:02:11+09:00"] for path, data in sent.items()]
    return SimpleUploadedFile("listing", json.dumps(entries).encode())


def begun(client: Client, user: User, sent: Files) -> dict[str, Any]:
    answer = post(client, user, reverse("begin_arrival"), listing=listing(sent))
    found: dict[str, Any] = json.loads(answer.content)
    return found | {"status": answer.status_code}


def send_all(client: Client, user: User, sent: Files, *, size: int = 300) -> str:
    """Send files in pieces as a page does, and return the address that shows them."""
    answer = begun(client, user, sent)
    data = list(sent.values())
    for number in answer["wanted"]:
        for start in range(0, max(1, len(data[number])), size):
            piece = SimpleUploadedFile("piece", data[number][start : start + size] or b"")
            fields = {"number": number, "start": start, "piece": piece}
            assert post(client, user, answer["pieces"], **fields).status_code == 200
    address: str = json.loads(post(client, user, answer["close"]).content)["url"]
    return address


def read() -> Work:
    """Do the task that reads what was sent, as a worker does; return it as it ended."""
    task = tasks.claim([Arrivals.name])
    assert task is not None
    try:
        async_to_sync(Arrivals(task).step)(ChildPool())  # type: ignore[arg-type]
    except AnalysisError as error:
        tasks.fail(task, error.sentence)
    return kinds.of(Task.objects.get(pk=task.pk))


def page(client: Client, address: str) -> str:
    return " ".join(client.get(address).content.decode().split())


def zipped(sent: Files) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in sent.items():
            archive.writestr(path, data)
    return buffer.getvalue()


def encrypted(data: bytes) -> bytes:
    """Return the zip with the flags of an encrypted one, where its files and its list begin."""
    flagged = bytearray(data)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        flagged[data.index(mark) + at] |= 1
    return bytes(flagged)


def known_bin() -> bytes:
    buffer = io.BytesIO()
    pickled.write(STUDY, buffer)
    return buffer.getvalue()


def test_a_folder_is_shown_before_it_is_brought_in_and_then_its_people_are_known(
    alice: User, as_alice: Client, folders: Files
) -> None:
    address = send_all(as_alice, alice, folders)
    assert read().sentence == "2 people can be brought in."

    html = page(as_alice, address)
    assert "People from people" in html
    assert "3 pictures of 2 people" in html
    assert "Each folder is a person" in html
    assert 'Ada</span> <span class="muted small"> 2 pictures </span>' in html
    assert "people/notes.txt <span" in html
    assert "It is no picture. To know people by it, bring it by itself." in html
    assert "1 hidden file" in html
    assert not Photo.objects.exists()
    assert not Person.objects.exists()

    answer = as_alice.post(reverse("bring_arrival", args=[Arrival.objects.get().key]))
    task = tasks.claim([Pictures.name])
    assert task is not None
    assert answer.headers["Location"] == reverse("task", args=[task.pk])
    while step(task):
        analyse_waiting()

    assert person_called("Ada").encodings.count() == 2
    assert person_called("Grace").encodings.count() == 1
    assert not Arrival.objects.exists()
    assert not Task.objects.filter(kind=Arrivals.name).exists()
    photo = Photo.objects.earliest("pk")
    assert (photo.taken_from, photo.taken_offset) == ("file", 540)
    html = page(as_alice, reverse("task", args=[task.pk]))
    assert reverse("person", args=[person_called("Ada").pk]) in html


def test_another_layout_is_one_click_away_and_reads_the_names_anew(
    alice: User, as_alice: Client, folders: Files
) -> None:
    address = send_all(as_alice, alice, folders)
    read()
    key = Arrival.objects.get().key

    as_alice.post(reverse("choose_layout", args=[key]), {"layout": "flat"})
    html = page(as_alice, address)
    assert "Each picture is named by its file." in html
    assert 'class="arrival-name">1</span>' in html

    as_alice.post(reverse("choose_layout", args=[key]), {"layout": "folders"})
    assert 'Ada</span> <span class="muted small"> 2 pictures </span>' in page(as_alice, address)
    assert as_alice.post(reverse("choose_layout", args=[key]), {"layout": "odd"}).status_code == 404


def test_the_page_says_whom_the_names_would_join(
    alice: User, as_alice: Client, folders: Files
) -> None:
    ada = make_known(alice, "ADA").person
    assert ada
    make_person(alice, "Grace")
    make_person(alice, "Grace")
    address = send_all(as_alice, alice, folders)
    read()

    html = page(as_alice, address)

    here, shared = html.index("Here already"), html.index("Several people bear these names")
    assert here < html.index(ada.get_absolute_url()) < shared < html.index(">Left out<")
    assert "with “people” as a note" in html
    assert "New people" not in html


def test_what_was_brought_in_meanwhile_is_not_brought_in_twice(
    alice: User, as_alice: Client, folders: Files
) -> None:
    send_all(as_alice, alice, folders)
    read()
    first, second = Arrival.objects.get(), Arrival.objects.get()
    arrived.bring(first)

    with pytest.raises(ArrivalRefused, match="not waiting any more"):
        arrived.bring(second)
    assert Task.objects.get().kind == Pictures.name


@pytest.mark.parametrize("packed", [False, True], ids=["pictures", "zip"])
def test_all_pictures_still_wait_where_bringing_them_in_fails(
    alice: User,
    as_alice: Client,
    folders: Files,
    monkeypatch: pytest.MonkeyPatch,
    packed: bool,
) -> None:
    send_all(as_alice, alice, {"people.zip": zipped(folders)} if packed else folders)
    read()
    address = reverse("bring_arrival", args=[Arrival.objects.get().key])
    with monkeypatch.context() as broken:
        broken.setattr(tasks, "enqueue", Mock(side_effect=OperationalError("gone")))
        with pytest.raises(OperationalError):
            as_alice.post(address)
    assert not list(installed.uploads().glob("*"))

    as_alice.post(address)

    task = tasks.claim([Pictures.name])
    assert task is not None
    while step(task):
        analyse_waiting()
    assert person_called("Ada").encodings.count() == 2
    assert person_called("Grace").encodings.count() == 1


def test_encodings_still_wait_where_bringing_them_in_fails(
    alice: User, as_alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    send_all(as_alice, alice, {"known.bin": known_bin()}, size=5000)
    read()
    address = reverse("bring_arrival", args=[Arrival.objects.get().key])
    with monkeypatch.context() as broken:
        broken.setattr(tasks, "enqueue", Mock(side_effect=OperationalError("gone")))
        with pytest.raises(OperationalError):
            as_alice.post(address)
    assert not list(installed.uploads().glob("*"))

    as_alice.post(address)

    assert Task.objects.get().kind == Encodings.name
    assert len(list(installed.uploads().glob("*"))) == 1


def test_pictures_that_are_gone_from_the_disk_are_said_to_be(
    alice: User, as_alice: Client, folders: Files
) -> None:
    send_all(as_alice, alice, folders)
    read()
    arrival = Arrival.objects.get()
    next(arrival.folder.glob("*.jpg")).unlink()

    answer = as_alice.post(reverse("bring_arrival", args=[arrival.key]), follow=True)

    assert "These files are not waiting any more." in answer.content.decode()
    assert not list(installed.uploads().glob("*"))


def test_what_is_left_is_gone_with_its_files(alice: User, as_alice: Client, folders: Files) -> None:
    send_all(as_alice, alice, folders)
    read()
    arrival = Arrival.objects.get()

    as_alice.post(reverse("leave_arrival", args=[arrival.key]))

    assert not arrival.folder.exists()
    assert not Task.objects.exists()
    answer = as_alice.post(reverse("bring_arrival", args=[arrival.key]), follow=True)
    assert "These files are not waiting any more." in answer.content.decode()


@pytest.mark.parametrize("path", ["known.bin", "people.dat"])
def test_a_known_bin_is_taken_for_single_views_and_says_so(
    alice: User, as_alice: Client, path: str
) -> None:
    address = send_all(as_alice, alice, {path: known_bin()}, size=5000)
    assert read().sentence == "2 people can be brought in."

    html = page(as_alice, address)
    assert "3 encodings of 2 people" in html
    assert "This file names no encoder." in html
    assert not KnownEncoding.objects.exists()

    as_alice.post(reverse("bring_arrival", args=[Arrival.objects.get().key]))
    task = tasks.claim([Encodings.name])
    assert task is not None
    async_to_sync(Encodings(task).step)(ChildPool())  # type: ignore[arg-type]

    done = kinds.of(Task.objects.get(pk=task.pk))
    assert done.sentence == "3 encodings made people known."
    assert {one.imported_from for one in KnownEncoding.objects.all()} == {path}
    assert person_called("Ada").get_absolute_url() in page(
        as_alice, reverse("task", args=[task.pk])
    )
    assert [*installed.uploads().iterdir()] == []


def test_what_is_known_already_is_said_before_and_after(alice: User, as_alice: Client) -> None:
    for said in ("3 encodings made people known.", "0 encodings made people known. 3 were known"):
        address = send_all(as_alice, alice, {"known.bin": known_bin()}, size=5000)
        read()
        assert ("3 of them are known already" in page(as_alice, address)) == said.startswith("0")
        as_alice.post(reverse("bring_arrival", args=[Arrival.objects.get().key]))
        task = tasks.claim([Encodings.name])
        assert task is not None
        async_to_sync(Encodings(task).step)(ChildPool())  # type: ignore[arg-type]
        assert kinds.of(Task.objects.get(pk=task.pk)).sentence.startswith(said)


def test_a_zip_is_unpacked_and_its_names_come_out_right(alice: User, as_alice: Client) -> None:
    sent = {"가족.zip": zipped({"가족/가영.jpg": jpeg(), "가족/나영.jpg": jpeg(), "b.jpg/..": b""})}
    address = send_all(as_alice, alice, sent, size=5000)

    assert read().sentence == "2 people can be brought in."
    assert "가영</span>" in page(as_alice, address)
    as_alice.post(reverse("bring_arrival", args=[Arrival.objects.get().key]))
    assert Task.objects.get(kind=Pictures.name).total == 2


def broken_zips() -> dict[str, tuple[bytes, str]]:
    bomb = zipped({f"{n}.jpg": bytes(8 * 2**20) for n in range(9)})
    return {
        "a zip bomb": (bomb, "as pictures never do"),
        "an encrypted zip": (encrypted(zipped({"Ada.jpg": jpeg()})), "This file is encrypted"),
        "half a zip": (zipped({"Ada.jpg": jpeg()})[:-30], "damaged or no zip"),
        "a program": (b"\x7fELF" + bytes(300), "no file that people are known by"),
        "a pickle that calls": (b"\x80\x04cposix\nsystem\n(S'id'\ntR.", "asks for"),
        "half a pickle": (known_bin()[:-40], "damaged or ends too early"),
    }


@pytest.mark.parametrize("what", ["a zip bomb", "an encrypted zip", "half a zip", "a program",
                                  "a pickle that calls", "half a pickle"])  # fmt: skip
def test_what_cannot_be_used_gets_a_sentence_and_leaves_nothing(
    alice: User, as_alice: Client, what: str
) -> None:
    data, sentence = broken_zips()[what]
    address = send_all(as_alice, alice, {"people.zip": data}, size=10_000)
    folder = Arrival.objects.get().folder

    ended = read()

    assert ended.task.is_failed
    assert sentence in ended.sentence
    assert not folder.exists()
    assert not Arrival.objects.exists()
    assert sentence in page(as_alice, address)


def test_encodings_of_another_network_are_refused_by_its_name(
    alice: User, as_alice: Client
) -> None:
    buffer = io.BytesIO()
    as_json.write(Known(STUDY.names, STUDY.encodings, "openface-v1"), buffer)
    send_all(as_alice, alice, {"other.json": buffer.getvalue()}, size=10_000)

    assert "made by openface-v1" in read().sentence


def test_pictures_that_cannot_be_read_are_left_out_before_anything_is_done(
    alice: User, as_alice: Client
) -> None:
    address = send_all(as_alice, alice, {"Ada.jpg": jpeg(), "Grace.jpg": b"no photo", "E.jpg": b""})

    assert read().sentence == "1 person can be brought in."
    html = page(as_alice, address)
    assert 'Grace.jpg <span class="muted">This file is not a photo we can read' in html
    assert "E.jpg <span" in html


def test_nothing_but_other_files_is_refused_at_once(alice: User, as_alice: Client) -> None:
    answer = begun(as_alice, alice, {"a.txt": b"1", "b.txt": b"2"})

    assert answer["status"] == 400
    assert "no picture among these files" in answer["detail"]
    assert not Arrival.objects.exists()


def test_more_files_or_bytes_than_may_come_are_refused_at_once(
    alice: User, as_alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = {f"{n}.jpg": b"x" * 2**20 for n in range(3)}
    monkeypatch.setattr(arrivals, "MOST_FILES", 2)
    assert "more than 2 pictures" in begun(as_alice, alice, many)["detail"]
    monkeypatch.setattr(arrivals, "MOST_BYTES", 2**20)
    del many["0.jpg"]
    assert "more than 1 MB together" in begun(as_alice, alice, many)["detail"]
    assert not Arrival.objects.exists()


def test_a_piece_that_does_not_fit_is_refused_and_one_sent_twice_is_kept_once(
    alice: User, as_alice: Client
) -> None:
    data = jpeg()
    answer = begun(as_alice, alice, {"Ada.jpg": data})

    def sent(number: int | str, start: int | str, piece: bytes) -> int:
        file = SimpleUploadedFile("piece", piece)
        fields = {"number": number, "start": start, "piece": file}
        return post(as_alice, alice, answer["pieces"], **fields).status_code

    assert sent(0, 100, data[100:]) == 400  # It leaves a gap.
    assert sent(0, 0, data + b"x") == 400
    assert sent(1, 0, data) == 400
    assert sent("../x", 0, data) == 400
    assert sent(0, "-1", data) == 400
    assert post(as_alice, alice, answer["close"]).status_code == 400
    for _ in range(2):
        assert sent(0, 0, data[:200]) == 200
        assert sent(0, 200, data[200:]) == 200
    assert post(as_alice, alice, answer["close"]).status_code == 200
    again = post(as_alice, alice, answer["close"])
    assert json.loads(again.content)["url"] == reverse("task", args=[Task.objects.get().pk])


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[", b"[" * 100_000, b'[["a.jpg", -1, ""]]', b"[[1, 2, 3]]", b"\xff"]
)
def test_a_list_of_files_that_is_none_is_refused(
    alice: User, as_alice: Client, data: bytes
) -> None:
    file = SimpleUploadedFile("listing", data)
    assert post(as_alice, alice, reverse("begin_arrival"), listing=file).status_code == 400


def test_what_comes_later_takes_the_place_of_what_came_before(
    alice: User, as_alice: Client
) -> None:
    before = begun(as_alice, alice, {"Ada.jpg": jpeg()})
    folder = Arrival.objects.get().folder

    begun(as_alice, alice, {"Grace.jpg": jpeg()})

    assert not folder.exists()
    assert Arrival.objects.get().source == "Grace.jpg"
    gone = post(as_alice, alice, before["close"])
    assert (gone.status_code, "not waiting any more" in gone.content.decode()) == (404, True)


def test_another_account_neither_sees_nor_changes_it(
    alice: User, as_alice: Client, bob: User, as_bob: Client, folders: Files
) -> None:
    address = send_all(as_alice, alice, folders)
    read()
    arrival = Arrival.objects.get()

    assert as_bob.get(address).status_code == 404
    for name in ("send_pieces", "close_arrival"):
        assert post(as_bob, bob, reverse(name, args=[arrival.key])).status_code == 404
    layout = as_bob.post(reverse("choose_layout", args=[arrival.key]), {"layout": "flat"})
    assert layout.status_code == 404
    for name in ("bring_arrival", "leave_arrival"):  # As for one that is not there any more.
        answer = as_bob.post(reverse(name, args=[arrival.key]))
        assert answer["Location"] == reverse("people")
    assert Arrival.objects.get() == arrival
    assert arrival.folder.is_dir()
    assert not Task.objects.filter(kind=Pictures.name).exists()


def test_a_page_of_another_account_brings_nothing(alice: User, as_alice: Client, bob: User) -> None:
    answer = post(as_alice, bob, reverse("begin_arrival"), listing=listing({"Ada.jpg": b"x"}))

    assert answer.status_code == 409
    assert not Arrival.objects.exists()


def test_without_scripts_a_form_takes_files(alice: User, as_alice: Client) -> None:
    sent = [SimpleUploadedFile(name, jpeg()) for name in ("Ada.jpg", "Grace.jpg")]
    answer = as_alice.post(reverse("bring_people"), {"files": sent})

    assert answer.headers["Location"] == reverse("task", args=[Task.objects.get().pk])
    assert read().sentence == "2 people can be brought in."
    refused = as_alice.post(
        reverse("bring_people"), {"files": [SimpleUploadedFile(n, b"x") for n in ("a.txt", "b.md")]},
        follow=True,
    )  # fmt: skip
    assert "no picture among these files" in refused.content.decode()
    empty = as_alice.post(reverse("bring_people"), follow=True)
    assert "Choose some files first." in empty.content.decode()


def test_what_nobody_brought_in_is_swept_after_days_and_folders_of_nobody_too(
    alice: User, as_alice: Client, folders: Files
) -> None:
    send_all(as_alice, alice, folders)
    read()
    old = timezone.now() - arrivals.KEPT - timedelta(hours=1)
    left, young = installed.arrivals() / "left", installed.arrivals() / "young"
    for folder in (left, young):
        folder.mkdir()
    os.utime(left, (0, 0))

    assert arrivals.sweep() == 1
    Arrival.objects.update(touched_at=old)
    assert arrivals.sweep() == 1

    assert [*installed.arrivals().iterdir()] == [young]
    young.rmdir()


def test_stopping_the_reading_removes_the_files(
    alice: User, as_alice: Client, folders: Files
) -> None:
    send_all(as_alice, alice, folders)

    work.stop(Task.objects.get())

    assert not Arrival.objects.exists()


def test_only_files_that_somebody_meant_are_wanted(settings: Settings) -> None:
    settings.MAX_UPLOAD_BYTES = settings.MAX_RAW_BYTES = 2**20
    found = sorted_out(
        [
            Listed("people/Ada.JPG", 10),
            Listed("people/@eaDir/Ada.jpg", 10),
            Listed("people/._Ada.jpg", 10),
            Listed("people/huge.jpg", 9 * 2**20),
            Listed("people/more.zip", 10),
            Listed("people/read me", 10),
        ]
    )
    assert [(one.number, one.file) for one in found.wanted] == [(0, "000000.jpg")]
    assert found.hidden == 2
    assert [path for path, _ in found.left_out] == [
        "people/huge.jpg",
        "people/more.zip",
        "people/read me",
    ]
    alone = sorted_out([Listed("../x/known.bin", 10), Listed(".DS_Store", 3)])
    assert [one.file for one in alone.wanted] == ["000000"]


@pytest.mark.parametrize(
    ("paths", "source"),
    [
        (["people/Ada/1.jpg", "people/Ada/2.jpg"], "people"),
        (["known.bin"], "known.bin"),
        (["Ada/1.jpg", "Grace/1.jpg"], "Ada, Grace"),
        ([f"{n}.jpg" for n in range(5)], "0.jpg, 1.jpg and 3 more"),
        (["\u1100\u1161/1.jpg"], "가"),
        ([f"{'x' * 300}/1.jpg"], "x" * 255),
    ],
)
def test_what_came_is_called_by_what_was_dropped(paths: list[str], source: str) -> None:
    assert source_of(paths) == source


def test_pages_tell_scripts_by_which_names_systems_hide_files(as_alice: Client) -> None:
    """Scripts have no list of their own, which would differ from this one some day."""
    told = f'data-kept-by-systems="{" ".join(sorted(KEPT_BY_SYSTEMS))}"'

    for name in ("library", "people", "bring_people"):
        assert told in as_alice.get(reverse(name)).content.decode(), name


def test_a_preview_of_many_people_takes_as_many_queries_as_one_of_few(
    alice: User, as_alice: Client
) -> None:
    def queries(count: int) -> int:
        for number in range(count):
            make_person(alice, f"Here {number}")
        names = [f"{kind} {number}.jpg" for kind in ("Here", "New") for number in range(count)]
        address = send_all(as_alice, alice, {name: jpeg() for name in names}, size=5000)
        read()
        with CaptureQueriesContext(connection) as taken:
            as_alice.get(address)
        return len(taken)

    queries(1)
    few = queries(2)
    assert queries(12) == few
