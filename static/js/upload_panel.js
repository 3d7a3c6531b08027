// The list of files on their way: one row and one sentence each, one bar for all.

import { announce } from "./toasts.js";
import { fill, gettext, list, ngettext, number } from "./words.js";

// How long a list without any complaint stays to be seen.
const STAY = 8000;
const OFTEN = 250;
const MOST_ROWS = 100;
const SHOWN = new Set(["sending", "refused", "failed"]);
const OPEN = new Set(["waiting", "sending"]);
const NEEDS_ATTENTION = '[data-state="refused"], [data-state="failed"]';

// Counted as the server counts in its limits and on the photo's page.
function readable(bytes) {
  if (bytes < 2 ** 10) return `${bytes} B`;
  if (bytes < 2 ** 20) return `${number(bytes / 2 ** 10, 1)} KB`;
  return `${number(bytes / 2 ** 20, 1)} MB`;
}

export class UploadPanel {
  #root;
  #retry;
  #items = [];
  #free = [];
  #paused = false;
  #phase = "settled";
  #frame = 0;
  #leaving = 0;

  constructor(root, retry) {
    this.#root = root;
    this.#retry = retry;
    root.querySelector("[data-attention]").addEventListener("click", () => this.#showNext());
    root.querySelector("[data-retry-all]").addEventListener("click", () => {
      this.#retry(this.#items.filter((item) => item.state === "failed"));
      this.#hold();
    });
    root.querySelector("[data-close]").addEventListener("click", () => this.#close());
    const fold = root.querySelector("[data-fold]");
    fold.addEventListener("click", () => {
      fold.setAttribute("aria-expanded", String(fold.getAttribute("aria-expanded") !== "true"));
    });
  }

  add(items) {
    for (const item of items) Object.assign(item, { row: null, state: "waiting", share: 0 });
    this.#items.push(...items);
    // Of thousands of files those have rows that are on their way, or that somebody has to look at.
    if (this.#items.length <= MOST_ROWS) for (const item of items) this.#makeRow(item);
    this.#root.toggleAttribute("data-many", this.#items.length > MOST_ROWS);
    this.#root.hidden = false;
    this.#changed();
  }

  #makeRow(item) {
    const { file } = item;
    const template = this.#root.querySelector("template");
    const row = template.content.firstElementChild.cloneNode(true);
    item.row = row;
    row.querySelector(".upload-name").textContent = file.name;
    row.querySelector(".upload-name").title = file.name;
    row.querySelector(".upload-size").textContent = readable(file.size);
    const label = fill(gettext("Upload of {name}"), { name: file.name });
    row.querySelector("progress").setAttribute("aria-label", label);
    row.querySelector("[data-retry]").addEventListener("click", () => {
      // Its button goes before the answer comes.
      row.focus({ preventScroll: true });
      this.#retry([item]);
    });
    const free = this.#free.pop();
    if (free) free.replaceWith(row);
    else this.#root.querySelector("[data-list]").append(row);
  }

  waiting(item) {
    this.#set(item, "waiting", "");
  }

  pause(paused) {
    this.#paused = paused;
    this.#changed();
  }

  progress(item, share) {
    item.share = share;
    if (item.state !== "sending") this.#set(item, "sending", "");
    this.#changed();
  }

  done(item, url, sentence = gettext("Added.")) {
    this.#set(item, "done", sentence, url, gettext("Open it"));
  }

  duplicate(item, sentence, url) {
    this.#set(item, "duplicate", sentence, url, gettext("Show it"));
  }

  refused(item, sentence) {
    this.#set(item, "refused", sentence);
  }

  failed(item, sentence) {
    this.#set(item, "failed", sentence);
  }

  #set(item, state, sentence, url = "", words = "") {
    item.state = state;
    this.#changed();
    if (this.#items.length > MOST_ROWS && !SHOWN.has(state)) {
      // Its row stays until another file takes its place: rows that go would have the panel jump.
      if (item.row?.contains(document.activeElement)) this.#hold();
      if (item.row) this.#free.push(item.row);
      item.row?.setAttribute("data-state", state);
      item.row = null;
      return;
    }
    if (!item.row) this.#makeRow(item);
    item.row.dataset.state = state;
    const note = item.row.querySelector(".upload-note");
    note.textContent = sentence;
    if (url) {
      const link = document.createElement("a");
      link.href = url;
      link.textContent = words;
      note.append(" ", link);
    }
    item.row.querySelector("[data-retry]").hidden = state !== "failed";
  }

  #count(...states) {
    return this.#items.filter((item) => states.includes(item.state)).length;
  }

  // Progress events come by the hundred; a few looks a second at all items are enough, and as many paints.
  #changed() {
    this.#frame ||= setTimeout(() => {
      this.#frame = 0;
      this.#show();
    }, OFTEN);
  }

  #show() {
    const open = this.#items.some((item) => OPEN.has(item.state));
    const bytes = this.#items.reduce((sum, item) => sum + item.file.size, 0);
    const sent = this.#items.reduce(
      (sum, item) => sum + item.file.size * (item.state === "sending" ? item.share : !OPEN.has(item.state)),
      0,
    );
    for (const { row, share, state } of this.#items) if (state === "sending") row.querySelector("progress").value = share;
    const overall = this.#root.querySelector("[data-overall]");
    overall.value = bytes ? sent / bytes : 0;
    overall.hidden = !open;
    const summary = open ? this.#openSummary() : this.#summary();
    this.#root.querySelector("[data-summary]").textContent = summary;
    this.#root.querySelector("[data-close]").hidden = open;
    this.#showActions();
    const phase = open && this.#paused ? "paused" : open ? "open" : "settled";
    if (phase !== this.#phase) announce(summary);
    this.#phase = phase;
    clearTimeout(this.#leaving);
    if (!open && this.#items.every((item) => item.state === "done")) {
      // Not from under the hands of who looks at it.
      this.#leaving = setTimeout(() => this.#root.matches(":hover, :focus-within") || this.#close(), STAY);
    }
  }

  #showActions() {
    const failed = this.#count("failed");
    const complaints = failed + this.#count("refused");
    const attention = this.#root.querySelector("[data-attention]");
    const sentence = ngettext("{complaints} needs attention", "{complaints} need attention", complaints);
    attention.textContent = fill(sentence, { complaints });
    this.#root.querySelector("[data-retry-all]").hidden = failed === 0;
    this.#root.querySelector("[data-actions]").hidden = complaints === 0;
  }

  // The list keeps the order of the files; among hundreds, this goes from one complaint to the next.
  #showNext() {
    const fold = this.#root.querySelector("[data-fold]");
    fold.setAttribute("aria-expanded", "true");
    const rows = [...this.#root.querySelectorAll(`.upload-row:is(${NEEDS_ATTENTION})`)];
    const row = rows[(rows.indexOf(document.activeElement) + 1) % rows.length];
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "center" });
  }

  #openSummary() {
    if (this.#paused) {
      const left = this.#count("waiting", "sending");
      const sentence = ngettext(
        "No connection. {left} file will go on by itself",
        "No connection. {left} files will go on by themselves",
        left,
      );
      return fill(sentence, { left });
    }
    const settled = this.#items.length - this.#count("waiting", "sending");
    const total = this.#items.length;
    return fill(gettext("Uploading {place} of {total}"), { place: Math.min(settled + 1, total), total });
  }

  #summary() {
    const parts = [
      ["done", (count) => ngettext("{count} added", "{count} added", count)],
      ["duplicate", (count) => ngettext("{count} already here", "{count} already here", count)],
      ["refused", (count) => ngettext("{count} refused", "{count} refused", count)],
      ["failed", (count) => ngettext("{count} not sent", "{count} not sent", count)],
    ];
    const counted = parts.map(([state, words]) => [this.#count(state), words]);
    return list(counted.filter(([count]) => count).map(([count, words]) => fill(words(count), { count })));
  }

  // The buttons for all go with the last complaint; the list's own stays.
  #hold() {
    this.#root.querySelector("[data-fold]").focus({ preventScroll: true });
  }

  #close() {
    const held = this.#root.contains(document.activeElement);
    this.#items = [];
    this.#free = [];
    this.#root.querySelector("[data-list]").replaceChildren();
    this.#root.hidden = true;
    // Back to where one more file is chosen.
    if (held) document.querySelector("input[type=file][name=files]")?.focus({ preventScroll: true });
  }
}
