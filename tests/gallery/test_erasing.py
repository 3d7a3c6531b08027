"""Who is erased is gone: from rows, files, the database's freed pages and its log, for good."""

from __future__ import annotations

import base64
import json
import unicodedata
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from analysis.known import as_json, as_npz, folders
from analysis.known.known import checked
from analysis.results import Array, Box
from gallery import installed
from gallery.jobs import tasks
from gallery.models import (
    Action,
    AnalysisJob,
    Arrival,
    BinnedPhoto,
    ErasedFace,
    Face,
    GroupPortrait,
    KnownChange,
    KnownEncoding,
    Person,
    Photo,
    Refusal,
    Roster,
    RosterNetwork,
    Task,
    Word,
)
from gallery.models.face_queries import Mark
from gallery.models.person import Gone
from gallery.models.record import Did
from gallery.services import (
    curating,
    describing,
    drawing,
    emotions,
    erasing,
    following,
    little,
    matching,
    nearest,
    people,
    photo_words,
    photos,
    pictures,
    record,
    rederiving,
    results,
    saying,
    turns,
    work,
)
from gallery.services.erasing import faces, freed, remains
from gallery.services.erasing.erased import Erased
from gallery.services.erasing.people import erase as erase_people
from gallery.services.erasing.redacting import Redaction
from gallery.services.erasing.traces import CHUNK, Finder, Traces, pattern_of
from gallery.words import Words, say
from gallery.worker.work.erasing import Erasing, erase_all
from tests.factories import (
    ENCODER,
    analysed,
    claimed,
    found_face,
    fresh,
    jpeg,
    make_face,
    make_known,
    make_person,
    make_photo,
    near,
    person_called,
    vector,
)
from tests.gallery.test_record import last, named, roster_of, undo

NAME = "Zéphyrine Quux"


def erase(person: Person, *, with_guesses: bool = True) -> Task:
    """Erase the person as the site does it, and return the task that did."""
    erasing.begin(person=person, with_guesses=with_guesses)
    task = tasks.claim([erasing.KIND])
    assert task is not None
    erase_all(task)
    task.refresh_from_db()
    return task


def erase_rows(person: Person, *, with_guesses: bool = True) -> Erased:
    """Erase the person from rows and files; what the database's files hold is not looked at."""
    task = erasing.begin(person=person, with_guesses=with_guesses)
    roster, erased = roster_of(task.owner), Erased()
    faces.erase(roster, task.arguments["faces"], erased)
    erase_people(roster, task.arguments["people"], erased)
    return erased


def told(task: Task) -> dict[str, Any]:
    found: dict[str, Any] = task.result
    return found


def row_bytes() -> bytes:
    """Return the files of the database as they lie there."""
    return b"".join(path.read_bytes() for path in remains.database_files())


@pytest.mark.django_db(transaction=True)
def test_of_whom_was_erased_nothing_is_found_in_database_files_and_log(
    alice: User, as_alice: Client, tmp_path: Path
) -> None:
    face = make_known(alice, NAME, vector(1), crop=True)
    Photo.objects.filter(pk=face.photo_id).update(filename="zéphyrine_quux-7.jpg")
    photo_words.tell(owner=alice, photo=face.photo_id, text=f"{NAME} sails", keywords=[NAME, "sea"])
    guess = make_face(make_photo(alice), near(vector(1), 0.1))
    matching.rematch(roster_of(alice))
    assert fresh(guess).label == f"{NAME}?"
    person = person_called(NAME)
    describing.tell(person=person, about=f"{NAME} sails.", aliases=["Zephy Quux"])
    people.rename(person=person, name=f"{NAME} II")
    people.rename(person=person, name=NAME)
    emotions.say(face=face, emotion="sad")
    other = make_face(make_photo(alice), suggestion=person)
    people.refuse(face=other, person_id=person.pk)
    make_known(alice, "Zephy", vector(2))
    curating.merge(into=person, others=[person_called("Zephy").pk])
    KnownEncoding.objects.create(
        person=person,
        brought_for=person,
        imported_from=f"{NAME}.npz",
        vector=vector(3),
        encoder=face.encoder,
    )
    GroupPortrait.objects.create(photo=guess.photo, person=person)
    job = AnalysisJob.objects.filter(photo=face.photo)
    job.update(portrait_of=person, answer=say("portrait_added", name=NAME))
    Task.objects.create(
        kind="pictures",
        owner=alice,
        state="done",
        arguments={"source": f"{NAME}.zip"},
        result={"told": [[f"{NAME}/1.jpg", "", 1, "known", 1]], "people": {NAME.casefold(): 1}},
    )
    Arrival.objects.create(owner=alice, source=NAME)
    binned = make_known(alice, NAME, vector(4), crop=True)
    photo_words.tell(owner=alice, photo=binned.photo_id, text=NAME, keywords=[NAME])
    photos.delete(binned.photo)
    page = as_alice.post(reverse("rename_person", args=[person.pk]), {"name": NAME, "note": "x"})
    assert page.status_code == 302
    traces = Traces.of([NAME, "Zephy Quux", "Zephy"], [vector(seed) for seed in (1, 2, 3, 4)])
    assert Finder(traces).count([row_bytes()]) > 20
    crops = [path for path in tmp_path.rglob("faces/*") if path.is_file()]
    assert len(crops) == 4

    task = erase(person)

    assert told(task)["found"] == []
    assert told(task)["is_checked"]
    assert told(task)["faces"] == 4
    assert told(task)["crops"] == 4
    assert not any(path.exists() for path in crops)
    assert Finder(traces).count([row_bytes()]) == 0
    assert remains.Named.of(traces.names).places == []
    call_command("check_erased", NAME, "Zephy Quux")
    assert rederiving.differences(roster_of(alice)) == []
    assert Photo.objects.get(pk=face.photo_id).filename == "somebody-7.jpg"
    assert BinnedPhoto.objects.get().faces == []
    kept = Photo.objects.get(pk=face.photo_id)
    assert (kept.caption, [one.word for one in kept.keywords.all()]) == ("somebody sails", ["sea"])


@pytest.mark.django_db(transaction=True)
def test_pages_that_were_freed_without_being_written_over_are_written_anew(alice: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA secure_delete=OFF")
    make_known(alice, NAME, vector(1))
    person = person_called(NAME)
    traces = Finder(Traces.of([NAME], [vector(1)]))
    fillers = [make_face(make_photo(alice)) for _ in range(40)]
    Face.objects.filter(pk__in=[face.pk for face in fillers]).update(encoding=vector(1))
    Face.objects.filter(pk__in=[face.pk for face in fillers]).delete()

    task = erase(person)

    assert told(task)["was_rewritten"]
    assert told(task)["found"] == []
    assert traces.count([row_bytes()]) == 0
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA secure_delete=ON")
    assert freed.clear(traces) == freed.Freed()


@pytest.mark.django_db(transaction=True)
def test_a_name_that_others_bear_is_theirs_and_the_report_says_so(alice: User) -> None:
    make_known(alice, NAME, vector(1))
    people.name_anew(face=make_face(make_photo(alice), vector(2)), name=NAME)
    Photo.objects.filter(pk=make_photo(alice).pk).update(filename=f"{NAME}.jpg")
    person = Person.objects.order_by("pk").first()
    assert person is not None

    task = erase(person)

    assert Person.objects.get().name == NAME
    assert ["gallery.person.name", 1] in told(task)["found"]
    assert ["gallery.photo.filename", 1] in told(task)["found"]
    # The others' rows are no reason to write the database anew.
    assert not told(task)["was_rewritten"]


@pytest.mark.django_db(transaction=True)
def test_what_was_interrupted_is_gone_on_with_and_says_what_it_could_not_look_for(
    alice: User,
) -> None:
    first = make_known(alice, NAME, vector(1))
    second = make_face(make_photo(alice), vector(2))
    people.name_as(face=second, person_id=person_called(NAME).pk)
    erasing.begin(person=person_called(NAME), with_guesses=True)
    task = tasks.claim([erasing.KIND])
    assert task is not None
    faces.erase(roster_of(alice), [first.pk], Erased())
    tasks.advance(task, done=1, cursor=1)

    erase_all(task)

    task.refresh_from_db()
    assert not told(task)["is_checked"]
    assert not Face.everything.exists()
    assert not Person.everyone.exists()
    assert "could not be looked for" in Erasing(task).outcome


def test_faces_that_were_erased_do_not_come_back_by_another_analysis(alice: User) -> None:
    face = make_known(alice, NAME)
    stays = make_face(face.photo, box=Box(100, 10, 140, 50))
    erase_rows(person_called(NAME))
    found = [found_face(vector(1), face.box), found_face(vector(2), stays.box)]
    new = found_face(vector(3), Box(200, 10, 240, 50))

    assert results.save(claim=claimed(face.photo), analysed=analysed(*found, new))

    boxes = {one.box for one in Face.everything.all()}
    assert boxes == {stays.box, new.box}
    assert ErasedFace.objects.get().box == face.box
    assert not any(face.photo.face_crop(face.pk).parent.glob(f"{face.pk}.*"))
    assert len(list(face.photo.face_crop(1).parent.glob("*.jpg"))) == 2


def test_nothing_of_somebody_who_was_erased_is_undone_or_counts_again(alice: User) -> None:
    face = make_known(alice, "Bob")
    people.name_face(face=face, name=NAME)
    later = make_known(alice, NAME)
    people.name_face(face=later, name="Carl")
    people.rename(person=person_called(NAME), name="Zephy")
    undo(Did.RENAME)

    erase_rows(person_called(NAME))

    assert not Face.everything.filter(pk=face.pk).exists()
    assert named(later) == "Carl"
    dids = set(Action.objects.values_list("did", "person"))
    assert {("erase", None), ("erased", None)} < dids
    assert not Word.objects.filter(value__in=[NAME, "Zephy"]).exists()
    for action in Action.objects.filter(did__in=[Did.ERASE, Did.ERASED]):
        for flip in (saying.undo, saying.redo):
            with pytest.raises(record.UndoRefused):
                flip(action=action)
    undo(Did.NAME)
    # Carl is taken back; who was said before him is not there any more.
    assert named(later) is None
    assert rederiving.differences(roster_of(alice)) == []


def test_the_list_of_what_was_done_does_not_name_who_was_erased(
    alice: User, as_alice: Client
) -> None:
    make_known(alice, NAME)
    erase_rows(person_called(NAME))

    html = as_alice.get(reverse("done")).content.decode()

    assert NAME not in html
    assert "Somebody was erased for good." in html
    assert "Something was said of somebody who was erased since." in html
    assert reverse("undo", args=[last(Did.ERASED).pk]) not in html


def test_a_face_whose_box_was_corrected_does_not_come_back_where_a_detector_finds_it(
    alice: User,
) -> None:
    face = make_known(alice, NAME)
    found = face.box
    drawing.correct(face=fresh(face), box=Box(30, 30, 64, 48))
    erase_rows(person_called(NAME))

    assert results.save(claim=claimed(face.photo), analysed=analysed(found_face(vector(1), found)))

    assert not Face.everything.exists()


def test_an_action_of_which_nothing_is_left_says_so(alice: User) -> None:
    face = make_known(alice, NAME)
    emotions.say(face=face, emotion="sad")
    curating.mark(
        roster=roster_of(alice), faces=[make_face(make_photo(alice)).pk], mark=Mark.STRANGER
    )

    erase_rows(person_called(NAME))

    dids = Action.objects.order_by("pk").values_list("did", flat=True)
    assert list(dids) == [Did.ERASED, Did.ERASED, Did.STRANGER, Did.ERASE]


@pytest.mark.parametrize("number", [0, 1])
def test_that_somebody_is_not_who_was_erased_says_no_more_of_whom(alice: User, number: int) -> None:
    both = [make_known(alice, name).person for name in (NAME, "Zephy")]
    gone, other = both[number], both[1 - number]
    assert gone is not None
    assert other is not None
    curating.keep_apart(one=gone, other=other)

    erase_rows(gone)

    assert not Word.objects.filter(topic="apart").exclude(value=None).exists()
    assert not Word.objects.filter(topic="apart", about=f"{gone.pk}").exists()
    assert not Action.objects.filter(did=Did.APART).exists()
    assert rederiving.differences(roster_of(alice)) == []


def test_what_others_said_of_somebody_else_stays(alice: User) -> None:
    face = make_known(alice, "Bob", vector(5))
    make_known(alice, NAME, vector(1))
    other = make_face(make_photo(alice), vector(1), suggestion=person_called(NAME))
    people.refuse(face=other, person_id=person_called(NAME).pk)

    erase_rows(person_called(NAME))

    assert named(face) == "Bob"
    assert [action.did for action in Action.objects.undoable()] == [Did.NAME]
    assert Face.everything.filter(pk=other.pk).exists()
    assert not Refusal.objects.exists()
    assert rederiving.differences(roster_of(alice)) == []


def test_guesses_are_erased_only_where_that_was_wanted(alice: User) -> None:
    make_known(alice, NAME, vector(1))
    guess = make_face(make_photo(alice), near(vector(1), 0.1))
    matching.rematch(roster_of(alice))

    erase_rows(person_called(NAME), with_guesses=False)

    assert fresh(guess).person is None
    assert fresh(guess).asked_about is None


def test_nobody_is_near_somebody_who_was_erased(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_known(alice, NAME, vector(1))
    make_known(alice, "Bob", near(vector(1), 0.3))
    guess = make_face(make_photo(alice), near(vector(1), 0.1))
    matching.rematch(roster_of(alice))
    key = person_called(NAME).pk
    assert key in {one.person for one in nearest.of([guess.pk])[guess.pk]}
    # As in a large library, where names follow in the background.
    monkeypatch.setattr(little, "LITTLE", 0)

    erase_rows(person_called(NAME), with_guesses=False)

    assert key not in {one.person for one in nearest.of([guess.pk]).get(guess.pk, ())}
    assert nearest.due([guess.pk]) == {guess.pk}
    assert not KnownChange.objects.filter(person=key).exists()
    following.follow(roster_of(alice))
    assert fresh(guess).label == "Bob?"


def test_a_network_that_learnt_of_somebody_goes_and_so_does_its_training(
    alice: User, tmp_path: Path
) -> None:
    make_known(alice, NAME)
    make_known(alice, "Bob")
    key = person_called(NAME).pk
    kept = RosterNetwork.objects.create(roster=roster_of(alice), file="a.onnx", known={f"{key}": 1})
    kept.path.parent.mkdir()
    kept.path.write_bytes(b"weights")
    training = tasks.enqueue(kind="roster", owner=alice, arguments={"roster": kept.roster_id})

    with transaction.atomic():
        erase_rows(person_called(NAME))

    assert not RosterNetwork.objects.exists()
    assert not Task.objects.filter(pk=training.pk).exists()


def test_a_photo_that_comes_back_from_the_bin_comes_without_the_erased_face(alice: User) -> None:
    face = make_known(alice, NAME, vector(1))
    stays = make_face(face.photo, vector(2), box=Box(100, 10, 140, 50))
    AnalysisJob.objects.filter(photo=face.photo).update(portrait_of=person_called(NAME))
    GroupPortrait.objects.create(photo=face.photo, person=person_called(NAME))
    other = make_known(alice, NAME, vector(3))
    photos.delete(face.photo)

    erase_rows(fresh(other).person or Person())
    photos.bring_back(owner=alice, photos=[face.photo_id])

    assert [one.pk for one in Face.everything.all()] == [stays.pk]
    assert ErasedFace.objects.get(photo=face.photo).box == face.box
    assert AnalysisJob.objects.get(photo=face.photo).portrait_of is None
    assert rederiving.differences(roster_of(alice)) == []


def test_pictures_under_way_are_waited_for(alice: User) -> None:
    make_known(alice, NAME)
    tasks.enqueue(kind="pictures", owner=alice, arguments={"upload": "x", "source": "y"})

    with pytest.raises(erasing.EraseRefused, match="being brought in"):
        erasing.begin(person=person_called(NAME), with_guesses=True)

    assert person_called(NAME)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("has_begun", [False, True])
def test_pictures_of_them_that_were_stopped_are_not_gone_on_with(
    alice: User, tmp_path: Path, has_begun: bool
) -> None:
    make_known(alice, NAME)
    path = tmp_path / "people" / NAME / "1.jpg"
    path.parent.mkdir(parents=True)
    path.write_bytes(jpeg())
    shown = folders.listed(tmp_path / "people").pictures
    task = pictures.begin(owner=alice, pictures=shown, source="people")
    if has_begun:
        pictures.folder_of(task)
    assert work.stop(task)

    done = erase(person_called(NAME))

    assert not Task.objects.filter(pk=task.pk).exists()
    assert [*installed.uploads().glob("*"), *installed.tasks().glob("*")] == []
    assert told(done)["found"] == []


@pytest.mark.django_db(transaction=True)
def test_encodings_of_them_that_were_stopped_are_not_gone_on_with(alice: User) -> None:
    make_known(alice, NAME)
    path = installed.uploads() / "sent.npz"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        as_npz.write(checked([NAME], [vector(1)], ENCODER, None), file)
    arguments = {"upload": path.name, "source": "known.npz"}
    task = tasks.enqueue(kind="encodings", owner=alice, arguments=arguments)
    with pytest.raises(erasing.EraseRefused):
        erasing.begin(person=person_called(NAME), with_guesses=False)
    assert work.stop(task)

    done = erase(person_called(NAME))

    assert not Task.objects.filter(pk=task.pk).exists()
    assert not path.exists()
    assert told(done)["found"] == []


def test_an_answer_about_somebody_else_stays_whoever_bears_a_number(alice: User) -> None:
    job = make_photo(alice).job
    job.answer = say("portrait_of_several", count=7, name="Bob")
    job.save(update_fields=["answer"])

    Redaction(roster_of(alice), ["7"], []).reports()
    job.refresh_from_db()
    assert job.answer is not None
    Redaction(roster_of(alice), ["Bob"], []).reports()

    job.refresh_from_db()
    assert job.answer is None


def days_ago(person: Person, days: int) -> None:
    at = timezone.now() - timedelta(days=days)
    Person.everyone.filter(pk=person.pk).update(gone_at=at)


def test_who_was_deleted_or_unused_goes_after_thirty_days(alice: User) -> None:
    deleted, unused = make_known(alice, NAME, vector(1)), make_known(alice, "Mistyped", vector(2))
    young, stays = make_known(alice, "Young", vector(3)), make_known(alice, "Bob", vector(4))
    people.name_face(face=unused, name="")
    for face in (deleted, young):
        assert face.person is not None
        people.delete(face.person)
    assert deleted.person is not None
    assert unused.person is not None
    assert young.person is not None
    for person, days in ((deleted.person, 31), (unused.person, 31), (young.person, 29)):
        days_ago(person, days)

    assert erasing.sweep() == 2
    assert erasing.sweep() == 0

    names = set(Person.everyone.values_list("name", "gone"))
    assert names == {("Young", Gone.DELETED), ("Bob", Gone.NOT)}
    assert not Word.objects.filter(value__in=[NAME, "Mistyped"]).exists()
    # Nobody said that their faces are to go.
    assert Face.everything.count() == 4
    assert [named(face) for face in (deleted, unused, young, stays)] == [None, None, None, "Bob"]
    assert rederiving.differences(roster_of(alice)) == []
    undo(Did.DELETE_PERSON)
    assert named(young) == "Young"


def test_whoever_was_merged_with_them_goes_along_after_thirty_days(alice: User) -> None:
    make_known(alice, NAME, vector(1))
    face = make_known(alice, "Zephy", vector(2))
    curating.merge(into=person_called(NAME), others=[person_called("Zephy").pk])
    person = person_called(NAME)
    people.delete(person)
    days_ago(person, 31)

    assert erasing.sweep() == 1

    assert not Person.everyone.exists()
    assert not Word.objects.filter(value="Zephy").exists()
    assert named(face) is None
    assert rederiving.differences(roster_of(alice)) == []


def test_who_is_brought_back_while_others_are_swept_stays(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    face = make_known(alice, NAME, vector(1))
    person = person_called(NAME)
    people.delete(person)
    days_ago(person, 31)
    take = turns.take

    def after_an_undoing(roster: int) -> Roster:
        monkeypatch.setattr(turns, "take", take)
        undo(Did.DELETE_PERSON)
        return take(roster)

    monkeypatch.setattr(turns, "take", after_an_undoing)
    assert erasing.sweep() == 0

    assert named(face) == NAME


@pytest.mark.django_db(transaction=True)
def test_a_face_that_an_undoing_makes_theirs_goes_too(alice: User) -> None:
    face = make_known(alice, NAME, vector(1))
    make_known(alice, "Bob", vector(2))
    kept = make_known(alice, NAME, vector(3))
    people.name_face(face=face, name="Bob")
    erasing.begin(person=person_called(NAME), with_guesses=False)
    undo(Did.NAME)
    task = tasks.claim([erasing.KIND])
    assert task is not None

    erase_all(task)

    assert not Face.everything.filter(pk__in=[face.pk, kept.pk]).exists()


def test_nobody_is_erased_who_has_gone_meanwhile(alice: User) -> None:
    make_known(alice, NAME)
    person = person_called(NAME)
    people.delete(person)

    with pytest.raises(erasing.EraseRefused, match="not there any more"):
        erasing.begin(person=person, with_guesses=False)


def test_a_name_that_somebody_bears_again_stays_in_reports(alice: User) -> None:
    face = make_known(alice, NAME, vector(1))
    assert face.person is not None
    people.delete(face.person)
    days_ago(face.person, 31)
    people.name_face(face=face, name=NAME)
    source = f"{NAME}.zip"
    Task.objects.create(kind="pictures", owner=alice, state="done", arguments={"source": source})

    assert erasing.sweep() == 1

    assert Task.objects.get().arguments == {"source": source}
    assert named(face) == NAME


def test_the_page_says_what_goes_and_wants_the_name(alice: User, as_alice: Client) -> None:
    make_known(alice, NAME, vector(1))
    make_face(make_photo(alice), near(vector(1), 0.1))
    matching.rematch(roster_of(alice))
    person = person_called(NAME)
    url = reverse("erase_person", args=[person.pk])
    assert url in as_alice.get(person.get_absolute_url()).content.decode()
    html = as_alice.get(url).content.decode()
    assert "Erase 1 face too" in html

    refused = as_alice.post(url, {"typed": "Zephyrine", "guesses": "on"})

    assert "Nothing was erased" in refused.content.decode()
    assert Person.objects.exists()

    answer = as_alice.post(url, {"typed": NAME.upper(), "guesses": "on"})

    task = Task.objects.get(kind=erasing.KIND)
    assert answer["Location"] == reverse("task", args=[task.pk])
    assert len(task.arguments["faces"]) == 2
    assert not Person.objects.exists()
    assert NAME not in as_alice.get(answer["Location"]).content.decode()


@pytest.mark.django_db(transaction=True)
def test_the_report_says_what_holds_something_still(alice: User, as_alice: Client) -> None:
    face = make_known(alice, NAME, vector(1), crop=True)
    face.photo.original.write_bytes(b"\xff\xd8 xmp " + NAME.encode())

    task = erase(person_called(NAME))
    html = as_alice.get(reverse("task", args=[task.pk])).content.decode()

    assert "Nothing was found." in html
    assert "1 photo still shows the face" in html
    assert "hold the name" not in html
    assert "1 photo&#x27;s own file holds the name" in html
    assert "such as backups, hold everything until you delete them" in html


@pytest.mark.django_db(transaction=True)
def test_the_report_looks_into_files_that_are_read_in_place_too(
    alice: User, as_alice: Client, tmp_path: Path
) -> None:
    for number in range(2):
        face = make_known(alice, NAME, vector(1), crop=True)
        place = tmp_path / f"{NAME if number else 'sea'}.jpg"
        place.write_bytes(b"\xff\xd8 xmp " + NAME.encode())
        Photo.objects.filter(pk=face.photo_id).update(lies_at=f"{place}")
    photos.delete(Photo.objects.get(lies_at__endswith="sea.jpg"))

    task = erase(person_called(NAME))
    html = as_alice.get(reverse("task", args=[task.pk])).content.decode()

    assert "1 photo is read in place by a path that holds the name." in html
    assert "2 photos&#x27; own files hold the name" in html


@pytest.mark.django_db(transaction=True)
def test_the_command_finds_what_was_left_anywhere(alice: User, tmp_path: Path, capsys: Any) -> None:
    make_known(alice, NAME, vector(1))
    (tmp_path / "left.json").write_text(json.dumps([float(number) for number in vector(1)]))
    (tmp_path / "media").mkdir(exist_ok=True)
    (tmp_path / "media" / "photo").write_bytes(NAME.encode())
    known = tmp_path / "known.json"
    with known.open("wb") as file:
        as_json.write(checked(["Ada"], [vector(1)]), file)

    with pytest.raises(CommandError, match="Something is left"):
        call_command("check_erased", NAME, "--known", f"{known}")

    told = capsys.readouterr().out
    for place in ("gallery.person.name", "gallery.word.value", "gallery.face.encoding"):
        assert f"{place}: 1" in told
    for file_name in ("left.json", "media/photo", "known.json", "test.sqlite3"):
        assert file_name in told


@pytest.mark.parametrize(
    ("name", "text", "is_there"),
    [
        ("Ada", "Canada", False),
        ("Ada", "ada_0001.jpg", True),
        ("Ada", "Ada Lovelace", True),
        ("Ada Lovelace", "ada-lovelace2.png", True),
        ("7", "2017.jpg", False),
        ("7", "Photos of 7", True),
        ("🦊", "fox🦊.jpg", True),
        ("미나", "미나의 사진", False),
        ("미나", "미나.jpg", True),
    ],
)
def test_names_are_found_as_words(name: str, text: str, is_there: bool) -> None:
    assert bool(pattern_of([name]).search(text)) is is_there


def decomposed(text: str) -> str:
    return unicodedata.normalize("NFD", text)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        # One name is written out, the other one escaped.
        (say("portrait_of_another", name="Mina", other="미나").write(), "Added as a known face"),
        (decomposed("/미나/바다 1.jpg"), "바다 1.jpg"),
        # No sentence, though it looks escaped.
        ("C:\\ubc88 \\ubbf8\\ub098", "번"),
        ("MINA and Wilhelmina", "Wilhelmina"),
    ],
)
def test_every_name_is_taken_out_however_it_is_written(alice: User, text: str, left: str) -> None:
    redaction = Redaction(roster_of(alice), ["Mina", "미나"], [])

    said = f"{Words.read(redaction.text(text))}"

    assert left in said
    assert not redaction.finds(said)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["7", "🦊"])
def test_a_digit_or_a_picture_is_not_found_in_what_is_no_name(alice: User, name: str) -> None:
    make_known(alice, name, vector(1))
    words = say("portrait_of_several", count=7, name="Bob").write()
    reports = {"told": [["7/a.jpg", words, 7, "several", 7]], "people": {"7": 7, "bob": 8}}
    task = Task.objects.create(kind="pictures", owner=alice, state="done", result=reports)
    Refusal.objects.create(face=make_face(make_photo(alice)), person=make_person(alice, "Bob"))
    Word.objects.create(action=last(Did.NAME), topic="denies", subject=7, about="7", value=False)

    done = erase(person_called(name))

    task.refresh_from_db()
    shown, said, *_ = task.result["told"][0]
    assert f"{Words.read(said)}" == "This photo shows 7 faces. Choose the one that is Bob."
    if name == "7":
        assert (shown, task.result["people"]) == ("somebody/a.jpg", {"bob": 8})
    assert told(done)["found"] == []


@pytest.mark.django_db(transaction=True)
def test_who_bears_a_longer_name_is_not_taken_for_who_was_erased(
    alice: User, capsys: pytest.CaptureFixture[str]
) -> None:
    make_known(alice, "Martin", vector(1))
    make_known(alice, "Martina", vector(2))

    task = erase(person_called("Martin"))

    assert told(task)["found"] == []
    assert not told(task)["was_rewritten"]
    call_command("check_erased", "Martin")
    assert capsys.readouterr().out == "Nothing was found.\n"
    # What is his alone would be found all the same.
    make_known(alice, "Martin", vector(1))
    with pytest.raises(CommandError):
        call_command("check_erased", "Martin")


def test_names_that_others_bear_are_theirs_in_each_form(alice: User) -> None:
    make_known(alice, "Mina", vector(1))
    person = person_called("Mina")
    people.rename(person=person, name="MINA")
    task = Task.objects.create(
        kind="pictures", owner=alice, state="done", arguments={"source": "Mina.zip"}
    )
    people.name_anew(face=make_face(make_photo(alice)), name="mina")

    people.delete(person)
    days_ago(person, 31)
    assert erasing.sweep() == 1

    task.refresh_from_db()
    assert task.arguments == {"source": "Mina.zip"}


def encodings() -> list[Array]:
    return [vector(seed) for seed in range(300)]


@pytest.mark.parametrize("start", [*range(9), CHUNK - 100])
def test_an_encoding_is_found_wherever_it_begins_and_ends(start: int) -> None:
    finder = Finder(Traces.of([], encodings()))
    data = bytes(start) + vector(7).tobytes() + bytes(40)

    whole = finder.count([data])
    parts = finder.count([data[at : at + 64] for at in range(0, len(data), 64)])

    assert whole == 4
    assert parts == 4


@pytest.mark.parametrize(
    "form",
    [
        lambda one: one.astype("<f2").tobytes(),
        lambda one: base64.b64encode(one.tobytes()),
        lambda one: json.dumps(one.tolist()).encode(),
        lambda one: json.dumps([round(x, 7) for x in one.tolist()]).encode(),
        lambda one: ",".join(f"{x:.9g}" for x in one.tolist()).encode(),
    ],
)
def test_an_encoding_is_found_in_each_form(form: Any) -> None:
    finder = Finder(Traces.of([], encodings()))

    assert finder.count([b"abc" + form(vector(7)) + b"abc"]) > 0
    assert finder.count([b"abc" + form(vector(999)) + b"abc"]) == 0


def test_zeros_are_no_trace() -> None:
    finder = Finder(Traces.of(["Zo"], [np.zeros(128, np.float32)]))

    assert finder.count([bytes(10_000) + b"Zoo"]) == 0
    assert finder.count([b'Canada "Zo" Zozo']) == 2
