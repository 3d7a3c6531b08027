// The whole photo of a card's face in place of the faces, with the face marked on it.

const SVG = "http://www.w3.org/2000/svg";

function element(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function marked(size, [x, y, width, height]) {
  const overlay = element("svg", { viewBox: `0 0 ${size.join(" ")}`, "aria-hidden": "true" });
  for (const kind of ["halo", "line"]) overlay.append(element("rect", { class: kind, x, y, width, height }));
  return overlay;
}

// The face that one stands at, else the first.
function faceOf(card) {
  const item = document.activeElement.closest(".desk-faces > li");
  return (item ?? card).querySelector("[data-on-photo]");
}

export function togglePhoto(card) {
  const figure = card.querySelector("[data-photo]");
  if (!figure.hidden) {
    figure.hidden = true;
    return;
  }
  const face = faceOf(card);
  const { onPhoto, toPhoto, size, box } = face.dataset;
  const [width, height] = size.split(" ").map(Number);
  const link = document.createElement("a");
  link.href = toPhoto;
  const picture = new Image(width || 800, height || 600);
  Object.assign(picture, { src: onPhoto, alt: face.parentElement.querySelector("img").alt });
  link.append(picture);
  if (width && height) link.append(marked([width, height], box.split(" ")));
  figure.replaceChildren(link);
  figure.hidden = false;
}
