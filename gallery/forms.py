"""Forms for accounts, for choosing methods, and for emotion networks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.forms import UserCreationForm
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from analysis.available import Available, available
from analysis.methods import Choice
from analysis.results import Box
from analysis.weights import Weights
from gallery import installed
from gallery.models import Recommendation
from gallery.services import corrections as corrected_faces
from gallery.services import network_tasks, networks
from gallery.words import Words

if TYPE_CHECKING:
    Base = UserCreationForm[User]
else:
    Base = UserCreationForm


class AccountForm(Base):
    """A name and a password, twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].help_text = ""
        self.fields["password1"].help_text = _("At least 8 characters, and no common password.")
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
        labels = {"is_staff": _("Administrator")}
        help_texts = {
            "is_staff": _("May add accounts and networks. Photos stay private to their owner.")
        }


class SharingForm(forms.Form):
    """Whether a person's corrections are shared with those who train networks."""

    shares_corrections = forms.BooleanField(
        label=_("Let administrators train networks with these faces"),
        help_text=_(
            "They get the small grey crops and what you said of them, no photos and no names. "
            "What a network has learnt from them stays."
        ),
        required=False,
        # A page that was opened earlier must not give back a consent that was withdrawn since.
        show_hidden_initial=True,
    )


# What each stage is called, and what it is for.
STAGES = {
    "detector": (_("Detector"), _("Finds the faces.")),
    "landmarks": (_("Landmarks"), _("Marks eyes, nose and mouth.")),
    "encoder": (_("Encoder"), _("Measures a face, so that people can be recognised.")),
    "age_gender": (_("Age and gender"), _("Guesses both from how a face looks.")),
    "emotion": (_("Emotion"), _("Guesses the expression.")),
}


class BoxForm(forms.Form):
    """A box in pixels of the upright original, and whose face is in it, if that is said."""

    left = forms.IntegerField(label=_("From the left"), min_value=-100_000, max_value=100_000)
    top = forms.IntegerField(label=_("From the top"), min_value=-100_000, max_value=100_000)
    width = forms.IntegerField(label=_("Width"), min_value=1, max_value=100_000)
    height = forms.IntegerField(label=_("Height"), min_value=1, max_value=100_000)
    name = forms.CharField(label=_("Whose face it is"), required=False)

    @property
    def box(self) -> Box:
        left, top, width, height = (
            self.cleaned_data[name] for name in ("left", "top", "width", "height")
        )
        return Box(left, top, left + width, top + height)


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

    def __init__(
        self, stage: str, options: Sequence[Available], chosen: str, recommended: str
    ) -> None:
        names = {option.name for option in options}
        label, about = STAGES[stage]
        self.options = [
            (option.name, gettext(option.title), gettext(option.about), option.name == recommended)
            for option in options
        ]
        self.missing = [
            option._replace(missing=Words.of(option.missing))
            for option in options
            if option.missing
        ]
        self.gone = chosen if chosen and chosen not in names else ""
        super().__init__(
            label=label,
            help_text=about,
            initial=chosen if chosen in names else recommended,
            # The recommended method may be another by the time that the form comes back.
            show_hidden_initial=True,
            choices=[(option.name, _words(option, recommended)) for option in options],
        )
        # The chosen one stays choosable: a browser would send nothing in its place.
        self.widget.closed = {option.name for option in self.missing} - {chosen}

    def validate(self, value: str) -> None:
        super().validate(value)
        for option in self.missing:
            if option.name == value:
                values = {"method": gettext(option.title), "reason": option.missing}
                raise ValidationError(gettext("%(method)s cannot be used yet. %(reason)s") % values)


class MethodsForm(forms.Form):
    """A method for each stage; `chosen` names those to begin with, where they are not the recommended."""

    def __init__(
        self, data: Any = None, *, chosen: Mapping[str, str], weights: Weights | None = None
    ) -> None:
        super().__init__(data)
        recommended = Recommendation.objects.choice().by_stage()
        for stage, options in available(weights or installed.weights()).items():
            chosen_here = chosen.get(stage, "")
            self.fields[stage] = MethodField(stage, options, chosen_here, recommended[stage])

    @property
    def choice(self) -> Choice:
        """The methods chosen in a form that is valid."""
        return Choice(**self.cleaned_data)

    @property
    def changed(self) -> dict[str, str]:
        """Those of them, by stage, that are not what the form showed at first."""
        return {stage: self.cleaned_data[stage] for stage in self.changed_data}


def _words(option: Available, recommended: str) -> str:
    """Return what the select shows: the name alone, as a phone cuts off what is longer."""
    words = gettext(option.title)
    if option.missing:
        words = gettext("%(method)s (files missing)") % {"method": words}
    elif option.name == recommended:
        words = gettext("%(method)s (recommended)") % {"method": words}
    return words


class NetworkUploadForm(forms.Form):
    """The file of an emotion network, and how it is to be called."""

    file = forms.FileField(
        label=_("File"),
        widget=forms.ClearableFileInput(
            attrs={
                "accept": ",".join(network_tasks.SUFFIXES),
                "data-most-bytes": network_tasks.MOST_BYTES,
            }
        ),
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=network_tasks.NAME_LENGTH,
        required=False,
        help_text=_("Letters, digits and hyphens. Empty: the name of the file."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class TrainingForm(forms.Form):
    """What to train, and on what; its fields are the arguments of `network_tasks.train`."""

    name = forms.CharField(
        label=_("Name"),
        max_length=network_tasks.NAME_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    recipe = forms.ChoiceField(
        label=_("Recipe"),
        help_text=_("On two cores, an epoch of FER2013 takes one to three minutes."),
    )
    corrections = forms.BooleanField(required=False)
    epochs = forms.IntegerField(
        label=_("Epochs"),
        required=False,
        min_value=1,
        max_value=network_tasks.MOST_EPOCHS,
        help_text=_("Empty: as many as the recipe says."),
    )
    seed = forms.IntegerField(
        label=_("Seed"),
        required=False,
        min_value=0,
        max_value=2**31 - 1,
        initial=0,
        help_text=_("The same seed and data give the same network."),
    )

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(data, auto_id="train_%s")
        recipe, corrections = self.fields["recipe"], self.fields["corrections"]
        assert isinstance(recipe, forms.ChoiceField)
        recipe.choices = [
            (name, _recipe(title, epochs))
            for name, (title, epochs) in network_tasks.RECIPES.items()
        ]
        # Declared here: a form's own attribute `data` is what was sent.
        self.fields["data"] = forms.MultipleChoiceField(
            required=False,
            choices=[(name, name) for name in network_tasks.datasets()],
            widget=forms.CheckboxSelectMultiple,
        )
        count = corrected_faces.corrected(user).count()
        corrections.label = ngettext(
            "The %(count)s face whose emotion people corrected here",
            "The %(count)s faces whose emotion people corrected here",
            count,
        ) % {"count": count}
        if not count:
            corrections.disabled = True
            corrections.label = gettext("Faces whose emotion people corrected here: none yet")

    def clean_seed(self) -> int:
        return self.cleaned_data["seed"] or 0


def _recipe(title: str, epochs: int) -> str:
    words = ngettext("%(recipe)s, %(epochs)s epoch", "%(recipe)s, %(epochs)s epochs", epochs)
    return words % {"recipe": capfirst(gettext(title)), "epochs": epochs}


class ComparisonForm(forms.Form):
    """Two networks that can be asked."""

    one = forms.ChoiceField(label=_("One"))
    other = forms.ChoiceField(label=_("The other"))

    def __init__(self, data: Any = None, *, found: Sequence[networks.Listed]) -> None:
        usable = [(one.name, one.title) for one in found if not one.missing]
        super().__init__(
            data, auto_id="compare_%s", initial={"other": usable[1][0] if usable[1:] else ""}
        )
        for field in self.fields.values():
            assert isinstance(field, forms.ChoiceField)
            field.choices = usable
