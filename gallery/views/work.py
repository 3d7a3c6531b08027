"""Work in the background, whatever it is: how far it is, what came of it, and what one may do about it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gallery import kinds, lists
from gallery.jobs import queue, tasks
from gallery.kinds import TaskRefused, Work
from gallery.models import Photo
from gallery.services import photos
from gallery.services import work as services
from gallery.views.http import Request

PAGE = 50


@login_required
@require_safe
def work(request: Request) -> HttpResponse:
    return render(request, "work/list.html", _listed(request))


@login_required
@require_safe
def work_list(request: Request) -> HttpResponse:
    return render(request, "work/_list.html", _listed(request))


@login_required
@require_safe
def task(request: Request, pk: int) -> HttpResponse:
    return render(request, "work/task.html", _context(request, pk))


@login_required
@require_safe
def task_live(request: Request, pk: int) -> HttpResponse:
    return render(request, "work/_live.html", _context(request, pk))


@login_required
@require_POST
def stop_task(request: Request, pk: int) -> HttpResponse:
    one = _visible(request, pk)
    if services.stop(one.task):
        messages.success(request, _("%(title)s was stopped.") % {"title": one.title})
    else:
        messages.warning(request, _("It had ended already."))
    return _answer(request, one)


@login_required
@require_POST
def go_on_task(request: Request, pk: int) -> HttpResponse:
    one = _visible(request, pk)
    try:
        services.go_on(one.task)
    except TaskRefused as refusal:
        messages.error(request, f"{refusal}")
    else:
        messages.success(request, _("%(title)s goes on.") % {"title": one.title})
    return _answer(request, one)


@login_required
@require_POST
def dismiss_task(request: Request, pk: int) -> HttpResponse:
    one = _visible(request, pk)
    try:
        services.dismiss(one.task)
    except TaskRefused as refusal:
        messages.error(request, f"{refusal}")
    return _answer(request, one)


@login_required
@require_POST
def discard_task(request: Request, pk: int) -> HttpResponse:
    one = _visible(request, pk)
    try:
        services.discard(one.task)
    except TaskRefused as refusal:
        messages.error(request, f"{refusal}")
        return redirect("task", pk)
    messages.success(request, _("%(title)s was discarded.") % {"title": one.title})
    return redirect(one.home)


@login_required
@require_POST
def try_photo_again(request: Request, pk: int) -> HttpResponse:
    """Analyse a photo again that failed, by the methods that it failed with."""
    photos.analyse_again(get_object_or_404(Photo.objects.visible_to(request.user), pk=pk))
    return _answer(request)


@login_required
@require_POST
def dismiss_photo(request: Request, pk: int) -> HttpResponse:
    queue.dismiss_failed(get_object_or_404(Photo.objects.visible_to(request.user), pk=pk))
    return _answer(request)


@login_required
@require_POST
def try_photos_again(request: Request) -> HttpResponse:
    queue.retry_failed(request.user.pk)
    return _answer(request)


def _listed(request: Request) -> dict[str, Any]:
    failed = Paginator(lists.work.failed_photos(request.user), PAGE)
    page = failed.get_page(request.GET.get("page") or request.POST.get("page"))
    asked = lists.lost.of_all(request.user)
    return {"work": lists.work.of_owner(request.user), "failed": page, "question": asked}


def _answer(request: Request, one: Work | None = None) -> HttpResponse:
    """Show the list anew, in its place where htmx asked, or lead back to where the form was."""
    if request.htmx:
        return render(request, "work/_list.html", _listed(request))
    if one is not None:
        return redirect(_page(request, one))
    page = request.POST.get("page", "")
    return redirect(f"{reverse('work')}?page={page}" if page.isdecimal() else "work")


def _visible(request: Request, pk: int) -> Work:
    found = tasks.visible_to(request.user).select_related("owner")
    return kinds.of(get_object_or_404(found, pk=pk))


def _context(request: Request, pk: int) -> dict[str, Any]:
    one = _visible(request, pk)
    return {"one": one, "here": reverse("task", args=[pk])} | one.context(request.user)


def _page(request: Request, one: Work) -> str:
    """Return the address of the page that the form was on."""
    match request.POST.get("back"):
        case "task":
            return reverse("task", args=[one.task.pk])
        case "home":
            return f"{reverse(one.home)}#work"
        case _:
            return reverse("work")
