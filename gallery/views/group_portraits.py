"""Pictures of somebody that show several faces: which one is theirs is asked, a picture at a time."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gallery import lists
from gallery.models import Face, GroupPortrait, Photo
from gallery.services import people, portraits
from gallery.views.http import Request, key_of, leading_to


@login_required
@require_safe
def group_portraits(request: Request) -> HttpResponse:
    """Lead to the first picture that is asked about, to the people where none is."""
    first = lists.people.group_portraits(request.user).first()
    return redirect(first) if first else redirect("people")


@login_required
@require_safe
def group_portrait(request: Request, pk: int, person: int) -> HttpResponse:
    group = _still_asked(request, pk, person)
    if group is None:
        return redirect("group_portraits")
    others = list(lists.people.group_portraits(request.user).exclude(pk=group.pk))
    # Round and round: whoever does not know now goes on, and comes back.
    later = next((one for one in others if one.pk > group.pk), others[0] if others else None)
    context = {
        "group": group,
        "photo": group.photo,
        "faces": lists.faces.of(group.photo),
        "others": len(others),
        "later": later,
    }
    return render(request, "gallery/group_portrait.html", context)


@login_required
@require_POST
def choose_face(request: Request, pk: int, person: int) -> HttpResponse:
    """Know the person by the face that the form names."""
    group = _still_asked(request, pk, person)
    if group is None:
        return redirect("group_portraits")
    key = key_of(request.POST.get("face", "")) or 0
    face = get_object_or_404(Face.objects.filter(photo=group.photo), pk=key)
    try:
        messages.success(request, f"{portraits.choose(group=group, face=face)}")
    except people.NameRefused as refusal:
        messages.error(request, leading_to(group.photo, f"{refusal}"))
        return redirect(group)
    return redirect("group_portraits")


@login_required
@require_POST
def dismiss_group_portrait(request: Request, pk: int, person: int) -> HttpResponse:
    """Ask no more about a picture: no face on it is the person's."""
    group = _still_asked(request, pk, person)
    if group is not None:
        portraits.dismiss(group)
    return redirect("group_portraits")


def _still_asked(request: Request, pk: int, person: int) -> GroupPortrait | None:
    """Return what is asked about a photo, None where that was answered meanwhile, as by a second press."""
    photo = get_object_or_404(Photo.objects.visible_to(request.user).select_related("job"), pk=pk)
    asked = GroupPortrait.objects.of_people_there().filter(photo=photo, person=person)
    group = asked.select_related("person").first()
    if group is None:
        messages.info(request, _("This picture is not asked about any more."))
    else:
        group.photo = photo
    return group
