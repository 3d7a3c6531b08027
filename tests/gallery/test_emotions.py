"""What a human says of the emotion on a face, and that no machine changes it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User

from analysis.results import EMOTIONS, Box
from gallery.models import EmotionWord, Face
from gallery.services import emotions, results
from gallery.services.people import GONE
from tests.factories import analysed, claimed, found_face, fresh, make_photo, sad_face, vector

# As another detector may draw the same face: IoU 0.32 with the box of the factories.
OTHER_BOX = Box(28, 13, 68, 53)
ELSEWHERE = Box(200, 100, 260, 160)


@pytest.fixture
def face(alice: User) -> Face:
    """A face that the network takes for sad, then neutral, then angry."""
    return sad_face(make_photo(alice))


def words(face: Face) -> dict[str, bool]:
    return dict(EmotionWord.objects.filter(face=face).values_list("emotion", "is_so"))


def test_a_said_emotion_is_shown_as_said(face: Face) -> None:
    emotions.say(face=face, emotion="happy")

    shown = fresh(face).shown_emotion
    assert (shown.label, shown.share, shown.is_said) == ("happy", None, True)
    assert fresh(face).emotion == "sad"


def test_another_word_takes_the_place_of_the_one_before(face: Face) -> None:
    emotions.say(face=face, emotion="happy")
    emotions.say(face=face, emotion="fear")
    emotions.say(face=face, emotion="fear")

    assert words(face) == {"fear": True}


def test_what_is_not_shown_leaves_the_likeliest_of_the_others_as_a_guess(face: Face) -> None:
    emotions.say_not(face=face, emotion="sad")
    shown = fresh(face).shown_emotion
    assert (shown.label, shown.share, shown.is_said) == ("neutral", 0.2, False)

    emotions.say_not(face=face, emotion="neutral")
    assert fresh(face).shown_emotion.label == "angry"
    assert fresh(face).denied_emotions == ["sad", "neutral"]


def test_without_a_word_the_networks_emotion_is_shown(face: Face) -> None:
    shown = face.shown_emotion

    assert (shown.label, shown.share, shown.is_said) == ("sad", 0.62, False)


def test_a_face_that_no_network_scored_shows_the_emotion_that_it_has(alice: User) -> None:
    face = sad_face(make_photo(alice), emotion_scores={})
    emotions.say_not(face=face, emotion="sad")

    assert face.shown_emotion.label == "sad"


def test_saying_what_was_denied_lifts_the_denial_and_the_reverse(face: Face) -> None:
    emotions.say_not(face=face, emotion="sad")
    emotions.say_not(face=face, emotion="fear")
    emotions.say(face=face, emotion="sad")
    assert words(face) == {"fear": False, "sad": True}

    emotions.say_not(face=face, emotion="sad")
    assert words(face) == {"fear": False, "sad": False}
    assert fresh(face).said_emotion == ""


@pytest.mark.parametrize("verb", [emotions.say, emotions.say_not])
def test_a_word_that_is_taken_back_leaves_the_network_its_guess(
    face: Face, verb: Callable[..., None]
) -> None:
    verb(face=face, emotion="sad")

    emotions.take_back(face=face, emotion="sad")
    emotions.take_back(face=face, emotion="sad")

    assert words(face) == {}
    assert fresh(face).shown_emotion.share == 0.62


def test_one_emotion_has_to_remain(face: Face) -> None:
    for emotion in EMOTIONS[:-1]:
        emotions.say_not(face=face, emotion=emotion)

    with pytest.raises(emotions.WordRefused, match="One emotion has to remain"):
        emotions.say_not(face=face, emotion=EMOTIONS[-1])
    emotions.say_not(face=face, emotion=EMOTIONS[0])
    emotions.say(face=face, emotion=EMOTIONS[-1])
    assert fresh(face).shown_emotion.label == EMOTIONS[-1]


VERBS = [emotions.say, emotions.say_not, emotions.take_back]


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("emotion", ["", "bored", "Sad", "x" * 1000])
def test_an_unknown_emotion_is_refused_with_a_sentence(
    face: Face, verb: Callable[..., None], emotion: str
) -> None:
    with pytest.raises(emotions.WordRefused, match=re.escape(emotions.unknown())):
        verb(face=face, emotion=emotion)
    assert words(face) == {}


@pytest.mark.parametrize("verb", VERBS)
def test_a_face_that_went_meanwhile_is_refused_with_a_sentence(
    face: Face, verb: Callable[..., None]
) -> None:
    Face.objects.filter(pk=face.pk).delete()

    with pytest.raises(emotions.WordRefused, match=re.escape(f"{GONE}")):
        verb(face=face, emotion="sad")


@pytest.mark.parametrize("verb", VERBS)
def test_the_owners_other_pages_hear_of_each_word(
    face: Face, verb: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []
    if verb is emotions.take_back:
        emotions.say(face=face, emotion="sad")
    monkeypatch.setattr("gallery.live.events.publish", told.append)
    before = fresh(face).photo.changed_at

    verb(face=face, emotion="sad")

    assert fresh(face).photo.changed_at > before
    assert told == [face.photo.owner_id]


@pytest.mark.parametrize("box", [Box(10, 10, 50, 50), OTHER_BOX])
def test_another_analysis_never_changes_a_humans_word(face: Face, box: Box) -> None:
    assert face.box.iou(box) > 0.3
    emotions.say(face=face, emotion="happy")
    emotions.say_not(face=face, emotion="sad")
    before = list(EmotionWord.objects.order_by("pk").values())

    found = found_face(vector(9), box, emotion="fear")
    results.save(claim=claimed(face.photo), analysed=analysed(found))

    again = fresh(face)
    assert (again.box, again.emotion, again.shown_emotion.label) == (box, "fear", "happy")
    assert list(EmotionWord.objects.order_by("pk").values()) == before
    assert Face.objects.count() == 1


@pytest.mark.parametrize("verb", [emotions.say, emotions.say_not])
def test_a_face_with_a_word_stays_when_the_machine_finds_it_no_more(
    alice: User, verb: Callable[..., None], django_capture_on_commit_callbacks: Any
) -> None:
    face = sad_face(make_photo(alice, files=True), crop=True)
    verb(face=face, emotion="sad")

    with django_capture_on_commit_callbacks(execute=True):
        answer = analysed(found_face(vector(2), ELSEWHERE))
        results.save(claim=claimed(face.photo), analysed=answer)

    assert list(words(fresh(face))) == ["sad"]
    assert Face.objects.count() == 2
    assert face.photo.emotion_crop(face.pk).exists()


def test_a_face_whose_word_was_taken_back_goes_as_any_other(face: Face) -> None:
    emotions.say(face=face, emotion="happy")
    emotions.take_back(face=face, emotion="happy")

    results.save(claim=claimed(face.photo), analysed=analysed())

    assert not Face.objects.exists()
