// The camera: a frame goes over a WebSocket, and the next one once it was answered. A hidden tab sends nothing and lets
// the camera go. Nothing is kept but a snapshot, which is uploaded as any photo is.

import { clear, show } from "./camera_view.js";
import { toast } from "./toasts.js";
import { fill, gettext } from "./words.js";

const SIDE = 640; // px, of what is sent: the site looks at no more
const QUALITIES = [0.75, 0.5, 0.3];
const PAUSE = 250; // ms between two frames
const PATIENCE = 4000; // ms without an answer: it was dropped
const CODES = {
  4401: gettext("You are signed out. Sign in, then open this page again."),
  4403: gettext("The camera was switched off for members of this site."),
  4409: gettext("The camera is on in another window now, and one at a time is looked at."),
};
const ERRORS = {
  NotAllowedError: gettext("This page may not use the camera. Allow it beside the address or in your browser's settings, then switch it on again."),
  NotFoundError: gettext("No camera was found. Connect one, then switch it on again."),
  NotReadableError: gettext("Another program uses the camera. Close that, then switch it on again."),
};

const root = document.getElementById("camera");
const video = document.getElementById("camera-video");
const off = document.getElementById("camera-off");
const pace = document.getElementById("camera-pace");
const button = (name) => document.getElementById(`camera-${name}`);
const canvas = document.createElement("canvas");

let stream = null;
let socket = null;
let facing = "user";
let timer = 0;
let resumes = false;
let sentAt = 0;

function say(sentence) {
  off.textContent = sentence;
  off.hidden = !sentence;
}

function state(name) {
  root.dataset.state = name;
  button("start").hidden = name !== "off";
  button("stop").hidden = name === "off";
  button("snapshot").hidden = name !== "on";
}

// Of a page over plain HTTP browsers hide the camera altogether.
function whyNot() {
  if (!isSecureContext || !navigator.mediaDevices?.getUserMedia) {
    return gettext("Browsers let only pages over HTTPS, or on this computer itself, use a camera. Open the site by an address that begins with https; an administrator sets that up.");
  }
  return "";
}

async function start() {
  const reason = whyNot();
  say(reason);
  if (reason) return;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: facing, width: { ideal: 1280 } }, audio: false });
  } catch (error) {
    say(ERRORS[error.name] ?? gettext("The camera could not be switched on. Try again, or another browser."));
    return state("off");
  }
  video.srcObject = stream;
  // Mirrored as in a mirror, but not what looks away from oneself.
  root.toggleAttribute("data-mirrored", facing === "user");
  stream.getVideoTracks()[0].addEventListener("ended", () => stop(gettext("The camera was disconnected.")));
  await video.play().catch(() => {});
  state("on");
  (button("stop").checkVisibility() ? button("stop") : document.body).focus?.();
  const cameras = (await navigator.mediaDevices.enumerateDevices()).filter(({ kind }) => kind === "videoinput");
  button("turn").hidden = cameras.length < 2;
  connect();
}

function stop(sentence = "") {
  clearTimeout(timer);
  const closing = socket;
  socket = null;
  closing?.close();
  stream?.getTracks().forEach((track) => track.stop());
  stream = null;
  video.srcObject = null;
  pace.textContent = "";
  clear();
  say(sentence);
  state("off");
  button("turn").hidden = true;
}

function connect() {
  const address = new URL("/ws/camera/", location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  const mine = new WebSocket(address);
  socket = mine;
  mine.addEventListener("open", () => send(mine));
  mine.addEventListener("message", ({ data }) => heard(mine, JSON.parse(data)));
  mine.addEventListener("close", ({ code }) => {
    if (socket !== mine) return;
    stop(CODES[code] ?? gettext("The site cannot be reached. Switch the camera on again in a moment."));
  });
}

function heard(from, message) {
  if (from !== socket) return;
  if (message.type === "seen") {
    show(message);
    const took = performance.now() - sentAt;
    pace.textContent = fill(gettext("{here} ms to look, {all} ms with the way there and back."), {
      here: message.milliseconds,
      all: Math.round(took),
    });
  } else if (message.why === "unavailable" || message.why === "out_of_memory" || message.why === "timeout") {
    pace.textContent = gettext("The site has no time for the camera at the moment.");
  }
  // In a hurry only as far as the site keeps up.
  wait(from, Math.max(0, PAUSE - (performance.now() - sentAt)));
}

function wait(to, milliseconds) {
  clearTimeout(timer);
  timer = setTimeout(() => send(to), milliseconds);
}

const blobOf = (quality) => new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));

function draw(longest) {
  const scale = Math.min(1, longest / Math.max(video.videoWidth, video.videoHeight));
  canvas.width = Math.round(video.videoWidth * scale);
  canvas.height = Math.round(video.videoHeight * scale);
  canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
}

async function send(to) {
  if (to !== socket || to.readyState !== WebSocket.OPEN) return;
  if (!video.videoWidth) return wait(to, PAUSE);
  draw(SIDE);
  for (const quality of QUALITIES) {
    const blob = await blobOf(quality);
    if (blob && blob.size <= Number(root.dataset.most)) {
      if (to !== socket || to.readyState !== WebSocket.OPEN) return;
      sentAt = performance.now();
      to.send(blob);
      break;
    }
  }
  wait(to, PATIENCE);
}

async function snapshot() {
  if (!video.videoWidth) return;
  draw(Infinity);
  const blob = await blobOf(0.92);
  const form = new FormData();
  form.append("file", blob, `camera-${new Date().toISOString().slice(0, 19).replaceAll(":", "-")}.jpg`);
  const token = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? button("form").elements.csrfmiddlewaretoken.value;
  try {
    const response = await fetch(root.dataset.upload, { method: "POST", headers: { "X-CSRFToken": token }, body: form });
    const answer = await response.json();
    if (response.ok) {
      toast(gettext("The snapshot is in your library now."), "success");
      document.body.dispatchEvent(new CustomEvent("news"));
    } else toast(answer.detail ?? gettext("The snapshot was not taken."), "error");
  } catch {
    toast(gettext("The snapshot was not taken: the site cannot be reached."), "error");
  }
}

button("start").addEventListener("click", start);
button("stop").addEventListener("click", () => {
  stop();
  button("start").focus();
});
button("snapshot").addEventListener("click", snapshot);
button("turn").addEventListener("click", () => {
  facing = facing === "user" ? "environment" : "user";
  stop();
  start();
});
// Nobody sees what a hidden tab shows: the camera's light goes out, and comes on again with the tab.
document.addEventListener("visibilitychange", () => {
  if (document.hidden && root.dataset.state === "on") {
    stop(gettext("The camera rests while the page is hidden."));
    resumes = true;
  } else if (!document.hidden && resumes) {
    resumes = false;
    start();
  }
});
addEventListener("pagehide", () => stop());
say(whyNot());
button("start").disabled = whyNot() !== "";
