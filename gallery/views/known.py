"""Whom one knows, to take along as a file."""

from __future__ import annotations

import tempfile

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gallery.models import Roster
from gallery.services import known_export
from gallery.views.http import Request


@login_required
@require_safe
def known_people(request: Request) -> HttpResponseBase:
    """Send the known encodings with their names: as known.bin, unless the address says another `form`."""
    form = known_export.FORMS.get(request.GET.get("form", "bin"))
    if form is None:
        raise Http404
    known = known_export.of(Roster.objects.of(request.user.pk))
    if known is None:
        messages.warning(request, _("Nobody is known by a face yet: name some faces first."))
        return redirect("people")
    # On the disk: 50,000 encodings as JSON are 80 MB. The response closes it.
    file = tempfile.TemporaryFile()  # noqa: SIM115
    form.write(known, file)
    file.seek(0)
    return FileResponse(
        file,
        as_attachment=True,
        filename=form.filename,
        content_type=form.content_type,
    )
