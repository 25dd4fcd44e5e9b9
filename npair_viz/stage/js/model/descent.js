// Gradient descent on the points, the same as point_descent.py: all rows at once, on the sphere back to length 1.

import { RATE, STEADY } from "./constants.js";
import { negativeMask, npairForces, plus, unit } from "./loss.js";
import { classesOf, isHeld, rowsOf } from "./reading.js";

/** The rate 0.1·n·tao; less where the pressure 2·l2_reg·tao would make such steps too large. */
export function rate(state) {
  const pressure = isHeld(state) ? 0 : 2 * state.l2_reg * state.tao;
  return (RATE * (state.points.length / 2) * state.tao) / Math.max(1, pressure / STEADY);
}

/** The state after that many steps. */
export function played(state, steps, lr = rate(state)) {
  const isNegative = negativeMask(classesOf(state));
  const n = isNegative.length;
  let rows = rowsOf(state);
  for (let step = 0; step < steps; step++) {
    const { onAnchors, onPositives } = npairForces(rows.slice(0, n), rows.slice(n), isNegative, state);
    const ways = [...onAnchors.net, ...onPositives.net];
    rows = rows.map((row, i) => plus(row, ways[i], lr));
    if (state.surface === "sphere") rows = rows.map(unit);
  }
  return { ...state, points: rows, steps: state.steps + steps };
}
