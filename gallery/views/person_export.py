"""Everything of one person, to be taken along."""

from __future__ import annotations

from asgiref.sync import sync_to_async
from django.contrib.auth.decorators import login_required
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from gallery.models import Person
from gallery.services import person_export
from gallery.views.asked import person_of
from gallery.views.http import Request, as_download
from gallery.views.sending import step_by_step


@login_required
@require_GET
async def export_person(request: Request, pk: int) -> HttpResponseBase:
    person: Person = await sync_to_async(person_of)(request, pk)
    parts = step_by_step(person_export.parts(person))
    response = StreamingHttpResponse(parts, content_type="application/zip")
    return as_download(response, f"{person.name}.zip")
