// Keys that do something on a page. They go by their place on the keyboard, so that a Korean layout works as well.

const FIELDS = "input:not([type=checkbox], [type=radio], [type=range]), textarea, select, [contenteditable]";
const HELD = "held+";
const acts = new Map();

// A syllable that is being composed owns its keys; so do fields, and whatever lies over the page.
function isElsewhere(event) {
  return event.isComposing || event.keyCode === 229 || event.target.closest?.(`${FIELDS}, dialog, [popover]`);
}

function named(event) {
  if (event.altKey || event.shiftKey) return "";
  return event.ctrlKey || event.metaKey ? HELD + event.code : event.code;
}

// Has the key, as `event.code` names it, do something unless shortcuts are switched off; "held+KeyZ" with Ctrl or ⌘ held.
export function onKey(code, act) {
  acts.set(code, act);
}

addEventListener("keydown", (event) => {
  const act = acts.get(named(event));
  if (!act || event.defaultPrevented || isElsewhere(event)) return;
  // Single letters can be switched off: whoever dictates would press them by speaking.
  if (!event.ctrlKey && !event.metaKey && document.body.dataset.keys === "off") return;
  event.preventDefault();
  if (!event.repeat) act(event);
});
