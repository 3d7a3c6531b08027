"""Photos, faces and people as JSON; every object belongs to its owner, a stranger gets 404."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import User
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import ValidationError
from rest_framework.generics import ListAPIView
from rest_framework.pagination import CursorPagination
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gallery import lists
from gallery.api.serializers import (
    BirthSerializer,
    DigestsSerializer,
    EmotionSerializer,
    FacesSerializer,
    MethodsSerializer,
    NameSerializer,
    PersonSerializer,
    PhotoSerializer,
    ProgressSerializer,
    UploadSerializer,
)
from gallery.models import Face, Person, Photo
from gallery.models.person import PersonQuerySet
from gallery.models.photo import PhotoQuerySet
from gallery.services import album_uploads, births, emotions, export, people, photos, progress
from gallery.services.photo_words import WordsRefused
from gallery.words import say

if TYPE_CHECKING:
    PhotoListBase = ListAPIView[Photo]
    PersonListBase = ListAPIView[Person]
else:
    PhotoListBase = PersonListBase = ListAPIView

OTHER_ACCOUNT = {
    "code": "other_account",
    "detail": gettext_lazy("You are signed in as another account by now. Reload the page."),
}
VERBS = {True: emotions.say, False: emotions.say_not, None: emotions.take_back}
STATUS = {"duplicate": 409, "too_large": 413, "unreadable": 400}


class NewestFirst(CursorPagination):
    ordering = "-pk"
    page_size = 100


def user_of(request: Request) -> User:
    """Return the signed-in user, which the default permission guarantees."""
    assert isinstance(request.user, User)
    return request.user


def _is_of_another(request: Request) -> bool:
    """Return whether the page was made for another account than the browser has by now."""
    return request.headers.get("X-Facesite-User", f"{request.user.pk}") != f"{request.user.pk}"


class PhotoList(PhotoListBase):
    """GET lists photos, newest first; POST uploads one as the multipart field `file`.

    The field `methods` chooses how it is analysed; without, it is done as its owner's settings say.
    The field `modified` is the file's own time, by which a photo is dated that says none itself. A page
    names its user in `X-Facesite-User`, for the browser may be another's by the time of the upload; a
    program need not. It goes into the album whose id `album` is, or into the user's own of the name
    `album_name`, which is made if there is none; so does a photo that is here already.
    """

    serializer_class = PhotoSerializer
    pagination_class = NewestFirst
    parser_classes = [MultiPartParser]

    def get_queryset(self) -> PhotoQuerySet:
        return Photo.objects.visible_to(self.request.user).select_related("job")

    def post(self, request: Request) -> Response:
        if _is_of_another(request):
            return Response(OTHER_ACCOUNT, status=409)
        upload = UploadSerializer(data=request.data)
        upload.is_valid(raise_exception=True)
        said = upload.validated_data
        try:
            into = album_uploads.into(
                user_of(request), said.get("album"), said.get("album_name", "")
            )
        except WordsRefused as refusal:
            return Response({"code": "no_album", "detail": f"{refusal}"}, status=400)
        try:
            photo = photos.upload(
                owner=user_of(request),
                file=upload.validated_data["file"],
                choice=upload.choice,
                modified=upload.validated_data.get("modified"),
            )
        except photos.UploadRefused as refusal:
            body = {"code": refusal.code, "detail": f"{refusal}"}
            if refusal.photo is not None:
                body["url"] = refusal.photo.get_absolute_url()
                if into is not None and (why := into.take(refusal.photo)):
                    body["detail"] = why
            return Response(body, status=STATUS[refusal.code])
        body = dict(PhotoSerializer(photo).data)
        if into is not None and (why := into.take(photo)):
            body["detail"] = why
        return Response(body, status=201)


class PhotosKnown(APIView):
    """POST tells which files are there already, by their SHA-256, so that these need not be sent again.

    What lies in the bin is not among them: sending it brings it back. Those found go into the album whose
    id `album` is, as if they had been sent.
    """

    parser_classes = [JSONParser]

    def post(self, request: Request) -> Response:
        if _is_of_another(request):
            return Response(OTHER_ACCOUNT, status=409)
        body = DigestsSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        try:
            into = album_uploads.into(user_of(request), said.get("album"), "")
        except WordsRefused as refusal:
            return Response({"code": "no_album", "detail": f"{refusal}"}, status=400)
        found = photos.known(owner=user_of(request), digests=said["sha256"])
        why = into.take(*found.values()) if into is not None and found else ""
        return Response({digest: _known(photo, why) for digest, photo in found.items()})


class PhotoDetail(APIView):
    """GET returns the whole result, DELETE puts the photo into the bin."""

    def get(self, request: Request, pk: int) -> Response:
        photo = get_object_or_404(
            Photo.objects.visible_to(request.user).select_related("job"), pk=pk
        )
        faces = Face.objects.filter(photo=photo).select_related("person", "suggestion")
        faces = faces.prefetch_related("emotion_words").left_to_right()
        return Response(PhotoSerializer(photo).data | export.result(photo, list(faces)))

    def delete(self, request: Request, pk: int) -> Response:
        photos.delete(get_object_or_404(Photo.objects.visible_to(request.user), pk=pk))
        return Response(status=204)


class PhotoAnalyse(APIView):
    """POST queues the photo again; nothing happens while it is queued or running.

    `methods` chooses how, for this once; while the photo is queued or running that answers 409.
    """

    def post(self, request: Request, pk: int) -> Response:
        photo = get_object_or_404(Photo.objects.visible_to(request.user), pk=pk)
        body = MethodsSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        queued = photos.analyse_again(photo, body.choice)
        if body.choice and not queued:
            return Response({"code": "busy", "detail": photos.BUSY}, status=409)
        return Response(status=202)


class FaceName(APIView):
    """POST says whose face it is, by the id of a person or by a name; an empty name takes that back.

    A name that several people bear answers 409 with all of them: say again which, by the id, or `new`.
    """

    parser_classes = [JSONParser]

    def post(self, request: Request, pk: int) -> Response:
        faces = Face.objects.visible_to(request.user).select_related("photo", "person")
        face = get_object_or_404(faces, pk=pk)
        body = NameSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        try:
            person = _named(face, said)
        except people.SeveralPeople as several:
            return Response(_asked_back(several), status=409)
        except people.NameRefused as refusal:
            field = "person" if "person" in said else "name"
            raise ValidationError({field: [f"{refusal}"]}) from refusal
        return Response({"person": person.pk if person else None})


class FaceEmotion(APIView):
    """POST says whether the face shows an emotion; the answer is all that was said of them."""

    parser_classes = [JSONParser]

    def post(self, request: Request, pk: int) -> Response:
        faces = Face.objects.visible_to(request.user).select_related("photo")
        face = get_object_or_404(faces, pk=pk)
        body = EmotionSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        verb = VERBS[body.validated_data["is_so"]]
        try:
            verb(face=face, emotion=body.validated_data["emotion"])
        except emotions.WordRefused as refusal:
            raise ValidationError({"emotion": [f"{refusal}"]}) from refusal
        return Response(export.said(face))


class PersonList(PersonListBase):
    serializer_class = PersonSerializer

    def get_queryset(self) -> PersonQuerySet:
        return lists.people.cards(Person.objects.visible_to(self.request.user))


class PersonFaces(APIView):
    """POST says of faces that are guessed to be the person, or asked about, whether they are.

    The answer counts those of which the word was taken (`done`), and those whose guess is another by now
    (`changed`), which are left alone.
    """

    parser_classes = [JSONParser]

    def post(self, request: Request, pk: int) -> Response:
        person = get_object_or_404(Person.objects.visible_to(request.user), pk=pk)
        body = FacesSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        verb = people.confirm_many if body.validated_data["is_so"] else people.refuse_many
        try:
            answered = verb(person=person, faces=body.validated_data["faces"])
        except people.NameRefused as refusal:
            raise ValidationError({"faces": [f"{refusal}"]}) from refusal
        return Response({"done": answered.done, "changed": answered.changed})


class PersonBirth(APIView):
    """POST says when a person was born, as far as that is known."""

    parser_classes = [JSONParser]

    def post(self, request: Request, pk: int) -> Response:
        person = get_object_or_404(Person.objects.visible_to(request.user), pk=pk)
        body = BirthSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        try:
            born = births.read(body.validated_data["born"] or "")
            births.say(person=person, born=born)
        except (births.BirthRefused, people.NameRefused) as refusal:
            raise ValidationError({"born": [f"{refusal}"]}) from refusal
        return Response({"born": f"{born}" if born else None})


class ProgressDetail(APIView):
    def get(self, request: Request) -> Response:
        return Response(ProgressSerializer(progress.of(request.user)).data)


def _known(photo: Photo, why: str) -> dict[str, Any]:
    detail = why or f"{say('duplicate', filename=photo.filename)}"
    return {"id": photo.pk, "url": photo.get_absolute_url(), "detail": detail}


def _named(face: Face, said: dict[str, Any]) -> Person | None:
    if "person" in said:
        return people.name_as(face=face, person_id=said["person"])
    if said["new"]:
        return people.name_anew(face=face, name=said["name"])
    return people.name_face(face=face, name=said["name"])


def _asked_back(several: people.SeveralPeople) -> dict[str, Any]:
    found = lists.people.cards(Person.objects.filter(pk__in=several.people))
    people_as_json = PersonSerializer(found, many=True).data
    return {"code": "several_people", "detail": f"{several}", "people": people_as_json}
