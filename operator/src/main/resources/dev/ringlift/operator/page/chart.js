// A line over time. Points are [time in seconds, value or undefined], oldest first. Arrow keys go along it.

const chartCursor = new WeakMap();

const chart = (figure, { title, last, points, format, tone }) => {
  if (!chartCursor.has(figure)) {
    chartCursor.set(figure, undefined);
    set(figure, { tabindex: "0", role: "img" });
    figure.addEventListener("keydown", event => moveCursor(figure, event));
    figure.addEventListener("pointermove", event => pointCursor(figure, event));
    figure.addEventListener("pointerleave", () => placeCursor(figure, undefined));
    figure.addEventListener("blur", () => placeCursor(figure, undefined));
  }
  const known = points.filter(point => point[1] !== undefined);
  figure.chart = { title, last, points, known, format, tone };
  const top = Math.max(...known.map(point => point[1]), 0);
  set(figure, {
    "data-tone": tone,
    "aria-label": known.length > 1
      ? `${title}: ${last} now, at most ${format(top)}, since ${clock(points[0][0], true)}. Arrow keys show single values.`
      : `${title}: ${last}`,
  });
  show(figure, { title, last, points, tone, at: chartCursor.get(figure) }, () => chartContent(figure, top));
};

const chartContent = (figure, top) => {
  const { title, last, points, known, format } = figure.chart;
  const at = chartCursor.get(figure);
  const picked = at === undefined ? undefined : known[at];
  const caption = make("figcaption", {}, make("h2", {}, title),
    make("b", {}, picked ? `${format(picked[1])}, ${clock(picked[0], true)}` : last));
  if (known.length < 2) {
    return [caption, make("div", { class: "plot" }, make("p", { class: "plot-empty" }, "nothing to draw yet"))];
  }
  const [first, end] = [points[0][0], points.at(-1)[0]];
  const x = time => (1000 * (time - first)) / Math.max(1, end - first);
  const y = value => 100 - (94 * value) / (top || 1);
  const svg = draw("svg", { viewBox: "0 0 1000 100", preserveAspectRatio: "none", "aria-hidden": "true" });
  svg.append(draw("path", { class: "rule", d: "M0 100H1000M0 6H1000" }));
  for (const run of runs(points)) {
    const line = run.map(point => `${x(point[0]).toFixed(1)} ${y(point[1]).toFixed(1)}`).join("L");
    svg.append(draw("path", { class: "area", d: `M${x(run[0][0]).toFixed(1)} 100L${line}L${x(run.at(-1)[0]).toFixed(1)} 100Z` }));
    svg.append(draw("path", { class: "line", d: `M${line}` }));
  }
  if (picked) svg.append(draw("path", { class: "cursor", d: `M${x(picked[0]).toFixed(1)} 0V100` }));
  return [
    caption,
    make("div", { class: "plot" }, svg, make("span", { class: "top-label" }, format(top))),
    make("div", { class: "axis" }, make("span", {}, clock(first, true)), make("span", {}, clock(end, true))),
  ];
};

/** Stretches in which the value is known. */
const runs = points => {
  const all = [[]];
  for (const point of points) {
    if (point[1] === undefined) all.push([]);
    else all.at(-1).push(point);
  }
  return all.filter(run => run.length > 1);
};

const placeCursor = (figure, at) => {
  chartCursor.set(figure, at);
  if (figure.chart) chart(figure, figure.chart);
};

const pointCursor = (figure, event) => {
  const plot = figure.querySelector(".plot");
  if (!plot || figure.chart.known.length < 2) return;
  const box = plot.getBoundingClientRect();
  const { points, known } = figure.chart;
  const time = points[0][0] + ((event.clientX - box.left) / box.width) * (points.at(-1)[0] - points[0][0]);
  let nearest = 0;
  known.forEach((point, i) => {
    if (Math.abs(point[0] - time) < Math.abs(known[nearest][0] - time)) nearest = i;
  });
  placeCursor(figure, nearest);
};

const moveCursor = (figure, event) => {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  const { known, format, title } = figure.chart;
  if (!step || known.length < 2) return;
  event.preventDefault();
  const before = chartCursor.get(figure) ?? (step < 0 ? known.length : -1);
  const at = Math.min(known.length - 1, Math.max(0, before + step));
  placeCursor(figure, at);
  announce(`${title} ${format(known[at][1])} at ${clock(known[at][0], true)}`);
};
