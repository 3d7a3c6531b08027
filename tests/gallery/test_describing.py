"""What humans say of people beside names: notes, other names, covers, hiding, favourites; all undone."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from gallery import lists
from gallery.models import Action, Face, Person, Roster
from gallery.models.record import Did
from gallery.services import curating, describing, newcomers, people, rederiving, saying
from gallery.services.people import NameRefused, SeveralPeople
from tests.factories import (
    CLEAR,
    POOR,
    make_face,
    make_known,
    make_person,
    make_photo,
    near,
    person_called,
    vector,
)
from tests.gallery.test_quality import words
from tests.gallery.test_roster import shown


def roster_of(owner: User) -> Roster:
    return Roster.objects.of(owner.pk)


def undo_last() -> None:
    saying.undo(action=Action.objects.exclude(did=Did.UNDO).latest("pk"))


@pytest.fixture
def ada(alice: User) -> Person:
    make_known(alice, "Ada", vector(1), quality=CLEAR)
    return person_called("Ada")


def names_of(person: Person) -> list[str]:
    return sorted(person.aliases.values_list("name", flat=True))


def test_notes_and_other_names_are_told_and_told_otherwise(ada: Person) -> None:
    describing.tell(person=ada, about=" Met in Busan.  \r\n\r\nSings. ", aliases=["Mum", "Annie"])
    describing.tell(person=ada, about="Sings.", aliases=["MUM", "", "Addie"])

    ada.refresh_from_db()
    assert ada.about == "Sings."
    assert names_of(ada) == ["Addie", "MUM"]
    undo_last()
    ada.refresh_from_db()
    assert ada.about == "Met in Busan.\n\nSings."
    assert names_of(ada) == ["Annie", "Mum"]
    assert rederiving.differences(ada.roster) == []


def test_what_came_in_between_stays_when_other_names_are_undone(ada: Person) -> None:
    describing.tell(person=ada, about="", aliases=["Mum"])
    first = Action.objects.get(did=Did.ABOUT)
    describing.tell(person=ada, about="", aliases=["Mum", "Annie"])

    saying.undo(action=first)

    assert names_of(ada) == ["Annie"]


@pytest.mark.parametrize(
    ("about", "aliases", "reason"),
    [
        ("x" * 10_001, [], "up to 10000 letters"),
        ("", ["x" * 101], "up to 100 letters"),
        ("", [f"Annie {number}" for number in range(21)], "up to 20 other names"),
    ],
)
def test_too_much_is_refused_with_what_was_typed(
    ada: Person, as_alice: Client, about: str, aliases: list[str], reason: str
) -> None:
    said = {"about": about, "aliases": "\n".join(aliases)}
    html = as_alice.post(reverse("tell_person", args=[ada.pk]), said).content.decode()

    assert reason in words(html)
    assert all(alias in html for alias in aliases)
    assert not Action.objects.filter(did=Did.ABOUT).exists()


def test_ones_own_name_is_no_other_name(ada: Person) -> None:
    describing.tell(person=ada, about="", aliases=["ADA", "Annie"])

    assert names_of(ada) == ["Annie"]


def test_whoever_types_another_name_means_the_person(alice: User, ada: Person) -> None:
    describing.tell(person=ada, about="", aliases=["Mum"])
    face = make_face(make_photo(alice), vector(5))

    assert people.name_face(face=face, name="mum") == ada
    assert newcomers.meant(ada.roster, "Mum", "known.bin").person == ada
    assert newcomers.Roll(ada.roster).meant("MUM", "known.bin").person == ada
    assert Person.objects.count() == 1


def test_a_name_that_is_anothers_too_is_asked_about(alice: User, ada: Person) -> None:
    describing.tell(person=ada, about="", aliases=["Bea"])
    make_known(alice, "Bea Lee", vector(2))
    people.rename(person=person_called("Bea Lee"), name="Bea")

    with pytest.raises(SeveralPeople) as asked:
        people.name_face(face=make_face(make_photo(alice)), name="Bea")

    assert set(asked.value.people) == {ada.pk, person_called("Bea").pk}
    assert newcomers.Roll(ada.roster).meant("Bea", "known.bin").is_shared


def test_the_name_of_somebody_who_was_merged_means_whom_they_were_merged_into(
    alice: User, ada: Person, as_alice: Client
) -> None:
    make_known(alice, "Augusta", near(vector(1), 0.1))
    augusta = person_called("Augusta")
    curating.merge(into=ada, others=[augusta.pk])
    face = make_face(make_photo(alice), vector(5))

    assert people.name_face(face=face, name="Augusta") == ada
    assert newcomers.Roll(ada.roster).meant("augusta", "known.bin").person == ada
    assert "Also called Augusta" in words(as_alice.get(ada.get_absolute_url()).content.decode())


def test_other_names_are_suggested_and_found(ada: Person, alice: User, as_alice: Client) -> None:
    make_person(alice, "Zoe")
    describing.tell(person=ada, about="Sings in the Großen Chor, a choir.", aliases=["Mütterchen"])

    assert lists.people.names(Person.objects.all()) == ["Ada", "Zoe", "Mütterchen"]
    assert shown(as_alice, "?q=MÜTTER") == ["Ada"]
    assert shown(as_alice, "?q=choir") == ["Ada"]
    assert shown(as_alice, "?q=Großen") == ["Ada"]


def test_notes_stand_on_the_page_as_text(ada: Person, as_alice: Client) -> None:
    said = {"about": "<b>Sings</b>", "aliases": "Mum\nAnnie"}
    html = as_alice.post(reverse("tell_person", args=[ada.pk]), said, follow=True).content.decode()

    assert "&lt;b&gt;Sings&lt;/b&gt;" in html
    assert "Also called Annie, Mum" in words(html)


def test_a_person_of_whom_more_is_said_stays_without_a_face(alice: User) -> None:
    for number, said in enumerate(["note", "alias", "hidden", "favourite"]):
        face = make_known(alice, said, vector(number))
        person = person_called(said)
        describing.tell(
            person=person,
            about="Sings." if said == "note" else "",
            aliases=["Mum"] if said == "alias" else [],
        )
        if said == "hidden":
            describing.hide(roster=person.roster, keys=[person.pk])
        if said == "favourite":
            describing.favour(roster=person.roster, keys=[person.pk])
        people.name_face(face=face, name="")

        assert Person.objects.filter(pk=person.pk).exists(), said


def test_a_hidden_person_leaves_lists_and_comes_back(
    alice: User, ada: Person, as_alice: Client
) -> None:
    make_known(alice, "Bea", vector(2))
    describing.hide(roster=roster_of(alice), keys=[ada.pk])

    assert shown(as_alice) == ["Bea"]
    assert shown(as_alice, "?q=ada") == []
    assert shown(as_alice, "?show=hidden") == ["Ada"]
    assert lists.people.names(Person.objects.all()) == ["Bea"]
    wall = as_alice.get(reverse("library")).content.decode()
    assert re.findall(r'class="card-names">([^<]+)<', wall) == ["Bea"]
    page = as_alice.get(ada.get_absolute_url()).content.decode()
    assert "Ada is hidden" in words(page)
    undo_last()
    assert shown(as_alice) == ["Ada", "Bea"]
    assert rederiving.differences(ada.roster) == []


def test_where_everybody_is_hidden_the_way_to_them_is_shown(ada: Person, as_alice: Client) -> None:
    as_alice.post(reverse("hide_person", args=[ada.pk]), {"is_hidden": "on"})

    html = as_alice.get(reverse("people")).content.decode()

    assert "Everybody here is hidden" in words(html)
    assert "?show=hidden" in html
    assert "Nobody has a name yet" not in html
    as_alice.post(reverse("hide_person", args=[ada.pk]))
    assert shown(as_alice) == ["Ada"]


def test_hidden_people_are_in_nobodys_company(alice: User, ada: Person) -> None:
    bea = make_person(alice, "Bea")
    photo = make_photo(alice)
    for person in (ada, bea):
        make_face(photo, person=person, named_by="human")
    assert [one.person for one in lists.person_story.company(ada)] == [bea]

    describing.hide(roster=ada.roster, keys=[bea.pk])

    assert lists.person_story.company(ada) == []


def test_favourites_come_first_in_every_order(alice: User, ada: Person, as_alice: Client) -> None:
    for name in ("Abe", "Abe", "Zoe"):
        make_known(alice, name, vector(10 + Face.objects.count()))
    zoe = person_called("Zoe")
    as_alice.post(reverse("favour_person", args=[zoe.pk]), {"is_favourite": "on"})

    assert shown(as_alice) == ["Zoe", "Abe", "Ada"]
    assert shown(as_alice, "?order=name") == ["Zoe", "Abe", "Ada"]
    assert shown(as_alice, "?show=favourites") == ["Zoe"]
    undo_last()
    assert shown(as_alice, "?order=name") == ["Abe", "Ada", "Zoe"]


def test_many_are_hidden_by_one_action_that_is_undone_as_one(alice: User, ada: Person) -> None:
    for number in range(3):
        make_known(alice, f"Bea {number}", vector(10 + number))
    others = Person.objects.exclude(pk=ada.pk)
    keys = [ada.pk, *(person.pk for person in others)]

    action = describing.hide(roster=ada.roster, keys=[*keys, 10**9])

    assert action is not None
    assert (action.count, action.person) == (4, None)
    assert describing.hide(roster=ada.roster, keys=keys) is None
    assert not Person.objects.shown().exists()
    undo_last()
    assert Person.objects.shown().count() == 4


def test_each_is_said_in_words_beside_a_way_back(ada: Person, as_alice: Client) -> None:
    said = {
        "tell_person": ({"about": "Sings."}, "More was told of Ada."),
        "favour_person": ({"is_favourite": "on"}, "Ada is a favourite."),
        "hide_person": ({"is_hidden": "on"}, "Ada is hidden."),
        "choose_cover": ({"face": ada.faces.get().pk}, "Ada got another cover."),
    }
    for name, (form, sentence) in said.items():
        url = reverse(name, args=[ada.pk])
        html = as_alice.post(url, form, follow=True).content.decode()
        assert sentence in words(html)
        assert reverse("undo", args=[Action.objects.latest("pk").pk]) in html


def test_a_strangers_people_are_not_hidden(alice: User, bob: User) -> None:
    theirs = make_person(bob, "Mallory")

    assert describing.hide(roster=roster_of(alice), keys=[theirs.pk]) is None
    assert Person.objects.shown().get() == theirs


def cover_of(person: Person) -> int | None:
    [card] = lists.people.cards(Person.objects.filter(pk=person.pk))
    found: int | None = vars(card)["cover_id"]
    return found


def test_a_cover_is_chosen_and_the_best_face_stands_again(ada: Person, as_alice: Client) -> None:
    best = ada.faces.get()
    other = make_known(ada.roster.owner, "Ada", near(vector(1), 0.1), quality=POOR)
    page = as_alice.get(reverse("person_cover", args=[ada.pk])).content.decode()
    assert re.findall(r'id="cover-(\d+)"', page) == [f"{best.pk}", f"{other.pk}"]

    choose = reverse("choose_cover", args=[ada.pk])
    as_alice.post(choose, {"face": other.pk})
    assert cover_of(ada) == other.pk
    page = as_alice.get(reverse("person_cover", args=[ada.pk])).content.decode()
    assert re.search(rf'value="{other.pk}"\s+aria-pressed="true"', page)

    as_alice.post(choose, {"face": ""})
    assert cover_of(ada) == best.pk
    undo_last()
    assert cover_of(ada) == other.pk


def test_a_cover_that_is_somebody_elses_by_now_stands_for_nobody(alice: User, ada: Person) -> None:
    best = ada.faces.get()
    other = make_known(alice, "Ada", near(vector(1), 0.1), quality=POOR)
    describing.choose_cover(person=ada, face_id=other.pk)

    people.name_face(face=other, name="Bea")

    assert cover_of(ada) == best.pk
    with pytest.raises(NameRefused):
        describing.choose_cover(person=ada, face_id=other.pk)


def test_whoever_is_merged_keeps_their_cover_for_an_undoing(alice: User, ada: Person) -> None:
    bea = make_known(alice, "Bea", vector(2))
    assert bea.person is not None
    describing.choose_cover(person=bea.person, face_id=bea.pk)

    curating.merge(into=ada, others=[bea.person.pk])
    assert cover_of(ada) != bea.pk
    undo_last()

    assert cover_of(bea.person) == bea.pk


def test_a_favourite_is_told_of_in_words(alice: User, ada: Person, as_alice: Client) -> None:
    describing.favour(roster=ada.roster, keys=[ada.pk])

    assert "Ada Favourite" in words(as_alice.get(reverse("people")).content.decode())
    page = as_alice.get(ada.get_absolute_url()).content.decode()
    assert re.search(r'id="favourite-button"[^>]*aria-pressed="true"', page)


def test_what_photos_do_not_show_touches_no_photo(ada: Person) -> None:
    photo = Face.objects.get(person=ada).photo
    before = photo.changed_at

    describing.favour(roster=ada.roster, keys=[ada.pk])
    describing.tell(person=ada, about="Sings.", aliases=["Mum"])
    photo.refresh_from_db()
    assert photo.changed_at == before

    describing.hide(roster=ada.roster, keys=[ada.pk])
    photo.refresh_from_db()
    assert photo.changed_at > before
