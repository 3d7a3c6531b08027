// A plot as a picture to keep: its canvas, or its network, on the page's ground below its title.

import { fontOf, resolved } from "./inks.js";

const SCALE = 2; // pixels of a network's picture a unit
const MARGIN = 16; // px
const TITLE = 40;
// What of a network's look stands in a stylesheet, which a picture of its own does not have.
const LOOKS = ["fill", "stroke", "stroke-width", "stroke-linecap", "stroke-opacity", "opacity", "font-family", "font-size"];

function standalone(svg) {
  const copy = svg.cloneNode(true);
  const [from, to] = [svg, copy].map((one) => [...one.querySelectorAll("path, circle, text")]);
  from.forEach((element, at) => {
    const style = getComputedStyle(element);
    for (const name of LOOKS) to[at].setAttribute(name, style.getPropertyValue(name));
  });
  const { width, height } = svg.viewBox.baseVal;
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", width * SCALE);
  copy.setAttribute("height", height * SCALE);
  return new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml" });
}

async function imageOf(svg) {
  const address = URL.createObjectURL(standalone(svg));
  const image = new Image();
  image.src = address;
  await image.decode();
  URL.revokeObjectURL(address);
  return { source: image, scale: SCALE };
}

async function pictureOf(card) {
  const svg = card.querySelector("[data-network]");
  if (svg) return imageOf(svg);
  const source = card.querySelector("canvas");
  return source && { source, scale: devicePixelRatio };
}

function save(blob, name) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: `${name}.png` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

async function keep(button) {
  const card = document.getElementById(button.dataset.png);
  const found = await pictureOf(card);
  if (!found) return;
  const { source, scale } = found;
  const canvas = document.createElement("canvas");
  canvas.width = source.width + 2 * MARGIN * scale;
  canvas.height = source.height + (TITLE + MARGIN) * scale;
  const ctx = canvas.getContext("2d");
  ctx.fillStyle = resolved(card, "--page");
  ctx.fillRect(0, 0, canvas.width, canvas.height);
  ctx.fillStyle = resolved(card, "--text");
  ctx.font = fontOf(card, 15 * scale);
  ctx.textBaseline = "middle";
  ctx.fillText(button.dataset.title, MARGIN * scale, (TITLE / 2) * scale);
  ctx.drawImage(source, MARGIN * scale, TITLE * scale);
  canvas.toBlob((blob) => save(blob, button.dataset.png));
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-png]");
  if (button) keep(button);
});
