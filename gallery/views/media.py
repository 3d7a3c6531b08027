"""Photos, renditions and crops, each behind its owner; names and types come from us alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from asgiref.sync import sync_to_async
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from analysis.errors import AnalysisError
from gallery.jobs.pool import ChildFailed
from gallery.models import Face, Photo
from gallery.services import export
from gallery.views.http import Request
from gallery.views.photos import faces_of

Answer = TypeVar("Answer", bound=HttpResponseBase)
CHUNK = 256 * 1024
TYPES = {
    "JPEG": ("image/jpeg", ".jpg"),
    "PNG": ("image/png", ".png"),
    "WEBP": ("image/webp", ".webp"),
    "GIF": ("image/gif", ".gif"),
    "TIFF": ("image/tiff", ".tif"),
    "BMP": ("image/bmp", ".bmp"),
    "HEIF": ("image/heic", ".heic"),
    "AVIF": ("image/avif", ".avif"),
}


@login_required
@require_safe
def photo_thumbnail(request: Request, pk: int) -> HttpResponse:
    return _jpeg(_mine(request, pk).thumbnail)


@login_required
@require_safe
def photo_preview(request: Request, pk: int) -> HttpResponse:
    return _jpeg(_mine(request, pk).preview)


@login_required
@require_safe
def face_crop(request: Request, pk: int) -> HttpResponse:
    faces = Face.objects.visible_to(request.user).select_related("photo")
    face = get_object_or_404(faces, pk=pk)
    return _jpeg(face.photo.face_crop(face.pk))


@login_required
@require_safe
def photo_json(request: Request, pk: int) -> HttpResponse:
    photo = _mine(request, pk)
    response = JsonResponse(export.result(photo, faces_of(photo)), json_dumps_params={"indent": 1})
    return _as_download(response, f"{_stem(photo)}.json")


@login_required
@require_safe
async def photo_original(request: Request, pk: int) -> HttpResponseBase:
    photo = await sync_to_async(_mine)(request, pk)
    if not photo.original.is_file():
        raise Http404
    content_type, suffix = TYPES[photo.format]
    response = StreamingHttpResponse(_chunks(photo.original), content_type=content_type)
    response["Content-Length"] = str(photo.original.stat().st_size)
    return _as_download(response, f"{_stem(photo)}{suffix}")


@login_required
@require_safe
async def photo_annotated(request: Request, pk: int) -> HttpResponse:
    photo = await sync_to_async(_mine)(request, pk)
    faces = await sync_to_async(faces_of)(photo)
    try:
        jpeg = await export.annotated(photo, faces)
    except FileNotFoundError as error:
        raise Http404 from error
    except AnalysisError as error:
        return HttpResponse(f"{error}", status=422, content_type="text/plain")
    except ChildFailed as error:
        sentence = f"This photo could not be drawn: {error}"
        return HttpResponse(sentence, status=503, content_type="text/plain")
    response = HttpResponse(jpeg, content_type="image/jpeg")
    return _as_download(response, f"{_stem(photo)}-faces.jpg")


def _mine(request: Request, pk: int) -> Photo:
    return get_object_or_404(Photo.objects.visible_to(request.user), pk=pk)


def _jpeg(path: Path) -> HttpResponse:
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise Http404 from error
    response = HttpResponse(content, content_type="image/jpeg")
    response["Cache-Control"] = "private, max-age=600"
    return response


async def _chunks(path: Path) -> AsyncIterator[bytes]:
    with await asyncio.to_thread(path.open, "rb") as file:
        while chunk := await asyncio.to_thread(file.read, CHUNK):
            yield chunk


def _stem(photo: Photo) -> str:
    return Path(photo.filename).stem or "photo"


def _as_download(response: Answer, filename: str) -> Answer:
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(filename, safe='')}"
    return response
