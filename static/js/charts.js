// Plots of the start page, drawn by uPlot of the tables below them, which stay there for whoever reads them.
//
// `data-chart` names the plot; of its table `data-form` says how it is drawn, `data-unit` what its rows are. A row has
// `data-values`, its place and a number for each column; a press on one goes where the table's link of that cell leads.

import { COLUMNS, DASHES, faint, fontOf, onOtherColours, resolved } from "./inks.js";

const HEIGHT = 320; // px, without what is said below
const LETTER = 7; // px, about
const LETTERS = 12; // px, their height

const { lang } = document.documentElement;
const number = new Intl.NumberFormat(lang);
const share = new Intl.NumberFormat(lang, { style: "percent", maximumFractionDigits: 0 });
const distance = new Intl.NumberFormat(lang, { minimumFractionDigits: 2 });
const month = new Intl.DateTimeFormat(lang, { year: "numeric", month: "short", timeZone: "UTC" });

const UNITS = {
  month: (at) => month.format(Date.UTC(Math.floor(at / 12), at % 12)),
  year: (at) => `${at}`,
  thousandth: (at) => distance.format(at / 1000),
};
const STEPS = { month: [1, 2, 3, 6, 12, 24, 60, 120, 240], year: [1, 2, 5, 10, 20], thousandth: [50, 100, 200, 500] };

function read(table) {
  const heads = [...table.tHead.rows[0].cells].slice(1).map((cell) => cell.textContent.trim());
  const rows = [...table.tBodies[0].rows].map((row) => {
    const [head, ...cells] = row.cells;
    const [at, ...values] = row.dataset.values.split(" ").map(Number);
    return { label: head.textContent.trim(), at, values, cells };
  });
  const limits = (table.dataset.limits || "")
    .split(";")
    .filter(Boolean)
    .map((said) => ({ at: parseInt(said, 10), label: said.slice(said.indexOf(" ") + 1) }));
  return { heads, rows, ...table.dataset, limits };
}

const writer = (told) => ("shares" in told ? share : number);

function colours(place) {
  const [text, muted, line] = ["--text", "--muted", "--line"].map((name) => resolved(place, name));
  const inks = COLUMNS.map((name) => resolved(place, name));
  const font = fontOf(place, LETTERS);
  return { text, inks, axis: { stroke: muted, font, grid: { stroke: line, width: 1 }, ticks: { show: false } } };
}

function shortened(label, letters) {
  return label.length <= letters ? label : `${label.slice(0, letters - 1).trimEnd()}…`;
}

// The number of each bar at its end, so that nobody has to point at it.
function writeNumbers(plot, told, ink) {
  const { ctx } = plot;
  ctx.save();
  ctx.fillStyle = ink;
  ctx.font = fontOf(plot.root, LETTERS * devicePixelRatio);
  ctx.textAlign = "left";
  ctx.textBaseline = "middle";
  told.rows.forEach(({ values }, at) => {
    const [x, y] = [plot.valToPos(values[0], "y", true), plot.valToPos(at, "x", true)];
    ctx.fillText(number.format(values[0]), x + 5 * devicePixelRatio, y);
  });
  ctx.restore();
}

// Bars that lie, a row each, so that names have room; of a pyramid the first column goes to the left.
function lying(place, told, { text, inks, axis }) {
  const isPyramid = told.form === "pyramid";
  const most = Math.max(1, ...told.rows.flatMap(({ values }) => values));
  const letters = Math.floor(Math.min(place.clientWidth * 0.4, 180) / LETTER);
  const labels = told.rows.map(({ label }) => shortened(label, letters));
  const bars = uPlot.paths.bars({ size: [0.75, 28] });
  const series = told.heads.map((label, at) => {
    const ink = inks[at % inks.length];
    return { label, stroke: ink, fill: faint(ink, 0.65), width: 1, paths: bars, points: { show: false } };
  });
  return {
    data: [
      told.rows.map((_, at) => at),
      ...told.heads.map((_, at) => told.rows.map(({ values }) => (isPyramid && at === 0 ? -values[0] : values[at]))),
    ],
    scales: {
      x: { time: false, ori: 1, dir: -1, range: [-0.6, told.rows.length - 0.4] },
      y: { ori: 0, range: isPyramid ? [-most, most] : [0, most * 1.15] },
    },
    axes: [
      {
        ...axis,
        stroke: text,
        side: 3,
        size: 12 + LETTER * Math.max(...labels.map(({ length }) => length)),
        splits: () => labels.map((_, at) => at),
        values: () => labels,
        grid: { show: false },
      },
      {
        ...axis,
        side: 2,
        size: 28,
        space: 70,
        // There are no halves of photos.
        values: (_, ticks) => ticks.map((tick) => (Number.isInteger(tick) ? number.format(Math.abs(tick)) : "")),
      },
    ],
    series: [{}, ...series],
    hooks: isPyramid ? {} : { draw: [(plot) => writeNumbers(plot, told, text)] },
  };
}

// Lines across the plot, each with its word at the top.
function writeLimits(plot, told, ink) {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = ink;
  ctx.fillStyle = ink;
  ctx.lineWidth = devicePixelRatio;
  ctx.font = fontOf(plot.root, LETTERS * devicePixelRatio);
  ctx.textAlign = "right";
  ctx.textBaseline = "top";
  told.limits.forEach(({ at, label }, number) => {
    const x = plot.valToPos(at, "x", true);
    if (x < bbox.left || x > bbox.left + bbox.width) return;
    ctx.setLineDash(number ? [4 * devicePixelRatio, 4 * devicePixelRatio] : []);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.fillText(label, x - 4 * devicePixelRatio, bbox.top);
  });
  ctx.restore();
}

// Columns, or lines, over a time or a distance; of several columns one stands beside the other.
function standing(place, told, { text, inks, axis }) {
  const isLines = told.form === "lines";
  const write = writer(told);
  const ats = told.rows.map(({ at }) => at);
  const beside = (at) => (told.heads.length > 1 ? { size: [0.4, 24], align: at ? 1 : -1 } : { size: [0.8, 48] });
  const series = told.heads.map((label, at) => {
    const ink = inks[at % inks.length];
    const one = { label, stroke: ink };
    const paths = uPlot.paths.bars(beside(at));
    if (!isLines) return { ...one, fill: faint(ink, 0.65), width: 1, paths, points: { show: false } };
    return { ...one, width: 2, dash: DASHES[at % DASHES.length], points: { show: true, size: 7, fill: ink } };
  });
  const most = Math.max(...told.rows.flatMap(({ values }) => values), "shares" in told ? 0.01 : 1);
  const room = told.unit === "thousandth" ? 30 : Math.max(0.6, (ats.at(-1) - ats[0]) / 60);
  return {
    data: [ats, ...told.heads.map((_, at) => told.rows.map(({ values }) => values[at]))],
    scales: { x: { time: false, range: [ats[0] - room, ats.at(-1) + room] }, y: { range: [0, most * 1.05] } },
    axes: [
      {
        ...axis,
        size: 28,
        space: 70,
        incrs: STEPS[told.unit],
        grid: { show: false },
        values: (_, ticks) => ticks.map((tick) => (Number.isInteger(tick) ? UNITS[told.unit](tick) : "")),
      },
      { ...axis, size: 52, values: (_, ticks) => ticks.map((tick) => (isWhole(tick, told) ? write.format(tick) : "")) },
    ],
    series: [{}, ...series],
    hooks: told.limits.length ? { draw: [(plot) => writeLimits(plot, told, text)] } : {},
  };
}

const isWhole = (tick, told) => "shares" in told || Number.isInteger(tick);

// Which column of the row that one points at is meant.
function columnAt(plot, told) {
  if (told.heads.length === 1) return 0;
  if (told.form === "pyramid") return plot.posToVal(plot.cursor.left, "y") < 0 ? 0 : 1;
  const { values, at } = told.rows[plot.cursor.idx];
  if (told.form === "columns") {
    // One stands to the left of its place, the other to the right; where there is none, the one that is there is meant.
    const side = plot.cursor.left < plot.valToPos(at, "x") ? 0 : 1;
    return values[side] ? side : 1 - side;
  }
  const far = values.map((value) => Math.abs(plot.valToPos(value, "y") - plot.cursor.top));
  return far.indexOf(Math.min(...far));
}

function say(place, plot, told) {
  const { idx } = plot.cursor;
  const said = place.querySelector(".chart-said");
  const row = idx === null || idx === undefined ? null : told.rows[idx];
  place.toggleAttribute("data-pointed", row !== null);
  if (!row) return said.replaceChildren();
  const at = columnAt(plot, told);
  const value = writer(told).format(row.values[at]);
  said.textContent = told.heads.length > 1 ? `${row.label}, ${told.heads[at]}: ${value}` : `${row.label}: ${value}`;
  plot.over.style.cursor = row.cells[at]?.querySelector("a") ? "pointer" : "";
}

function options(place, told) {
  const make = ["bars", "pyramid"].includes(told.form) ? lying : standing;
  const { data, hooks, ...rest } = make(place, told, colours(place));
  const all = {
    ...rest,
    width: place.clientWidth,
    height: HEIGHT,
    legend: { show: told.heads.length > 1, live: false, isolate: false },
    cursor: { x: false, y: false, points: { show: told.form === "lines" }, drag: { x: false, y: false } },
    hooks: { ...hooks, setCursor: [(plot) => say(place, plot, told)] },
  };
  return [all, data];
}

function goTo(plot, told) {
  const row = told.rows[plot.cursor.idx];
  row?.cells[columnAt(plot, told)]?.querySelector("a")?.click();
}

// A plot draws itself whenever its table comes, or comes anew.
function show(place) {
  let plot = null;
  let told = null;
  const draw = () => {
    const table = document.getElementById(`${place.dataset.chart}-table`);
    plot?.destroy();
    plot = null;
    place.hidden = !table && document.querySelector(`#${place.dataset.chart}-part[data-empty]`) !== null;
    if (!table || place.clientWidth === 0) return;
    told = read(table);
    plot = new uPlot(...options(place, told), place);
    place.append(place.querySelector(".chart-said"));
  };
  draw();
  document.body.addEventListener("htmx:afterSwap", ({ target }) => {
    if (target.id === `${place.dataset.chart}-part`) draw();
  });
  onOtherColours(draw);
  let width = place.clientWidth;
  new ResizeObserver(() => {
    if (place.clientWidth === width) return;
    width = place.clientWidth;
    draw();
  }).observe(place);
  place.addEventListener("click", ({ target }) => {
    if (plot && target.closest(".u-over")) goTo(plot, told);
  });
}

document.querySelectorAll("[data-chart]").forEach(show);
