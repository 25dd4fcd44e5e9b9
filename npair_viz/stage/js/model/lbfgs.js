// Descents by L-BFGS with a line search for the strong Wolfe conditions: the steps that torch.optim.LBFGS takes.

import { dot, plus, scaled } from "./loss.js";

const MEMORY = 10; // steps that tell of the curvature
const SMALL = 3e-11; // a slope, a step or a gain that ends a descent
const ENOUGH = 1e-4; // of the fall that the first slope foretells
const FLAT = 0.9; // of the first slope

/** Where `measure`, x to { height, slope }, leads downhill from x: { x, height, slope } after at most so many calls. */
export function descended(measure, x, calls) {
  let here = { x, ...measure(x) };
  let left = calls - 1;
  let length = Math.min(1, 1 / here.slope.reduce((sum, value) => sum + Math.abs(value), 0));
  const memory = [];
  while (left > 0 && largest(here.slope) > SMALL) {
    const way = downhill(here.slope, memory);
    const start = { ...here, t: 0, fall: dot(here.slope, way) };
    if (start.fall > -SMALL) break;
    const probe = (t) => {
      left--;
      const there = plus(start.x, way, t);
      const measured = measure(there);
      return { t, x: there, ...measured, fall: dot(measured.slope, way) };
    };
    here = lowestAlong(probe, start, length, left);
    const step = scaled(way, here.t);
    if (largest(step) <= SMALL || Math.abs(here.height - start.height) < SMALL) break;
    const bend = plus(here.slope, start.slope, -1);
    if (dot(step, bend) > 1e-10) memory.push({ step, bend, curvature: dot(step, bend) });
    if (memory.length > MEMORY) memory.shift();
    length = 1;
  }
  return here;
}

// Minus the slope, times the inverse of the curvature as far as the steps in memory know it.
function downhill(slope, memory) {
  const parts = [];
  let way = scaled(slope, -1);
  for (let i = memory.length - 1; i >= 0; i--) {
    parts[i] = dot(memory[i].step, way) / memory[i].curvature;
    way = plus(way, memory[i].bend, -parts[i]);
  }
  const last = memory.at(-1);
  if (last) way = scaled(way, last.curvature / dot(last.bend, last.bend));
  for (const [i, { step, bend, curvature }] of memory.entries()) {
    way = plus(way, step, parts[i] - dot(bend, way) / curvature);
  }
  return way;
}

// The first point that is low and flat enough, of those that `probe` makes of step lengths, else the lowest of them.
function lowestAlong(probe, start, length, most) {
  const isHigh = (at) => at.height > start.height + ENOUGH * at.t * start.fall;
  const isFlat = (at) => Math.abs(at.fall) <= -FLAT * start.fall;
  let [t, before, low, high] = [length, start, start, null];
  for (let tries = 0; tries <= most; tries++) {
    const at = probe(t);
    if (isHigh(at) || at.height >= low.height) high = at;
    else if (isFlat(at)) return at;
    else [before, low, high] = [low, at, at.fall * (high ? high.t - low.t : 1) >= 0 ? low : high];
    const ends = high ? [low.t, high.t] : [low.t + 0.01 * (low.t - before.t), 10 * low.t];
    t = cubicLow(high ?? before, low, Math.min(...ends), Math.max(...ends));
  }
  return low;
}

// The step length between two bounds where the cubic through two points with their slopes is lowest.
function cubicLow(one, other, least, most) {
  const [left, right] = one.t <= other.t ? [one, other] : [other, one];
  const mean = left.fall + right.fall - (3 * (left.height - right.height)) / (left.t - right.t);
  const square = mean ** 2 - left.fall * right.fall;
  if (!(square >= 0)) return (least + most) / 2;
  const root = Math.sqrt(square);
  const t = right.t - ((right.t - left.t) * (right.fall + root - mean)) / (right.fall - left.fall + 2 * root);
  return Math.min(Math.max(t, least), most);
}

function largest(values) {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
