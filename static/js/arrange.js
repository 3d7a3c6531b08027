// Photos of an album are put in order by dragging one before another with a mouse or a finger, or by keys; the buttons
// do the same without a script. What comes back is the list as it is then.

const PLACE = ".arrange-photo";
// ms and pixels: how long a finger rests to take a photo up, and how far a pointer moves that means it.
const REST = 350;
const FAR = 8;
// px: so near to the edge the page scrolls, by so much a frame.
const EDGE = 72;
const STEP = 10;
let held = null;

function photoOf(element) {
  return element?.closest?.(PLACE) ?? null;
}

function csrf() {
  return document.querySelector("#chosen-photos [name=csrfmiddlewaretoken]").value;
}

async function move(photo, before) {
  const list = photo.closest(".arrange");
  const id = photo.id;
  await htmx.ajax("POST", list.dataset.move, {
    target: "#arranged",
    swap: "outerHTML",
    values: { photo: photo.dataset.photo, before, csrfmiddlewaretoken: csrf() },
  });
  document.getElementById(id)?.focus();
}

// Where one stands that is dropped there: the left half of a photo is before it, the right half behind.
function placeAt(x, y) {
  const over = photoOf(document.elementFromPoint(x, y));
  if (!over || over === held.photo) return null;
  const { left, width } = over.getBoundingClientRect();
  return { over, isBehind: x > left + width / 2 };
}

function before({ over, isBehind }, dragged) {
  if (!isBehind) return over.dataset.photo;
  let next = over.nextElementSibling;
  if (next === dragged) next = next.nextElementSibling;
  return next?.dataset.photo ?? over.closest(".arrange").dataset.after;
}

function unmark() {
  document.querySelectorAll("[data-drop]").forEach((one) => one.removeAttribute("data-drop"));
}

function lift() {
  held.isLifted = true;
  held.photo.dataset.lifted = "";
  navigator.vibrate?.(10);
  requestAnimationFrame(follow);
}

// The photo goes with the pointer, and at the edges the page does too.
function follow() {
  if (!held?.isLifted) return;
  const { photo, x, y, from } = held;
  if (y < EDGE) scrollBy(0, -STEP);
  else if (y > innerHeight - EDGE) scrollBy(0, STEP);
  photo.style.translate = `${x - from.x}px ${y - from.y + scrollY - from.scroll}px`;
  held.place = placeAt(x, y);
  unmark();
  if (held.place) held.place.over.dataset.drop = held.place.isBehind ? "behind" : "before";
  requestAnimationFrame(follow);
}

function letGo() {
  clearTimeout(held?.resting);
  if (held?.isLifted) {
    held.photo.style.translate = "";
    delete held.photo.dataset.lifted;
    // The click that ends it ticks nothing.
    addEventListener("click", stop, { capture: true, once: true });
    setTimeout(() => removeEventListener("click", stop, { capture: true }));
  }
  held = null;
  unmark();
}

function stop(event) {
  event.preventDefault();
  event.stopPropagation();
}

document.addEventListener("pointerdown", (event) => {
  const photo = photoOf(event.target);
  if (!photo || held || event.button !== 0 || event.target.closest("button, input")) return;
  const { pointerId, pointerType, clientX: x, clientY: y } = event;
  held = { photo, pointerId, x, y, from: { x, y, scroll: scrollY }, isMouse: pointerType === "mouse" };
  // A finger that rests takes the photo up; one that moves scrolls.
  if (!held.isMouse) held.resting = setTimeout(lift, REST);
});

document.addEventListener("pointermove", (event) => {
  if (event.pointerId !== held?.pointerId) return;
  Object.assign(held, { x: event.clientX, y: event.clientY });
  if (held.isLifted || Math.hypot(held.x - held.from.x, held.y - held.from.y) < FAR) return;
  if (held.isMouse) lift();
  else letGo();
});

document.addEventListener("pointerup", (event) => {
  if (event.pointerId !== held?.pointerId) return;
  const { photo, isLifted } = held;
  const place = isLifted ? placeAt(event.clientX, event.clientY) : null;
  letGo();
  if (place) move(photo, before(place, photo));
});

document.addEventListener("pointercancel", letGo);
// While a photo is held up, the finger moves that and not the page; and a long press asks for no menu.
document.addEventListener("touchmove", (event) => held?.isLifted && event.preventDefault(), { passive: false });
document.addEventListener("contextmenu", (event) => held && !held.isMouse && event.preventDefault());
document.addEventListener("keydown", (event) => event.key === "Escape" && letGo());

document.addEventListener("keydown", (event) => {
  const photo = event.target.matches?.(PLACE) ? event.target : null;
  if (!photo || event.ctrlKey || event.altKey || event.metaKey) return;
  const step = { ArrowLeft: "previousElementSibling", ArrowRight: "nextElementSibling" }[event.key];
  const next = step && photo[step];
  if (!next) return;
  event.preventDefault();
  if (!event.shiftKey) next.focus();
  else if (event.key === "ArrowLeft") move(photo, next.dataset.photo);
  else move(photo, next.nextElementSibling?.dataset.photo ?? photo.closest(".arrange").dataset.after);
});
