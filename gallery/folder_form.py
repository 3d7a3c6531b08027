"""The form by which an administrator has photos taken from a folder on the server."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy as _


class FolderForm(forms.Form):
    """A folder on the server, whose library its photos go into, and how."""

    path = forms.CharField(
        label=_("Folder"),
        max_length=1000,
        widget=forms.TextInput(attrs={"list": "allowed-folders", "autocomplete": "off"}),
    )
    owner = forms.ModelChoiceField(
        label=_("Into the library of"),
        queryset=User.objects.filter(is_active=True).order_by("username"),
    )
    in_place = forms.BooleanField(
        label=_("Read them where they lie"),
        help_text=_("Otherwise they are copied, which takes as much room again."),
        required=False,
        initial=True,
    )
    by_folder = forms.BooleanField(
        label=_("An album for each folder in it"),
        required=False,
    )

    is_watched = forms.BooleanField(
        label=_("Keep watching it"),
        help_text=_("What comes, moves or goes in it later is taken in by itself."),
        required=False,
    )

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(data, initial={"owner": user.pk})
