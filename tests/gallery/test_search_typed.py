"""What is typed into the search box is read in the reader's language and in English."""

from __future__ import annotations

from datetime import date

import pytest
from django.contrib.auth.models import User
from django.utils import translation
from django.utils.translation import trans_real

from gallery.models import Album, AlbumShare, PersonAlias, PhotoKeyword
from gallery.services import describing
from gallery.services.search import Excluded, Search, Span, chips, lexicon, typed
from gallery.services.search.value import Days, Shown
from tests.factories import make_person, make_photo
from tests.gallery.test_record import roster_of

IN_2019 = Days(date(2019, 1, 1), date(2019, 12, 31))


@pytest.fixture
def people(alice: User, bob: User) -> dict[str, int]:
    make_person(bob, "Happy Bob")
    names = "Anna", "Carl", "Anna Maria Rossi", "김 민준", "Hidden One", "May"
    found = {name: make_person(alice, name).pk for name in names}
    PersonAlias.objects.create(person_id=found["Carl"], name="Charlie")
    describing.hide(roster=roster_of(alice), keys=[found["Hidden One"]], is_hidden=True)
    return found


def read(user: User, text: str, within: Search | None = None) -> Search:
    found = typed.read(user, text, within)
    assert found.unread == ()
    return found.search


def test_names_moods_years_and_numbers_stand_in_one_line(
    alice: User, people: dict[str, int]
) -> None:
    assert read(alice, "anna happy 2019 -carl faces:3") == Search(
        people=((people["Anna"],),),
        without=(people["Carl"],),
        emotions=("happy",),
        days=IN_2019,
        faces=Span(3, 3),
    )
    assert typed.read(alice, "") == typed.Read(Search())


def test_a_name_may_have_several_words_or_be_another_name(
    alice: User, people: dict[str, int]
) -> None:
    for text in ("anna maria rossi", "ANNA Maria Rossi", '"anna maria rossi"', "rossi", "ross"):
        assert read(alice, text).people == ((people["Anna Maria Rossi"],),)
    assert read(alice, "charlie").people == ((people["Carl"],),)
    assert read(alice, "김 민준 anna").people == ((people["김 민준"],), (people["Anna"],))
    assert read(alice, "person:may").people == ((people["May"],),)
    assert read(alice, "-charlie sad").without == (people["Carl"],)


def test_either_of_two_and_nobody_else(alice: User, people: dict[str, int]) -> None:
    assert read(alice, "anna or carl").people == ((people["Anna"], people["Carl"]),)
    found = read(alice, "anna carl only")
    assert (found.people, found.only) == (((people["Anna"],), (people["Carl"],)), True)


def test_nobody_is_reminded_of_who_is_hidden_and_whoever_knows_the_name_finds_them(
    alice: User, people: dict[str, int]
) -> None:
    assert read(alice, "hidden").people == ()
    assert read(alice, "hidden one").people == ((people["Hidden One"],),)


def test_others_people_are_nobody(bob: User, people: dict[str, int]) -> None:
    assert read(bob, "anna") == Search(texts=("anna",))


def test_dates_of_every_kind(alice: User) -> None:
    assert read(alice, "2018-2020").days == Days(date(2018, 1, 1), date(2020, 12, 31))
    assert read(alice, "2019-02").days == Days(date(2019, 2, 1), date(2019, 2, 28))
    assert read(alice, "2019-05-03..2019-06").days == Days(date(2019, 5, 3), date(2019, 6, 30))
    assert read(alice, "from:2019").days == Days(date(2019, 1, 1), None)
    assert read(alice, "from:2019 to:2020-01").days == Days(date(2019, 1, 1), date(2020, 1, 31))


def test_what_is_no_word_is_looked_for_in_the_names_of_files(alice: User) -> None:
    assert read(alice, "DSC_01 failed") == Search(texts=("DSC_01",), states=(Shown.FAILED,))
    assert read(alice, '"a b" file:IMG 12:30').texts == ("a b", "IMG", "12:30")
    assert read(alice, 'camera:"Canon EOS R5"').cameras == ("Canon EOS R5",)


def test_a_keyword_that_some_photo_has_is_one(alice: User) -> None:
    PhotoKeyword.objects.create(photo=make_photo(alice), word="Beach")
    assert read(alice, "beach favourites") == Search(keywords=("beach",), favourite=True)
    assert read(alice, 'keyword:"two words" bea') == Search(keywords=("two words",), texts=("bea",))


def test_an_album_is_meant_by_its_name_or_its_beginning_and_ones_own_before_others(
    alice: User, bob: User
) -> None:
    make = Album.objects.create
    shared, mine = make(owner=bob, name="Straße"), make(owner=alice, name="Straße")
    sea, private = make(owner=alice, name="At sea"), make(owner=bob, name="Seaside")
    AlbumShare.objects.create(album=shared, member=alice, shows_names=False)
    assert read(alice, "album:STRASSE").albums == (mine.pk,)
    assert read(alice, 'happy album:sea gallery:"straße"').albums == (sea.pk, mine.pk)
    assert read(alice, "-album:sea").excluded.albums == (sea.pk,)
    assert read(bob, "album:sea").albums == (private.pk,)
    for unknown in ("album:seaside", "-album:ea"):
        assert typed.read(alice, unknown) == typed.Read(Search(), (unknown,))


def test_a_minus_leaves_out_moods_keywords_states_cameras_and_files(
    alice: User, people: dict[str, int]
) -> None:
    PhotoKeyword.objects.create(photo=make_photo(alice), word="Beach")
    found = read(alice, 'anna -happy -Beach -failed -keyword:snow -camera:"Canon EOS R5" -IMG')
    assert found == Search(
        people=((people["Anna"],),),
        excluded=Excluded(
            emotions=("happy",),
            cameras=("Canon EOS R5",),
            keywords=("Beach", "snow"),
            texts=("IMG",),
            states=(Shown.FAILED,),
        ),
    )
    assert read(alice, "-sad beach", found).excluded.emotions == ("happy", "sad")
    assert [chip.label for chip in chips.told(found, {people["Anna"]: "Anna"})] == [
        "Anna", "not happy", "not Canon EOS R5", "not Beach", "not snow", "not “IMG”",
        "not analysis failed",
    ]  # fmt: skip


def test_who_named_a_face_how_near_it_is_and_how_long_a_photo_took_may_be_typed(
    alice: User,
) -> None:
    found = read(alice, "unconfirmed distance:0.30-0.45 took:2.5- gone")
    assert found == Search(
        by="machine", distance=Span(30, 45), took=Span(25, None), states=(Shown.GONE,)
    )
    assert [chip.label for chip in chips.told(found)] == [
        "guessed name",
        "distance: 0.30\N{EN DASH}0.45",
        "seconds of analysis: 2.5 or more",
        "file gone",
    ]
    assert read(alice, "distance:.5").distance == Span(50, 50)
    assert typed.read(alice, "distance:near took:1-2-3").unread == ("distance:near", "took:1-2-3")


def test_what_says_nothing_is_told(alice: User, people: dict[str, int]) -> None:
    found = typed.read(alice, "-favourite faces:many person:nobody -faces:3 anna")
    assert found.unread == ("-favourite", "faces:many", "person:nobody", "-faces:3")
    assert found.search == Search(people=((people["Anna"],),))


def test_it_is_added_to_what_is_asked_for_already(alice: User, people: dict[str, int]) -> None:
    within = Search(
        people=((people["Anna"],),), emotions=("sad",), days=Days(date(2018, 1, 1), None)
    )
    assert read(alice, "carl happy to:2019 looking", within) == Search(
        people=((people["Anna"],), (people["Carl"],)),
        emotions=("sad", "happy"),
        days=Days(date(2018, 1, 1), date(2019, 12, 31)),
        looking=True,
    )


def test_words_of_another_language_are_read_beside_english(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog = trans_real.translation("ko")
    words = {
        "typed\x04happy,smiling,laughing,smile": "행복,웃음",
        "typed before a colon\x04faces": "얼굴",
        "typed\x04failed": "실패",
    }
    for message, translated in words.items():
        monkeypatch.setitem(catalog._catalog._catalogs[0], message, translated)  # type: ignore[attr-defined]
    lexicon._of.cache_clear()
    with translation.override("ko"):
        found = read(alice, "웃음 얼굴:3 sad")
        assert found == Search(emotions=("happy", "sad"), faces=Span(3, 3))
    lexicon._of.cache_clear()
    assert read(alice, "웃음").texts == ("웃음",)
