// Keys that do something on a page. They go by their place on the keyboard, so that a Korean layout works as well;
// signs such as "?" go by what they write. Outside of fields alone, and single ones can be switched off.

import { isQuiet } from "./focus.js";

const FIELDS = "input:not([type=checkbox], [type=radio], [type=range]), textarea, select, [contenteditable]";
const HELD = "held+";
const OFF = "facesite.keys";
const acts = new Map();

// Whoever dictates would press single keys by speaking.
function areOff() {
  try {
    return localStorage.getItem(OFF) === "off";
  } catch {
    return false;
  }
}

function switchKeys(on) {
  try {
    if (on) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "off");
  } catch {
    // Without storage the next page does not know.
  }
}

// A syllable that is being composed owns its keys; so do fields, and whatever lies over the page.
function isElsewhere(event) {
  return event.isComposing || event.keyCode === 229 || event.target.closest?.(`${FIELDS}, dialog, [popover]`);
}

const isSign = (key) => key.length === 1 && !/\p{L}/u.test(key);

function named({ altKey, ctrlKey, metaKey, shiftKey, code, key }) {
  if (altKey) return "";
  if (ctrlKey || metaKey) return shiftKey ? "" : HELD + code;
  if (isSign(key) && acts.has(key)) return key;
  return shiftKey ? "" : code;
}

// Has the key, as `event.code` names it, do something unless shortcuts are switched off; "held+KeyZ" with Ctrl or ⌘
// held, "?" whatever writes it. What returns false has done nothing, and leaves the key to the browser.
export function onKey(key, act, { repeats = false } = {}) {
  acts.set(key, { act, repeats });
}

addEventListener("keydown", (event) => {
  const name = named(event);
  const found = acts.get(name);
  if (!found || event.defaultPrevented || isElsewhere(event)) return;
  // A letter that comes right after the focus has moved is one of a name.
  const isSingle = event.key.length === 1 && !name.startsWith(HELD);
  if (isSingle && (areOff() || isQuiet(event.target))) return;
  if (event.repeat && !found.repeats) event.preventDefault();
  else if (found.act(event) !== false) event.preventDefault();
});

// The page that lists its keys has a box by which they are switched.
const choice = document.getElementById("use-keys");
if (choice) choice.checked = !areOff();
document.addEventListener("change", ({ target }) => target.id === "use-keys" && switchKeys(target.checked));
