// Photos of an album are put in order by dragging one before another, or by keys; the buttons do the same
// without a script. What comes back is the list as it is then.

const PLACE = ".arrange-photo";
let dragged = null;

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

// The photo before which one stands that is dropped there: the left half is before, the right half behind.
function placeAt(event) {
  const over = photoOf(event.target);
  if (!over || over === dragged) return null;
  const { left, width } = over.getBoundingClientRect();
  const isBehind = event.clientX > left + width / 2;
  return { over, isBehind };
}

function before({ over, isBehind }) {
  if (!isBehind) return over.dataset.photo;
  let next = over.nextElementSibling;
  if (next === dragged) next = next.nextElementSibling;
  return next?.dataset.photo ?? over.closest(".arrange").dataset.after;
}

function unmark() {
  document.querySelectorAll("[data-drop]").forEach((one) => one.removeAttribute("data-drop"));
}

document.addEventListener("dragstart", (event) => {
  dragged = photoOf(event.target);
  if (!dragged) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", dragged.dataset.photo);
});

document.addEventListener("dragover", (event) => {
  const place = dragged && placeAt(event);
  unmark();
  if (!place) return;
  event.preventDefault();
  place.over.dataset.drop = place.isBehind ? "behind" : "before";
});

document.addEventListener("drop", (event) => {
  const place = dragged && placeAt(event);
  if (!place) return;
  event.preventDefault();
  move(dragged, before(place));
});

document.addEventListener("dragend", () => {
  dragged = null;
  unmark();
});

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
