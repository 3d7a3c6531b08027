// Keeps a curator's hands where they are: what is being typed is never swapped away by news from elsewhere,
// what was opened or scrolled survives, and after an answer the focus goes on to the next face that needs one.

const RESULT = "photo-result";
const CLICK = 500; // ms: what takes the focus away may be the start of a click, which a swap would swallow
// Which face a request answers for, and how; by the request, since answers may overlap refreshes.
const answers = new WeakMap();
let kept = null;
let late = false;
let waiting = 0;

const nameOf = (element) => element?.closest(`#${RESULT} .name-form`)?.elements.namedItem("name");
const isTyping = () => Boolean(nameOf(document.activeElement)?.value);

// Whether this news would disturb a name being typed, or take away the face that has the focus: while a photo
// is looked at again it shows none.
function disturbs(response) {
  const entry = document.activeElement?.closest(`#${RESULT} [data-entry]`);
  return isTyping() || Boolean(entry && !response.includes(`id="${entry.id}"`));
}

function catchUp() {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    const result = document.getElementById(RESULT);
    if (!late || isTyping()) return;
    htmx.ajax("GET", result.getAttribute("hx-get"), { source: result, target: result, swap: "outerHTML" });
  }, CLICK);
}

function kindOf(form) {
  if (form.querySelector("[data-confirm]")) return "confirm";
  if (form.querySelector("[data-refuse]")) return "refuse";
  return form.querySelector("[data-unname]") ? "unname" : "name";
}

function remember(result, answered) {
  const focused = result.contains(document.activeElement) ? document.activeElement : null;
  const open = [...result.querySelectorAll("details[open]")].map((details) => details.id);
  const typed = [...result.querySelectorAll(".name-form input[name=name]")]
    .filter((input) => input.value && input.closest("[data-entry]").dataset.entry !== answered?.face)
    .map((input) => [input.id, input.value]);
  return {
    open: open.filter((id) => id !== `rename-${answered?.face}`),
    typed: new Map(typed),
    focus: focused?.id,
    caret: [focused?.selectionStart, focused?.selectionEnd],
    entry: focused?.closest("[data-entry]")?.id,
    details: focused?.closest("details")?.id,
    scroll: result.querySelector(".panel").scrollTop,
    height: document.scrollingElement.scrollTop,
  };
}

function restore(result) {
  for (const id of kept.open) {
    const details = document.getElementById(id);
    if (details) details.open = true;
  }
  for (const [id, value] of kept.typed) {
    const input = document.getElementById(id);
    if (input) input.value = value;
  }
  result.querySelector(".panel").scrollTop = kept.scroll;
  // On a phone the page itself scrolls, and was shorter while the details were closed.
  document.scrollingElement.scrollTop = kept.height;
}

// The same control if it is still there, else what the same face asks for now.
function giveBackFocus() {
  const entry = kept.entry && document.getElementById(kept.entry);
  if (!entry) return;
  const same = kept.focus && document.getElementById(kept.focus);
  const summary = kept.details && document.querySelector(`#${CSS.escape(kept.details)}[open] > summary`);
  (same || summary || control(entry))?.focus({ preventScroll: true });
  if (kept.typed.has(kept.focus)) same?.setSelectionRange(...kept.caret);
}

// Where to type or click next for this face.
function control(entry) {
  if (entry.dataset.state === "unknown") return entry.querySelector(".name-form input[name=name]");
  return entry.querySelector("[data-confirm]") ?? entry.querySelector("h3 a");
}

function nextEntry(result, answered) {
  const entries = [...result.querySelectorAll("[data-entry]")];
  const at = entries.findIndex((entry) => entry.dataset.entry === answered.face);
  const current = entries[at];
  // Refused or unnamed: the question "who, then?" is about the same face. So is an error.
  if (answered.kind === "refuse" || answered.kind === "unname" || current?.querySelector(".field-error")) {
    return current;
  }
  const onwards = [...entries.slice(at + 1), ...entries.slice(0, Math.max(at, 0))];
  return onwards.find((entry) => entry.dataset.state !== "named") ?? current;
}

function focusOn(entry) {
  const target = entry && control(entry);
  target?.focus({ preventScroll: true });
  entry?.scrollIntoView({ block: "nearest" });
}

export function keepHandsInPlace(onSwap) {
  document.addEventListener("focusout", () => late && catchUp());
  document.addEventListener("input", () => late && catchUp());

  document.body.addEventListener("htmx:beforeRequest", ({ detail }) => {
    const entry = detail.elt.closest?.("[data-entry]");
    // What is said of an emotion names nobody: the focus stays where it is.
    if (!entry || "keepsFocus" in detail.elt.dataset) return;
    answers.set(detail.xhr, { face: entry.dataset.entry, kind: kindOf(detail.elt) });
  });

  document.body.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const { target, requestConfig, serverResponse, xhr } = detail;
    if (target.id !== RESULT || !detail.shouldSwap) return;
    late = requestConfig.verb === "get" && disturbs(serverResponse);
    if (late) detail.shouldSwap = false;
    // While the photo is looked at again there are no faces; what there was before is still kept then.
    else if (target.querySelector("[data-entry]")) kept = remember(target, answers.get(xhr));
  });

  document.body.addEventListener("htmx:afterSwap", (event) => {
    const result = document.getElementById(RESULT);
    if (event.target !== result) return;
    onSwap();
    if (!kept || !result.querySelector("[data-entry]")) return;
    restore(result);
    const answered = answers.get(event.detail.xhr);
    // Whoever types on at another face already is not called away.
    if (answered && !kept.typed.has(kept.focus)) focusOn(nextEntry(result, answered));
    else if (document.activeElement === document.body || answered) giveBackFocus();
  });
}
