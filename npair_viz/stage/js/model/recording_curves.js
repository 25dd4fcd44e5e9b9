// The curves under the ruler: what each shows, its scale, and its number in words.

import { toldNumber, toldShare } from "./recording_words.js";
import { curveOf, evenly } from "./thinning.js";

const DECADE = Math.log10(2); // the least height of a log axis, in powers of ten
const INSIDE = 4; // pixels over and under a curve, for its dot
const ABOVE_CHANCE = 1.6; // times chance: the top of the ruler, which higher losses pass

export const CURVES = [
  { key: "right_picks", title: "right picks", told: toldShare, scale: () => [0, 1] },
  { key: "recall", title: "Recall@1", told: toldShare, scale: () => [0, 1] },
  { key: "rank", title: "effective rank", told: (x) => toldNumber(x, 1), scale: fromZero },
  { key: "gap", title: "gap of sides", told: (x) => toldNumber(x), scale: fromZero },
  { key: "length", title: "length", band: "length_spread", told: (x) => toldNumber(x), scale: fromZero },
  { key: "tao", title: "tao, log", told: (x) => toldNumber(x, 3), scale: decades, isLog: true },
];

/** The curves for which a recording has numbers. */
export function curvesOf({ columns }) {
  return CURVES.filter(({ key }) => columns[key]?.some(Number.isFinite));
}

function fromZero(values, spread = null) {
  const top = values.map((value, k) => value + (Number.isFinite(spread?.[k]) ? spread[k] : 0));
  const [least, most] = rangeOf(top);
  return [Math.min(0, least), most > 0 ? most : 1];
}

function decades(values) {
  const [least, most] = rangeOf(values.filter((x) => x > 0).map(Math.log10));
  const room = Math.max(0, DECADE - (most - least)) / 2;
  return [least - room, most + room];
}

function rangeOf(values) {
  let [least, most] = [Infinity, -Infinity];
  for (const x of values) {
    if (!Number.isFinite(x)) continue;
    least = Math.min(least, x);
    most = Math.max(most, x);
  }
  return least <= most ? [least, most] : [0, 1];
}

/** The scale of the ruler over time: from the floor, or the least loss, to somewhat above chance, or the greatest. */
export function rulerScale({ loss = [], floor = [], chance = [] }) {
  const finite = (values) => values.filter(Number.isFinite);
  const [losses, floors, chances] = [loss, floor, chance].map(finite);
  const [least, most] = rangeOf([...losses, ...floors, ...chances]);
  const top = chances.length ? Math.min(most, ABOVE_CHANCE * rangeOf(chances)[1]) : most;
  const room = 0.08 * (top - least || 1);
  return [least - room, top + room];
}

/** A curve's scale and range in words, for its own numbers. */
export function scaleOf({ key, band, scale, told, isLog }, { columns }) {
  const [low, high] = scale(columns[key], columns[band]);
  const ends = isLog ? [10 ** low, 10 ** high] : [low, high];
  return { low, high, words: rangeWords(...ends.map(told)) };
}

function rangeWords(low, high) {
  const [unit] = high.match(/ %$/) ?? [""];
  return `${unit && low.endsWith(unit) ? low.slice(0, -unit.length) : low} to ${high}`;
}

/** A curve of a recording in pixels: paths, gaps, and a function from a value to its height. */
export function drawnCurve(curve, recording, across, height) {
  const { low, high, words } = scaleOf(curve, recording);
  const values = recording.columns[curve.key].map((x) => (curve.isLog && x !== null && !(x > 0) ? NaN : x));
  const part = (value) => ((curve.isLog ? Math.log10(value) : value) - low) / (high - low || 1);
  const down = (value) => INSIDE + (height - 2 * INSIDE) * (1 - part(value));
  const { runs, spans, gaps } = curveOf(recording.timeline.at, values, across);
  return { path: pathOf(runs, down), spans: spansOf(spans, down), gaps, down, words };
}

/** The path through runs of points; a point alone is a dot. */
export function pathOf(runs, down) {
  const place = ([x, value]) => `${x.toFixed(1)} ${down(value).toFixed(1)}`;
  return runs.map((run) => `M${run.map(place).join("L")}${run.length === 1 ? "h0" : ""}`).join("");
}

/** The path of the spans of pixels with many samples. */
export function spansOf(spans, down) {
  return spans.map(([x, ...ends]) => `M${x.toFixed(1)} ${ends.map((one) => down(one).toFixed(1)).join("V")}`).join("");
}

const REGION_POINTS = 600;

/** The path of the region between two columns, where both are known. */
export function regionOf(at, lows, highs, across, down) {
  const rows = evenly(at.length, REGION_POINTS).filter((k) => [lows[k], highs[k]].every(Number.isFinite));
  if (!rows.length) return "";
  const place = (values) => (k) => `${across(at[k]).toFixed(1)} ${down(values[k]).toFixed(1)}`;
  return `M${[...rows.map(place(highs)), ...rows.toReversed().map(place(lows))].join("L")}Z`;
}
