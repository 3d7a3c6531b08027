// Once a face has been named, confirmed, refused or unnamed, the focus goes on to the next one that asks something: as
// soon as the answer is sent, so that what is typed or pressed before the server has replied is meant for that one.

import { goTo } from "./focus.js";
import { afterAnswer, whenSent } from "./swaps.js";
import { announce } from "./toasts.js";

// What has to be answered before anything else: a name that was refused, or that several people bear.
const isAskedBack = (entry) => Boolean(entry?.querySelector(".field-error, [data-which]"));

function kindOf(form) {
  // Put aside by a press: on with what asks for one.
  if ("putAside" in form.dataset || form.querySelector("[data-confirm]")) return "confirm";
  if (form.querySelector("[data-refuse]")) return "refuse";
  return form.querySelector("[data-unname]") ? "unname" : "name";
}

const fieldOf = (entry) => entry.querySelector(".name-form input[name=name]");
const isOpen = (entry) => entry.dataset.state !== "named" && entry.checkVisibility();

// Where to go on with this face, for whoever has just typed or pressed. One that has its name asks nothing: it is stood
// at, not its link, which would lead away from the photo.
function control(entry, kind) {
  const which = entry.querySelector("[data-which] button");
  if (which) return which;
  const [field, confirm] = [fieldOf(entry), entry.querySelector("[data-confirm]")];
  // A field would bring a keyboard over the photo, to whoever has just pressed a button.
  if (kind === "confirm" && !confirm && matchMedia("(pointer: coarse)").matches) return entry;
  if (entry.dataset.state === "unknown" && (kind !== "confirm" || !confirm)) return field;
  return confirm ?? entry;
}

// Hands that type stay at fields, and hands that press at buttons, as long as there are any.
function nextOf(entries, current, kind) {
  const at = entries.indexOf(current);
  const onwards = [...entries.slice(at + 1), ...entries.slice(0, Math.max(at, 0))].filter(isOpen);
  const suits = (entry) => control(entry, kind).matches(kind === "confirm" ? "[data-confirm]" : "input");
  return onwards.find(suits) ?? onwards[0];
}

// Refused or unnamed: the question "who, then?" is about the same face.
const staysAt = (current, kind) => kind === "refuse" || kind === "unname" || isAskedBack(current);

const idOf = (place) => place?.ids.find((each) => /^face-\d+$/.test(each));
const isBeingTyped = (place) => place.element.matches("input") && place.element.value !== "";

// The focus has gone on already: back to what was not taken, unless somebody types by now, or on from what asks no more.
function settle(entries, { current, kind, went }, focused) {
  if (!focused || idOf(focused) !== went || isBeingTyped(focused)) return null;
  if (isAskedBack(current)) return control(current, kind);
  const there = document.getElementById(went);
  if (there && isOpen(there)) return focused.element.checkVisibility() ? null : control(there, kind);
  const next = nextOf(entries, there ?? current, kind);
  return next ? control(next, kind) : null;
}

export function goOnNaming(id) {
  const entriesOf = () => [...document.querySelectorAll(`#${id} [data-entry]`)];
  // What is said of an emotion names nobody: the focus stays where it is.
  const answered = ({ form, place }) => ("keepsFocus" in form.dataset ? undefined : idOf(place));

  whenSent(id, (request) => {
    const current = document.getElementById(answered(request) ?? "");
    if (!current) return;
    // Now, as the answer makes other forms of it.
    const kind = (request.kind = kindOf(request.form));
    const next = staysAt(null, kind) ? null : nextOf(entriesOf(), current, kind);
    if (!next) return;
    request.went = next.id;
    goTo(control(next, kind), document.getElementById(id));
  });

  afterAnswer(id, (request, focused) => {
    const [entries, from, kind] = [entriesOf(), answered(request), request.kind];
    if (!from) return null;
    const current = entries.find((entry) => entry.id === from);
    if (kind === "name" && current && !isAskedBack(current)) current.querySelector(".face-rename")?.removeAttribute("open");
    // The focus goes on past what is offered here.
    const offer = current?.querySelector("[data-offer]");
    if (offer) announce(offer.textContent.replace(/\s+/g, " ").trim());
    if (request.went) return settle(entries, { current, kind, went: request.went }, focused);
    // Whoever went on by themselves is left there.
    if (focused && idOf(focused) !== from) return null;
    const next = staysAt(current, kind) ? current : (nextOf(entries, current, kind) ?? current);
    return next ? control(next, kind) : null;
  });
}
