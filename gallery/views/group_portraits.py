"""Pictures of somebody that show several faces: which one is theirs is asked, a picture at a time."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gallery import lists
from gallery.models import Face, GroupPortrait
from gallery.models.group_portrait import GroupPortraitQuerySet
from gallery.services import people, portraits
from gallery.views.http import Request, key_of
from gallery.views.photos import faces_of


@login_required
@require_safe
def group_portraits(request: Request) -> HttpResponse:
    """Lead to the first picture that is asked about, to the people where none is."""
    first = _asked(request).first()
    return redirect("group_portrait", first.pk) if first else redirect("people")


@login_required
@require_safe
def group_portrait(request: Request, pk: int) -> HttpResponse:
    group = get_object_or_404(_mine(request), pk=pk)
    others = [key for key in _asked(request).values_list("pk", flat=True) if key != pk]
    # Round and round: whoever does not know now goes on, and comes back.
    later = next((key for key in others if key > pk), others[0] if others else None)
    context = {
        "group": group,
        "photo": group.photo,
        "faces": faces_of(group.photo),
        "others": len(others),
        "later": later,
    }
    return render(request, "gallery/group_portrait.html", context)


@login_required
@require_POST
def choose_face(request: Request, pk: int) -> HttpResponse:
    """Know the person by the face that the form names."""
    group = _still_asked(request, pk)
    if group is None:
        return redirect("group_portraits")
    key = key_of(request.POST.get("face", "")) or 0
    face = get_object_or_404(Face.objects.filter(photo=group.photo), pk=key)
    try:
        messages.success(request, f"{portraits.choose(group=group, face=face)}")
    except people.NameRefused as refusal:
        messages.error(request, f"{refusal}")
        return redirect("group_portrait", pk)
    return redirect("group_portraits")


@login_required
@require_POST
def dismiss_group_portrait(request: Request, pk: int) -> HttpResponse:
    """Ask no more about a picture: no face on it is the person's."""
    group = _still_asked(request, pk)
    if group is not None:
        portraits.dismiss(group)
    return redirect("group_portraits")


def _asked(request: Request) -> GroupPortraitQuerySet:
    return lists.people.group_portraits(request.user)


def _mine(request: Request) -> GroupPortraitQuerySet:
    mine = GroupPortrait.objects.visible_to(request.user)
    return mine.select_related("photo__job", "person")


def _still_asked(request: Request, pk: int) -> GroupPortrait | None:
    """Return what the form is about, None where that was answered meanwhile, as by a second press."""
    group = _mine(request).filter(pk=pk).first()
    if group is None:
        messages.info(request, _("This picture is not asked about any more."))
    return group
