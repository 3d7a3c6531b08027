"""Forms for accounts, and for choosing methods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.forms import UserCreationForm
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from analysis.methods import DEFAULT, Available, Choice, available
from analysis.weights import INSTALLED, Weights

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


# What each stage is called, and what it is for.
STAGES = {
    "detector": ("Detector", "Finds the faces."),
    "landmarks": ("Landmarks", "Marks eyes, nose and mouth."),
    "encoder": ("Encoder", "Measures a face, so that people can be recognised."),
    "age_gender": ("Age and gender", "Guesses both from how a face looks."),
    "emotion": ("Emotion", "Guesses the expression."),
}


class MethodSelect(forms.Select):
    """A select whose options may be shown without being choosable."""

    closed: Set[str] = frozenset()

    def create_option(self, name: str, value: Any, *args: Any, **options: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **options)
        option["attrs"]["disabled"] = value in self.closed
        return option


class MethodField(forms.ChoiceField):
    """One of a stage's methods; one whose files are missing is refused with the sentence about them.

    `gone` is the name of a chosen method that is not there any more.
    """

    widget = MethodSelect

    def __init__(self, stage: str, options: Sequence[Available], chosen: str) -> None:
        recommended = DEFAULT.by_stage()[stage]
        names = {option.name for option in options}
        label, about = STAGES[stage]
        self.missing = [option for option in options if option.missing]
        self.gone = chosen if chosen and chosen not in names else ""
        super().__init__(
            label=label,
            help_text=about,
            initial=chosen if chosen in names else recommended,
            choices=[(option.name, _words(option, recommended)) for option in options],
        )
        # The chosen one stays choosable: a browser would send nothing in its place.
        self.widget.closed = {option.name for option in self.missing} - {chosen}

    def validate(self, value: str) -> None:
        super().validate(value)
        for option in self.missing:
            if option.name == value:
                raise ValidationError(f"{option.title} cannot be used yet. {option.missing}")


class MethodsForm(forms.Form):
    """A method for each stage; `chosen` names those to begin with, where they are not the recommended."""

    def __init__(
        self, data: Any = None, *, chosen: Mapping[str, str], weights: Weights = INSTALLED
    ) -> None:
        super().__init__(data)
        for stage, options in available(weights).items():
            self.fields[stage] = MethodField(stage, options, chosen.get(stage, ""))

    @property
    def choice(self) -> Choice:
        """The methods chosen in a form that is valid."""
        return Choice(**self.cleaned_data)


def _words(option: Available, recommended: str) -> str:
    """Return what the select shows, the most important first: a phone cuts off the rest."""
    words = option.title
    if option.missing:
        words += " (files missing)"
    elif option.name == recommended:
        words += " (recommended)"
    return f"{words}: {option.about}" if option.about else words
