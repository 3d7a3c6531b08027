// The focus across a form that brings a whole page: where that page wants it, else back on what was pressed where the
// same page comes again, else on the new page's heading.

import { placeOf, settleOn } from "./focus.js";

const KEY = "homing";
// ms: what is found later was left by a page that never came.
const LATEST = 60_000;

function remember(element) {
  const ids = placeOf(element, document.body).ids;
  // Without storage (a private window, a full disk) only the place is forgotten.
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ path: location.pathname, ids, at: Date.now() }));
  } catch {}
}

function recall() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY));
    sessionStorage.removeItem(KEY);
    return kept && Date.now() - kept.at < LATEST ? kept : null;
  } catch {
    return null;
  }
}

// At the window, after whoever sends the form in another way has said so by preventDefault().
addEventListener("submit", (event) => {
  const { target, submitter, defaultPrevented } = event;
  if (!defaultPrevented && target.method === "post") remember(submitter ?? target);
});
document.body.addEventListener("htmx:beforeOnLoad", ({ detail }) => {
  if (detail.xhr.getResponseHeader("HX-Redirect")) remember(detail.elt);
});

function settle(kept) {
  if (document.activeElement !== document.body) return;
  // A field to be corrected, say: the browser goes there by itself, but may not have come to it yet.
  const wanted = document.querySelector("[autofocus]:not(dialog *)");
  if (wanted) wanted.focus();
  else settleOn(kept.path === location.pathname ? kept.ids : []);
}

// To be called once, when the page stands.
export function comeHome() {
  const kept = recall();
  if (!kept) return;
  // Until it has loaded, a browser on its way to a fragment takes the focus away again, and has not yet opened what
  // the fragment is in.
  if (location.hash && document.readyState !== "complete") addEventListener("load", () => settle(kept), { once: true });
  else settle(kept);
}
