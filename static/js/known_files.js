// Tells which files the server has already, before any is sent: after a tab that was closed, the same folder goes on where
// it was. Files are read a little ahead of those that are sent.

import { besides } from "./beside.js";
import { csrfToken } from "./server.js";

const TOGETHER = 20;
const WAIT = 100;

// Without it, files are sent and the server says which it has.
const hashOf = besides(new URL("./hash_worker.js", import.meta.url));
let asked = [];
let waiting = 0;

async function ask() {
  clearTimeout(waiting);
  waiting = 0;
  const some = asked.splice(0, TOGETHER);
  if (asked.length) waiting = setTimeout(ask);
  const { url, user, album } = some[0];
  const known = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken(), "X-Facesite-User": user },
    body: JSON.stringify({ sha256: some.map(({ hash }) => hash), album }),
  })
    .then((answer) => (answer.ok && !answer.redirected ? answer.json() : {}))
    .catch(() => ({}));
  for (const { hash, done } of some) done(known[hash] ?? null);
}

// What the server says of a file that it has: {url, detail}; null of one that is to be sent. Into an album it puts it at once.
export async function whatIsKnown(file, url, user, album) {
  const hash = await hashOf(file);
  if (!hash) return null;
  return new Promise((done) => {
    asked.push({ hash, url, user, album, done });
    if (asked.length >= TOGETHER) ask();
    else waiting ||= setTimeout(ask, WAIT);
  });
}
