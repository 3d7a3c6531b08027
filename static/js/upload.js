// Sends files one request each, three at a time, those that the server does not have yet.

import { expect, tell } from "./arrivals.js";
import { areBrought } from "./bring.js";
import { reconnected } from "./connection.js";
import { acceptDrops } from "./drop.js";
import { follow, settle as settleOf } from "./folders.js";
import { modified } from "./modified.js";
import { whatIsKnown } from "./known_files.js";
import { csrfToken } from "./server.js";
import { UploadPanel } from "./upload_panel.js";
import { showCount } from "./wall.js";
import { fill, gettext } from "./words.js";

const PARALLEL = 3;
const TOGETHER = 20;
const AHEAD = 20;
// A request that breaks this often although the server answers others is not the network's fault.
const TRIES = 3;
const MEGABYTE = 2 ** 20;

const form = document.getElementById("upload-form");
// The page of an album takes what is sent into that.
const album = form.elements.album?.value;
const panel = new UploadPanel(document.getElementById("upload-panel"), retry);
// Those of which nobody knows whether they are there already, and those that are to be sent.
const unknown = [];
const waiting = [];
let looking = 0;
let sending = 0;
let broken = 0;
let taken = 0;

function countOneMore() {
  showCount(Number(document.querySelector("[data-photo-count]").dataset.photoCount) + 1);
}

function arrived(item, key) {
  tell(item, "done", key);
  settleOf(item, key);
  countOneMore();
  document.body.dispatchEvent(new CustomEvent("news"));
}

function answerOf(xhr) {
  try {
    return JSON.parse(xhr.responseText);
  } catch {
    return {};
  }
}

// The account changed in another tab: none of the files that wait is meant for the new one.
function refuseAll(item, sentence) {
  for (const each of [item, ...waiting.splice(0), ...unknown.splice(0)]) refuse(each, sentence);
}

function isHere(item, { detail, url }) {
  panel.duplicate(item, detail ?? gettext("This photo is already here."), url);
  tell(item, "known");
  settleOf(item, Number(url?.match(/\d+/)[0]));
}

function refuse(item, sentence) {
  panel.refused(item, sentence);
  tell(item, "refused");
  settleOf(item);
}

function fail(item, sentence) {
  panel.failed(item, sentence);
  tell(item, "failed");
  settleOf(item);
}

function settle(item, xhr) {
  const answer = answerOf(xhr);
  if (xhr.status === 201) {
    panel.done(item, answer.url, answer.detail);
    arrived(item, answer.id);
  } else if (answer.code === "other_account") {
    refuseAll(item, answer.detail);
  } else if (xhr.status === 409 && item.breaks > 0) {
    // The file had arrived; only the answer was lost with the connection.
    panel.done(item, answer.url);
    arrived(item, Number(answer.url.match(/\d+/)[0]));
  } else if (xhr.status === 409) {
    isHere(item, answer);
  } else if (xhr.status === 401 || xhr.status === 403) {
    fail(item, gettext("You are signed out. Sign in in another tab, then retry."));
  } else if (xhr.status >= 400 && xhr.status < 500) {
    refuse(item, answer.detail ?? gettext("The server does not accept this file."));
  } else {
    fail(item, gettext("The server could not take this file. Retry in a moment."));
  }
}

// Nothing more is sent until the server answers again; then the file takes its old place in the queue.
async function pauseAt(item) {
  broken += 1;
  item.breaks += 1;
  panel.waiting(item);
  panel.pause(true);
  const wasAway = await reconnected();
  broken -= 1;
  panel.pause(broken > 0);
  if (wasAway) item.brokeAlone = 0;
  else item.brokeAlone += 1;
  if (item.brokeAlone < TRIES) {
    enqueue(item);
  } else {
    fail(
      item,
      gettext("The connection broke at this file each time. Check that the file can still be read, then retry."),
    );
  }
  next();
}

function send(item) {
  sending += 1;
  // fetch cannot tell how far an upload is; XMLHttpRequest can.
  const xhr = new XMLHttpRequest();
  xhr.open("POST", form.dataset.uploadUrl);
  xhr.setRequestHeader("X-CSRFToken", csrfToken());
  xhr.setRequestHeader("X-Facesite-User", form.dataset.user);
  xhr.setRequestHeader("Accept", "application/json");
  xhr.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) panel.progress(item, event.loaded / event.total);
  });
  xhr.addEventListener("load", () => settle(item, xhr));
  xhr.addEventListener("error", () => pauseAt(item));
  xhr.addEventListener("loadend", () => {
    sending -= 1;
    next();
  });
  const data = new FormData();
  data.append("file", item.file, item.file.name);
  if (item.modified) data.append("modified", item.modified);
  if (album) data.append("album", album);
  panel.progress(item, 0);
  tell(item, "sending");
  xhr.send(data);
}

function next() {
  while (broken === 0 && sending < PARALLEL && waiting.length > 0) send(waiting.shift());
  lookAhead();
}

// Which are there already is asked a little ahead of sending: to read thousands of files takes minutes.
async function lookAhead() {
  while (looking < TOGETHER && waiting.length < AHEAD && unknown.length > 0) look(unknown.shift());
}

async function look(item) {
  looking += 1;
  const here = await whatIsKnown(item.file, form.dataset.knownUrl, form.dataset.user, album);
  looking -= 1;
  if (here) isHere(item, here);
  else enqueue(item);
  next();
}

function enqueue(item) {
  const later = waiting.findIndex((other) => other.order > item.order);
  waiting.splice(later < 0 ? waiting.length : later, 0, item);
}

function retry(items) {
  for (const item of items) {
    item.brokeAlone = 0;
    panel.waiting(item);
    enqueue(item);
  }
  next();
}

// `found` has each file with its path within what was dropped, if it was.
function take(found) {
  const most = Number(form.dataset.maxMb);
  const items = found.map(({ file }) => {
    // Now: what is as new as this choice will be older by the time that it is sent.
    const facts = { modified: modified(file), order: taken, breaks: 0, brokeAlone: 0 };
    taken += 1;
    return { file, ...facts };
  });
  panel.add(items);
  expect(items);
  follow(found, items);
  for (const item of items) {
    const { size: bytes } = item.file;
    if (bytes > most * MEGABYTE) {
      const size = Math.ceil(bytes / MEGABYTE);
      const sentence = gettext("This file has {size} MB; the most is {most} MB. Export it smaller and try again.");
      refuse(item, fill(sentence, { size, most }));
    } else unknown.push(item);
  }
  next();
}

for (const input of document.querySelectorAll("input[type=file][name=files]")) {
  input.addEventListener("change", () => {
    take([...input.files].map((file) => ({ file, path: file.name })));
    // The same file may be chosen again.
    input.value = "";
  });
}
form.addEventListener("submit", (event) => event.preventDefault());
acceptDrops(document.querySelector(".drop-veil"), async (found) => {
  if (!(await areBrought(found))) take(found);
});

// Leaving would end the uploads without a word.
addEventListener("beforeunload", (event) => {
  if (sending + broken + looking + waiting.length + unknown.length > 0) event.preventDefault();
});
