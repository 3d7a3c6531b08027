// Sends files of people aside from the library, in pieces, and then shows what they would bring.

import { reconnected } from "./connection.js";
import { modified } from "./modified.js";
import { announce, toast } from "./toasts.js";
import { fill, gettext, ngettext } from "./words.js";

const MEGABYTE = 2 ** 20;
// Of one request, which may have a little more than that.
const PIECE = 8 * MEGABYTE;
const MOST_PIECES = 400;
// As in uploads: what breaks this often although the server answers is not the network's fault.
const TRIES = 3;

class Refused extends Error {}
class Stopped extends Error {}

const panel = document.getElementById("bring-panel");
const part = (name) => panel.querySelector(`[data-${name}]`);
let current = null;

// Signing in again in another tab renews the token, so the cookie knows better than the page.
function csrfToken() {
  return document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? panel.dataset.token;
}

function answerOf(xhr) {
  try {
    return JSON.parse(xhr.responseText);
  } catch {
    return {};
  }
}

function refusal(xhr, url) {
  // Whoever is signed out is led to another page.
  const isLed = new URL(xhr.responseURL).pathname !== new URL(url, location).pathname;
  if (isLed || xhr.status === 401 || xhr.status === 403) {
    return gettext("You are signed out. Sign in in another tab, then bring the files again.");
  }
  // What is too long is refused before the site itself sees it.
  if (xhr.status === 413) return xhr.responseText;
  if (xhr.status === 200) return "";
  return answerOf(xhr).detail ?? gettext("The server could not take these files. Try again in a moment.");
}

// Resolves to the answer, rejects with Refused for what the server says, with another error where it isn't reached.
function post(url, data, sending) {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    if (sending) sending.xhr = xhr;
    xhr.open("POST", url);
    xhr.setRequestHeader("X-CSRFToken", csrfToken());
    xhr.setRequestHeader("X-Facesite-User", panel.dataset.user);
    xhr.setRequestHeader("Accept", "application/json");
    xhr.upload.addEventListener("progress", (event) => sending?.progress(event.loaded));
    xhr.addEventListener("load", () => {
      const refused = refusal(xhr, url);
      // A server that is about to end, or a proxy without one, is asked again.
      if (xhr.status >= 500) reject(new Error("broken"));
      else if (refused) reject(new Refused(refused));
      else resolve(answerOf(xhr));
    });
    xhr.addEventListener("error", () => reject(new Error("broken")));
    xhr.addEventListener("abort", () => reject(new Stopped()));
    xhr.send(data);
  });
}

function listing(found) {
  const listed = found.map(({ file, path }) => [path, file.size, modified(file)]);
  const data = new FormData();
  data.append("listing", new Blob([JSON.stringify(listed)], { type: "application/json" }));
  return data;
}

// Yields requests: pieces of as many files as fit into one.
function* requests(files) {
  let pieces = [];
  let bytes = 0;
  for (const { file, number } of files) {
    let start = 0;
    // Of an empty file too there is one piece.
    do {
      const end = Math.min(file.size, start + PIECE - bytes);
      pieces.push({ number, start, piece: file.slice(start, end) });
      bytes += end - start;
      start = end;
      if (bytes >= PIECE || pieces.length >= MOST_PIECES) {
        yield { pieces, bytes };
        pieces = [];
        bytes = 0;
      }
    } while (start < file.size);
  }
  if (pieces.length > 0) yield { pieces, bytes };
}

function dataOf(pieces) {
  const data = new FormData();
  for (const { number, start, piece } of pieces) {
    data.append("number", number);
    data.append("start", start);
    data.append("piece", piece, "piece");
  }
  return data;
}

// One from the list of files until the page that shows them: Stop counts throughout.
class Sending {
  xhr = null;
  stopped = false;
  // Bytes, once the server has said which files it wants.
  total = 0;
  #sent = 0;

  progress(loaded) {
    panel.querySelector("progress").value = this.total ? Math.min(1, (this.#sent + loaded) / this.total) : 0;
  }

  check() {
    if (this.stopped) throw new Stopped();
  }

  // Sent again until it arrives: a piece that came twice is kept once.
  async persist(url, pieces) {
    for (let brokeAlone = 0; ; ) {
      this.check();
      try {
        const answer = await post(url, dataOf(pieces), this);
        part("note").textContent = "";
        return answer;
      } catch (error) {
        if (error instanceof Refused || error instanceof Stopped) throw error;
        part("note").textContent = gettext("No connection. It goes on by itself.");
        if (!(await reconnected())) brokeAlone += 1;
        if (brokeAlone === TRIES) {
          throw new Refused(
            gettext("The connection broke at the same place each time. Check that the files can still be read, then bring them again."),
          );
        }
      }
    }
  }

  async all(url, files) {
    for (const { pieces, bytes } of requests(files)) {
      await this.persist(url, pieces);
      this.#sent += bytes;
      this.progress(0);
    }
    this.check();
  }

  stop() {
    this.stopped = true;
    this.xhr?.abort();
  }
}

function open(title) {
  part("title").textContent = title;
  part("note").textContent = "";
  part("stop").hidden = false;
  part("close").hidden = true;
  panel.querySelector("progress").hidden = false;
  panel.querySelector("progress").value = 0;
  panel.hidden = false;
  announce(title);
}

function fail(sentence) {
  part("title").textContent = gettext("Nobody was brought in");
  part("note").textContent = sentence;
  // Its button goes, and with it the focus.
  const held = panel.contains(document.activeElement);
  part("stop").hidden = true;
  part("close").hidden = false;
  panel.querySelector("progress").hidden = true;
  if (held) part("close").focus();
  announce(sentence);
}

async function send(found, sending) {
  const begun = await post(panel.dataset.beginUrl, listing(found), sending);
  try {
    sending.check();
    const files = begun.wanted.map((number) => ({ file: found[number].file, number }));
    sending.total = files.reduce((sum, { file }) => sum + file.size, 0);
    open(fill(gettext("Sending {source}"), { source: begun.source }));
    await sending.all(begun.pieces, files);
    const { url } = await post(begun.close, new FormData(), sending);
    sending.check();
    return url;
  } catch (error) {
    // Nothing of it is of use. If that does not arrive either, it is swept one day.
    post(begun.leave, new FormData(), null).catch(() => {});
    throw error;
  }
}

// `found` are files, each with its `path` within what was brought.
export async function bring(found) {
  if (found.length === 0) return;
  if (current) {
    toast(gettext("Other files are on their way. Bring these when they have arrived."), "warning");
    return;
  }
  current = new Sending();
  open(fill(ngettext("Sending {count} file", "Sending {count} files", found.length), { count: found.length }));
  try {
    const url = await send(found, current);
    current = null;
    location.assign(url);
  } catch (error) {
    current = null;
    if (error instanceof Stopped) panel.hidden = true;
    else if (error instanceof Refused) fail(error.message);
    else fail(gettext("The server cannot be reached. Check the connection and try again."));
  }
}

// Asks what folders are that look like people. True where they are not to be photos: they are brought, or forgotten.
export async function areBrought(found) {
  const folders = new Set(found.map(({ path }) => path.split("/").slice(0, -1).join("/")));
  folders.delete("");
  const dialog = document.getElementById("ask-people");
  if (folders.size < 2 || !dialog) return false;
  const said = await post(dialog.dataset.lookUrl, listing(found), null).catch(() => ({ count: 0 }));
  if (!said.count) return false;
  dialog.querySelector("[data-title]").textContent = fill(
    ngettext("{count} folder looks like a person", "{count} folders look like people", said.count),
    { count: said.count },
  );
  const names = said.names.join(", ");
  dialog.querySelector("[data-names]").textContent =
    said.count > said.names.length ? fill(gettext("{names} and others."), { names }) : `${names}.`;
  dialog.returnValue = "";
  dialog.showModal();
  await new Promise((resolve) => {
    dialog.addEventListener("close", resolve, { once: true });
  });
  if (dialog.returnValue === "people") bring(found);
  return dialog.returnValue !== "photos";
}

// What is dropped on an album is no known people.
if (panel) {
  part("stop").addEventListener("click", () => current?.stop());
  part("close").addEventListener("click", () => {
    panel.hidden = true;
  });
}

// Leaving would end it without a word.
addEventListener("beforeunload", (event) => {
  if (current) event.preventDefault();
});
