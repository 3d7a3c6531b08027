"""Answers and news come in any order; what has the focus, is typed or is open stays or goes on."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.browser.conftest import DESKTOP, context_of, furnished, watched
from tests.site.photos import SAMPLES
from tests.site.process import Visitor, migrated

NEWS = "document.body.dispatchEvent(new CustomEvent('news'))"
FOCUSED = "document.activeElement.id || document.activeElement.tagName"
QUIET_MS = 450  # A little more than a second press is ignored for after the focus has gone on.


def crowds(folder: Path) -> list[Path]:
    """Write photos of four faces: each of two people twice."""
    photo = Image.new("RGB", (1600, 500))
    for index, name in enumerate(["obama.jpg", "biden.jpg", "obama.jpg", "biden.jpg"]):
        with Image.open(SAMPLES / name) as part:
            photo.paste(part.convert("RGB").resize((400, 500)), (400 * index, 0))
    paths = [folder / f"crowd-{number}.jpg" for number in range(2)]
    for number, path in enumerate(paths):
        photo.save(path, quality=95 - number)
    return paths


@pytest.fixture(scope="module")
def owner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    """The owner of two photos of four faces, an administrator: all that a page has takes the focus."""
    photos = crowds(tmp_path_factory.mktemp("photos"))
    data = tmp_path_factory.mktemp("site") / "data"
    site = migrated(tmp_path_factory, data, ANALYSIS_CHILDREN="1").start()
    yield furnished(Visitor(site).make_first_account(), photos)
    site.stop()


@pytest.fixture
def page(browser: Browser, owner: Visitor) -> Iterator[Page]:
    """A page of the owner's, whose console must stay free of errors."""
    with watched(context_of(browser, owner, viewport=DESKTOP)) as page:
        yield page


@pytest.fixture
def here(page: Page, owner: Visitor) -> Page:
    """A photo of four faces of which nobody has a name."""
    for number in re.findall(r"person-card.*?/people/(\d+)/", owner.page("/people/"), re.DOTALL):
        assert owner.post(f"/people/{number}/delete/").ok
    opened(page, "/photos/1/")
    expect(page.locator(".face[data-state=unknown]")).to_have_count(4)
    return page


@pytest.fixture
def asking(here: Page, owner: Visitor) -> Page:
    """The same photo when its third and fourth faces are guesses, and its first two have names."""
    assert owner.post("/photos/1/collage/", data={"is_collage": "yes"}).ok
    for number, name in ((1, "Barack"), (2, "Joseph")):
        form = face(here, number).locator("form[action$='/name/']")
        assert owner.post(form.get_attribute("action") or "", data={"name": name}).ok
    opened(here, here.url)
    expect(here.locator(".face[data-state=guess]")).to_have_count(2)
    return here


def face(page: Page, number: int) -> Locator:
    return page.locator(".face").nth(number - 1)


def confirm(page: Page, number: int) -> Locator:
    return face(page, number).get_by_role("button", name="Yes, this is")


def refuse(page: Page, number: int) -> Locator:
    return face(page, number).get_by_role("button", name="No, this is not")


class Gate:
    """Keeps requests to an address, or what the server answered to them, until they are let go."""

    def __init__(self, page: Page, pattern: str, *, answers: bool) -> None:
        self.held: list[Callable[[], None]] = []
        self.answers = answers
        self.is_open = False
        page.route(pattern, self._hold)

    def _hold(self, route: Route) -> None:
        if self.is_open:
            route.continue_()
        elif self.answers:
            response = route.fetch()  # The server has read and done it by now.
            self.held.append(lambda: route.fulfill(response=response))
        else:
            self.held.append(route.continue_)

    def open(self) -> None:
        """Let nothing wait from now on; what is held still is."""
        self.is_open = True


def count(page: Page, pattern: str) -> list[str]:
    """Collect the requests to that address."""
    found: list[str] = []
    page.on(
        "request",
        lambda request: found.append(request.url) if re.search(pattern, request.url) else None,
    )
    return found


def until(page: Page, true: Callable[[], object]) -> None:
    """Return as soon as it is so; Playwright's events come while it waits."""
    for _ in range(500):
        if true():
            return
        page.wait_for_timeout(20)
    raise AssertionError("Not so after 10 seconds.")


def news(page: Page) -> None:
    """Have the page hear of a change of its photo, and return when it has asked what it was."""
    with page.expect_response(re.compile("/progress/")):
        page.evaluate(NEWS)


def settled(page: Page) -> None:
    """Return when nothing is on its way to the page any more."""
    news(page)
    expect(page.locator(".htmx-request")).to_have_count(0)


def opened(page: Page, address: str) -> None:
    """Go there, and return when the page has asked what is new, as it does once its line stands."""
    with page.expect_response(re.compile("/progress/")):
        page.goto(address)
    expect(page.locator(".htmx-request")).to_have_count(0)


def test_news_that_comes_before_the_answer_waits_for_it(here: Page) -> None:
    gate = Gate(here, "**/emotion/", answers=True)
    asked = count(here, "/result/")
    here.locator("details.emotions summary").nth(1).click()
    word = face(here, 2).get_by_role("button", name="disgust", exact=True)
    word.focus()
    here.keyboard.press("Space")
    until(here, lambda: gate.held)
    news(here)
    here.wait_for_timeout(300)
    assert asked == []

    gate.held[0]()

    expect(word).to_have_attribute("aria-pressed", "true")
    until(here, lambda: asked)  # What it was about is fetched then.
    settled(here)
    expect(word).to_be_focused()
    expect(here.locator("details.emotions").nth(1)).to_have_attribute("open", "")
    expect(here.locator("#photo-image")).to_be_visible()
    here.keyboard.press("Space")
    until(here, lambda: len(gate.held) == 2)
    gate.held[1]()
    expect(word).to_have_attribute("aria-pressed", "false")
    expect(word).to_be_focused()


def test_an_answer_before_the_news_keeps_the_focus_through_both(here: Page) -> None:
    gate = Gate(here, "**/result/", answers=False)
    here.locator("details.emotions summary").nth(1).click()
    word = face(here, 2).get_by_role("button", name="fear", exact=True)
    word.focus()
    here.keyboard.press("Enter")
    expect(word).to_have_attribute("aria-pressed", "true")
    expect(word).to_be_focused()

    until(here, lambda: gate.held)
    gate.open()
    with here.expect_response("**/result/"):
        gate.held[0]()
    settled(here)

    expect(word).to_be_focused()
    expect(here.locator("details.emotions").nth(1)).to_have_attribute("open", "")
    here.wait_for_timeout(QUIET_MS)
    word.press("Enter")
    expect(word).to_have_attribute("aria-pressed", "false")


def test_news_that_was_on_its_way_when_something_was_said_does_not_take_it_back(
    here: Page,
) -> None:
    gate = Gate(here, "**/result/", answers=True)
    here.locator("details.emotions summary").first.click()
    here.evaluate("htmx.trigger(document.body, 'photo-1')")
    until(here, lambda: gate.held)  # Read by the server before the word was said.
    word = face(here, 1).get_by_role("button", name="fear", exact=True)

    word.press("Enter")
    expect(word).to_have_attribute("aria-pressed", "true")
    gate.held[0]()
    until(here, lambda: len(gate.held) > 1)  # It is asked for again instead.

    expect(word).to_have_attribute("aria-pressed", "true")
    expect(word).to_be_focused()
    gate.open()
    gate.held[1]()
    here.wait_for_timeout(QUIET_MS)
    word.press("Enter")
    expect(word).to_have_attribute("aria-pressed", "false")


def test_of_two_answers_the_one_that_was_read_later_stays(here: Page) -> None:
    gate = Gate(here, "**/name/", answers=True)
    for number, name in ((1, "Ada"), (2, "Grace")):
        field = here.get_by_label(f"Name of face {number}")
        field.fill(name)
        field.press("Enter")
        until(here, lambda: len(gate.held) == number)  # noqa: B023

    gate.held[1]()
    expect(face(here, 2)).to_have_attribute("data-state", "named")
    gate.held[0]()  # It knows nothing of Grace.
    settled(here)

    expect(face(here, 1).locator("h3")).to_contain_text("Ada")
    expect(face(here, 2).locator("h3")).to_contain_text("Grace")
    assert here.evaluate(FOCUSED) != "BODY"


@pytest.mark.parametrize("press", ["confirm", "refuse"])
def test_a_quick_second_enter_answers_nothing_else(asking: Page, press: str) -> None:
    address = asking.url
    posts = count(asking, "/(confirm|refuse|name)/$")
    button = confirm(asking, 3) if press == "confirm" else refuse(asking, 3)
    button.focus()

    for _ in range(3):
        asking.keyboard.press("Enter")
    after = "named" if press == "confirm" else "unknown"
    expect(face(asking, 3)).not_to_have_attribute("data-state", "guess")
    settled(asking)

    assert asking.url == address
    assert len(posts) == 1
    expect(face(asking, 3)).to_have_attribute("data-state", after)
    expect(face(asking, 4)).to_have_attribute("data-state", "guess")
    if press == "confirm":
        expect(confirm(asking, 4)).to_be_focused()
    else:
        expect(asking.get_by_label("Name of face 3")).to_be_focused()


def test_guess_after_guess_is_confirmed_and_the_last_leads_nowhere(asking: Page) -> None:
    address = asking.url
    confirm(asking, 3).focus()
    asking.keyboard.press("Enter")
    expect(confirm(asking, 4)).to_be_focused()
    asking.wait_for_timeout(QUIET_MS)  # Somebody reads the question.
    asking.keyboard.press("Enter")

    expect(asking.locator(".face[data-state=named]")).to_have_count(4)
    expect(face(asking, 4)).to_be_focused()
    asking.wait_for_timeout(QUIET_MS)
    asking.keyboard.press("Enter")
    settled(asking)
    assert asking.url == address
    expect(face(asking, 4)).to_be_focused()


def test_names_typed_without_waiting_for_the_answers_reach_one_face_each(here: Page) -> None:
    gate = Gate(here, "**/name/", answers=True)
    here.get_by_label("Name of face 1").focus()
    for name in ("Ada", "Grace", "Linus"):
        here.keyboard.type(name)
        here.keyboard.press("Enter")
    here.keyboard.type("Mar")
    field = here.get_by_label("Name of face 4")
    expect(field).to_be_focused()
    until(here, lambda: len(gate.held) == 3)

    gate.held[0]()
    expect(face(here, 1)).to_have_attribute("data-state", "named")
    here.keyboard.type("garet")
    gate.open()
    here.keyboard.press("Enter")
    expect(here.locator(".face[data-state=named]")).to_have_count(4)
    for late in gate.held[1:]:
        late()
    settled(here)

    names = ["Ada", "Grace", "Linus", "Margaret"]
    assert here.locator(".face h3 a").all_inner_texts() == names
    expect(here.locator(".face-rename[open]")).to_have_count(0)


def test_a_name_that_was_not_taken_has_the_focus_back_unless_somebody_types(here: Page) -> None:
    gate = Gate(here, "**/name/", answers=True)
    too_long = "x" * 101
    here.get_by_label("Name of face 1").fill(too_long)
    here.get_by_label("Name of face 1").press("Enter")
    expect(here.get_by_label("Name of face 2")).to_be_focused()
    until(here, lambda: gate.held)
    gate.held[0]()
    expect(here.get_by_label("Name of face 1")).to_be_focused()

    here.wait_for_timeout(QUIET_MS)  # Somebody reads the reason.
    here.keyboard.press("Enter")
    expect(here.get_by_label("Name of face 2")).to_be_focused()
    here.keyboard.type("Gr")
    until(here, lambda: len(gate.held) == 2)
    gate.held[1]()
    settled(here)
    expect(here.get_by_label("Name of face 2")).to_be_focused()
    expect(here.get_by_label("Name of face 2")).to_have_value("Gr")
    expect(face(here, 1).get_by_role("alert")).to_be_visible()
    expect(here.get_by_label("Name of face 1")).to_have_value(too_long)


def test_letters_typed_at_a_question_confirm_nothing(asking: Page) -> None:
    posts = count(asking, "/(confirm|refuse|name)/$")
    confirm(asking, 3).focus()
    asking.keyboard.press("Enter")
    expect(confirm(asking, 4)).to_be_focused()  # Before the answer has come.
    asking.keyboard.type("Joe")
    asking.keyboard.press("Enter")
    expect(face(asking, 3)).to_have_attribute("data-state", "named")
    settled(asking)

    assert len(posts) == 1
    expect(face(asking, 4)).to_have_attribute("data-state", "guess")


def test_a_double_click_on_confirm_answers_once(asking: Page) -> None:
    address = asking.url
    posts = count(asking, "/(confirm|refuse|name)/$")

    confirm(asking, 3).dblclick()
    expect(face(asking, 3)).to_have_attribute("data-state", "named")
    settled(asking)

    assert (asking.url, len(posts)) == (address, 1)
    expect(face(asking, 4)).to_have_attribute("data-state", "guess")


def test_a_key_that_is_held_down_presses_once(asking: Page) -> None:
    posts = count(asking, "/(confirm|refuse|name)/$")
    confirm(asking, 3).focus()
    asking.keyboard.down("Enter")
    expect(face(asking, 3)).to_have_attribute("data-state", "named")
    asking.wait_for_timeout(QUIET_MS)
    asking.keyboard.down("Enter")  # Held: the browser repeats it.
    asking.keyboard.down("Enter")
    asking.keyboard.up("Enter")
    settled(asking)
    assert len(posts) == 1


def test_news_comes_in_once_nobody_types_and_takes_nothing_away(here: Page) -> None:
    here.locator("details.emotions summary").nth(2).click()
    field = here.get_by_label("Name of face 2")
    field.focus()
    here.keyboard.type("Grase")
    field.evaluate("field => field.setSelectionRange(3, 3)")
    element = field.element_handle()

    with here.expect_response("**/result/"):
        here.evaluate("htmx.trigger(document.body, 'photo-1')")
    here.keyboard.type("c")
    expect(field).to_have_value("Gracse")
    expect(field).to_be_focused()
    with here.expect_request("**/result/"):
        here.get_by_role("heading", level=1).click()

    settled(here)
    expect(field).to_have_value("Gracse")
    assert field.evaluate("(field, before) => field === before", element)
    expect(here.locator("details.emotions").nth(2)).to_have_attribute("open", "")


def test_an_answer_leaves_the_very_field_that_is_typed_in(here: Page) -> None:
    gate = Gate(here, "**/name/", answers=False)
    here.get_by_label("Name of face 1").fill("Ada")
    here.get_by_label("Name of face 1").press("Enter")
    until(here, lambda: gate.held)
    field = here.get_by_label("Name of face 3")
    field.focus()
    here.keyboard.type("Gr")
    element = field.element_handle()

    gate.held[0]()
    expect(face(here, 1)).to_have_attribute("data-state", "named")
    here.keyboard.type("ace")

    # An input method that is composing a letter would break off at another element.
    assert field.evaluate("(field, before) => field === before", element)
    expect(field).to_have_value("Grace")
    expect(field).to_be_focused()


def test_what_an_answer_complained_of_stays_to_be_read(asking: Page) -> None:
    somebody_else = "field => field.value = 999999"  # As if another tab had changed the guess.
    face(asking, 3).locator("input[name=person]").first.evaluate(somebody_else)
    confirm(asking, 3).press("Enter")
    alert = face(asking, 3).get_by_role("alert")
    expect(alert).to_have_text("The guess has changed meanwhile. Look again.")
    expect(confirm(asking, 3)).to_be_focused()

    with asking.expect_response("**/result/"):
        asking.evaluate("htmx.trigger(document.body, 'photo-1')")
    settled(asking)
    expect(alert).to_be_visible()
    expect(confirm(asking, 3)).to_be_focused()

    asking.wait_for_timeout(QUIET_MS)
    confirm(asking, 3).press("Enter")
    expect(face(asking, 3)).to_have_attribute("data-state", "named")
    expect(alert).to_have_count(0)


def test_a_card_keeps_the_focus_when_it_is_made_anew(page: Page) -> None:
    page.goto("/library/")
    link = page.locator(".card-link").first
    link.focus()
    number = link.evaluate("link => link.id.split('-')[1]")
    with page.expect_response(f"**/photos/cards/?*{number}*"):
        page.evaluate(f"htmx.trigger(document.body, 'photos', {{keys: [{number}]}})")
    settled(page)
    expect(link).to_be_focused()


def test_work_that_ends_hands_the_focus_to_its_row(page: Page) -> None:
    page.goto("/networks/")
    row = '<li class="work-row" id="work-7" tabindex="-1" data-work="7" data-state="{}">{}</li>'
    stop = '<button id="stop-7" type="button">Stop</button>'
    states = [row.format("running", f"<p data-title>A</p><p data-sentence>B</p>{stop}")]
    body = (
        '<section class="work" id="work" hx-get="/networks/tasks/live/"'
        ' hx-trigger="every 20s" hx-swap="outerHTML"><ul>{}</ul></section>'
    )
    page.route(
        "**/networks/tasks/live/",
        lambda route: route.fulfill(content_type="text/html", body=body.format(states[-1])),
    )
    poll = "htmx.ajax('GET', '/networks/tasks/live/', {source: '#work', target: '#work'})"
    page.evaluate(poll)
    button = page.locator("#stop-7")
    button.focus()
    element = button.element_handle()
    page.evaluate(poll)
    expect(button).to_be_focused()
    assert button.evaluate("(button, before) => button === before", element)

    states.append(row.format("done", "<p data-title>A</p><p data-sentence>Done.</p>"))
    page.evaluate(poll)
    expect(button).to_have_count(0)
    expect(page.locator("#work-7")).to_be_focused()


def test_a_form_of_the_networks_page_keeps_what_was_chosen_and_the_focus(page: Page) -> None:
    page.goto("/networks/")
    page.locator("#compare > summary").click()
    names = page.locator("#compare_one option").evaluate_all("all => all.map((one) => one.value)")
    chosen = page.locator("#compare_one")
    chosen.select_option(names[-1])
    chosen.focus()
    with page.expect_response("**/networks/"):
        page.evaluate("document.body.dispatchEvent(new CustomEvent('networks'))")
    expect(page.locator(".htmx-request")).to_have_count(0)
    expect(chosen).to_have_value(names[-1])
    expect(chosen).to_be_focused()
    expect(page.locator("#compare")).to_have_attribute("open", "")


LIVE = """() => [...document.querySelectorAll("[hx-get]")].flatMap((part) =>
  [...part.querySelectorAll("a[href], button, input:not([type=hidden]), select, summary")]
    .filter((element) => !element.id && !(element.matches("summary") && element.parentElement.id))
    .map((element) => element.outerHTML.slice(0, 120)))"""


def test_whatever_takes_the_focus_in_a_part_that_changes_can_be_told_apart(asking: Page) -> None:
    page = asking
    page.goto("/people/")
    somebody = page.locator(".person-card").first.get_attribute("href")
    assert somebody is not None
    for path in ("/", "/library/", "/photos/1/", "/people/", somebody, "/networks/", "/work/"):
        page.goto(path)
        found: list[Any] = page.evaluate(LIVE)
        assert found == [], f"{path}: {json.dumps(found, indent=1)}"
