// Plots of what a table says, which stays there for whoever reads it: `data-plot` names the table, whose rows have
// `data-values`, an x and a y for each other column but those with `data-aside`, and whose last x ends at `data-to`.
//
// `data-form` is "steps", or "points" on lines; `data-y` is "share" or "number". With `data-years` each x is a year, and
// a press on one goes where its row leads. What `data-lines-of` names has `data-lines`, which are drawn upright, and drawn
// anew when it comes anew.

import { COLUMNS, DASHES, faint, onOtherColours, resolved } from "./inks.js";

const HEIGHT = 240; // px, without the legend

const isSteps = ({ dataset }) => dataset.form === "steps";

// What is not known is no number.
const numberOf = (text) => (text === "-" ? null : Number(text));
const valuesOf = (row) => row.dataset.values.split(" ").map(numberOf);

// Steps go down to nothing in a year that the table leaves out, and lines on to the next.
function withEveryYear(rows, steps) {
  const first = rows[0][0];
  const found = new Map(rows.map((row) => [row[0], row]));
  const none = Array(rows[0].length - 1).fill(steps ? 0 : null);
  return Array.from({ length: rows.at(-1)[0] - first + 1 }, (_, at) => found.get(first + at) ?? [first + at, ...none]);
}

function read(place, table) {
  const rows = [...table.tBodies[0].rows];
  const values = rows.map(valuesOf);
  const all = "years" in place.dataset ? withEveryYear(values, isSteps(place)) : values;
  const columns = all[0].map((_, at) => all.map((row) => row[at]));
  if (!isSteps(place)) return columns;
  // The last step has its width too.
  const end = Number(rows.at(-1).dataset.to);
  return columns.map((column, at) => [...column, at === 0 ? end : column.at(-1)]);
}

function drawLines(plot, at, stroke) {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = stroke;
  ctx.lineWidth = devicePixelRatio;
  at.forEach((x, number) => {
    ctx.setLineDash(number > 0 ? [4 * devicePixelRatio, 3 * devicePixelRatio] : []);
    const left = Math.round(plot.valToPos(x, "x", true));
    ctx.beginPath();
    ctx.moveTo(left, bbox.top);
    ctx.lineTo(left, bbox.top + bbox.height);
    ctx.stroke();
  });
  ctx.restore();
}

function linesOf({ dataset }) {
  const lines = document.getElementById(dataset.linesOf)?.dataset.lines ?? "";
  return lines.split(" ").filter(Boolean).map(Number);
}

// How numbers of the upright axis are written, on it and in the legend.
function writers({ dataset }) {
  const { lang } = document.documentElement;
  const share = dataset.y === "share";
  const format = new Intl.NumberFormat(lang, { style: share ? "percent" : "decimal", maximumFractionDigits: 1 });
  const x = (value) => ("years" in dataset ? `${Math.round(value)}` : value.toFixed(2));
  return { x: (value) => known(value, x), y: (value) => known(value, (number) => format.format(number)) };
}

const known = (value, write) => (value === null || value === undefined ? "–" : write(value));

function drawn(place, label, at, write) {
  const stroke = resolved(place, COLUMNS[at % COLUMNS.length]);
  const one = { label, stroke, width: 2, value: (_, y) => write(y) };
  if (!isSteps(place)) {
    return { ...one, dash: DASHES[at % DASHES.length], points: { show: true, size: 7, fill: stroke }, spanGaps: true };
  }
  const fill = faint(stroke, 0.2);
  return { ...one, fill, paths: uPlot.paths.stepped({ align: 1 }), points: { show: false } };
}

function options(place, table) {
  const [text, muted, line] = ["--text", "--muted", "--line"].map((name) => resolved(place, name));
  const [x, ...heads] = [...table.tHead.rows[0].cells].filter(({ dataset }) => !("aside" in dataset));
  const write = writers(place);
  const axis = { stroke: muted, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
  const whole = { incrs: [1, 2, 5, 10, 20, 50], values: (_, ticks) => ticks.map(write.x) };
  return {
    width: place.clientWidth,
    height: HEIGHT,
    // Lines have room above their highest point.
    scales: { x: { time: false }, y: { range: (_, _low, high) => [0, isSteps(place) ? high : high * 1.05] } },
    axes: [
      "years" in place.dataset ? { ...axis, ...whole } : axis,
      { ...axis, values: (_, ticks) => ticks.map(write.y) },
    ],
    series: [
      { label: x.textContent.trim(), value: (_, value) => write.x(value) },
      ...heads.map((head, at) => drawn(place, head.textContent.trim(), at, write.y)),
    ],
    hooks: {
      draw: [(plot) => drawLines(plot, linesOf(place), text)],
      setLegend: [(plot) => place.toggleAttribute("data-pointed", plot.legend.idx !== null)],
    },
    cursor: { drag: { x: false, y: false } },
  };
}

// Where the row of the year that one points at leads.
function linkAt(plot, table) {
  const year = plot.data[0][plot.cursor.idx];
  return [...table.tBodies[0].rows].find((row) => valuesOf(row)[0] === year)?.querySelector("a");
}

function show(place) {
  const table = document.getElementById(place.dataset.plot);
  let plot = null;
  const draw = () => {
    plot?.destroy();
    plot = new uPlot(options(place, table), read(place, table), place);
  };
  draw();
  new ResizeObserver(() => plot.setSize({ width: place.clientWidth, height: HEIGHT })).observe(place);
  document.body.addEventListener("htmx:afterSwap", ({ target }) => {
    if (target.id === place.dataset.linesOf) plot.redraw();
  });
  onOtherColours(draw);
  if ("years" in place.dataset) {
    place.addEventListener("click", ({ target }) => {
      if (target.closest(".u-over")) linkAt(plot, table)?.click();
    });
  }
}

document.querySelectorAll("[data-plot]").forEach(show);
