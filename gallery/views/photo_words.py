"""What is said of one photo on its page: what it shows, and by which words it is found."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gallery.models import Photo
from gallery.services import photo_words
from gallery.services.photo_words import WordsRefused
from gallery.views.http import Request, listed, tell


@login_required
@require_POST
def tell_photo(request: Request, pk: int) -> HttpResponse:
    photo = get_object_or_404(Photo.objects.visible_to(request.user), pk=pk)
    words = photo_words.split(request.POST.get("keywords", ""))
    caption = request.POST.get("caption", "")
    try:
        said = photo_words.tell(owner=request.user, photo=pk, text=caption, keywords=words)
    except WordsRefused as refusal:
        tell(request, f"{refusal}", "error")
    else:
        if said is None:
            tell(request, _("That was so already."), "info")
    return redirect(f"{listed(request).address_of(photo)}#photo-words")
