// The best shape where no closed form is known: the best of some descents, step for step those of theory/searched_optima.py.
// Points are flat: the coordinates of n anchors, then those of their positives.

import { descended } from "./lbfgs.js";
import { dot } from "./loss.js";
import { hasOneVote } from "./objectives.js";

const STARTS = 16;
const FIRST_ROUNDS = 2; // of all starts together
const LAST_ROUNDS = 30; // at most, of the best of them alone
const ROUND = 12; // losses measured in a round
const END = 300; // losses measured at most after the rounds
const GRID_LINES = 1e5; // a unit: rounds begin on them, or the last digits, which Python sums otherwise, would part the ways
const GAIN = 1e-9; // no more ends the rounds
const GOLDEN = (Math.sqrt(5) - 1) / 2;
const COLDEST_START = 0.1; // colder than this only the nearest negatives have a slope, and descents get stuck

/** The n unit pairs of least loss that were found in d dimensions: { rows (2n), loss }. */
export function bestUnits(n, d, tao, objective) {
  const [first, last] = [Math.max(tao, COLDEST_START), tao].map((one) => unitHeight(n, d, one, objective));
  const { x, height } = lowest(first, last, startsOf(n, d, 1));
  return { rows: asRows(unitsOf(x, d).units, d), loss: Math.exp(height / tao) };
}

/** The n raw pairs of least loss that were found at tao = 1; `pressure` is 2·l2_reg, starts are about √size long. */
export function bestRaw(n, d, pressure, objective, size) {
  const heightOf = rawHeight(n, d, pressure, objective);
  const { x, height } = lowest(heightOf, heightOf, startsOf(n, d, Math.sqrt(size / d)));
  return { rows: asRows(x, d), loss: Math.exp(height) };
}

// Points in all directions, positives on their anchors; with the numbers of theory/searched_optima.py.
function startsOf(n, d, scale) {
  return Array.from({ length: STARTS }, (_, start) =>
    Float64Array.from({ length: 2 * n * d }, (_, k) => {
      const place = start * n * d + (k % (n * d)) + 1;
      return scale * Math.sqrt(3) * (2 * ((GOLDEN * place ** 2) % 1) - 1);
    }),
  );
}

// Where the best of the starts comes to rest, downhill on `first` and then on `last`.
function lowest(first, last, starts) {
  const size = starts[0].length;
  const each = (all) => starts.map((_, k) => all.slice(k * size, (k + 1) * size));
  const together = (all) => {
    const parts = each(all).map(first);
    return {
      height: parts.reduce((sum, { height }) => sum + height, 0),
      slope: parts.flatMap(({ slope }) => [...slope]),
    };
  };
  let all = starts.flatMap((start) => [...start]);
  for (let round = 0; round < FIRST_ROUNDS; round++) all = descended(together, onGrid(all), ROUND).x;
  const ends = each(all).map((x) => ({ x, height: last(x).height }));
  let best = ends.reduce((one, other) => (other.height < one.height ? other : one));
  for (let round = 0, gain = Infinity; round < LAST_ROUNDS && gain > GAIN; round++) {
    const before = best.height;
    best = descended(last, onGrid(best.x), ROUND);
    gain = before - best.height;
  }
  return descended(last, best.x, END);
}

function onGrid(x) {
  return x.map((value) => Math.round(GRID_LINES * value) / GRID_LINES);
}

// What unit points go down on, tao·log(loss), and its slope: a tiny loss has one, too.
function unitHeight(n, d, tao, objective) {
  return (x) => {
    const { units, lengths } = unitsOf(x, d);
    const { loss, slope } = npairLoss(units, n, d, tao, objective);
    const outward = lengths.map((_, i) => rowDot(slope, i, units, i, d));
    const across = (value, k, i) => ((value - outward[i] * units[k]) / lengths[i]) * (tao / loss);
    return { height: tao * Math.log(loss), slope: slope.map((value, k) => across(value, k, Math.floor(k / d))) };
  };
}

function rawHeight(n, d, pressure, objective) {
  return (x) => {
    const { loss, slope } = npairLoss(x, n, d, 1, objective);
    const whole = loss + (pressure / 2 / n) * dot(x, x);
    return { height: Math.log(whole), slope: slope.map((value, k) => (value + (pressure / n) * x[k]) / whole) };
  };
}

function unitsOf(x, d) {
  const lengths = Array.from({ length: x.length / d }, (_, i) => Math.sqrt(rowDot(x, i, x, i, d)));
  return { lengths, units: x.map((value, k) => value / lengths[Math.floor(k / d)]) };
}

// The loss and its slope. e^margin is finite: margins of unit pairs are at most 2 / tao, and tao is 0.01 or more.
function npairLoss(x, n, d, tao, objective) {
  const slope = new Float64Array(x.length);
  const isOneVote = hasOneVote(objective);
  let loss = 0;
  for (let i = 0; i < n; i++) {
    const own = rowDot(x, i, x, n + i, d);
    const odds = Array.from({ length: n }, (_, j) => (j === i ? 0 : Math.exp((rowDot(x, i, x, n + j, d) - own) / tao)));
    const all = odds.reduce((sum, one) => sum + one, 0);
    const rivals = isOneVote ? [all] : odds;
    loss += rivals.reduce((sum, one) => sum + Math.log1p(one), 0) / n;
    for (let j = 0; j < n; j++) {
      const weight = odds[j] / (1 + (isOneVote ? all : odds[j])) / (n * tao);
      for (let k = 0; k < d; k++) {
        slope[i * d + k] += weight * (x[(n + j) * d + k] - x[(n + i) * d + k]);
        slope[(n + j) * d + k] += weight * x[i * d + k];
        slope[(n + i) * d + k] -= weight * x[i * d + k];
      }
    }
  }
  return { loss, slope };
}

// Row i of x times row j of y.
function rowDot(x, i, y, j, d) {
  let sum = 0;
  for (let k = 0; k < d; k++) sum += x[i * d + k] * y[j * d + k];
  return sum;
}

function asRows(x, d) {
  return Array.from({ length: x.length / d }, (_, i) => Array.from(x.slice(i * d, (i + 1) * d)));
}
