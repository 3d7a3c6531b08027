// Where the focus goes when what had it is gone: never to nothing, and never on to something that the second half
// of a quick double press would set off unseen.

// ms: a double press is quicker; whoever has read what has the focus now is slower.
const QUIET = 400;
const FIELD = "input:not([type=hidden]), textarea, select";
const FOCUSABLE = "a[href], button:enabled, input:enabled:not([type=hidden]), select:enabled, summary";

let quiet = { until: 0, root: null };
// Whoever types, or moves on, has seen where they are.
const endQuiet = () => (quiet.until = 0);

const find = (id) => document.getElementById(id);

function take(element) {
  element?.focus({ preventScroll: true });
  return Boolean(element) && document.activeElement === element;
}

// What has the focus, and what lies around it within the root, from the inside out; null if that is not in there.
export function placeOf(element, root) {
  if (!root.contains(element)) return null;
  const ids = [];
  for (let at = element; at !== root.parentElement; at = at.parentElement) if (at.id) ids.push(at.id);
  return { element, ids, caret: [element.selectionStart, element.selectionEnd] };
}

// Where one may stand without having pressed anything yet.
function standing(element) {
  if (element.matches("details")) return element.querySelector("summary");
  return element.hasAttribute("tabindex") ? element : headingOf(element);
}

function headingOf(element) {
  const heading = element.querySelector("h1, h2, h3");
  // A heading takes the focus as the browser's own jump to a fragment does, and is no stop for Tab.
  if (heading) heading.tabIndex = -1;
  return heading;
}

function* successors(place, wanted) {
  if (wanted) yield wanted;
  if (place.element.id) yield find(place.element.id);
  const around = place.ids.map(find).filter((element) => element && element.id !== place.element.id);
  for (const element of around) yield standing(element);
  for (const element of around) yield element.querySelector(FOCUSABLE);
  yield find("main");
}

// Keep the focus at its place after the root has changed, or hand it on, to what is wanted next if that is said.
export function keepFocus(place, root, wanted = null) {
  const { element, ids, caret } = place ?? { element: document.body, ids: [], caret: [] };
  const stands = element.isConnected && element === document.activeElement && element.checkVisibility();
  if (!wanted && (!place || stands)) return;
  for (const next of successors({ element, ids }, wanted)) {
    if (!take(next)) continue;
    if (next === element) return;
    // The same field made anew goes on where the caret was; all else must not be pressed by a key on its way.
    if (next.id && next.id === element.id) next.setSelectionRange?.(...caret);
    else quiet = { until: performance.now() + QUIET, root };
    if (wanted) next.closest("[data-entry]")?.scrollIntoView({ block: "nearest" });
    return;
  }
}

// Go to what asks next, before anything has changed: a key on its way must not press it.
export function goTo(element, root) {
  if (!take(element)) return;
  quiet = { until: performance.now() + QUIET, root };
  element.closest("[data-entry]")?.scrollIntoView({ block: "nearest" });
}

// What leads to what cannot be seen: the button of a menu or dialog that is closed.
const openerOf = (id) => document.querySelector(`[popovertarget="${id}"], [commandfor="${id}"]`);

// Stand where the first of these can, from the inside out, else at the page's heading.
export function settleOn(ids) {
  const around = ids.filter((id) => id !== "main");
  for (const id of around) if (take(find(id)) || take(openerOf(id))) return;
  for (const id of around) if (find(id) && take(standing(find(id)))) return;
  take(headingOf(find("main"))) || take(find("main"));
}

// Whether something has just got the focus that nobody has looked at yet.
export const isQuiet = (target) => performance.now() < quiet.until && quiet.root.contains(target);
const stop = (event) => {
  event.preventDefault();
  event.stopImmediatePropagation();
};

// One press is one answer: a key that is held down does not go on to the next question, nor does a second press that
// was meant for the last one.
document.addEventListener(
  "keydown",
  (event) => {
    const { key, repeat, target } = event;
    if (key !== "Enter") {
      // Letters on a button are those of a name: whoever types it blindly ends it by an Enter that is not for the button.
      if (key.length === 1 && isQuiet(target) && !target.matches(FIELD)) quiet.until = performance.now() + QUIET;
      else if (key !== " ") endQuiet();
    } else if (!target.closest("textarea") && (repeat || isQuiet(target))) stop(event);
  },
  true,
);
document.addEventListener("input", endQuiet);
document.addEventListener(
  "click",
  (event) => {
    // 0: by a key, such as Space, which presses when it is let go; 2 and more: the rest of a double click.
    if (event.detail !== 1 && isQuiet(event.target)) stop(event);
  },
  true,
);
