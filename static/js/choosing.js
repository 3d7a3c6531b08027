// Choosing several people, over searches and pages too: whoever is ticked stands in the bar below as well, which is what is
// sent. Shift ticks a row of them. Without this script the boxes of one page are sent.

import { letRowsBeTicked } from "./rows.js";
import { lead } from "./swaps.js";
import { fill, ngettext } from "./words.js";

const BOX = ".people input[name=person]";
const bar = document.getElementById("people-chosen");
const tray = document.getElementById("chosen-people");
const count = document.getElementById("chosen-count");
const hint = count?.textContent;
const boxes = () => [...document.querySelectorAll(BOX)];
const chosen = (key) => tray.querySelector(`input[value="${key}"]`)?.closest("li");

function tell() {
  const people = tray.children.length;
  count.textContent = people ? fill(ngettext("{people} person chosen", "{people} people chosen", people), { people }) : hint;
  for (const button of bar.querySelectorAll("button[name=do]")) button.disabled = people === 0;
}

function put(box) {
  const there = chosen(box.value);
  if (!box.checked) there?.remove();
  else if (!there) {
    const item = document.getElementById("chosen-template").content.firstElementChild.cloneNode(true);
    item.querySelector("input").value = box.value;
    item.querySelector("[data-name]").textContent = box.closest("label").querySelector(".person-name").textContent;
    tray.append(item);
  }
}

function leaveOut(item) {
  const box = document.getElementById(`choose-${item.querySelector("input").value}`);
  if (box) box.checked = false;
  const next = item.nextElementSibling ?? item.previousElementSibling;
  item.remove();
  (next?.querySelector("button") ?? box ?? bar.querySelector("a")).focus();
  tell();
}

// Boxes that come with another search or page are as they were left.
function recall() {
  for (const box of boxes()) box.checked = Boolean(chosen(box.value));
}

function listen() {
  letRowsBeTicked(BOX, boxes, (changed) => {
    changed.forEach(put);
    tell();
  });
  document.body.addEventListener("click", (event) => {
    const { target, shiftKey } = event;
    const out = target.closest("#chosen-people li");
    if (out) leaveOut(out);
    const page = target.closest(".people-pages a");
    if (page && !event.ctrlKey && !event.metaKey && !shiftKey) {
      event.preventDefault();
      lead("people-list", page.pathname + page.search);
      document.getElementById("people-list").scrollIntoView({ block: "nearest" });
    }
  });
  // Enter on a box would send all of them.
  document.body.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches(BOX)) event.preventDefault();
  });
  document.body.addEventListener("htmx:afterSwap", ({ target }) => target.id === "people-list" && recall());
}

if (bar) {
  // What a browser has kept ticked on the way back.
  for (const box of boxes()) put(box);
  listen();
  tell();
}
