// The ruler over time and the curves under it, on one axis of steps, with one cursor over all.

import { CURVES, curvesOf, drawnCurve, pathOf, regionOf, rulerScale, spansOf } from "../model/recording_curves.js";
import { counted, shortNumber, toldNumber } from "../model/recording_words.js";
import { curveOf } from "../model/thinning.js";
import { stepTicks } from "../model/timeline.js";
import { element, put, putWords } from "./elements.js";

const [RULER, STRIP, AXIS] = [176, 40, 28]; // heights in pixels
const APART = 20; // pixels between two words beside the ruler
const TICK_ROOM = 60; // pixels for a step on the axis
const END_ROOM = 7; // pixels at both ends of the axis, for half a mark
const FLAG = 16; // pixels both ways
const ENDS = ["chance", "loss", "floor"];
let rulers = 0; // of this page: names of hatchings are shared by all of it

/** The elements of the charts; `curves` is filled when numbers come. */
export function makeCharts() {
  const ruler = makeRulerStrip();
  const curves = element("div", { class: "curves" });
  const ticks = element("g");
  const axisMarks = { cursor: element("path", { class: "cursor" }) };
  const axis = element("svg", { height: AXIS, "aria-hidden": true }, ticks, axisMarks.cursor);
  const axisStrip = element(
    "div",
    { class: "strip axis" },
    element("span", { class: "title" }, "step"),
    axis,
    element("span"),
  );
  const all = element("div", { class: "times" }, ruler.all, curves, axisStrip);
  return { all, ruler, curves, strips: new Map(), axis, ticks, axisMarks };
}

function makeRulerStrip() {
  const name = `npair-worse-${rulers++}`;
  const line = element("path", { d: "M0 0V6" });
  const hatch = element("pattern", {
    id: name,
    width: 6,
    height: 6,
    patternUnits: "userSpaceOnUse",
    patternTransform: "rotate(45)",
  });
  hatch.append(line);
  const fade = element("linearGradient", { id: `${name}-better`, x1: 0, x2: 0, y1: 1, y2: 0 });
  fade.append(element("stop", { class: "low", offset: 0 }), element("stop", { class: "high", offset: 1 }));
  const better = element("path", { class: "better", fill: `url(#${name}-better)` });
  const worse = element("path", { class: "worse", fill: `url(#${name})` });
  const marks = Object.fromEntries(ENDS.map((one) => [one, element("path", { class: `line ${one}` })]));
  const plot = makePlot(RULER, [marks.floor, marks.chance, marks.loss], "loss");
  plot.svg.prepend(fade, hatch, worse, better);
  const ends = Object.fromEntries(ENDS.map((one) => [one, element("span", { class: "end", "data-end": one })]));
  const values = element("div", { class: "values" }, ...Object.values(ends));
  const { all, range } = stripOf("loss", plot, values);
  return { ...plot, all, range, better, worse, marks, ends, values };
}

function makePlot(height, marks, name) {
  const noise = element("path", { class: "noise" });
  const [gaps, alerts, turns] = [element("path", { class: "gap" }), element("g"), element("path", { class: "turn" })];
  const [cursor, pointer, dot] = [
    element("path", { class: "cursor" }),
    element("path", { class: "pointer" }),
    element("circle", { class: "now", r: 4 }),
  ];
  const svg = element("svg", { height, role: "img", "aria-label": name, "data-curve": name });
  svg.append(turns, noise, ...marks, pointer, cursor, gaps, alerts, dot);
  return { svg, height, noise, gaps, alerts, turns, cursor, pointer, dot };
}

function stripOf(title, { svg }, values) {
  const range = element("span", { class: "range" });
  const all = element("div", { class: "strip" }, element("span", { class: "title" }, title, range), svg, values);
  return { all, range };
}

/** A place on the axis in pixels, for charts that are `width` pixels wide. */
export function acrossOf({ first, last }, width) {
  return (at) => END_ROOM + ((width - 2 * END_ROOM) * (at - first)) / (last - first || 1);
}

/** The place on the axis of a pixel. */
export function placeAtPixel({ first, last }, width, x) {
  return first + ((last - first || 1) * (x - END_ROOM)) / (width - 2 * END_ROOM);
}

/** Draw all curves of a recording, `width` pixels wide. */
export function drawCharts(made, recording, width) {
  const across = acrossOf(recording.timeline, width);
  drawRulerStrip(made.ruler, recording, across, width);
  const shown = curvesOf(recording);
  for (const { key, title, band } of shown) if (!made.strips.has(key)) made.strips.set(key, makeStrip(title, band));
  const strips = CURVES.filter((one) => shown.includes(one)).map(({ key }) => made.strips.get(key).all);
  if (strips.length !== made.curves.childElementCount) made.curves.replaceChildren(...strips);
  for (const curve of shown) drawStrip(made.strips.get(curve.key), curve, recording, across);
  drawAxis(made, recording, across, width);
}

function drawRulerStrip(ruler, { timeline, columns, alerts }, across, width) {
  const { loss = [], floor = [], chance = [] } = columns;
  const [low, high] = rulerScale({ loss, floor, chance });
  const down = (value) => RULER * (1 - (value - low) / (high - low || 1));
  ruler.down = down;
  const curves = Object.entries({ loss, floor, chance }).map(([name, one]) => [
    name,
    curveOf(timeline.at, one, across),
  ]);
  for (const [name, { runs }] of curves) put(ruler.marks[name], { d: pathOf(runs, down) });
  const [[, { spans, gaps }]] = curves;
  put(ruler.noise, { d: spansOf(spans, down) });
  put(ruler.better, { d: regionOf(timeline.at, floor, chance, across, down) });
  put(ruler.worse, {
    d: regionOf(
      timeline.at,
      chance,
      chance.map((x) => (x === null ? null : high)),
      across,
      down,
    ),
  });
  drawGaps(ruler, gaps);
  drawTurns(ruler, timeline, across);
  putWords(
    ruler.range,
    loss.some(Number.isFinite) ? [low, high].map((x) => toldNumber(Math.max(0, x), 1)).join(" to ") : "",
  );
  const key = JSON.stringify([alerts.map(({ at }) => at), width, timeline.first, timeline.last]);
  if (ruler.told === key) return;
  ruler.told = key;
  const places = alerts.map(({ at }) => across(at));
  const levelOf = (k) => places.slice(0, k).filter((x) => Math.abs(x - places[k]) < FLAG).length;
  ruler.alerts.replaceChildren(...alerts.map((one, k) => alertMark(one, k, places[k], FLAG * levelOf(k), width)));
}

// A flag that flies to the right, at the right edge to the left.
function alertMark({ step, words, at }, k, x, top, width) {
  const title = element("title", {}, `${counted(step)}: ${words}`);
  const way = x + FLAG < width ? FLAG : -FLAG;
  const flag = element("path", { d: `M${x} ${RULER}V${top}h${way}v${FLAG}H${x}` });
  const number = element("text", { x: x + way / 2, y: top + 13, "text-anchor": "middle" }, String(k + 1));
  return element("g", { class: "alert", "data-place": at, "data-alert": k }, title, flag, number);
}

function makeStrip(title, band) {
  const marks = { band: element("path", { class: "spread" }), line: element("path", { class: "line" }) };
  const plot = makePlot(STRIP, [marks.band, marks.line], title);
  const value = element("span", { class: "value" });
  return { ...plot, ...stripOf(title, plot, value), ...marks, value, hasBand: Boolean(band) };
}

function drawStrip(strip, curve, recording, across) {
  const { path, spans, gaps, down, words } = drawnCurve(curve, recording, across, STRIP);
  const { timeline, columns } = recording;
  strip.down = down;
  put(strip.line, { d: path });
  put(strip.noise, { d: spans });
  drawGaps(strip, gaps);
  drawTurns(strip, timeline, across);
  putWords(strip.range, words);
  if (!strip.hasBand || !columns[curve.band]) return;
  const [values, spread] = [columns[curve.key], columns[curve.band]];
  const beside = (sign) =>
    values.map((x, k) => (x === null || spread[k] === null ? null : Math.max(0, x + sign * spread[k])));
  put(strip.band, { d: regionOf(timeline.at, beside(-1), beside(1), across, down) });
}

// A cross at the top where numbers begin to be none, and a line to the last of them.
function drawGaps({ gaps }, places) {
  const mark = ([from, to]) => `M${from.toFixed(1)} 7m-5-5l10 10m0-10l-10 10m-5-5H${to.toFixed(1)}`;
  put(gaps, { d: places.map(mark).join("") });
}

function drawTurns({ turns, height }, { parts }, across) {
  put(turns, {
    d: parts
      .slice(1)
      .map(({ shift, first }) => `M${across(first + shift).toFixed(1)} 0V${height}`)
      .join(""),
  });
}

function drawAxis(made, { timeline, count }, across, width) {
  const ticks = count ? stepTicks(timeline, Math.floor(width / TICK_ROOM)) : [];
  const key = JSON.stringify([ticks, width, timeline.first, timeline.last]);
  if (made.told === key) return;
  made.told = key;
  let free = -Infinity;
  const parts = ticks.flatMap(({ at, step }) => {
    const x = across(at);
    const words = counted(step);
    const half = 4 * words.length + 6;
    const middle = Math.min(Math.max(x, half - 6), width - half + 6);
    if (middle - half < free) return [];
    free = middle + half;
    const text = element("text", { x: middle, y: 20, "text-anchor": "middle" }, words);
    return [element("path", { class: "tick", d: `M${x} 0v5` }), text];
  });
  made.ticks.replaceChildren(element("path", { class: "tick", d: `M0 .5H${width}` }), ...parts);
}

/** Put the cursor at a moment, the pointer at another or nowhere, and the numbers of a sample beside the curves. */
export function drawCursor(made, recording, width, { place, pointed, index }) {
  const across = acrossOf(recording.timeline, width);
  const lines = { cursor: recording.count ? across(place) : null, pointer: pointed === null ? null : across(pointed) };
  for (const plot of [made.ruler, ...made.strips.values()]) {
    for (const [name, x] of Object.entries(lines))
      put(plot[name], { d: x === null ? "" : `M${x.toFixed(1)} 0V${plot.height}` });
  }
  put(made.axisMarks.cursor, { d: lines.cursor === null ? "" : `M${lines.cursor.toFixed(1)} 0l-6 9h12z` });
  const x = recording.count ? across(recording.timeline.at[index]) : 0;
  const numberOf = (name) => recording.columns[name]?.[index] ?? null;
  const lastOf = (name) => recording.columns[name]?.slice(0, index + 1).findLast((value) => value !== null) ?? null;
  drawEnds(made.ruler, numberOf, x);
  for (const { key, title, told } of CURVES) {
    const strip = made.strips.get(key);
    if (!strip) continue;
    const value = lastOf(key); // not each sample has each number
    putWords(strip.value, value === null ? "–" : shortNumber(value, told));
    put(strip.svg, { "aria-label": `${title}: ${value === null ? "none" : told(value)}` });
    drawDot(strip, value, x);
  }
}

function drawDot({ dot, down, height }, value, x) {
  const y = value === null ? NaN : down(value);
  const isSeen = Number.isFinite(y);
  put(dot, { cx: x, cy: isSeen ? Math.min(Math.max(y, 0), height) : 0, visibility: isSeen ? null : "hidden" });
}

// Chance, loss and floor at their heights, moved apart where they would touch.
function drawEnds(ruler, numberOf, x) {
  const told = ENDS.map((name) => ({ name, value: numberOf(name) })).filter(({ value }) => value !== null);
  const height = (value) => (Number.isFinite(value) ? ruler.down(value) : 0);
  const placed = told.map((one) => ({
    ...one,
    y: Math.min(Math.max(height(one.value), APART / 2), RULER - APART / 2),
  }));
  placed.sort((a, b) => a.y - b.y);
  for (let k = 1; k < placed.length; k++) placed[k].y = Math.max(placed[k].y, placed[k - 1].y + APART);
  for (let k = placed.length - 1; k >= 0; k--)
    placed[k].y = Math.min(placed[k].y, RULER - APART / 2 - APART * (placed.length - 1 - k));
  for (const [name, end] of Object.entries(ruler.ends)) {
    const one = placed.find((other) => other.name === name);
    put(end, { style: `--down: ${one?.y ?? 0}px`, hidden: one ? null : "" });
    putWords(end, one ? `${name} ${shortNumber(one.value)}` : "");
  }
  const said = told.map(({ name, value }) => `${name} ${toldNumber(value)}`);
  put(ruler.svg, { "aria-label": said.length ? said.join(", ") : "no loss" });
  drawDot(ruler, numberOf("loss"), x);
}
