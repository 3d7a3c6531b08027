// Keeps a curator's hands where they are: what was typed, opened or scrolled survives a refresh of the faces,
// and after an answer the focus goes on to the next face that still needs one.

const RESULT = "photo-result";
// Which face a request answers for, and how; by the request, since answers may overlap refreshes.
const answers = new WeakMap();
let kept = null;

function kindOf(form) {
  if (form.querySelector("[data-confirm]")) return "confirm";
  if (form.querySelector("[data-refuse]")) return "refuse";
  return form.querySelector("[data-unname]") ? "unname" : "name";
}

function remember(result, answered) {
  const open = [...result.querySelectorAll("[data-entry] details[open]")].map((details) => [
    details.closest("[data-entry]").id,
    details.classList[0],
  ]);
  const typed = [...result.querySelectorAll(".name-form input[name=name]")]
    .filter((input) => input.value && input.closest("[data-entry]").dataset.entry !== answered?.face)
    .map((input) => [input.id, input.value]);
  const focused = result.contains(document.activeElement) ? document.activeElement : null;
  return {
    open: open.filter(([id, kind]) => kind !== "face-rename" || id !== `face-${answered?.face}`),
    typed,
    entry: focused?.closest("[data-entry]")?.id,
    input: focused?.id,
    scroll: result.querySelector(".panel")?.scrollTop ?? 0,
  };
}

function restore(result) {
  for (const [id, kind] of kept.open) {
    const details = document.getElementById(id)?.querySelector(`details.${kind}`);
    if (details) details.open = true;
  }
  for (const [id, value] of kept.typed) {
    const input = document.getElementById(id);
    if (input) input.value = value;
  }
  result.querySelector(".panel").scrollTop = kept.scroll;
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
  document.body.addEventListener("htmx:beforeRequest", ({ detail }) => {
    const entry = detail.elt.closest?.("[data-entry]");
    if (entry) answers.set(detail.xhr, { face: entry.dataset.entry, kind: kindOf(detail.elt) });
  });

  document.body.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.target.id === RESULT) kept = remember(detail.target, answers.get(detail.xhr));
  });

  document.body.addEventListener("htmx:afterSwap", (event) => {
    const result = document.getElementById(RESULT);
    if (event.target !== result || !kept) return;
    restore(result);
    onSwap();
    const answered = answers.get(event.detail.xhr);
    if (answered) focusOn(nextEntry(result, answered));
    else if (kept.entry && !document.getElementById(kept.input ?? "")) {
      const entry = document.getElementById(kept.entry);
      if (entry) control(entry)?.focus({ preventScroll: true });
    }
    kept = null;
  });
}
