"""Sentences are kept as codes and values and become words where they are shown."""

from __future__ import annotations

import ast
import pickle
import re
from collections.abc import Iterator
from string import Formatter
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from django.utils import translation

from analysis.errors import UnreadablePhoto
from analysis.sentences import ENGLISH
from analysis.sentences import say as say_plainly
from gallery.models import AnalysisJob, Photo
from gallery.words import SENTENCES, Words, say
from tests.factories import make_photo

pytestmark = pytest.mark.django_db

NESTED = say("gave_up", attempts=3, reason=say("child_timeout", seconds=120))
CASES = [
    say("unreadable"),
    say("too_many_pixels", limit=0.5),
    say("duplicate", filename='a "{name}" <b>\ud55c\0.jpg'),
    say("portrait_poor", name="Ada", faults=[say("face_small"), say("face_dark")]),
    NESTED,
    say("text", text="It was too dark."),
    say("text", text='{"code": "unreadable", "values": {}}'),
    say("text", text='{"code": "unreadable"}'),
    say("text", text="3"),
    say("text", text="{"),
]


def places(words: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(words) if name is not None}


def calls(package: str) -> Iterator[tuple[str, ast.Call]]:
    """Yield each `say(...)` of a package, with where it stands."""
    for path in sorted((settings.BASE_DIR / package).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "say":
                yield f"{path.relative_to(settings.BASE_DIR)}:{node.lineno}", node


def forms(code: str) -> list[str]:
    """Return the words of a code, in each of the plural forms that English has."""
    words = SENTENCES[code]
    if not hasattr(words, "_translate"):
        return [str(words)]
    return [words._translate(number) for number in (1, 2)]


@pytest.mark.parametrize(("package", "table"), [("analysis", ENGLISH), ("gallery", SENTENCES)])
def test_each_sentence_that_is_said_has_words_with_places_for_its_values(
    package: str, table: dict[str, str]
) -> None:
    found = list(calls(package))
    assert len(found) > 15
    for where, call in found:
        if isinstance(call.args[0], ast.Name):
            assert "sentences.py" in where or "words.py" in where, f"{where}: name the code there."
            continue
        code = ast.literal_eval(call.args[0])
        assert code in table, f"{where}: {code} has no words."
        given = {keyword.arg for keyword in call.keywords}
        if None not in given:
            for words in forms(code):
                assert places(words) == given, f"{where}: {code} has other values than its words."


def test_all_words_are_said_somewhere() -> None:
    said = {
        call.args[0].value
        for package in ("analysis", "gallery")
        for _, call in calls(package)
        if isinstance(call.args[0], ast.Constant)
    }
    assert SENTENCES.keys() - said == {"text"}


def test_both_plural_forms_of_a_sentence_have_the_same_places() -> None:
    plurals = [code for code in SENTENCES if len(forms(code)) == 2]
    assert "gave_up" in plurals
    for code in plurals:
        one, many = map(places, forms(code))
        assert one == many


@pytest.mark.parametrize("sentence", CASES, ids=str)
def test_what_is_kept_comes_back_as_it_was(alice: User, sentence: Words) -> None:
    photo = make_photo(alice)
    Photo.objects.update(note=sentence)
    photo.refresh_from_db()
    assert photo.note == sentence
    assert str(photo.note) == str(sentence)


def test_no_sentence_is_none_and_an_empty_column(alice: User) -> None:
    photo = make_photo(alice)
    assert photo.note is None
    photo.refresh_from_db()
    assert photo.note is None
    assert Photo.objects.filter(note="").exists()
    assert raw("note") == ""


def test_plain_text_of_an_earlier_version_stays_letter_by_letter(alice: User) -> None:
    kept = "This file ends too early, so a part of the photo is missing or blurred."
    photo = make_photo(alice, note=kept)
    photo.refresh_from_db()
    assert str(photo.note) == kept
    photo.save(update_fields=["note"])
    assert raw("note") == kept


def test_values_are_shown_as_the_reader_writes_them() -> None:
    assert str(NESTED) == (
        "The analysis of this photo failed 3 times: it took longer than 120 seconds."
    )
    half = say("too_many_pixels", limit=0.5)
    assert "more than 0.5 megapixels" in str(half)
    with translation.override("de"):
        assert "more than 0,5 megapixels" in str(half)
    assert "more than 100 megapixels" in str(say("too_many_pixels", limit=100.0))
    assert "reference: small, dark." in str(
        say("portrait_poor", name="Ada", faults=[say("face_small"), say("face_dark")])
    )


def test_an_analysis_sentence_is_english_by_itself_and_translated_by_the_site() -> None:
    error = pickle.loads(pickle.dumps(UnreadablePhoto(say_plainly("unreadable"))))
    assert str(error) == "This file is not a photo we can read. Try a JPEG or PNG."
    assert Words.of(error.sentence) == error.sentence
    assert str(Words.of(error.sentence)) == str(error)


@pytest.mark.parametrize(
    "kept",
    [
        '{"code":"of_tomorrow","values":{"name":"Ada"}}',
        '{"code":"portrait_added","values":{"who":"Ada"}}',
        '{"code":"portrait_of_several","values":{"count":null,"name":"Ada"}}',
        '{"code":"gave_up","values":{"attempts":3,"reason":{"code":"of_tomorrow","values":{}}}}',
    ],
)
def test_what_another_version_said_breaks_no_page_and_no_answer(
    as_alice: Client, alice: User, kept: str
) -> None:
    photo = make_photo(alice, state="failed")
    AnalysisJob.objects.update(error=kept)
    assert "Another version of Facesite said this" in str(AnalysisJob.objects.get().error)
    assert raw("error", "gallery_analysisjob") == kept
    page = as_alice.get(f"/photos/{photo.pk}/")
    assert "Another version of Facesite said this" in page.content.decode()
    answer = as_alice.get(f"/api/photos/{photo.pk}/").json()
    assert answer["error"].count("Another version of Facesite") == 1
    assert answer["error_code"] in {
        "of_tomorrow",
        "portrait_added",
        "portrait_of_several",
        "gave_up",
    }


def test_the_api_gives_the_words_and_the_code(as_alice: Client, alice: User) -> None:
    failed, good = make_photo(alice, state="failed"), make_photo(alice)
    AnalysisJob.objects.filter(photo=failed).update(error=NESTED)
    Photo.objects.filter(pk=good.pk).update(note=say("truncated"))
    answer = as_alice.get(f"/api/photos/{failed.pk}/").json()
    assert (answer["error"], answer["error_code"]) == (str(NESTED), "gave_up")
    assert (answer["note"], answer["note_code"]) == ("", "")
    answer = as_alice.get(f"/api/photos/{good.pk}/").json()
    assert (answer["error"], answer["error_code"]) == ("", "")
    assert (answer["note"], answer["note_code"]) == (ENGLISH["truncated"], "truncated")


def test_names_in_a_sentence_are_escaped_on_the_page(as_alice: Client, alice: User) -> None:
    photo = make_photo(alice, note=say("duplicate", filename="<b>x</b>"))
    page = as_alice.get(f"/photos/{photo.pk}/").content.decode()
    assert "as &lt;b&gt;x&lt;/b&gt;." in page


def test_a_failure_still_needs_a_reason(alice: User) -> None:
    make_photo(alice, state="failed")
    with pytest.raises(IntegrityError, match="failure_has_a_reason"), transaction.atomic():
        AnalysisJob.objects.update(error=None)


@pytest.mark.django_db(transaction=True)
def test_rows_of_an_earlier_version_keep_their_sentences() -> None:
    before, after = ("gallery", "0003_emotions"), ("gallery", "0004_sentences")
    note, error, answer = (
        "Cut off.",
        "It was too dark. " + "x" * 270,
        "Added as a known face of Ada.",
    )
    latest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    try:
        old = migrated(before)
        owner = old.get_model("auth", "User").objects.create(username="old")
        photos = old.get_model("gallery", "Photo").objects
        photo = photos.create(owner=owner, filename="a.jpg", format="JPEG", size=1, note=note)
        old.get_model("gallery", "AnalysisJob").objects.create(
            photo=photo, state="failed", error=error, answer=answer
        )
        old.get_model("gallery", "Task").objects.create(
            owner=owner, kind="training", state="failed", error=error
        )
        new = migrated(after)
        job = new.get_model("gallery", "AnalysisJob").objects.get()
        assert [str(one) for one in (job.photo.note, job.error, job.answer)] == [
            note,
            error,
            answer,
        ]
        assert str(new.get_model("gallery", "Task").objects.get().error) == error
        assert raw("error", "gallery_analysisjob") == error
    finally:
        MigrationExecutor(connection).migrate(latest)


def migrated(target: tuple[str, str]) -> Any:
    """Migrate to `target` and return the models as they are there."""
    executor = MigrationExecutor(connection)
    executor.migrate([target])
    return MigrationExecutor(connection).loader.project_state([target]).apps


def raw(column: str, table: str = "gallery_photo") -> str:
    """Return what the only row of a table holds, past the field."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table}")
        [(kept,)] = cursor.fetchall()
    return str(kept)


def test_scripts_find_their_catalog_on_the_page_of_whoever_is_not_signed_in_too(
    client: Client,
) -> None:
    page = client.get("/accounts/sign-in/", follow=True).content.decode()
    [address] = re.findall(r'<script src="([^"]*catalog[^"]*)" defer>', page)

    answer = client.get(address)

    assert '<html lang="en">' in page
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Cache-Control"] == "max-age=60"
    assert b"django.ngettext = " in answer.content
