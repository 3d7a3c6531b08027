"""Forms for accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.forms import UserCreationForm
from django.contrib.auth.models import User

if TYPE_CHECKING:
    Base = UserCreationForm[User]
else:
    Base = UserCreationForm


class AccountForm(Base):
    """A name and a password, twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].help_text = ""
        self.fields["password1"].help_text = "At least 8 characters, and no common password."
        self.fields["password2"].help_text = ""

    class Meta:
        model = User
        fields = ["username"]


class FirstAccountForm(AccountForm):
    """The account that may make others."""

    def save(self, commit: bool = True) -> Any:
        self.instance.is_staff = self.instance.is_superuser = True
        return super().save(commit)


class NewAccountForm(AccountForm):
    """What an administrator fills in for somebody else."""

    class Meta(AccountForm.Meta):
        fields = ["username", "is_staff"]
        labels = {"is_staff": "Administrator"}
        help_texts = {"is_staff": "May add accounts. Photos stay private to their owner."}
