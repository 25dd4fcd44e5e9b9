// Gradient descent on the points, the same as point_descent.py: all rows at once, on the sphere back to length 1.

import { RATE, STEADY } from "./constants.js";
import { forcesOn, negativeMask, seenPairs, unit, votesOf } from "./loss.js";
import { classesOf, isHeld, rowsOf } from "./reading.js";

/** The rate 0.1·n·tao; less where the pressure 2·l2_reg·tao would make such steps too large. */
export function rate(state) {
  const pressure = isHeld(state) ? 0 : 2 * state.l2_reg * state.tao;
  return (RATE * (state.points.length / 2) * state.tao) / Math.max(1, pressure / STEADY);
}

/** The state after that many steps. */
export function played(state, steps, lr = rate(state)) {
  const isNegative = negativeMask(classesOf(state));
  let rows = rowsOf(state);
  for (let step = 0; step < steps; step++) rows = descentStep(rows, isNegative, state, lr);
  return { ...state, points: rows.map((row) => Array.from(row)), steps: state.steps + steps };
}

function descentStep(rows, isNegative, state, lr) {
  const seen = seenPairs(rows, state.normalize);
  const votes = votesOf(seen, isNegative, state);
  return rows.map((row, i) => {
    const { net } = forcesOn(i, seen, votes, state);
    for (let k = 0; k < net.length; k++) net[k] = row[k] + lr * net[k];
    return state.surface === "sphere" ? unit(net) : net;
  });
}
