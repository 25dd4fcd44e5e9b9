// A stage's state: one plain object with its points, which can be saved as JSON, and its checks: as in state.py.
// `base` is what many states share and nobody saves: { points, labels, names, images, rows, isSpan, dimension, ... }.

import {
  DEFAULTS,
  DRAWERS,
  DTYPES,
  FARTHEST,
  LARGEST_SEED,
  LEAST_L2_REG,
  MOST_PAIRS,
  OBJECTIVES,
  POINTS,
  POLICIES,
  RANGES,
  SETTINGS,
  SURFACES,
  VIEWS,
} from "./constants.js";
import { baseFrom } from "./wire.js";

const CHOICES = {
  ...{ point: POINTS, objective: OBJECTIVES, policy: POLICIES, dtype: DTYPES, view: VIEWS, surface: SURFACES },
  ...{ drawer: ["", ...DRAWERS], normalize: [true, false], landscape: [true, false] },
};
const bases = new WeakMap(); // of scenes, each decoded once

/** A complete, checked state; what is missing gets its default. Throws Error that says what to do. */
export function stateFrom(given, scenes = {}) {
  require(isObject(given), "a state", "an object with points and labels");
  const { base, ...settings } = upgraded(given);
  const known = Object.fromEntries(Object.entries(settings).filter(([name]) => name in DEFAULTS));
  const scene = settings.scene ?? (settings.labels ? "" : DEFAULTS.scene);
  const usual = { ...DEFAULTS, scene, ...lengthsOf(known, scenes[scene]) };
  const state = { ...usual, ...known, version: DEFAULTS.version, ...pointsOf({ ...settings, scene }, base, scenes) };
  return checked(state.drawer === "landscape" ? { ...state, drawer: "", landscape: true } : state);
}

/** The state as JSON saves it; beyond three dimensions without its points. */
export function savedState(state) {
  const { points, labels, base } = state;
  const settings = Object.fromEntries([...SETTINGS, "version"].map((name) => [name, state[name]]));
  return base?.isSpan ? settings : { ...settings, points: points.map((row) => Array.from(row)), labels };
}

/** Whether settings choose other pairs, or round them otherwise, than those that a page has of a scene in its state `usual`. */
export function choosesOthers(settings, usual) {
  const { draws = [], labels, isSpan } = usual.base ?? {};
  const { policy, n_classes, seed, dtype } = { ...usual, ...settings };
  const counts = [usual.n_classes, labels?.length / 2];
  const isRandom = draws.includes("seed") || (draws.includes("policy") && policy === "random");
  return (
    (draws.includes("policy") && policy !== usual.policy) ||
    (draws.includes("n_classes") && !counts.includes(n_classes)) ||
    (isRandom && seed !== usual.seed) ||
    (Boolean(isSpan) && dtype !== usual.dtype)
  );
}

/** The number of the point whose forces are drawn: the anchors, then their positives. */
export function chosenPoint({ selected, point, points }) {
  return selected + (point === "positive" ? points.length / 2 : 0);
}

/** The settings that choose a point by its number. */
export function pairOf(index, n) {
  return { selected: index % n, point: POINTS[index < n ? 0 : 1] };
}

/** The name of a point in the page: a0 and p0 are the first pair's. */
export function pointName(state, index) {
  const n = state.points.length / 2;
  return index < n ? `a${index}` : `p${index - n}`;
}

/** The state, if it can be shown; throws Error that says what must hold. */
export function checked(state) {
  checkPoints(state.points, state.base);
  checkLabels(state);
  const { points, scene, selected, steps, l2_reg, seed, n_classes } = state;
  for (const [name, [least, most]] of Object.entries(RANGES)) {
    const value = state[name];
    const isIn = Number.isFinite(value) && value >= least && value <= most;
    require(isIn, name, `from ${least} to ${most}`, value);
  }
  require(l2_reg === 0 ||
    l2_reg >= LEAST_L2_REG, "l2_reg", `0, or from ${LEAST_L2_REG} to ${RANGES.l2_reg[1]}`, l2_reg);
  for (const [name, choices] of Object.entries(CHOICES)) {
    require(choices.includes(state[name]), name, `one of ${choices.map(String).join(", ")}`, state[name]);
  }
  const n = points.length / 2;
  require(typeof scene === "string", "scene", "a name", scene);
  require(isWhole(selected, 0, n - 1), "selected", `a pair from 0 to ${n - 1}`, selected);
  require(isWhole(steps, 0), "steps", "a whole number, zero or more", steps);
  require(isWhole(seed, 0, LARGEST_SEED), "seed", `a whole number from 0 to ${LARGEST_SEED}`, seed);
  const isCount = n_classes === null || isWhole(n_classes, 1, MOST_PAIRS);
  require(isCount, "n_classes", `a whole number from 1 to ${MOST_PAIRS}, or null`, n_classes);
  return state.surface === "sphere" ? { ...state, normalize: true } : state;
}

/** x within two bounds. */
export function clamp(x, low, high) {
  return Math.min(Math.max(x, low), high);
}

// A saved state in the names of this version: in version 1 a stage's `selected` was the number of a point.
function upgraded(given) {
  const isFirstStages = "labels" in given && !("point" in given);
  const version = "version" in given ? given.version : isFirstStages ? 1 : DEFAULTS.version;
  require(isWhole(version, 1), "the state's version", "a whole number from 1");
  if (version > DEFAULTS.version) {
    throw new Error(`the state's version must be at most ${DEFAULTS.version}, got ${version}: update npair_viz`);
  }
  if (version > 1 || !("labels" in given) || !Array.isArray(given.points)) return given;
  const { selected = 0, points } = given;
  require(isWhole(selected, 0, points.length - 1), "selected", `a point from 0 to ${points.length - 1}`, selected);
  return { ...given, ...pairOf(selected, points.length / 2) };
}

// What is usual of surface, normalize and l2_reg where not all of them are given: raw points are free.
function lengthsOf({ surface, normalize }, scene = DEFAULTS) {
  const { l2_reg } = scene;
  if (surface !== undefined) return { normalize: surface === "sphere", l2_reg };
  if (normalize !== undefined) return { surface: normalize ? "sphere" : "plane", l2_reg };
  return { surface: scene.surface, normalize: scene.normalize, l2_reg };
}

// Points, labels and base: those that are given, or those of the scene.
function pointsOf({ scene, points, labels, ...settings }, own, scenes) {
  if (!own && !points && scenes[scene] && choosesOthers(settings, scenes[scene]))
    throw new Error(`only Python can choose these pairs of ${scene}: open the state in a notebook`);
  const base = own ? decoded(own) : scenes[scene]?.base ? decoded(scenes[scene].base) : null;
  const isScenes = base !== null && (!labels || String(labels) === String(base.labels));
  if (!isScenes) return { points: points ?? [], labels: labels ?? [], base: null };
  if (!points || base.isSpan) return { points: base.points, labels: base.labels, base };
  return { points: isSameTable(points, base.points) ? base.points : points, labels: base.labels, base };
}

function decoded(base) {
  if (typeof base.points !== "string") return base;
  if (!bases.has(base)) bases.set(base, baseFrom(base));
  return bases.get(base);
}

function isSameTable(one, other) {
  const isRow = (row, k) =>
    Array.isArray(row) && row.length === other[k].length && row.every((x, i) => x === other[k][i]);
  return Array.isArray(one) && one.length === other.length && one.every(isRow);
}

function checkPoints(points, base) {
  const isPaired = Array.isArray(points) && points.length >= 2 && points.length % 2 === 0;
  require(isPaired, "points", "2n rows, n of them anchors");
  require(points.length <= 2 * MOST_PAIRS, "points", `at most ${MOST_PAIRS} pairs`);
  if (base?.isSpan) return; // Python has checked them
  require(points.every(Array.isArray), "points", "rows of numbers");
  const d = points[0].length;
  require(d >= 1 && d <= 3, "points", "rows of one, two or three numbers");
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

function require(holds, name, rule, ...got) {
  const came = got.length ? `, got ${got[0]}` : "";
  if (!holds) throw new Error(`${name} must be ${rule}${came}`);
}
