"""Photos, renditions and crops, each behind its owner; names and types come from us alone."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import IO

from asgiref.sync import sync_to_async
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_safe

from analysis.errors import AnalysisError
from gallery import formats, lists
from gallery.children.pool import ChildFailed
from gallery.models import BinnedPhoto, Face, Photo
from gallery.services import corrections, export
from gallery.services.sources import originals
from gallery.views.http import Request, as_download
from gallery.words import Words

CHUNK = 256 * 1024


@login_required
@require_safe
def photo_thumbnail(request: Request, pk: int) -> HttpResponse:
    return picture(_mine(request, pk).thumbnail)


@login_required
@require_safe
def photo_small(request: Request, pk: int) -> HttpResponse:
    """Send the small picture, or the thumbnail of a photo from before there were small ones."""
    photo = _mine(request, pk)
    return picture(photo.small if photo.has_small else photo.thumbnail)


@login_required
@require_safe
def binned_thumbnail(request: Request, pk: int) -> HttpResponse:
    binned = get_object_or_404(BinnedPhoto.objects.visible_to(request.user), pk=pk)
    return picture(binned.thumbnail)


@login_required
@require_safe
def photo_preview(request: Request, pk: int) -> HttpResponse:
    return picture(_mine(request, pk).preview)


@login_required
@require_safe
def face_crop(request: Request, pk: int) -> HttpResponse:
    face = _my_face(request, pk)
    return picture(face.photo.face_crop(face.pk))


@login_required
@require_safe
def aside_crop(request: Request, pk: int) -> HttpResponse:
    """Send the crop of a face whatever was said of it: what is no face has one here alone."""
    faces = Face.everything.visible_to(request.user).select_related("photo")
    face = get_object_or_404(faces, pk=pk)
    return picture(face.photo.face_crop(face.pk))


@login_required
@require_safe
def emotion_crop(request: Request, pk: int) -> HttpResponse:
    face = _my_face(request, pk)
    return picture(face.photo.emotion_crop(face.pk), "image/png")


@login_required
@require_safe
def photo_json(request: Request, pk: int) -> HttpResponse:
    photo = _mine(request, pk)
    # Names as people write them: JSON is UTF-8 anyway.
    options = {"indent": 1, "ensure_ascii": False}
    faces = lists.faces.of(photo, with_strangers=True)
    response = JsonResponse(export.result(photo, faces), json_dumps_params=options)
    return as_download(response, f"{_stem(photo)}.json")


@login_required
@require_safe
async def photo_original(request: Request, pk: int) -> HttpResponseBase:
    photo = await sync_to_async(_mine)(request, pk)
    try:
        size = await asyncio.to_thread(originals.size_of, photo)
    except OSError as error:
        raise Http404 from error
    content_type, suffix = formats.TYPES[photo.format]
    response = StreamingHttpResponse(_original(photo), content_type=content_type)
    response["Content-Length"] = str(size)
    return as_download(response, f"{_stem(photo)}{suffix}")


@login_required
@require_safe
async def photo_annotated(request: Request, pk: int) -> HttpResponse:
    photo = await sync_to_async(_mine)(request, pk)
    faces = await sync_to_async(lists.faces.of)(photo)
    strangers = lists.faces.strangers(await sync_to_async(lists.faces.put_aside)(photo))
    try:
        jpeg = await export.annotated(photo, faces, strangers)
    except FileNotFoundError as error:
        raise Http404 from error
    except AnalysisError as error:
        return HttpResponse(f"{Words.of(error.sentence)}", status=422, content_type="text/plain")
    except ChildFailed as error:
        reason = Words.of(error.clause)
        sentence = _("This photo could not be drawn: {reason}").format(reason=reason)
        return HttpResponse(sentence, status=503, content_type="text/plain")
    response = HttpResponse(jpeg, content_type="image/jpeg")
    return as_download(response, f"{_stem(photo)}-faces.jpg")


@login_required
@require_GET
async def emotions_zip(request: Request) -> HttpResponseBase:
    file = await sync_to_async(_corrections)(request)
    response = StreamingHttpResponse(_parts(file), content_type="application/zip")
    response["Content-Length"] = str(file.seek(0, io.SEEK_END))
    return as_download(response, "emotions.zip")


def _mine(request: Request, pk: int) -> Photo:
    return get_object_or_404(Photo.objects.visible_to(request.user), pk=pk)


def _my_face(request: Request, pk: int) -> Face:
    faces = Face.objects.visible_to(request.user).select_related("photo")
    return get_object_or_404(faces, pk=pk)


def _corrections(request: Request) -> IO[bytes]:
    return corrections.archive(user=request.user)


def picture(path: Path, content_type: str = "image/jpeg") -> HttpResponse:
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise Http404 from error
    response = HttpResponse(content, content_type=content_type)
    response["Cache-Control"] = "private, max-age=600"
    return response


async def _original(photo: Photo) -> AsyncIterator[bytes]:
    async for chunk in _parts(await asyncio.to_thread(originals.open_file, photo)):
        yield chunk


async def _parts(file: IO[bytes]) -> AsyncIterator[bytes]:
    """Yield a file from its beginning to its end, and close it."""
    with file:
        file.seek(0)
        while chunk := await asyncio.to_thread(file.read, CHUNK):
            yield chunk


def _stem(photo: Photo) -> str:
    return Path(photo.filename).stem or "photo"
