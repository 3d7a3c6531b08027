// Plots of what a table says, which stays there for whoever reads it: `data-plot` names the table, whose rows have
// `data-values`, an x and a y for each other column, and whose last x ends at `data-to`. What `data-lines-of` names has
// `data-lines`, which are drawn upright, and drawn anew when it comes anew.

const COLUMNS = ["--accent", "--person-5"];
const HEIGHT = 240; // px, without the legend

const resolved = (element, name) => {
  // light-dark() is resolved where it is used, not where it is declared.
  element.style.color = `var(${name})`;
  const value = getComputedStyle(element).color;
  element.style.color = "";
  return value;
};

function read(table) {
  const rows = [...table.tBodies[0].rows];
  const values = rows.map((row) => row.dataset.values.split(" ").map(Number));
  const columns = values[0].map((_, at) => values.map((row) => row[at]));
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

const linesOf = (place) =>
  document.getElementById(place.dataset.linesOf).dataset.lines.split(" ").filter(Boolean).map(Number);

function options(place, table) {
  const [text, muted, line] = ["--text", "--muted", "--line"].map((name) => resolved(place, name));
  const heads = [...table.tHead.rows[0].cells].map((cell) => cell.textContent.trim());
  const percent = new Intl.NumberFormat(document.documentElement.lang, { style: "percent", maximumFractionDigits: 1 });
  const axis = { stroke: muted, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
  const series = heads.slice(1).map((label, at) => {
    const stroke = resolved(place, COLUMNS[at % COLUMNS.length]);
    const fill = stroke.replace(/^rgb\((.*)\)$/, "rgb($1, 0.2)");
    const paths = uPlot.paths.stepped({ align: 1 });
    return { label, stroke, fill, width: 2, paths, points: { show: false }, value: (_, y) => percentOf(percent, y) };
  });
  return {
    width: place.clientWidth,
    height: HEIGHT,
    scales: { x: { time: false }, y: { range: (_, low, high) => [0, high] } },
    axes: [axis, { ...axis, values: (_, ticks) => ticks.map((y) => percent.format(y)) }],
    series: [{ label: heads[0], value: (_, x) => (x === null ? "–" : x.toFixed(2)) }, ...series],
    hooks: {
      draw: [(plot) => drawLines(plot, linesOf(place), text)],
      setLegend: [(plot) => place.toggleAttribute("data-pointed", plot.legend.idx !== null)],
    },
    cursor: { drag: { x: false, y: false } },
  };
}

const percentOf = (percent, y) => (y === null || y === undefined ? "–" : percent.format(y));

function show(place) {
  const table = document.getElementById(place.dataset.plot);
  let plot = null;
  const draw = () => {
    plot?.destroy();
    plot = new uPlot(options(place, table), read(table), place);
  };
  draw();
  new ResizeObserver(() => plot.setSize({ width: place.clientWidth, height: HEIGHT })).observe(place);
  // The canvas knows no tokens: it is drawn anew in the other colours.
  matchMedia("(prefers-color-scheme:dark)").addEventListener("change", draw);
  document.body.addEventListener("htmx:afterSwap", ({ target }) => {
    if (target.id === place.dataset.linesOf) plot.redraw();
  });
  new MutationObserver(draw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
}

document.querySelectorAll("[data-plot]").forEach(show);
