// The best shape where no closed form is known: seeded descents with Barzilai and Borwein's step length.

import { dot, negativeMask, npairForces, plus, unit } from "./loss.js";

const WORK = 6e6; // similarities made in all: about a tenth of a second
const STEPS = 400;
const COLDEST = 0.1; // colder than this only the nearest negatives have a slope, and descents get stuck

/** The n pairs of least loss that were found in d dimensions: { rows (2n), loss }. */
export function bestFound(n, d, setting) {
  const random = generator(n);
  const starts = Math.max(1, Math.min(8, Math.floor(WORK / (n * n * STEPS))));
  const isNegative = negativeMask(Array.from({ length: n }, (_, i) => i));
  let best = null;
  for (let start = 0; start < starts; start++) {
    const anchors = Array.from({ length: n }, () => unit(Array.from({ length: d }, () => normal(random))));
    const length = setting.normalize ? 1 : Math.sqrt(setting.tao);
    let rows = [...anchors, ...anchors].map((row) => row.map((x) => length * x));
    if (setting.normalize && setting.tao < COLDEST) {
      rows = descended(rows, isNegative, { ...setting, tao: COLDEST }, STEPS / 4).rows;
    }
    const found = descended(rows, isNegative, setting, STEPS);
    if (best === null || found.loss < best.loss) best = found;
  }
  return best;
}

function descended(rows, isNegative, setting, steps) {
  const n = isNegative.length;
  let rate = 0.1 * n * setting.tao;
  let best = { rows, loss: Infinity };
  let before = null;
  for (let step = 0; step < steps; step++) {
    const forces = npairForces(rows.slice(0, n), rows.slice(n), isNegative, setting);
    if (forces.loss < best.loss) best = { rows, loss: forces.loss };
    const ways = [...forces.onAnchors.net, ...forces.onPositives.net];
    if (before !== null) rate = nextRate(rows, ways, before, rate);
    before = { rows, ways };
    rows = rows.map((row, i) => plus(row, ways[i], rate));
    if (setting.normalize) rows = rows.map(unit);
  }
  return best;
}

// |s|² / s·y of the last step s and the change y of the gradient; where that has no meaning the rate stays.
function nextRate(rows, ways, before, rate) {
  let [ss, sy] = [0, 0];
  rows.forEach((row, i) => {
    const step = plus(row, before.rows[i], -1);
    ss += dot(step, step);
    sy += dot(step, plus(before.ways[i], ways[i], -1));
  });
  return sy > 0 && ss > 0 ? Math.min(ss / sy, 100 * rate) : rate;
}

function normal(random) {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

// Mulberry32: the same shapes on every page.
function generator(seed) {
  let state = seed + 1;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
