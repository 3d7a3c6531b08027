"""The administrators' page about folders on the server that photos are taken from."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gallery import lists
from gallery.folder_form import FolderForm
from gallery.kinds import TaskRefused
from gallery.models import SourceFolder
from gallery.services.sources import folders as services
from gallery.services.sources.folders import FolderRefused
from gallery.views.http import Request, for_administrators


@for_administrators
@require_safe
def folders(request: Request) -> HttpResponse:
    return _list(request, FolderForm(user=request.user))


@for_administrators
@require_safe
def folders_tasks(request: Request) -> HttpResponse:
    context = {"work": lists.work.begun_on("folders", request.user)}
    return render(request, "folders/_tasks.html", context)


@for_administrators
@require_safe
def folders_rows(request: Request) -> HttpResponse:
    return render(request, "folders/_rows.html", {"folders": services.listed()})


@for_administrators
@require_POST
def add_folder(request: Request) -> HttpResponse:
    form = FolderForm(request.POST, user=request.user)
    if form.is_valid():
        try:
            services.take(user=request.user, **form.cleaned_data)
        except FolderRefused as refusal:
            form.add_error("path", f"{refusal}")
        except TaskRefused as refusal:
            form.add_error(None, f"{refusal}")
        else:
            messages.success(request, _("The folder is being looked through."))
            return redirect(f"{reverse('folders')}#work")
    return _list(request, form)


@for_administrators
@require_POST
def look_again(request: Request, pk: int) -> HttpResponse:
    folder = get_object_or_404(SourceFolder, pk=pk)
    try:
        services.look_again(user=request.user, folder=folder)
    except (FolderRefused, TaskRefused) as refusal:
        messages.error(request, f"{refusal}")
    return redirect(f"{reverse('folders')}#work")


@for_administrators
@require_POST
def watch_folder(request: Request, pk: int) -> HttpResponse:
    """Have a folder watched, or no more, as the form says."""
    folder = get_object_or_404(SourceFolder, pk=pk)
    try:
        services.watch(folder=folder, is_on="on" in request.POST)
    except FolderRefused as refusal:
        messages.error(request, f"{refusal}")
    return redirect(f"{reverse('folders')}#watch-{pk}")


def _list(request: Request, form: FolderForm) -> HttpResponse:
    context = {
        "folders": services.listed(),
        "allowed": services.allowed(),
        "form": form,
        "work": lists.work.begun_on("folders", request.user),
    }
    status = 422 if form.is_bound else 200
    return render(request, "folders/list.html", context, status=status)
