"""What the API reads and writes."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from analysis.errors import AnalysisError
from analysis.methods import Choice
from analysis.report import shot_object, taken_object
from gallery import installed, times
from gallery.models import Person, Photo, Recommendation
from gallery.words import Words

if TYPE_CHECKING:
    PhotoBase = serializers.ModelSerializer[Photo]
    PersonBase = serializers.ModelSerializer[Person]
    PlainBase = serializers.Serializer[Any]
else:
    PhotoBase = PersonBase = serializers.ModelSerializer
    PlainBase = serializers.Serializer


class PhotoSerializer(PhotoBase):
    """A photo as lists show it."""

    url = serializers.CharField(source="get_absolute_url", read_only=True)
    state = serializers.CharField(source="job.state", read_only=True)
    error = serializers.SerializerMethodField()
    error_code = serializers.SerializerMethodField()
    taken = serializers.SerializerMethodField()
    camera = serializers.SerializerMethodField()
    lens = serializers.SerializerMethodField()
    place = serializers.SerializerMethodField()

    class Meta:
        model = Photo
        fields = [
            "id", "url", "filename", "format", "size", "width", "height", "state", "error",
            "error_code", "taken", "camera", "lens", "place", "created_at",
        ]  # fmt: skip

    def get_error(self, photo: Photo) -> str:
        return f"{photo.job.error or ''}"

    def get_error_code(self, photo: Photo) -> str:
        return photo.job.error.code if photo.job.error else ""

    def get_taken(self, photo: Photo) -> dict[str, str] | None:
        return taken_object(photo.taken)

    def get_camera(self, photo: Photo) -> str | None:
        return photo.camera or None

    def get_lens(self, photo: Photo) -> str | None:
        return photo.lens or None

    def get_place(self, photo: Photo) -> dict[str, float] | None:
        place: dict[str, float] | None = shot_object(photo.shot)["place"]
        return place


class PersonSerializer(PersonBase):
    photo_count = serializers.IntegerField(read_only=True)
    guess_count = serializers.IntegerField(read_only=True)
    question_count = serializers.IntegerField(read_only=True)
    born = serializers.SerializerMethodField()

    class Meta:
        model = Person
        fields = [
            "id", "name", "note", "about", "born", "is_favourite", "is_hidden",
            "photo_count", "guess_count", "question_count",
        ]  # fmt: skip

    def get_born(self, person: Person) -> str | None:
        return f"{person.born}" if person.born else None


class MethodsSerializer(PlainBase):
    """`methods`: names by stage, as in {"detector": "hog"}; the others are the recommended ones.

    Without it, `choice` is None. In a form it is a field with such an object as text.
    """

    methods = serializers.JSONField(required=False)

    def validate_methods(self, names: Any) -> Choice:
        if not isinstance(names, dict) or not all(map(_is_name, (*names, *names.values()))):
            raise serializers.ValidationError(
                _("Write an object of names, as %(example)s.") % {"example": '{"detector": "hog"}'}
            )
        try:
            weights = installed.weights()
            choice = Recommendation.objects.choice().but(names, weights)
            choice.check(weights)
        except AnalysisError as error:
            raise serializers.ValidationError(f"{Words.of(error.sentence)}") from error
        return choice

    @property
    def choice(self) -> Choice | None:
        found: Choice | None = self.validated_data.get("methods")
        return found


class UploadSerializer(MethodsSerializer):
    """`modified` is when the file was last written where it came from, as ISO 8601 says it.

    It goes into an `album`, by its id, or into the user's own called `album_name`, made if need be.
    """

    file = serializers.FileField(allow_empty_file=True)
    modified = serializers.CharField(required=False)
    album = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    album_name = serializers.CharField(required=False, allow_blank=True, max_length=1000)

    def validate_modified(self, text: str) -> datetime:
        try:
            return times.moment(text)
        except ValueError as error:
            example = {"example": "2019-05-03T14:02:11+09:00"}
            raise serializers.ValidationError(
                _("Write a time as %(example)s.") % example
            ) from error


class NameSerializer(PlainBase):
    """Whose face it is: a `person` by their id, or a `name`, of somebody `new` if that is said."""

    name = serializers.CharField(allow_blank=True, required=False)
    person = serializers.IntegerField(required=False)
    new = serializers.BooleanField(default=False)

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        if ("name" in said) == ("person" in said):
            raise serializers.ValidationError(_("Say either a name or the id of a person."))
        return said


class FacesSerializer(PlainBase):
    """`faces` by their ids, and `is_so`: whether they are the person whom they are guessed to be."""

    faces = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        allow_empty=False,
        max_length=1000,
    )
    is_so = serializers.BooleanField()


class BirthSerializer(PlainBase):
    """`born`: 2015, 2015-04 or 2015-04-30; null or "" takes it away."""

    born = serializers.CharField(allow_blank=True, allow_null=True)


class EmotionSerializer(PlainBase):
    """`is_so`: whether the face shows the emotion; null takes back what was said of it."""

    emotion = serializers.CharField()
    is_so = serializers.BooleanField(allow_null=True)


class ProgressSerializer(PlainBase):
    """The batch in work: counts of photos, and seconds left when they can be told."""

    open = serializers.IntegerField()
    done = serializers.IntegerField()
    failed = serializers.IntegerField()
    total = serializers.IntegerField()
    seconds_left = serializers.IntegerField(allow_null=True)


def _is_name(value: object) -> bool:
    """Return whether a value may be repeated in an answer: half a surrogate pair is no text."""
    return isinstance(value, str) and len(value) <= 255 and value.isprintable()


class DigestsSerializer(PlainBase):
    sha256 = serializers.ListField(
        child=serializers.RegexField(r"^[0-9a-f]{64}$"), max_length=200, allow_empty=False
    )
    album = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
