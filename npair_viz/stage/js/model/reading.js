// Every number on screen, computed once from a state as one object: the same as reading.py.

import { effectiveNegatives, negativeMask, norm, npairForces, unit } from "./loss.js";
import { pushShares } from "./objectives.js";
import { lossRuler, phaseOf } from "./theory.js";

/** The points of a state; on the sphere every row has length 1. */
export function rowsOf(state) {
  return state.surface === "sphere" ? state.points.map(unit) : state.points;
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

/** Every number of a state; `selected`: the pair whose line-up it is, else that of the chosen point. */
export function readingOf(state, selected = state.selected % (state.points.length / 2)) {
  const rows = rowsOf(state);
  const n = rows.length / 2;
  const { tao, l2_reg, objective } = state;
  const [anchors, positives] = [rows.slice(0, n), rows.slice(n)];
  const isNegative = negativeMask(classesOf(state));
  const forces = npairForces(anchors, positives, isNegative, state);
  const pushes = forces.logits.map((row) => pushShares(row, objective));
  const isWhole = isNegative.every((row) => row.filter(Boolean).length === n - 1);
  const held = isHeld(state);
  const d = rows[0].length;
  const nearest = forces.similarities[selected].map((s, j) => [s, j]).sort((one, other) => other[0] - one[0]);
  return {
    ...forces,
    ...{ n, d, tao, l2_reg, objective, selected, rows, anchors, positives, isNegative, held },
    names: state.labels.slice(0, n).map(String),
    classes: state.labels.slice(0, n),
    pushShares: pushes,
    effective: pushes.map(effectiveNegatives),
    ruler: isWhole && held ? lossRuler(n, tao, objective, d) : null,
    phase: isWhole && !held ? phaseOf(n, tao, l2_reg, objective, d) : null,
    negatives: nearest.map(([, j]) => j).filter((j) => isNegative[selected][j]),
    norms: rows.map(norm),
  };
}
