// What every page needs around htmx: errors that are said, a session that ended, swaps that disturb nobody.

import { comeHome } from "./homing.js";
import { bringInSwaps } from "./swaps.js";
import { toast } from "./toasts.js";
import "./undo.js";
import { gettext } from "./words.js";

const SIGN_IN = "/accounts/sign-in/";
const body = document.body;

// Only what a person asked for is worth a message; a refresh in the background tries again by itself.
function asked(detail) {
  const { verb, triggeringEvent } = detail.requestConfig ?? {};
  return verb !== "get" || triggeringEvent?.type === "click";
}

body.addEventListener("htmx:responseError", ({ detail }) => {
  if (detail.xhr.status === 401 || detail.xhr.status === 403) {
    toast(gettext("You are signed out, or this page is too old. Reload it and try again."), "error");
  } else if (asked(detail)) {
    toast(gettext("That did not work, and nothing was changed. Reload the page and try again."), "error");
  }
});

body.addEventListener("htmx:sendError", ({ detail }) => {
  if (asked(detail)) toast(gettext("The server cannot be reached. Check the connection and try again."), "error");
});

// What an answer says beside the part of the page that it brings.
body.addEventListener("toast", ({ detail }) => toast(detail.text, detail.level, detail));

body.addEventListener("htmx:beforeSwap", (event) => {
  // A session that ended answers with the sign-in page, which must not land inside a card.
  if (new URL(event.detail.xhr.responseURL).pathname !== SIGN_IN) return;
  event.detail.shouldSwap = false;
  location.reload();
});
bringInSwaps();
comeHome();

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
