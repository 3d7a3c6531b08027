"""The administrators' pages about emotion networks: which there are, how right they are, and new ones."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gallery import installed, lists
from gallery.forms import ComparisonForm, NetworkUploadForm, TrainingForm
from gallery.kinds import TaskRefused
from gallery.models import Network, Task
from gallery.services import age_tasks
from gallery.services import network_tasks as background
from gallery.services import networks as services
from gallery.services.networks import Listed, NetworkRefused
from gallery.views.http import Request, for_administrators

# A picture is shown by <img>, and does nothing where somebody opens it by itself.
PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


@for_administrators
@require_safe
def networks(request: Request) -> HttpResponse:
    return _list(request)


@for_administrators
@require_safe
def networks_tasks(request: Request) -> HttpResponse:
    context = {"work": lists.work.begun_on("networks", request.user)}
    return render(request, "networks/_tasks.html", context)


@for_administrators
@require_safe
def network(request: Request, name: str) -> HttpResponse:
    found = services.listed()
    shown = _named(found, name)
    context = {"network": shown, "default": found[0], "evaluation": _evaluation(shown)}
    return render(request, "networks/network.html", context)


@for_administrators
@require_safe
def network_picture(request: Request, name: str, file: str) -> HttpResponse:
    path = services.picture(name, file)
    if path is None:
        raise Http404
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise Http404 from error
    headers = {"Content-Security-Policy": PICTURE_POLICY, "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type="image/svg+xml", headers=headers)


@for_administrators
@require_POST
def recommend_network(request: Request, name: str) -> HttpResponse:
    shown = _named(services.listed(), name)
    try:
        services.recommend(user=request.user, name=name)
    except NetworkRefused as refusal:
        messages.error(request, f"{refusal}")
    else:
        messages.success(
            request,
            _(
                "%(network)s is the default for new photos now. "
                "Tell the emotions again to have it tell those that are here."
            )
            % {"network": shown.title},
        )
    return redirect("networks")


@for_administrators
@require_POST
def delete_network(request: Request, name: str) -> HttpResponse:
    try:
        services.delete(get_object_or_404(Network, name=name))
    except NetworkRefused as refusal:
        messages.error(request, f"{refusal}")
        return redirect("network", name)
    messages.success(request, _("%(name)s was deleted.") % {"name": name})
    return redirect("networks")


@for_administrators
@require_POST
def add_network(request: Request) -> HttpResponse:
    form = NetworkUploadForm(request.POST, request.FILES, auto_id="upload_%s")
    task = _begun(request, form, background.upload)
    if task is None:
        return _list(request, upload_form=form)
    messages.success(
        request, _("%(name)s is being checked, which takes a minute.") % task.arguments
    )
    return _to_the_work()


@for_administrators
@require_POST
def train_network(request: Request) -> HttpResponse:
    form = TrainingForm(request.POST, user=request.user)
    task = _begun(request, form, background.train)
    return redirect("task", task.pk) if task else _list(request, training_form=form)


@for_administrators
@require_POST
def compare_networks(request: Request) -> HttpResponse:
    form = ComparisonForm(request.POST, found=services.listed())
    task = _begun(request, form, background.compare)
    return redirect("task", task.pk) if task else _list(request, comparison_form=form)


@for_administrators
@require_POST
def tell_emotions_again(request: Request) -> HttpResponse:
    try:
        background.tell_again(user=request.user)
    except TaskRefused as refusal:
        messages.error(request, f"{refusal}")
    return _to_the_work()


@for_administrators
@require_POST
def tell_ages_again(request: Request) -> HttpResponse:
    try:
        age_tasks.tell_again(user=request.user)
    except TaskRefused as refusal:
        messages.error(request, f"{refusal}")
    return _to_the_work()


def _list(request: Request, **sent: forms.Form) -> HttpResponse:
    """Show the list, with a form that was sent and refused in the place of an empty one."""
    found = services.listed()
    faces = background.face_counts()
    context: dict[str, Any] = {
        "networks": found,
        "default": found[0],
        "work": lists.work.begun_on("networks", request.user),
        "faces": faces,
        "aged_otherwise": age_tasks.face_count(),
        "datasets": installed.datasets(),
        "upload_form": NetworkUploadForm(auto_id="upload_%s"),
        "training_form": sent.get("training_form") or TrainingForm(user=request.user),
        "comparison_form": sent.get("comparison_form") or ComparisonForm(found=found),
    }
    return render(request, "networks/list.html", context | sent)


def _begun(request: Request, form: forms.Form, begin: Callable[..., Task]) -> Task | None:
    """Begin what a form asks for; None where it is refused, and the form then says why."""
    if not form.is_valid():
        return None
    try:
        return begin(user=request.user, **form.cleaned_data)
    except TaskRefused as refusal:
        form.add_error(None, f"{refusal}")
        return None


def _named(found: list[Listed], name: str) -> Listed:
    for one in found:
        if one.name == name:
            return one
    raise Http404


def _evaluation(shown: Listed) -> str:
    """Return the command that makes a report on the network; none for ours, which come with theirs."""
    if shown.origin == f"{services.OURS}":
        return ""
    folder = installed.networks() / shown.name
    data = next(iter(background.datasets()), "")
    words = [shown.name, installed.datasets() / data if data else "fer2013.csv", "--out", folder]
    return shlex.join([".venv/bin/python", "manage.py", "evaluate_emotion", *map(str, words)])


def _to_the_work() -> HttpResponse:
    return redirect(f"{reverse('networks')}#work")
