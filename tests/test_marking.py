"""Every sentence for people is marked for translation: in templates, scripts, and in what Python shows."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings

from tests import marking

TEMPLATES = settings.BASE_DIR / "templates"


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.stem)
def test_a_template_says_nothing_that_is_not_marked(path: Path) -> None:
    assert marking.in_template(path.read_text()) == []


SHOWS = [
    path
    for path in sorted((settings.BASE_DIR / "gallery").rglob("*.py"))
    # What operators read stays English; a vector that is none is no reader's fault.
    if not {"management", "migrations", "fields.py"} & set(path.parts)
]


@pytest.mark.parametrize("path", SHOWS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_python_says_nothing_to_people_that_is_not_marked(path: Path) -> None:
    assert marking.in_python(path.read_text()) == []


@pytest.mark.parametrize(
    "code",
    [
        'messages.error(request, "Choose a photo first.")',
        'messages.success(request, f"{name} was deleted.")',
        'forms.CharField(label="Name", max_length=3)',
        'raise NameRefused("Write a name first.")',
        'raise ValidationError({"name": ["Write one."]})',
        'raise NameRefused(_(f"There is already {name}."))',
        'messages.error(request, "A" if a else "Two words")',
    ],
)
def test_python_that_is_not_marked_is_found(code: str) -> None:
    assert len(marking.in_python(code)) == 1


@pytest.mark.parametrize(
    "code",
    [
        'messages.error(request, _("Choose a photo first."))',
        'messages.error(request, f"{refusal}")',
        'forms.CharField(label=_("Name"))',
        'raise NameRefused(_("There is already %(name)s.") % {"name": name})',
        'raise UploadRefused("duplicate", say("duplicate", filename=name))',
    ],
)
def test_python_that_is_marked_is_let_pass(code: str) -> None:
    assert marking.in_python(code) == []


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("<p>Try again</p>", "Try again"),
        ('<p>\n{% if a %}Yes{% endif %}\n</p>{% translate "No" %}', "Yes"),
        ('<button aria-label="Close">{% icon "x" %}</button>', "Close"),
        ('<input placeholder="{% if a %}Who{% endif %}">', "Who"),
        ('<meta name="description" content="A gallery">', "A gallery"),
        ("<p>{{ n }} {% blocktranslate %}photos{% endblocktranslate %} more</p>", "more"),
        ('{% include "x.html" with down="what it is" %}', "what it is"),
        ('{{ day|date:"j F Y" }}', "j F Y"),
    ],
)
def test_words_that_are_not_marked_are_found(template: str, words: str) -> None:
    assert [found for _, found in marking.in_template(template)] == [words]


@pytest.mark.parametrize(
    "template",
    [
        '<p class="a b" data-x="words here">{% translate "Try again" %} · Facesite</p>',
        "<p>{% blocktranslate trimmed count n=n %}{{ n }} photo{% plural %}more{% endblocktranslate %}</p>",
        "{# A remark for who reads this #}<p>{{ name }}, {{ n }} px</p>",
        "<code>manage.py serve</code>",
        '{% include "x.html" with down=_("what it is") %}{{ day|date:"DATE_FORMAT" }}',
    ],
)
def test_what_is_marked_or_no_sentence_is_let_pass(template: str) -> None:
    assert marking.in_template(template) == []


def test_a_sentence_that_is_glued_of_parts_is_found() -> None:
    [(line, found)] = marking.in_template("<b>\n{{ n }}{{ n|pluralize }}</b>")
    assert line == 2
    assert "glued" in found


@pytest.mark.parametrize(
    "path",
    sorted((settings.BASE_DIR / "static" / "js").glob("*.js")),
    ids=lambda path: path.name,
)
def test_a_script_says_nothing_that_is_not_marked(path: Path) -> None:
    assert marking.in_script(path.read_text()) == []


@pytest.mark.parametrize(
    "script",
    [
        'toast("You are signed out. Sign in again.", "error");',
        'link.textContent = "Retry";',
        "label.title = `Upload of ${file.name}`;",
        "count.textContent = `${total} photos`;",
        'count.textContent = `${total} photo${total === 1 ? "" : "s"}`;',
        "toast(gettext(`Upload of ${file.name}`));",
        'toast(ngettext("One photo", `${total} photos`, total));',
        'toast(url ? "Open it" : gettext("Gone."));',
        'toast(total.toLocaleString("en"));',
        'new Intl.ListFormat("en").format(parts);',
        "toast(day.toLocaleDateString());",
    ],
)
def test_a_script_that_is_not_marked_is_found(script: str) -> None:
    assert len(marking.in_script(script)) == 1


@pytest.mark.parametrize(
    "script",
    [
        'toast(gettext("You are signed out."), "error"); // It says "Sign in again".',
        'toast(\n  ngettext(\n    "{total} photo",\n    "{total} photos",\n    total,\n  ),\n);',
        'entry.querySelector(".name-form input[name=name]");',
        'if (event.key === "Enter" && !entry.matches(".upload row")) return;',
        'const OPEN = "a[href], button:enabled";',
        "chip.style.left = `${x}px`; size = `${number(bytes)} kB`;",
        'total.toLocaleString(lang); text.replace(/\\s+"/g, " ");',
    ],
)
def test_a_script_that_is_marked_or_says_nothing_is_let_pass(script: str) -> None:
    assert marking.in_script(script) == []
