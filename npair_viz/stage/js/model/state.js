// A stage's state: one plain object that can be saved as JSON, its checks and its changes.

import { DEFAULTS, FARTHEST, MOST_PAIRS, OBJECTIVES, RANGES, RESTING_L2_REG, SURFACES } from "./constants.js";
import { norm, unit } from "./loss.js";
import { fixed } from "./numbers.js";

const CHOICES = { objective: OBJECTIVES, surface: SURFACES, normalize: [true, false] };

/** A complete, checked state; what is missing gets its default. Throws Error that says what to do. */
export function stateFrom(given) {
  require(isObject(given), "a state", "an object with points and labels");
  const newest = DEFAULTS.version;
  const version = "version" in given ? given.version : newest;
  require(isWhole(version, 1), "the state's version", "a whole number from 1");
  if (version > newest) {
    throw new Error(`the state's version must be at most ${newest}, got ${version}: update npair_viz`);
  }
  const known = Object.entries(given).filter(([name]) => name in DEFAULTS || name === "points" || name === "labels");
  return checked({ ...DEFAULTS, ...Object.fromEntries(known), version: newest });
}

/** The state after some settings have changed, checked. Free lengths also get a penalty, so that they settle. */
export function changed(state, changes) {
  const after = { ...state, ...changes };
  if (changes.surface === "plane" && state.surface === "sphere" && !("normalize" in changes)) after.normalize = false;
  if (changes.surface === "plane" && !after.normalize && !after.l2_reg && !("l2_reg" in changes)) {
    after.l2_reg = RESTING_L2_REG;
  }
  if (after.surface === "sphere" && state.surface !== "sphere") after.points = after.points.map(unit);
  return checked(after);
}

/** The state with one of its points elsewhere; on the sphere the place is normalized. */
export function moved(state, index, place) {
  if (state.surface === "sphere" && norm(place) === 0) return state; // the centre has no direction
  const held = state.surface === "sphere" ? unit(place) : place.map((x) => clamp(x, -FARTHEST, FARTHEST));
  return { ...state, points: state.points.map((row, i) => (i === index ? held : row)) };
}

/** The name of a point in the page: a0 and p0 are the first pair's. */
export function pointName(state, index) {
  const n = state.points.length / 2;
  return index < n ? `a${index}` : `p${index - n}`;
}

/** The name of the change between two states, for the sentence; null where the picture itself shows it. */
export function causeOf(before, after) {
  if (before.scene !== after.scene || before.points.length !== after.points.length) return null;
  if (after.steps > before.steps) {
    const count = after.steps - before.steps;
    return `${count} step${count > 1 ? "s" : ""} of descent`;
  }
  const changes = ["tao", "surface", "l2_reg", "objective", "same"].filter(
    (name) => String(before[name]) !== String(after[name]),
  );
  const said = changes.map((name) => `${NAMES[name] ?? name} ${saidOf(name, before)} -> ${saidOf(name, after)}`);
  return said.join(", ") || null;
}

function saidOf(name, state) {
  if (name === "surface") return state.surface === "sphere" ? "all 1" : "free";
  if (name === "same") return state.same.join(" and ") || "none";
  return typeof state[name] === "number" ? fixed(state[name], 2) : String(state[name]);
}

const NAMES = { surface: "lengths", same: "same class" };

export function clamp(x, low, high) {
  return Math.min(Math.max(x, low), high);
}

// The rules are those of state.py: a test runs good and bad states through both.
function checked(state) {
  checkPoints(state.points);
  checkLabels(state);
  const { points, scene, selected, steps } = state;
  for (const [name, [least, most]] of Object.entries(RANGES)) {
    const value = state[name];
    require(Number.isFinite(value) && value >= least && value <= most, name, `from ${least} to ${most}`);
  }
  for (const [name, choices] of Object.entries(CHOICES)) {
    require(choices.includes(state[name]), name, `one of ${choices.join(", ")}`);
  }
  require(typeof scene === "string", "scene", "a name");
  require(isWhole(selected, 0, points.length - 1), "selected", `a point from 0 to ${points.length - 1}`);
  require(isWhole(steps, 0), "steps", "a whole number, zero or more");
  if (points[0].length === 3) return { ...state, surface: "sphere", normalize: true };
  return state.surface === "sphere" ? { ...state, normalize: true } : state;
}

function checkPoints(points) {
  const isPaired = Array.isArray(points) && points.length >= 2 && points.length % 2 === 0;
  require(isPaired, "points", "2n rows, n of them anchors");
  require(points.length <= 2 * MOST_PAIRS, "points", `at most ${MOST_PAIRS} pairs`);
  require(points.every(Array.isArray), "points", "rows of two or three numbers");
  const d = points[0].length;
  require(d === 2 || d === 3, "points", "rows of two or three numbers");
  const isRow = (row) => row.length === d && row.every((x) => Number.isFinite(x) && Math.abs(x) <= FARTHEST);
  require(points.every(isRow), "points", `rows of ${d} finite numbers within ±${FARTHEST}`);
}

function checkLabels({ points, labels, same }) {
  require(Array.isArray(labels) && labels.length === points.length, "labels", `${points.length} classes, one a row`);
  require(labels.every((label) => isWhole(label, -Number.MAX_SAFE_INTEGER)), "labels", "whole numbers");
  const n = labels.length / 2;
  require(labels.every((label, i) => label === labels[i % n]), "labels", "each pair's class twice, anchors first");
  require(Array.isArray(same) && same.every((one) => labels.includes(one)), "same", "classes of labels");
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isWhole(value, least, most = Number.MAX_SAFE_INTEGER) {
  return Number.isSafeInteger(value) && value >= least && value <= most;
}

function require(holds, name, rule) {
  if (!holds) throw new Error(`${name} must be ${rule}`);
}
