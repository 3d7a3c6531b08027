"""A face on a photo: what the networks said, and what a human said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext

from analysis.results import (
    EMOTIONS,
    AgeEstimate,
    Box,
    EmotionEstimate,
    FaceResult,
    GenderEstimate,
    GenderLabel,
    Quality,
)
from gallery.fields import ENCODING, VectorField
from gallery.models.boxed import Boxed
from gallery.models.face_queries import OF_PERSON, FaceManager, FaceQuerySet, Mark, NamedBy
from gallery.models.person import Person
from gallery.models.photo import Photo
from gallery.models.shown_emotion import ShownEmotion, shown
from gallery.words import Words, say

# The columns of a face's quality, and what the analysis calls them.
QUALITY = {
    "quality_score": "score",
    "face_size": "size",
    "sharpness": "sharpness",
    "brightness": "brightness",
    "yaw": "yaw",
    "pitch": "pitch",
    "roll": "roll",
}


class Face(Boxed):
    """Landmarks and `face_size` are in pixels of the upright original, angles in degrees.

    What an earlier version did not measure is null: the interval of the age, and the quality.

    `person` is whom a human named, or whom the face surely is; `suggestion` who it may be, which is asked
    and nothing else. `distance` (plain) and `normalised` are to the nearest known encoding of either; an
    earlier version knew no normalised one. `level` is by the population map called `population`.

    Who a human named, and `mark`, follow from the record of words (`models.record`).
    """

    photo = models.ForeignKey(Photo, on_delete=models.CASCADE, related_name="faces")
    score = models.FloatField()
    landmarks = VectorField(2 * 68, 2 * 5)
    encoding = VectorField(*ENCODING)
    encoder = models.CharField(max_length=60)

    age_years = models.FloatField()
    age_low = models.FloatField(null=True)
    age_high = models.FloatField(null=True)
    age_bracket = models.CharField(max_length=10)
    age_confidence = models.FloatField()
    gender = models.CharField(max_length=6)
    gender_confidence = models.FloatField()
    emotion = models.CharField(max_length=10)
    emotion_confidence = models.FloatField()
    emotion_scores = models.JSONField(default=dict)
    has_emotion_crop = models.BooleanField(default=False)  # Earlier versions kept none.
    methods = models.JSONField(default=dict)

    quality_score = models.FloatField(null=True)
    face_size = models.FloatField(null=True)
    sharpness = models.FloatField(null=True)
    brightness = models.FloatField(null=True)
    yaw = models.FloatField(null=True)
    pitch = models.FloatField(null=True)
    roll = models.FloatField(null=True)

    # RESTRICT: a person goes only after their faces were told so (services.people.delete).
    person = models.ForeignKey(Person, on_delete=models.RESTRICT, null=True, related_name="faces")
    named_by = models.CharField(
        max_length=7, choices=NamedBy.choices, default=NamedBy.NOBODY, blank=True
    )
    distance = models.FloatField(null=True)
    normalised = models.FloatField(null=True)
    suggestion = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, related_name="suggestions"
    )
    level = models.FloatField(null=True)
    population = models.CharField(max_length=40, blank=True)

    mark = models.CharField(max_length=8, choices=Mark.choices, blank=True, default=Mark.NONE)

    objects = FaceManager()
    everything = FaceQuerySet.as_manager()

    given_colour: int | None = None  # on its photo; set by whoever lists a photo's faces
    origin = ""  # where its name came from; set by `lists.origins`
    likely = ""  # whom it is taken for or asked about, how likely; set by `services.likelihood`
    probability: float | None = None  # likewise
    number = 0  # from the left, 1 for the first; set by whoever lists a photo's faces
    made_apart: Sequence[str] = ()  # what was made otherwise than its photo; set by `lists.made`
    shares_name = False  # whether its person does; set by whoever lists a photo's faces
    suggested_shares_name = False  # whether who is suggested does; likewise
    was_found_again = True  # by the photo's last analysis; likewise

    class Meta:
        indexes = [
            models.Index(fields=["photo", "left"], name="face_left_to_right"),
            OF_PERSON,
            models.Index(fields=["photo"], condition=Q(is_due=True), name="face_due"),
            models.Index(fields=["photo"], condition=Q(lost="asked"), name="face_lost"),
            # Of a library that is nearly all named it is few of many.
            models.Index(
                fields=["photo"],
                condition=Q(mark=Mark.NONE) & ~Q(named_by=NamedBy.HUMAN),
                name="face_unnamed",
            ),
            # With the key, by which those of groups are left out of the count of questions.
            models.Index(
                fields=["suggestion", "id"],
                condition=Q(suggestion__isnull=False),
                name="face_asked_about",
            ),
            # Few of many; whoever looks for them says so (`FaceQuerySet.put_aside`).
            models.Index(
                fields=["mark", "photo"], condition=~Q(mark=Mark.NONE), name="face_put_aside"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(right__gt=models.F("left"), bottom__gt=models.F("top")),
                name="face_box_has_an_area",
            ),
            models.CheckConstraint(
                condition=Q(named_by=NamedBy.MACHINE, person__isnull=False, distance__isnull=False)
                | Q(named_by=NamedBy.HUMAN, person__isnull=False)
                | Q(named_by=NamedBy.NOBODY, person__isnull=True),
                name="face_person_says_who_named_it",
            ),
            models.CheckConstraint(
                condition=Q(mark=Mark.NONE) | Q(person=None, suggestion=None),
                name="face_marked_is_nobodys",
            ),
            models.CheckConstraint(
                condition=Q(suggestion__isnull=True) | Q(named_by=NamedBy.NOBODY),
                name="face_suggestion_only_without_a_name",
            ),
            models.CheckConstraint(
                condition=Q(level__isnull=True, population="") | Q(level__isnull=False),
                name="face_level_says_by_which_map",
            ),
            models.CheckConstraint(
                condition=Q(age_low__isnull=True, age_high__isnull=True)
                | Q(age_low__isnull=False, age_high__isnull=False),
                name="face_age_interval_has_both_ends",
            ),
            models.CheckConstraint(
                condition=Q(**{f"{column}__isnull": True for column in QUALITY})
                | Q(**{f"{column}__isnull": False for column in QUALITY}),
                name="face_quality_is_whole_or_not_measured",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} on {self.photo}"

    @property
    def result(self) -> FaceResult:
        """What the networks said, as the analysis said it."""
        return FaceResult(
            box=self.box,
            score=self.score,
            landmarks=self.landmarks.reshape(-1, 2),
            encoding=self.encoding,
            age=AgeEstimate(
                self.age_years, self.age_bracket, self.age_confidence, self.age_low, self.age_high
            ),
            gender=GenderEstimate(cast(GenderLabel, self.gender), self.gender_confidence),
            emotion=EmotionEstimate(self.emotion, self.emotion_confidence, self.emotion_scores),
            quality=self.quality,
            level=self.level,
        )

    @property
    def quality(self) -> Quality | None:
        """How well the face can be seen; None if it was analysed before that was measured."""
        if self.quality_score is None:
            return None
        return Quality(**{name: getattr(self, column) for column, name in QUALITY.items()})

    @property
    def faults(self) -> list[Words]:
        """What makes the face hard to judge, in plain words; never nothing if it is."""
        if self.quality is None:
            return []
        hard = self.is_doubtful or not self.is_fit_for_reference
        return [*map(Words.of, self.quality.faults)] or [say("face_hard_to_see")] * hard

    @property
    def seen(self) -> str:
        """How the face was seen, in plain words."""
        if self.quality is None:
            return gettext("not measured")
        return ", ".join(map(str, self.faults)) or gettext("clearly")

    @property
    def is_doubtful(self) -> bool:
        """Whether what is guessed of the face should be read with care."""
        return self.quality is not None and self.quality.is_doubtful

    @property
    def is_reference(self) -> bool:
        """Whether new photos are compared with this face."""
        return hasattr(self, "known_encoding")

    @property
    def is_known_by_its_name(self) -> bool:
        """Whether whoever it is named as is known by it too, unless a human says otherwise."""
        return not (self.is_doubtful or self.is_drawn)

    @property
    def is_fit_for_reference(self) -> bool:
        """Whether somebody can be known by this face; a face that was never measured is given credit."""
        return self.quality is None or self.quality.is_fit_for_reference

    @property
    def points(self) -> list[tuple[float, float]]:
        return [(round(float(x), 1), round(float(y), 1)) for x, y in self.landmarks.reshape(-1, 2)]

    @property
    def eyes(self) -> Box:
        """The box around the eyes, with a little room, in pixels of the upright original."""
        points = self.landmarks.reshape(-1, 2)
        # The corners of the eyes are the first four of five points.
        points = points[36:48] if len(points) == 68 else points[:4]
        (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
        room = max(right - left, bottom - top) / 8
        return Box(*map(round, map(float, (left - room, top - room, right + room, bottom + room))))

    @property
    def is_named(self) -> bool:
        return self.named_by == NamedBy.HUMAN

    @property
    def is_guess(self) -> bool:
        return self.named_by == NamedBy.MACHINE

    @property
    def asked_about(self) -> Person | None:
        """Whom to ask about: who the face surely or maybe is; None where a human has said it."""
        return self.suggestion or (self.person if self.is_guess else None)

    @property
    def label(self) -> str:
        """The name as people read it: a guess always reads as a guess."""
        if self.person is None:
            return gettext("Not to be recognised") if self.is_private else gettext("Unknown")
        return f"{self.person.name}?" if self.is_guess else self.person.name

    @property
    def hint(self) -> str:
        """What is said of the face to whoever asks whose it is: its label, or who it may be."""
        if self.person is None and self.suggestion:
            return gettext("Perhaps %(name)s") % {"name": self.suggestion.name}
        return self.label

    @property
    def colour(self) -> int | None:
        """An index into `analysis.palette`, None for nobody's face."""
        if self.given_colour is not None:
            return self.given_colour
        return self.person.colour if self.person else None

    @property
    def emotion_bars(self) -> list[tuple[str, float]]:
        return sorted(self.emotion_scores.items(), key=lambda item: -item[1])

    @property
    def said_of_emotions(self) -> list[tuple[str, bool | None]]:
        """Each of EMOTIONS, and whether a human said that the face shows it; None without a word."""
        words = {word.emotion: word.is_so for word in self.emotion_words.all()}
        return [(emotion, words.get(emotion)) for emotion in EMOTIONS]

    @property
    def said_emotion(self) -> str:
        """The emotion that a human said the face shows; empty if nobody did."""
        return next((emotion for emotion, is_so in self.said_of_emotions if is_so), "")

    @property
    def denied_emotions(self) -> list[str]:
        return [emotion for emotion, is_so in self.said_of_emotions if is_so is False]

    @property
    def shown_emotion(self) -> ShownEmotion:
        """A human's word, else the likeliest of what no human denied."""
        words = {word.emotion: word.is_so for word in self.emotion_words.all()}
        return shown(self.emotion, self.emotion_confidence, self.emotion_scores, words)
