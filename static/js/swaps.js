// The one place where answers and refreshes come into a page. They are morphed in, so that what one reads, types in,
// has opened or is pressing stays the same element; and in order: what was read earlier never covers what is newer.

import { keepFocus, placeOf } from "./focus.js";
import { toast } from "./toasts.js";

// ms: what takes the focus away may be the start of a click, which would then hit something else.
const CLICK = 500;
const TYPED = "input:not([type=checkbox], [type=radio], [type=file]), textarea";

// By the target's id: the requests on their way to it, the moment of what it shows, and whether it must be fetched
// again, at once (stale) or when nobody's hands are on it (late).
const targets = new Map();
const requests = new WeakMap();
const successors = new Map();
const departures = new Map();
let moment = 0;
let waiting = 0;
let current = null;

function stateOf(id) {
  if (!targets.has(id)) targets.set(id, { open: new Set(), shown: 0, stale: false, late: false });
  return targets.get(id);
}

// Say what has the focus after an answer into that target, given the request: {form, place}. Nothing: it stays.
export function afterAnswer(id, successor) {
  successors.set(id, successor);
}

// Hear of each answer to that target as it is sent, given the request, which comes back with `afterAnswer`.
export function whenSent(id, departure) {
  departures.set(id, departure);
}

function refresh(id) {
  const target = document.getElementById(id);
  const address = target?.getAttribute("hx-get");
  // Whether it was fetched or not is said by htmx's events, which page.js hears.
  if (address) htmx.ajax("GET", address, { source: target, target }).catch(() => {});
}

// Have the target show another address, and nothing of the last one that is still on its way.
export function lead(id, address) {
  const { open } = stateOf(id);
  document.getElementById(id).setAttribute("hx-get", address);
  if (open.size === 0) return refresh(id);
  for (const request of open) request.isCalledOff = true;
}

// Before anything is asked. News waits for the answer that is on its way: it would bring the same and take the
// answer's place. Answers do not wait for each other: whoever leaves the page must not lose a word that was not sent.
function ask(event) {
  const { elt, target, verb, triggeringEvent } = event.detail;
  if (!target.id) return;
  const state = stateOf(target.id);
  if (verb === "get") {
    if (state.open.size === 0) return;
    state.stale = true;
    event.preventDefault();
    return;
  }
  for (const request of state.open) {
    // Not aborted, which htmx takes for an error: what it brings is left out.
    if (request.verb === "get") request.isCalledOff = true;
    // Pressed twice. Another button of the same form is another word; htmx sends it after this one.
    else if (request.form === elt && request.submitter === triggeringEvent?.submitter) event.preventDefault();
  }
}

function sent({ detail }) {
  const { xhr, target, requestConfig } = detail;
  if (!target.id) return;
  const { verb, elt, triggeringEvent } = requestConfig;
  const place = placeOf(elt, target);
  const said = new Map([...typedIn(elt)].map(({ id, value }) => [id, value]));
  const request = { verb, form: elt, submitter: triggeringEvent?.submitter, place, said, sent: (moment += 1) };
  const state = stateOf(target.id);
  requests.set(xhr, request);
  state.open.add(request);
  xhr.addEventListener("loadend", () => {
    state.open.delete(request);
    if (request.isCalledOff) state.stale = true;
    if (state.open.size > 0 || !state.stale) return;
    state.stale = false;
    refresh(target.id);
  });
  if (verb !== "get") departures.get(target.id)?.(request);
}

const typedIn = (element) => element.querySelectorAll(`:is(${TYPED})[id]`);

const isTyping = (target) => {
  const field = document.activeElement;
  return target.contains(field) && field.matches(TYPED) && field.value !== field.defaultValue;
};

// Whether this news would disturb a name being typed, swallow a press, take a question from before the eyes, or what
// somebody is at: while a photo is looked at again it shows no faces.
function disturbs(target, html) {
  const entry = document.activeElement.closest("[data-entry]");
  const takesAway = entry && target.contains(entry) && !html.includes(`id="${entry.id}"`);
  return isTyping(target) || takesAway || target.querySelector(":active, dialog[open]") !== null;
}

// Whether something around the target that was asked for later has been shown since.
function isOvertaken(target, request) {
  for (let at = target; at; at = at.parentElement) if (at.id && targets.get(at.id)?.shown > request.sent) return true;
  return false;
}

// The sentences of an answer that is not shown itself.
function say(html) {
  const answer = new DOMParser().parseFromString(html, "text/html");
  for (const alert of answer.querySelectorAll("[role=alert]")) toast(alert.textContent.trim(), "error");
}

const isDirty = (element) => {
  if (element.matches("option")) return [...element.closest("select").options].some(isChanged);
  return isChanged(element);
};
const isChanged = ({ tagName, selected, defaultSelected, checked, defaultChecked, value, defaultValue }) =>
  tagName === "OPTION" ? selected !== defaultSelected : checked !== defaultChecked || value !== defaultValue;

// What people and scripts have done to an element since it came from the server is not the server's to undo.
const KEPT = {
  open: (element) => element.matches("details"),
  value: (element) => element.matches("input, textarea") && isDirty(element),
  checked: (element) => element.matches("input") && isDirty(element),
  selected: (element) => element.matches("option") && isDirty(element),
  // Of a wall one card is a stop, as roving.js says.
  tabindex: (element) => element === document.activeElement || element.closest(".card") !== null,
  // Never in the markup, which the policy forbids: what scripts have measured.
  style: () => true,
  // The larger picture that has taken a small one's place.
  src: (element) => element.dataset.larger === element.getAttribute("src"),
  // Which face of a photo was chosen.
  "data-at": () => true,
};

const MORPH = {
  morphStyle: "outerHTML",
  callbacks: {
    beforeAttributeUpdated: (name, element) => !KEPT[name]?.(element),
    // A part of the target that was asked for and shown since is newer than this.
    beforeNodeMorphed: (old) => !(current && targets.get(old.id)?.shown > current.sent),
    // What an answer complained of, asked or offered stands until the next answer; news knows nothing of it.
    beforeNodeRemoved: (old) => !(current?.verb === "get" && old.matches?.("[role=alert], [data-stays]")),
  },
};

// What is open or typed, by id: it may go with its face while a photo is looked at again, and comes back with it.
const left = new Map();

function remember(target) {
  for (const { id } of target.querySelectorAll("details[open][id]")) left.set(id, { open: true });
  for (const field of typedIn(target)) {
    if (field.value !== field.defaultValue) left.set(field.id, { value: field.value });
  }
}

const isOnItsWay = (id) => [...targets.values()].some(({ open }) => [...open].some(({ said }) => said.has(id)));

function giveBack() {
  for (const [id, was] of left) {
    const element = document.getElementById(id);
    if (!element) continue;
    Object.assign(element, was);
    // The form of a face that became a guess meanwhile is folded away; not under the hands of who writes in it.
    const folded = "value" in was && !isOnItsWay(id) && element.closest("details");
    if (folded) folded.open = true;
    left.delete(id);
  }
}

function show(target, detail, request) {
  const { selectOverride, serverResponse, requestConfig } = detail;
  const isAnswer = request.verb !== "get";
  const place = placeOf(document.activeElement, target);
  const options = {
    select: selectOverride ?? requestConfig.elt.getAttribute("hx-select"),
    selectOOB: requestConfig.elt.getAttribute("hx-select-oob"),
    contextElement: target,
    eventInfo: detail,
  };
  remember(target);
  // They come anew: Chromium crashes if one is moved while fields go that have it.
  for (const list of target.querySelectorAll("datalist")) list.remove();
  current = request;
  // Without delays, so that all of it is done when this returns: what follows looks at the new state.
  htmx.swap(target, serverResponse, { swapStyle: "morph", swapDelay: 0, settleDelay: 0 }, options);
  current = null;
  giveBack();
  const state = stateOf(target.id);
  state.shown = moment += 1;
  state.late = false;
  keepFocus(place, target, isAnswer ? successors.get(target.id)?.(request, place) : null);
}

// Bring in a part that a script has fetched by itself; false where that would disturb somebody now.
export function bringIn(target, html) {
  if (disturbs(target, html)) return false;
  const place = placeOf(document.activeElement, target);
  current = { verb: "get", sent: (moment += 1) };
  htmx.swap(target, html, { swapStyle: "morph", swapDelay: 0, settleDelay: 0 }, { contextElement: target });
  current = null;
  if (place) keepFocus(place, document.getElementById(target.id) ?? target);
  return true;
}

function swap({ detail }) {
  const request = requests.get(detail.xhr);
  if (!detail.shouldSwap || !request) return;
  // From here on it is not htmx that swaps: it would look for the extension above the form, which may be gone.
  detail.shouldSwap = false;
  const target = document.getElementById(detail.target.id);
  if (!target || request.isCalledOff) return;
  const state = stateOf(target.id);
  // What was sent is not being typed any more, unless it was refused or asked back about.
  const isTaken = request.verb !== "get" && !/role="alert"|data-which/.test(detail.serverResponse);
  if (isTaken) empty(request);
  if (isOvertaken(target, request)) {
    state.stale = true;
    say(detail.serverResponse);
  } else if (request.verb === "get" && disturbs(target, detail.serverResponse)) state.late = true;
  else show(target, detail, request);
}

// Empty the fields of what was sent, by their ids: an answer may have put them into another form. What has been typed
// in them since stays.
function empty({ form, said }) {
  const fields = [...said].map(([id, sent]) => [document.getElementById(id), sent]).filter(([field]) => field);
  const kept = fields.map(([field, sent]) => (field.value === sent ? field.defaultValue : field.value));
  form.reset?.();
  fields.forEach(([field], index) => (field.value = kept[index]));
}

function catchUp() {
  const late = () => [...targets].filter(([, state]) => state.late);
  if (late().length === 0) return;
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    for (const [id, state] of late()) {
      const target = document.getElementById(id);
      if (target && isTyping(target)) continue;
      state.late = false;
      refresh(id);
    }
  }, CLICK);
}

// To be called once, after the page's own listeners have had their say about what is swapped at all.
export function bringInSwaps() {
  htmx.defineExtension("morph", {
    isInlineSwap: () => true,
    handleSwap: (style, target, fragment) => style === "morph" && Idiomorph.morph(target, fragment.children, MORPH),
  });
  const { body } = document;
  body.addEventListener("htmx:confirm", ask);
  body.addEventListener("htmx:beforeSend", sent);
  body.addEventListener("htmx:beforeSwap", swap);
  for (const end of ["focusout", "input", "pointerup", "pointercancel", "keyup"]) {
    document.addEventListener(end, catchUp);
  }
}
