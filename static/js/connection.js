// Whether the server can be reached, and when it can be again. The document hears "server-away" and "server-back".

const PAUSES = [1000, 2000, 5000, 10000, 30000];

let absence = null;

async function answers() {
  try {
    // A file of the site: it needs neither the database nor a session.
    await fetch(document.querySelector("link[rel=icon]").href, { method: "HEAD", cache: "no-store" });
    return true;
  } catch {
    return false;
  }
}

function pause(milliseconds) {
  return new Promise((resolve) => {
    const ends = new AbortController();
    const end = () => {
      clearTimeout(timer);
      ends.abort();
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    // The browser may know sooner.
    addEventListener("online", end, { signal: ends.signal });
  });
}

const tell = (what) => document.dispatchEvent(new CustomEvent(what));

async function wait() {
  let tries = 0;
  while (!(await answers())) {
    // The first failure may be of a moment.
    if (tries === 1) tell("server-away");
    await pause(PAUSES[Math.min(tries, PAUSES.length - 1)]);
    tries += 1;
  }
  absence = null;
  if (tries > 0) tell("server-back");
  return tries > 0;
}

// Resolves once the server answers: to true if it was away, to false if it was there all the time.
// Whoever asks meanwhile waits for the same answer.
export function reconnected() {
  absence ??= wait();
  return absence;
}
