// What was typed and not taken, across a page that had to be loaded anew: after signing in again, say. It is kept in
// this tab alone, and given back to the same account on the same page alone.

const KEY = "typed";
// ms: what is found later was left by somebody who went on to something else.
const LATEST = 60 * 60 * 1000;
const SIGN_IN = "/accounts/sign-in/";
const FIELDS = "main :is(input:not([type]), input[type=text], input[type=search], textarea)[id]";
const user = () => document.body.dataset.user ?? "";
const here = () => location.pathname + location.search;

// With `afterSignIn` it is given back only where one had to sign in: else the form that was sent has been taken.
export function keepTyped({ afterSignIn = false } = {}) {
  const fields = [...document.querySelectorAll(FIELDS)].filter(({ value, defaultValue }) => value !== defaultValue);
  if (fields.length === 0 || !user()) return;
  const typed = Object.fromEntries(fields.map(({ id, value }) => [id, value]));
  const focused = fields.includes(document.activeElement) ? document.activeElement.id : fields[0].id;
  const kept = { user: user(), at: Date.now(), page: here(), typed, focused, afterSignIn };
  // Without storage it has to be typed again.
  try {
    sessionStorage.setItem(KEY, JSON.stringify(kept));
  } catch {}
}

function recall() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY));
  } catch {
    return null;
  }
}

function forget() {
  try {
    sessionStorage.removeItem(KEY);
  } catch {}
}

const comesFromSignIn = () => document.referrer && new URL(document.referrer).pathname === SIGN_IN;

function fill(id, value) {
  const field = document.getElementById(id);
  if (!field) return false;
  for (let at = field; at; at = at.parentElement) if (at.matches("details")) at.open = true;
  field.value = value;
  return true;
}

// Returns whether anything was given back. On other pages, such as that on which one signs in, it goes on waiting.
export function giveBackTyped() {
  const kept = recall();
  if (!kept || !user()) return false;
  const isWanted = Date.now() - kept.at < LATEST && kept.user === user() && kept.page === here();
  const isTaken = kept.afterSignIn && !comesFromSignIn();
  if (!isWanted || isTaken) {
    forget();
    return false;
  }
  forget();
  const found = Object.entries(kept.typed).filter(([id, value]) => fill(id, value));
  if (found.length > 0) document.getElementById(kept.focused)?.focus();
  return found.length > 0;
}
