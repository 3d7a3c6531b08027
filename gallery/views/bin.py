"""The bin: photos that were deleted, to be brought back, or gone for good."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from gallery.models import BinnedPhoto
from gallery.services import photos
from gallery.views.http import Request, key_of, tell

SHOWN = 200


@login_required
@require_safe
def bin(request: Request) -> HttpResponse:
    # Without what is kept of each, kilobytes a face.
    binned = BinnedPhoto.objects.visible_to(request.user).defer("rows", "faces")
    shown = Paginator(binned.order_by("-binned_at", "-pk"), SHOWN).get_page(request.GET.get("page"))
    return render(request, "gallery/bin.html", {"shown": shown})


@login_required
@require_POST
def bring_back(request: Request) -> HttpResponse:
    """Bring the photos back that are ticked."""
    chosen = [key for text in request.POST.getlist("photo") if (key := key_of(text)) is not None]
    if not photos.bring_back(owner=request.user, photos=chosen):
        tell(request, _("Choose at least one photo."), "warning")
    return redirect("bin")


@login_required
@require_POST
def empty_bin(request: Request) -> HttpResponse:
    """Delete for good what is in the bin, once somebody has said that they mean it."""
    if request.POST.get("sure") != "yes":
        return render(request, "gallery/empty_bin.html", {"count": _count(request)})
    count = photos.empty_bin(owner=request.user)
    words = ngettext(
        "%(count)s photo was deleted for good.", "%(count)s photos were deleted for good.", count
    )
    tell(request, words % {"count": intcomma(count)})
    return redirect("bin")


def _count(request: Request) -> int:
    return BinnedPhoto.objects.visible_to(request.user).count()
