"""The search box: what is typed leads to an address, words go on, and counts come behind."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from gallery.models import Album, Person, Photo, PhotoKeyword
from gallery.services import people
from tests.factories import make_face, make_photo, sad_face
from tests.gallery.test_views import HTMX, queries_of


@pytest.fixture
def ada(alice: User) -> Person:
    """Return Ada, who is happy on one photo of 2019 and sad on another."""
    for make, year in ((make_face, 2019), (sad_face, 2018)):
        at = datetime(year, 5, 3)
        photo = make_photo(alice, taken_at=at, taken_from="exif", camera="Canon EOS R5")
        people.name_face(face=make(photo), name="Ada Lovelace")
    return Person.objects.get()


def suggested(client: Client, text: str, **said: str) -> list[tuple[str, str]]:
    """Return what is suggested, and the query that each leads to."""
    page = client.get(reverse("search_suggestions"), {"q": text} | said).content.decode()
    found = re.findall(r'href="[^"]*\?([^"]*)"[^>]*>.*?</svg>\s*([^<]+?)\s*</a>', page, re.DOTALL)
    return [(label, query.replace("&amp;", "&")) for query, label in found]


def test_what_is_typed_leads_to_an_address_of_no_language(as_alice: Client, ada: Person) -> None:
    answer = as_alice.get(reverse("search"), {"q": "ada happy 2019", "faces": "1"})
    said = f"person={ada.pk}&faces=1&emotion=happy&from=2019&to=2019"
    assert answer["Location"] == f"{reverse('library')}?{said}"
    assert as_alice.get(reverse("search"), {"q": ""})["Location"] == reverse("library")


def test_what_is_not_understood_is_told(as_alice: Client, ada: Person) -> None:
    page = as_alice.get(reverse("search"), {"q": "ada -2019"}, follow=True).content.decode()
    assert "Not understood: -2019" in page


def test_the_ends_of_a_span_are_fields_of_a_form(as_alice: Client) -> None:
    form = {"age_least": "20", "age_most": "", "faces_least": "", "faces_most": "2", "from": ""}
    answer = as_alice.get(reverse("search"), form)
    assert answer["Location"] == f"{reverse('library')}?faces=-2&age=20-"


def test_the_ends_of_distances_and_of_seconds_are_fields_that_keep_what_was_said(
    as_alice: Client,
) -> None:
    form = {"distance_least": "0.3", "distance_most": "0.45", "took_least": "2", "took_most": ""}
    answer = as_alice.get(reverse("search"), form)
    assert answer["Location"] == f"{reverse('library')}?distance=0.30-0.45&took=2.0-"
    said = answer["Location"].partition("?")[2]
    page = as_alice.get(f"{reverse('search_facets')}?{said}", headers=HTMX).content.decode()
    fields = re.findall(
        r'name="(distance|took)_(\w+)"\s.*?step="(.*?)"\s+value="(.*?)"', page, re.DOTALL
    )
    assert fields == [
        ("distance", "least", "0.01", "0.30"),
        ("distance", "most", "0.01", "0.45"),
        ("took", "least", "0.1", "2.0"),
        ("took", "most", "0.1", ""),
    ]
    # As fields they come once, and not as what the form takes along besides.
    assert 'type="hidden" name="took"' not in page


def test_what_can_be_asked_for_can_be_left_out_by_a_second_link(
    as_alice: Client, ada: Person
) -> None:
    page = as_alice.get(reverse("search_facets"), headers=HTMX).content.decode()
    found = re.findall(r'class="search-not".*?href="([^"]*)"\s+title="([^"]*)"', page, re.DOTALL)
    ways = {words: address.partition("?")[2] for address, words in found}
    assert ways["not Ada Lovelace"] == f"person=-{ada.pk}"
    assert ways["not sad"] == "emotion=-sad"
    assert ways["not Canon EOS R5"] == "camera=-Canon+EOS+R5"
    # Of years and ages an address has no way to say so.
    assert not any("20" in words for words in ways)
    left = as_alice.get(f"{reverse('library')}?{ways['not sad']}").content.decode()
    assert re.search(r"search-chip-not.*?not sad", left, re.DOTALL)


def test_the_word_that_is_typed_goes_on(as_alice: Client, ada: Person) -> None:
    person = f"person={ada.pk}"
    assert suggested(as_alice, "lov") == [("Ada Lovelace", person)]
    assert suggested(as_alice, "ada lov") == [("Ada Lovelace", person)]
    assert suggested(as_alice, "-ada") == [("not Ada Lovelace", f"person=-{ada.pk}")]
    assert suggested(as_alice, "ada hap") == [("happy", f"{person}&emotion=happy")]
    assert suggested(as_alice, "20") == [
        ("2019", "from=2019&to=2019"),
        ("2018", "from=2018&to=2018"),
    ]
    assert suggested(as_alice, "eos", emotion="sad") == [
        ("Canon EOS R5", "emotion=sad&camera=Canon+EOS+R5")
    ]
    PhotoKeyword.objects.create(photo=Photo.objects.order_by("pk")[0], word="The beach")
    Photo.objects.touch()
    assert suggested(as_alice, "BEA") == [("The beach", "keyword=The+beach")]
    assert ("analysis failed", "state=failed") in suggested(as_alice, "fail")
    album = Album.objects.create(owner=ada.roster.owner, name="Winter at sea")
    assert suggested(as_alice, "win") == [("Winter at sea", f"album={album.pk}")]
    assert suggested(as_alice, "-se") == [("not Winter at sea", f"album=-{album.pk}")]
    assert suggested(as_alice, "sea", album=f"{album.pk}") == []
    assert suggested(as_alice, "") == suggested(as_alice, "ada ") == suggested(as_alice, "-") == []


def test_the_counts_come_as_a_part_and_as_a_page(as_alice: Client, ada: Person) -> None:
    address = f"{reverse('search_facets')}?person={ada.pk}"
    part = as_alice.get(address, headers=HTMX).content.decode()
    page = as_alice.get(address).content.decode()
    assert "<h1>" not in part
    assert "<h1>Narrow down</h1>" in page
    for told in (part, page):
        words = " ".join(re.sub(r"<[^>]+>", " ", told).split())
        assert "Canon EOS R5 2 photos" in words
        assert "2019 1 photo " in words
        assert f'href="{reverse("library")}?person={ada.pk}&amp;emotion=sad"' in told


def test_nobody_is_offered_what_is_others(as_bob: Client, ada: Person) -> None:
    page = as_bob.get(f"{reverse('search_facets')}?person={ada.pk}").content.decode()
    assert "Ada" not in page
    assert "Canon" not in page
    for text in ("ada", "canon", "201"):
        assert suggested(as_bob, text) == []


@pytest.mark.parametrize("page", ["search_facets", "search_suggestions"])
def test_it_costs_the_same_queries_however_many_people_there_are(
    alice: User, as_alice: Client, ada: Person, page: str
) -> None:
    address = f"{reverse(page)}?q=p&person={ada.pk}"
    people.name_face(face=make_face(make_photo(alice)), name="Person")
    few = queries_of(as_alice, address)
    for number in range(8):
        people.name_face(face=make_face(make_photo(alice)), name=f"Person {number}")
    assert queries_of(as_alice, address) == few


@pytest.mark.parametrize("page", ["search", "search_facets", "search_suggestions"])
def test_one_has_to_be_signed_in(client: Client, db: None, page: str) -> None:
    assert client.get(reverse(page))["Location"].startswith(reverse("sign_in"))


def test_the_page_of_a_search_costs_the_same_queries_however_much_it_finds(
    alice: User, as_alice: Client, ada: Person
) -> None:
    address = f"{reverse('library')}?person={ada.pk}&emotion=happy&emotion=sad&sure=1"
    few = queries_of(as_alice, address)
    for _ in range(9):
        make_face(make_photo(alice), person=ada, named_by="human")
    assert queries_of(as_alice, address) == few


def test_where_nothing_is_found_the_page_says_what_to_take_away(
    as_alice: Client, ada: Person
) -> None:
    address = f"{reverse('library')}?person={ada.pk}&emotion=sad&from=2019"
    page = " ".join(re.sub(r"<[^>]+>", " ", as_alice.get(address).content.decode()).split())
    assert "Nothing found" in page
    assert "Without “sad”: 1 photo " in page
    assert "Without “since 1 January 2019”: 1 photo " in page
    assert "Without “Ada Lovelace”" not in page


def test_an_album_or_person_of_others_is_not_named_in_a_chip(as_bob: Client, ada: Person) -> None:
    make_photo(User.objects.get(username="bob"))
    page = as_bob.get(f"{reverse('library')}?person={ada.pk}&album=1").content.decode()
    assert "Ada" not in page
    assert "somebody who is not here" in page
    assert "an album that is not here" in page
