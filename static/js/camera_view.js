// What is seen on a frame, drawn over the video and said in a list. Elements are kept from frame to frame.

import { fill, gettext } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const overlay = document.getElementById("camera-overlay");
const list = document.getElementById("camera-seen");
const words = new Map([...document.querySelectorAll("#camera-words [data-word]")].map((one) => [one.dataset.word, one.textContent]));

const said = (word) => words.get(word) ?? word;
const isOn = (layer) => document.querySelector(`.camera-layers [name=${layer}]`).checked;

function make(name, attributes, text) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

function nameOf(face) {
  if (face.private) return gettext("Not to be recognised");
  if (!face.name) return gettext("Unknown");
  // A machine's word always reads as a guess.
  return face.sure ? `${face.name}?` : fill(gettext("Perhaps {name}"), { name: face.name });
}

function linesOf(face) {
  const lines = [];
  if (face.private) return [nameOf(face)];
  if (isOn("names") && face.name) lines.push(nameOf(face));
  const values = { gender: said(face.gender), years: face.age };
  if (isOn("age")) lines.push(fill(face.doubtful ? gettext("perhaps {gender}, about {years}") : gettext("{gender}, about {years}"), values));
  if (isOn("emotion")) lines.push(`${said(face.emotion)} ${Math.round(face.emotionSure * 100)} %`);
  return lines;
}

function drawn(face, letters, height) {
  const [left, top, right, bottom] = face.box;
  const group = make("g", { "data-colour": face.name ? face.colour : "none", "data-state": face.name ? "guess" : "unknown" });
  const box = { x: left, y: top, width: right - left, height: bottom - top };
  group.append(make("rect", { class: "halo", ...box }), make("rect", { class: "line", ...box }));
  if (isOn("landmarks") && face.points) {
    const dots = face.points.map(([x, y]) => `M${x} ${y}h0`).join("");
    group.append(make("path", { class: "halo", d: dots }), make("path", { class: "dot", d: dots }));
  }
  const lines = linesOf(face);
  // Below the face, or above it where the picture ends.
  const room = letters * 1.25 * lines.length;
  const first = bottom + room > height && top > room ? top - room + letters * 0.8 : bottom + letters * 1.1;
  lines.forEach((line, at) => {
    const place = { x: (left + right) / 2, y: first + letters * 1.25 * at };
    group.append(make("text", { ...place, "font-size": letters, "text-anchor": "middle" }, line));
  });
  return group;
}

export function show({ width, height, faces }) {
  overlay.setAttribute("viewBox", `0 0 ${width} ${height}`);
  // As large on the screen as other words, whatever the frame's size.
  const letters = (15 * width) / Math.max(1, overlay.clientWidth);
  overlay.replaceChildren(...faces.map((face) => drawn(face, letters, height)));
  const lines = faces.map((face) => [nameOf(face), ...linesOf(face).filter((line) => line !== nameOf(face))].join(", "));
  while (list.children.length > lines.length) list.lastChild.remove();
  lines.forEach((line, at) => {
    if (!list.children[at]) list.append(document.createElement("li"));
    if (list.children[at].textContent !== line) list.children[at].textContent = line;
  });
}

export function clear() {
  overlay.replaceChildren();
  list.replaceChildren();
}
