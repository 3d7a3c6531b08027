// Sends files one request each, three at a time, and puts each new photo on the wall as it arrives.

import { acceptDrops } from "./drop.js";
import { UploadPanel } from "./upload_panel.js";

const PARALLEL = 3;
const MEGABYTE = 2 ** 20;

const form = document.getElementById("upload-form");
const grid = document.getElementById("photo-grid");
const panel = new UploadPanel(document.getElementById("upload-panel"));
const waiting = [];
let sending = 0;

async function addCard(id) {
  const response = await fetch(form.dataset.cardUrl.replace("/0/", `/${id}/`), {
    headers: { "HX-Request": "true" },
  });
  if (!response.ok || response.redirected) return;
  const card = await response.text();
  // Answers overtake each other; the wall goes from the newest number to the oldest all the same.
  const older = [...grid.querySelectorAll(".card")].find((other) => Number(other.id.split("-")[1]) < id);
  if (older) older.insertAdjacentHTML("beforebegin", card);
  else grid.insertAdjacentHTML("afterbegin", card);
  htmx.process(document.getElementById(`photo-${id}`));
  document.body.dispatchEvent(new CustomEvent("news"));
  const count = document.querySelector("[data-photo-count]");
  count.dataset.photoCount = Number(count.dataset.photoCount) + 1;
  const total = Number(count.dataset.photoCount);
  count.textContent = `${total.toLocaleString("en")} photo${total === 1 ? "" : "s"}`;
}

// Signing in again in another tab renews the token, so the cookie knows better than the page.
function csrfToken() {
  return document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? form.elements.csrfmiddlewaretoken.value;
}

function answerOf(xhr) {
  try {
    return JSON.parse(xhr.responseText);
  } catch {
    return {};
  }
}

function settle(item, xhr) {
  const answer = answerOf(xhr);
  if (xhr.status === 201) {
    panel.done(item, answer.url);
    addCard(answer.id);
  } else if (xhr.status === 409) {
    panel.duplicate(item, answer.detail ?? "This photo is already here.", answer.url);
  } else if (xhr.status === 401 || xhr.status === 403) {
    panel.failed(item, "You are signed out. Sign in in another tab, then retry.");
  } else if (xhr.status >= 400 && xhr.status < 500) {
    panel.refused(item, answer.detail ?? "The server does not accept this file.");
  } else {
    panel.failed(item, "The server could not take this file. Retry in a moment.");
  }
}

function send(item) {
  sending += 1;
  // fetch cannot tell how far an upload is; XMLHttpRequest can.
  const xhr = new XMLHttpRequest();
  xhr.open("POST", form.dataset.uploadUrl);
  xhr.setRequestHeader("X-CSRFToken", csrfToken());
  xhr.setRequestHeader("Accept", "application/json");
  xhr.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) panel.progress(item, event.loaded / event.total);
  });
  xhr.addEventListener("load", () => settle(item, xhr));
  xhr.addEventListener("error", () => panel.failed(item, "The connection broke. Check it, then retry."));
  xhr.addEventListener("loadend", () => {
    sending -= 1;
    next();
  });
  const data = new FormData();
  data.append("file", item.file, item.file.name);
  panel.progress(item, 0);
  xhr.send(data);
}

function next() {
  while (sending < PARALLEL && waiting.length > 0) send(waiting.shift());
}

function retry(item) {
  panel.waiting(item);
  waiting.push(item);
  next();
}

function take(files) {
  const most = Number(form.dataset.maxMb);
  for (const file of files) {
    const item = panel.add(file, retry);
    if (file.size > most * MEGABYTE) {
      const size = Math.ceil(file.size / MEGABYTE);
      panel.refused(item, `This file has ${size} MB; the most is ${most} MB. Export it smaller and try again.`);
    } else {
      waiting.push(item);
    }
  }
  next();
}

for (const input of document.querySelectorAll("input[type=file][name=files]")) {
  input.addEventListener("change", () => {
    take([...input.files]);
    // The same file may be chosen again.
    input.value = "";
  });
}
form.addEventListener("submit", (event) => event.preventDefault());
acceptDrops(document.querySelector(".drop-veil"), take);

addEventListener("beforeunload", (event) => {
  if (sending > 0 || waiting.length > 0) event.preventDefault();
});
