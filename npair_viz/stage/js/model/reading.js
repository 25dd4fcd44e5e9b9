// Every number on screen, computed once from a state as one object: the same as reading.py.

import { effectiveNegatives, forcesOn, mean, negativeMask, norm, penaltyOf, seenPairs, unit, votesOf } from "./loss.js";
import { pushShares } from "./objectives.js";
import { roundedTo } from "./rounding.js";
import { phaseBeside, rulerBeside } from "./theory.js";

const REMEMBERED = 8; // points whose rows and similarities are kept: those of a stage or two, and of their former states
const rowsByPoints = new Map(); // what neither tao nor l2_reg changes

/** The points of a state as they are drawn: in its dtype, and on the sphere of length 1 but for its rounding. */
export function rowsOf(state) {
  return geometryOf(state).rows;
}

/** The dimension of the data, which is more than the width of rows that are given in their own span. */
export function dimensionOf(state) {
  return state.base?.dimension ?? state.points[0].length;
}

/** The class of each pair, the same one for all classes in `same`. */
export function classesOf(state) {
  const classes = state.labels.slice(0, state.labels.length / 2);
  return classes.map((one) => (state.same.includes(one) ? state.same[0] : one));
}

/** Whether lengths do not matter: the loss normalizes, or the surface keeps them at 1. */
export function isHeld(state) {
  return state.normalize || state.surface === "sphere";
}

/**
 * Every number of a state; `selected`: the pair whose line-up it is. What not every picture needs is computed when
 * it is asked for: `forcesOn(index)` and `pushSharesOf(pair)`, and of all `onAnchors`, `onPositives`, `pushShares` and `effective`.
 */
export function readingOf(state, selected = state.selected) {
  const { rows, seen, norms } = geometryOf(state);
  const n = rows.length / 2;
  const { tao, l2_reg, objective } = state;
  const truth = classesOf(state);
  const isNegative = negativeMask(truth);
  const votes = votesOf(seen, isNegative, state);
  const [npair, penalty] = [mean(votes.losses), penaltyOf(seen, l2_reg)];
  const isWhole = new Set(truth).size === n;
  const [held, d] = [isHeld(state), dimensionOf(state)];
  const reading = {
    ...votes,
    ...{ n, d, tao, l2_reg, objective, selected, rows, seen, norms, isNegative, held },
    ...{ npair, penalty, loss: npair + penalty, similarities: seen.similarities },
    anchors: rows.slice(0, n),
    positives: rows.slice(n),
    names: state.labels.slice(0, n).map((label) => state.base?.names?.[label] ?? String(label)),
    base: state.base,
    classes: state.labels.slice(0, n),
    ruler: isWhole && held ? rulerBeside(npair, n, tao, objective, d) : null,
    phase: isWhole && !held ? phaseBeside(npair + penalty, n, tao, l2_reg, objective, d) : null,
    negatives: nearestFirst(seen.similarities[selected]).filter((j) => isNegative[selected][j]),
    forcesOn: (index) => forcesOn(index, seen, votes, state),
    pushSharesOf: (i) => pushShares(votes.logits[i], objective),
  };
  return withLater(reading, {
    pushShares: () => votes.logits.map((_, i) => reading.pushSharesOf(i)),
    effective: () => reading.pushShares.map(effectiveNegatives),
    onAnchors: () => sideOf(reading, 0),
    onPositives: () => sideOf(reading, n),
  });
}

// Rows, their lengths, and as the loss sees them. Points are never changed in place.
function geometryOf(state) {
  const { points, surface, normalize, base, dtype = "float64" } = state;
  const isReady = base?.isSpan && dtype !== "float64"; // Python has rounded rows that are given in their own span
  const setting = [surface, normalize, dtype, isReady].join();
  let found = rowsByPoints.get(points);
  rowsByPoints.delete(points);
  if (found?.setting !== setting)
    found = { setting, ...madeGeometry(isReady ? points : heldRows(points, surface, dtype), normalize) };
  rowsByPoints.set(points, found); // the last one asked for is the last one to go
  if (rowsByPoints.size > REMEMBERED) rowsByPoints.delete(rowsByPoints.keys().next().value);
  return found;
}

function madeGeometry(rows, normalize) {
  return { rows, seen: seenPairs(rows, normalize), norms: rows.map(norm) };
}

// Rows on their surface, in their dtype.
function heldRows(points, surface, dtype) {
  const rows = surface === "sphere" ? points.map(unit) : points;
  return dtype === "float64" ? rows : rows.map((row) => Array.from(row, (x) => roundedTo(x, dtype)));
}

function nearestFirst(similarities) {
  return [...similarities.keys()].sort((i, j) => similarities[j] - similarities[i]);
}

function sideOf({ n, forcesOn: forces }, first) {
  const all = Array.from({ length: n }, (_, i) => forces(first + i));
  const each = (name) => all.map((one) => Array.from(one[name]));
  return { pull: each("pull"), push: each("push"), shrink: each("shrink"), net: each("net") };
}

// The target with properties that are computed when they are first asked for.
function withLater(target, makers) {
  for (const [name, make] of Object.entries(makers)) {
    const get = () => {
      const value = make();
      Object.defineProperty(target, name, { value, enumerable: true });
      return value;
    };
    Object.defineProperty(target, name, { get, enumerable: true, configurable: true });
  }
  return target;
}
