// What every page needs around htmx: errors that are said, a session that ended, focus that is not lost.

import { toast } from "./toasts.js";

const SIGN_IN = "/accounts/sign-in/";
const body = document.body;

// Only what a person asked for is worth a message; a refresh in the background tries again by itself.
function asked(detail) {
  return detail.requestConfig?.verb !== "get";
}

body.addEventListener("htmx:responseError", ({ detail }) => {
  if (detail.xhr.status === 401 || detail.xhr.status === 403) {
    toast("You are signed out, or this page is too old. Reload it and try again.", "error");
  } else if (asked(detail)) {
    toast("That did not work, and nothing was changed. Reload the page and try again.", "error");
  }
});

body.addEventListener("htmx:sendError", ({ detail }) => {
  if (asked(detail)) toast("The server cannot be reached. Check the connection and try again.", "error");
});

body.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, target } = event.detail;
  // A session that ended answers with the sign-in page, which must not land inside a card.
  if (new URL(xhr.responseURL).pathname === SIGN_IN) {
    event.detail.shouldSwap = false;
    location.reload();
    return;
  }
  // htmx gives focus back to elements with an id; a card's link has none.
  if (target.matches?.(".card") && target.contains(document.activeElement)) {
    body.addEventListener(
      "htmx:afterSettle",
      () => document.querySelector(`#${CSS.escape(target.id)} a`)?.focus({ preventScroll: true }),
      { once: true },
    );
  }
});

// A dialog opened from a menu gives the focus back to the menu's button: the item itself is gone by then.
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button[commandfor]");
  if (!button) return;
  const dialog = document.getElementById(button.getAttribute("commandfor"));
  const menu = button.closest(".menu");
  if (menu) {
    const opener = document.querySelector(`[popovertarget="${menu.id}"]`);
    dialog.addEventListener("close", () => opener.focus(), { once: true });
  }
  // Browsers from before 2025 do not know commandfor.
  if ("commandForElement" in button) return;
  if (button.getAttribute("command") === "close") dialog.close();
  else dialog.showModal();
});
