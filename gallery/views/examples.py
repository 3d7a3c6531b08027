"""Search by example: a photo is shown, a face on it chosen, and where it appears listed, nearest first."""

from __future__ import annotations

from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from analysis.errors import AnalysisError
from gallery import formats
from gallery.children.pool import ChildFailed
from gallery.models import Face
from gallery.services import examples, photos
from gallery.services.examples import Example, Hit, Looked
from gallery.views.http import Request
from gallery.words import Words

PAGE = 60
TEMPLATE = "gallery/example.html"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
async def search_by_example(request: Request) -> HttpResponse:
    """Take a photo and offer its faces, or look for the one that was chosen."""
    context: dict[str, Any] = {"accept": formats.ACCEPT}
    if request.method == "POST" and (signed := request.POST.get("face")):
        context |= await sync_to_async(_chosen)(request, signed)
    elif request.method == "POST":
        context |= await _looked(request)
    return await sync_to_async(render)(request, TEMPLATE, context)


@login_required
@require_safe
def face_everywhere(request: Request, pk: int) -> HttpResponse:
    """List where a face of the library appears besides."""
    faces = Face.objects.visible_to(request.user).select_related("person", "photo")
    face = get_object_or_404(faces, pk=pk)
    example = examples.of_face(face)
    if example is None:
        raise Http404
    hits = [hit for hit in examples.nearest(request.user, example) if hit.face != pk]
    page = Paginator(hits, PAGE).get_page(request.GET.get("page"))
    context = _listed(request, page.object_list) | {"face": face, "page": page}
    return render(request, TEMPLATE, context | {"count": len(hits), "accept": formats.ACCEPT})


async def _looked(request: Request) -> dict[str, Any]:
    """Return the faces on the photo that came, or why there are none; what shows one face is looked for."""
    file = request.FILES.get("photo")
    if file is None:
        return {"error": _("Choose a photo first.")}
    try:
        await sync_to_async(photos.check)(file)
        looked = await examples.look(request.user, file)
    except photos.UploadRefused as refusal:
        return {"error": f"{refusal}"}
    except AnalysisError as error:
        return {"error": f"{Words.of(error.sentence)}"}
    except ChildFailed as error:
        reason = Words.of(error.clause)
        return {"error": _("This photo could not be looked at: {reason}").format(reason=reason)}
    found: dict[str, Any] = {"looked": looked}
    if only := _only(looked):
        found |= await sync_to_async(_chosen)(request, only)
    return found


def _only(looked: Looked) -> str:
    return looked.faces[0].signed if len(looked.faces) == 1 else ""


def _chosen(request: Request, signed: str) -> dict[str, Any]:
    example: Example | None = examples.chosen(request.user, signed)
    if example is None:
        return {"error": _("That photo was shown too long ago. Choose it again.")}
    hits = examples.nearest(request.user, example)
    page = Paginator(hits, PAGE).get_page(request.POST.get("page"))
    found = _listed(request, page.object_list)
    return found | {"count": len(hits), "page": page, "signed": signed}


def _listed(request: Request, hits: Any) -> dict[str, Any]:
    """Return the faces to list, in two parts: surely the same person's, and perhaps."""
    found: list[Hit] = list(hits)
    faces = Face.objects.visible_to(request.user).select_related("person", "photo")
    there = faces.defer("encoding", "landmarks").in_bulk([hit.face for hit in found])
    return {
        "is_found": True,
        "sure": [there[hit.face] for hit in found if hit.is_sure and hit.face in there],
        "perhaps": [there[hit.face] for hit in found if not hit.is_sure and hit.face in there],
    }
