// After a face has been named, confirmed, refused or unnamed, the focus goes on to the next one that asks something.

import { afterAnswer } from "./swaps.js";
import { announce } from "./toasts.js";

// What has to be answered before anything else: a name that was refused, or that several people bear.
const isAskedBack = (entry) => Boolean(entry?.querySelector(".field-error, [data-which]"));

function kindOf(form) {
  if (form.querySelector("[data-confirm]")) return "confirm";
  if (form.querySelector("[data-refuse]")) return "refuse";
  return form.querySelector("[data-unname]") ? "unname" : "name";
}

// Where to type or click next for this face. One that has its name asks nothing: it is stood at, not its link, which
// would lead away from the photo.
function control(entry) {
  const which = entry.querySelector("[data-which] button");
  if (which) return which;
  if (entry.dataset.state === "unknown") return entry.querySelector(".name-form input[name=name]");
  return entry.querySelector("[data-confirm]") ?? entry;
}

function nextEntry(entries, current, kind) {
  // Refused or unnamed: the question "who, then?" is about the same face.
  if (kind === "refuse" || kind === "unname" || isAskedBack(current)) return current;
  const at = entries.indexOf(current);
  const onwards = [...entries.slice(at + 1), ...entries.slice(0, Math.max(at, 0))];
  return onwards.find((entry) => entry.dataset.state !== "named") ?? current;
}

export function goOnNaming(id) {
  afterAnswer(id, ({ form, place: asked }, focused) => {
    const entries = [...document.querySelectorAll(`#${id} [data-entry]`)];
    const idOf = (place) => place?.ids.find((each) => /^face-\d+$/.test(each));
    const answered = idOf(asked);
    // What is said of an emotion names nobody: the focus stays where it is. So it does for who went on by themselves.
    if (!answered || "keepsFocus" in form.dataset) return null;
    if (focused && idOf(focused) !== answered) return null;
    const current = entries.find((entry) => entry.id === answered);
    const kind = kindOf(form);
    if (kind === "name" && current && !isAskedBack(current)) {
      current.querySelector(".face-rename")?.removeAttribute("open");
    }
    // The focus goes on past what is offered here.
    const offer = current?.querySelector("[data-offer]");
    if (offer) announce(offer.textContent.replace(/\s+/g, " ").trim());
    const next = nextEntry(entries, current, kind);
    return next ? control(next) : null;
  });
}
