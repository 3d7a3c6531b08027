// Tells the page that something of yours changed: over a WebSocket where there is one, by asking where not.
// One event, "changed", whoever says so; #progress fetches what it was and wakes the cards.

import { reconnected } from "./connection.js";
import { announce, toast } from "./toasts.js";
import { fill, gettext } from "./words.js";

const COALESCE = 250;
const FAST = 2000;
const SLOW = 15000;
const BACK_OFF = [1000, 2000, 5000, 10000, 30000];

let socket = null;
let failures = 0;
let pending = 0;
let beat = 0;

const count = (name) => Number(document.getElementById("progress")?.dataset[name] ?? 0);
const openJobs = () => count("open");

function changed() {
  if (pending) return;
  pending = setTimeout(() => {
    pending = 0;
    document.body.dispatchEvent(new CustomEvent("changed", { bubbles: true }));
  }, COALESCE);
}

function schedule() {
  clearTimeout(beat);
  const connected = socket?.readyState === WebSocket.OPEN;
  beat = setTimeout(
    () => {
      // Nobody watches a hidden page; it asks once when it is shown again.
      if (!document.hidden) changed();
      schedule();
    },
    // Slowly even while connected: the line may stand and bring nothing, as while the channel layer is away.
    !connected && openJobs() + count("tasks") > 0 ? FAST : SLOW,
  );
}

function connect() {
  const address = new URL("/ws/live/", location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  socket = new WebSocket(address);
  socket.addEventListener("open", () => {
    failures = 0;
    // What happened before the line stood would otherwise be missed.
    changed();
    schedule();
  });
  socket.addEventListener("message", changed);
  socket.addEventListener("close", (event) => {
    // Let go by pagehide, not broken.
    if (event.target !== socket) return;
    // A line that breaks may be the line alone.
    if (!document.hidden) reconnected();
    const wait = BACK_OFF[Math.min(failures, BACK_OFF.length - 1)];
    failures += 1;
    setTimeout(() => event.target === socket && connect(), wait);
    schedule();
  });
}

// What happened while nobody answered was not heard of.
document.addEventListener("server-back", changed);

// A page that changed something itself need not wait to be told.
document.body.addEventListener("news", changed);

let before = openJobs();
let tasksBefore = count("tasks");
document.body.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id !== "progress") return;
  const now = openJobs();
  const [total, failed] = [count("total"), count("failed")];
  if (before > 0 && now === 0 && total > 0) {
    if (failed > 0) {
      toast(fill(gettext("Analysis has finished: {failed} of {total} failed."), { failed, total }), "warning");
    } else {
      announce(fill(gettext("Analysis has finished: {total} of {total}."), { total }));
    }
  }
  // Work that has just begun is followed closely from now on.
  const tasks = count("tasks");
  if ((before === 0 && now > 0) || (tasksBefore === 0 && tasks > 0)) schedule();
  before = now;
  tasksBefore = tasks;
});

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) changed();
});

// A page in the back-forward cache must not hold a socket; it takes a new one when it returns.
addEventListener("pagehide", () => {
  const closing = socket;
  socket = null;
  closing?.close();
});
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  connect();
  changed();
});

connect();
schedule();
