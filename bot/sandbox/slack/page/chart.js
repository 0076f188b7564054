// data_visualization blocks as inline SVG: line, area, bar and pie, with axes and a legend.

import { el, svg } from "./dom.js";
import { plain } from "./text.js";

const WIDTH = 560, HEIGHT = 240, LEFT = 58, RIGHT = 20, TOP = 12, BOTTOM = 34;
const COLOURS = 6;

export function chart(block) {
  const shape = block.chart;
  const names = shape.type === "pie" ? shape.segments.map((s) => s.label) : shape.series.map((s) => s.name);
  const picture = shape.type === "pie" ? pie(shape.segments) : axes(shape);
  picture.setAttribute("role", "img");
  picture.setAttribute("aria-label", `${shape.type} chart: ${block.title}`);
  return el("figure", { class: "chart" },
    el("figcaption", {}, plain(block.title)),
    picture,
    el("div", { class: "legend" }, names.map((name, i) =>
      el("span", {}, el("i", { class: `dot series${i % COLOURS}` }), plain(name)))));
}

function axes(shape) {
  const { categories, x_label, y_label } = shape.axis_config;
  const values = shape.series.flatMap((series) => series.data.map((point) => point.value));
  const scale = niceScale(Math.min(0, ...values), Math.max(...values, 0));
  const y = (value) => TOP + (1 - (value - scale.low) / (scale.high - scale.low)) * (HEIGHT - TOP - BOTTOM);
  const slot = (WIDTH - LEFT - RIGHT) / (shape.type === "bar" ? categories.length : Math.max(1, categories.length - 1));
  const x = (index) => LEFT + slot * (shape.type === "bar" ? index + 0.5 : index);
  const picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT + (x_label ? 16 : 0)}`, class: "plot" });
  for (const tick of scale.ticks) {
    picture.append(
      svg("line", { class: "grid", x1: LEFT, x2: WIDTH - RIGHT, y1: y(tick), y2: y(tick) }),
      svg("text", { class: "tick", x: LEFT - 6, y: y(tick) + 4, "text-anchor": "end" }, short(tick)));
  }
  const every = Math.ceil(categories.length / 9);
  categories.forEach((category, i) => {
    if (i % every) return;
    picture.append(svg("text", { class: "tick", x: x(i), y: HEIGHT - BOTTOM + 18, "text-anchor": "middle" }, plain(category)));
  });
  const ordered = shape.series.map((series) => categories.map((label) => series.data.find((p) => p.label === label)?.value ?? 0));
  const drawn = { bar: bars, area: areas, line: lines }[shape.type](ordered, x, y, slot);
  picture.append(...drawn, ...hovers(shape, ordered, categories, x, slot));
  if (x_label) picture.append(svg("text", { class: "axis", x: (LEFT + WIDTH - RIGHT) / 2, y: HEIGHT + 8, "text-anchor": "middle" }, plain(x_label)));
  if (y_label) picture.append(svg("text", { class: "axis", x: -(TOP + HEIGHT - BOTTOM) / 2, y: 10, "text-anchor": "middle", transform: "rotate(-90)" }, plain(y_label)));
  return picture;
}

const path = (values, x, y) => values.map((value, i) => `${i ? "L" : "M"}${x(i).toFixed(1)} ${y(value).toFixed(1)}`).join("");

function lines(series, x, y) {
  return series.flatMap((values, i) => [
    svg("path", { class: `line series${i % COLOURS}`, d: path(values, x, y) }),
    ...(values.length <= 12 ? values.map((value, at) => svg("circle", { class: `point series${i % COLOURS}`, cx: x(at), cy: y(value), r: 3 })) : []),
  ]);
}

function areas(series, x, y) {
  return series.flatMap((values, i) => [
    svg("path", { class: `area series${i % COLOURS}`, d: `${path(values, x, y)}L${x(values.length - 1)} ${y(0)}L${x(0)} ${y(0)}Z` }),
    svg("path", { class: `line series${i % COLOURS}`, d: path(values, x, y) }),
  ]);
}

function bars(series, x, y, slot) {
  const width = Math.min(36, (slot * 0.7) / series.length);
  return series.flatMap((values, i) => values.map((value, at) => svg("rect", {
    class: `bar series${i % COLOURS}`,
    x: x(at) + (i - series.length / 2) * width, width: Math.max(width - 2, 1),
    y: Math.min(y(value), y(0)), height: Math.max(Math.abs(y(0) - y(value)), 0.5), rx: 2,
  })));
}

// An invisible column over each category tells its numbers on hover.
function hovers(shape, ordered, categories, x, slot) {
  return categories.map((category, i) => svg("rect", { class: "hover", x: x(i) - slot / 2, y: TOP, width: slot, height: HEIGHT - TOP - BOTTOM },
    svg("title", {}, [category, ...shape.series.map((series, s) => `${series.name}: ${ordered[s][i]}`)].join("\n"))));
}

function pie(segments) {
  const picture = svg("svg", { viewBox: "0 0 240 200", class: "plot pie" });
  const total = segments.reduce((sum, segment) => sum + segment.value, 0);
  let angle = -Math.PI / 2;
  segments.forEach((segment, i) => {
    const turn = (segment.value / total) * Math.PI * 2;
    const corner = (a) => `${(120 + 90 * Math.cos(a)).toFixed(2)} ${(100 + 90 * Math.sin(a)).toFixed(2)}`;
    const shape = segments.length === 1
      ? svg("circle", { cx: 120, cy: 100, r: 90, class: `bar series${i % COLOURS}` })
      : svg("path", { class: `bar series${i % COLOURS}`, d: `M120 100L${corner(angle)}A90 90 0 ${turn > Math.PI ? 1 : 0} 1 ${corner(angle + turn)}Z` });
    shape.append(svg("title", {}, `${segment.label}: ${segment.value} (${Math.round((segment.value / total) * 100)} %)`));
    picture.append(shape);
    angle += turn;
  });
  return picture;
}

function niceScale(low, high) {
  if (high === low) high = low + 1;
  const rough = (high - low) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((m) => m * power).find((candidate) => candidate >= rough);
  const bottom = Math.floor(low / step) * step;
  const ticks = [];
  for (let tick = bottom; tick < high + step; tick += step) ticks.push(Number(tick.toPrecision(10)));
  return { low: bottom, high: ticks.at(-1), ticks };
}

function short(value) {
  const size = Math.abs(value);
  if (size >= 1e6) return `${+(value / 1e6).toFixed(1)}M`;
  if (size >= 1e4) return `${+(value / 1e3).toFixed(1)}k`;
  return `${+value.toFixed(2)}`;
}
