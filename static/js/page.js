// What every page needs around htmx: errors that are said, a session that ended, swaps that disturb nobody.

import { reconnected } from "./connection.js";
import { comeHome } from "./homing.js";
import { bringInSwaps } from "./swaps.js";
import { settle, toast } from "./toasts.js";
import { giveBackTyped, keepTyped } from "./typed.js";
import "./undo.js";
import { gettext } from "./words.js";

const SIGN_IN = "/accounts/sign-in/";
const body = document.body;

// Only what a person asked for is worth a message; a refresh in the background tries again by itself.
function asked(detail) {
  const { verb, triggeringEvent } = detail.requestConfig ?? {};
  return verb !== "get" || triggeringEvent?.type === "click";
}

// The same way that failed works again.
const causeOf = ({ requestConfig }) => `at:${requestConfig?.path ?? ""}`;

body.addEventListener("htmx:responseError", ({ detail }) => {
  if (detail.xhr.status === 401 || detail.xhr.status === 403) {
    // Whoever does as the sentence says finds it again.
    addEventListener("pagehide", () => keepTyped(), { once: true });
    toast(gettext("You are signed out, or this page is too old. Reload it and try again."), "error", { cause: "session" });
  } else if (asked(detail)) {
    const sentence = gettext("That did not work, and nothing was changed. Reload the page and try again.");
    toast(sentence, "error", { cause: causeOf(detail) });
  }
});
body.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (!detail.successful) return;
  settle(causeOf(detail));
  if (asked(detail)) settle("session");
});

const away = () => {
  const sentence = gettext("The server cannot be reached. What you say now is not kept: try again when it is back.");
  toast(sentence, "error", { cause: "server" });
};
body.addEventListener("htmx:sendError", ({ detail }) => {
  if (asked(detail)) away();
  reconnected();
});
document.addEventListener("server-away", away);
document.addEventListener("server-back", () => settle("server") && toast(gettext("The server is back."), "success"));

// What an answer says beside the part of the page that it brings.
body.addEventListener("toast", ({ detail }) => toast(detail.text, detail.level, detail));

body.addEventListener("htmx:beforeSwap", (event) => {
  // A session that ended answers with the sign-in page, which must not land inside a card.
  if (new URL(event.detail.xhr.responseURL).pathname !== SIGN_IN) return;
  event.detail.shouldSwap = false;
  keepTyped();
  location.reload();
});
// A form that brings a whole page may bring the one on which to sign in.
addEventListener("submit", ({ target, defaultPrevented }) => {
  if (!defaultPrevented && target.method === "post") keepTyped({ afterSignIn: true });
});
bringInSwaps();
comeHome();
if (giveBackTyped()) toast(gettext("What you had typed is still here."));

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
