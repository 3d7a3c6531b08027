// The search box: what the word that is being typed may be going to be, chosen by arrows and Enter or by a press, and a
// key that leads there. Without this script the form sends what was typed.

import { onKey } from "./keys.js";
import { announce } from "./toasts.js";
import { fill, ngettext } from "./words.js";

const WAIT = 120; // ms without a key, after which it is asked
// A page whose library is empty has no box.
const field = document.getElementById("search-q");
const list = document.getElementById("search-suggestions");
const options = () => [...list.querySelectorAll("[role=option]")];
const chosen = () => options().find((option) => option.ariaSelected === "true");
let waiting = 0;
let asked = new AbortController();

function show(isOpen) {
  list.hidden = !isOpen;
  field.ariaExpanded = `${isOpen}`;
  if (!isOpen) field.removeAttribute("aria-activedescendant");
}

function choose(option) {
  for (const other of options()) other.ariaSelected = `${other === option}`;
  if (!option) return field.removeAttribute("aria-activedescendant");
  field.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

async function ask() {
  asked.abort();
  asked = new AbortController();
  if (!field.value.trim()) return show(false);
  const said = new URLSearchParams(new FormData(field.form));
  // Asked anew meanwhile, be it while an answer was read; signed out, or away: what was typed can be sent as it is.
  const found = await fetch(`${field.dataset.suggestions}?${said}`, { signal: asked.signal })
    .then((answer) => (answer.ok && !answer.redirected ? answer.text() : null))
    .catch(() => null);
  if (found === null) return;
  list.innerHTML = found;
  const count = options().length;
  show(count > 0 && document.activeElement === field);
  if (count) announce(fill(ngettext("{count} suggestion", "{count} suggestions", count), { count }));
}

function step(by) {
  const all = options();
  const at = all.indexOf(chosen()) + by;
  // Past either end one is back in the field.
  choose(at >= 0 && at < all.length ? all[at] : at === -2 ? all.at(-1) : null);
}

function begin() {
  field.role = "combobox";
  field.setAttribute("aria-controls", list.id);
  field.setAttribute("aria-autocomplete", "list");
  field.ariaExpanded = "false";
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, WAIT);
  });
  field.addEventListener("keydown", (event) => {
    // A syllable that is being composed owns its keys.
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Escape" && !list.hidden) show(false);
    else if (["ArrowDown", "ArrowUp"].includes(event.key) && !list.hidden) step(event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "Enter" && !list.hidden && chosen()) chosen().click();
    else return;
    event.preventDefault();
  });
  // A press on a suggestion leaves the field before it is one.
  field.addEventListener("blur", ({ relatedTarget }) => {
    if (!list.contains(relatedTarget)) setTimeout(() => show(false), 200);
  });
  list.addEventListener("mousedown", (event) => event.preventDefault());

  onKey("/", () => field.focus());
}

if (field) begin();
