// What the loss can reach: the range for unit pairs, the optimum of raw pairs, and the best pairs.
// The same as theory/ruler.py, theory/phase.py and theory/optimal_pairs.py.

import { LARGEST_RAW_RING, SEARCHED_DIMENSIONS } from "./constants.js";
import { dot, mean, norm, scaled } from "./loss.js";
import { chance, hasOneVote, logSumExp, lossOf, threshold, voteOf } from "./objectives.js";
import { bestRaw, bestUnits } from "./search.js";

const known = new Map(); // a cache: a search is slow, and points move far more often than tao changes

/**
 * Floor, chance and ceiling of n unit pairs in d dimensions. The floor is `exact`, or the least that a search found, or,
 * beyond three dimensions, a lower bound: then `isBound`.
 */
export function lossRuler(n, tao, objective, d) {
  return remembered(["ruler", n, tao, objective, d], () => {
    const ends = { chance: chance(n, objective), ceiling: ceiling(n, tao, objective, d) };
    return { isBound: false, ...floorOf(n, tao, objective, d), ...ends };
  });
}

/** The ruler beside pairs of that loss, which are the best found where they are better than what was found. */
export function rulerBeside(npair, ...shape) {
  const ruler = lossRuler(...shape);
  return ruler.exact || npair >= ruler.floor ? ruler : { ...ruler, floor: npair, isBound: false };
}

/** The optimum beside raw pairs of that loss, which are the best found where they are better than what was found. */
export function phaseBeside(loss, ...setting) {
  const phase = phaseOf(...setting);
  return phase.exact || loss >= phase.loss ? phase : { ...phase, loss, isBound: false };
}

/** 1 at the floor, 0 at chance, -1 at the ceiling, linear between; a single pair scores 1. */
export function score(ruler, loss) {
  if (ruler.floor === ruler.ceiling) return 1;
  return (ruler.chance - loss) / Math.abs(ruler.chance - (loss <= ruler.chance ? ruler.floor : ruler.ceiling));
}

/**
 * The optimum of raw pairs: { pressure, collapsed, norm, loss, exact, isBound }; there is none at l2_reg = 0. Where no
 * optimum is known beyond three dimensions the loss is a lower bound, and the norm is NaN.
 */
export function phaseOf(n, tao, l2_reg, objective, d) {
  return remembered(["phase", n, tao, l2_reg, objective, d], () => {
    const pressure = 2 * l2_reg * tao;
    const collapsed = pressure > 0 && pressure >= threshold(n, objective);
    return { pressure, collapsed, isBound: false, ...restOf(n, tao, objective, d, pressure, collapsed) };
  });
}

/** The best n pairs in at most three dimensions as 2n rows, anchors first, or null where longer is always better. */
export function bestPairs(n, tao, l2_reg, objective, d, isRaw) {
  if (isRaw && l2_reg === 0) return null;
  if (isRaw) {
    const rest = phaseOf(n, tao, l2_reg, objective, d);
    if (rest.rows) return rest.rows;
    const shape = n - 1 <= d ? simplex(n, d) : ring(n);
    return twice(shape.map((row) => row.map((x) => rest.norm * x)));
  }
  if (d === 2 && (hasOneVote(objective) || n <= 3)) return twice(ring(n));
  if (n - 1 <= d) return twice(simplex(n, d));
  if (d === 1) return twice(Array.from({ length: n }, (_, k) => [k < Math.floor(n / 2) ? 1 : -1]));
  return searched(n, tao, objective, d).rows;
}

/** n equally spaced points of the unit circle. */
export function ring(n) {
  return Array.from({ length: n }, (_, k) => [Math.cos((2 * Math.PI * k) / n), Math.sin((2 * Math.PI * k) / n)]);
}

/** Corners of a regular simplex of radius 1 in d >= n - 1 dimensions: each column of the later corners is alike. */
export function simplex(n, d) {
  const rows = Array.from({ length: n }, () => new Array(d).fill(0));
  if (n === 1) return [[1, ...new Array(d - 1).fill(0)]];
  for (let k = 0; k < n - 1; k++) {
    rows[k][k] = Math.sqrt(1 - dot(rows[k], rows[k]));
    for (let i = k + 1; i < n; i++) rows[i][k] = -rows[k][k] / (n - 1 - k);
  }
  return rows;
}

function remembered(key, compute) {
  const name = key.join();
  if (known.size > 2000) known.clear();
  if (!known.has(name)) known.set(name, compute());
  return known.get(name);
}

// Loss of an anchor with `counts` negatives at each of some margins.
function seenLoss(margins, counts, objective) {
  const logits = margins.flatMap((x, k) => new Array(counts[k]).fill(x));
  return lossOf(logits, objective);
}

function ringGaps(n) {
  return Array.from({ length: n - 1 }, (_, k) => -2 * Math.sin((Math.PI * (k + 1)) / n) ** 2);
}

function ringLoss(n, tao, objective) {
  const logits = ringGaps(n).map((gap) => gap / tao);
  return lossOf(logits, objective);
}

function floorOf(n, tao, objective, d) {
  if (n - 1 <= d) return { floor: simplexLoss(n, tao, objective), exact: true };
  if (d === 1) return { floor: halvesLoss(n, -2 / tao, objective), exact: true };
  if (d > SEARCHED_DIMENSIONS) return { floor: boundOf(n, tao, objective, d), exact: false, isBound: true };
  if (d === 2 && hasOneVote(objective)) return { floor: ringLoss(n, tao, objective), exact: true };
  return { floor: searched(n, tao, objective, d).loss, exact: false };
}

function simplexLoss(n, tao, objective) {
  return seenLoss([-n / Math.max(n - 1, 1) / tao], [n - 1], objective);
}

// What no unit pairs go below in d dimensions: the larger of what the simplex has and of formula 16, which bounds the
// one loss over all negatives, and so the sum of one term a negative, too.
function boundOf(n, tao, objective, d) {
  return Math.max(simplexLoss(n, tao, objective), Math.log(n) - 1 / tao + logMeanExp(1 / tao, d));
}

// The logarithm of the mean of e^(k·x) over the sphere of d dimensions, x being one coordinate: log C_d of formula 16.
function logMeanExp(k, d) {
  const logs = [0];
  const ratio = 2 * Math.log(k / 2);
  for (let t = 0; t < 2 * k + 200; t++) logs.push(logs[t] + ratio - Math.log((t + 1) * (t + d / 2)));
  return logSumExp(logs);
}

function halvesLoss(n, margin, objective) {
  const sizes = [Math.floor(n / 2), n - Math.floor(n / 2)].filter((size) => size);
  return sizes.reduce((sum, size) => sum + size * seenLoss([0, margin], [size - 1, n - size], objective), 0) / n;
}

function ceiling(n, tao, objective, d) {
  const halves = halvesLoss(n, 2 / tao, objective);
  if (d === 1 || n % 2 === 0 || n === 1) return halves;
  const oneAlone = peak((beta) => oneAloneLoss(n, beta, tao, objective), Math.PI / 2, (2 * Math.PI) / 3);
  return Math.max(halves, oneAlone);
}

function oneAloneLoss(n, beta, tao, objective) {
  const half = Math.floor(n / 2);
  const across = (2 * Math.sin(beta) ** 2) / tao;
  const aside = (1 - Math.cos(beta)) / tao;
  const alone = seenLoss([aside], [n - 1], objective);
  return (alone + (n - 1) * seenLoss([0, across, aside], [half - 1, half, 1], objective)) / n;
}

function peak(height, low, high) {
  let best = -Infinity;
  for (let round = 0; round < 5; round++) {
    const step = (high - low) / 64;
    const grid = Array.from({ length: 65 }, (_, k) => low + k * step);
    const values = grid.map(height);
    const at = values.indexOf(Math.max(...values));
    best = Math.max(best, values[at]);
    [low, high] = [grid[Math.max(at - 1, 0)], grid[Math.min(at + 1, 64)]];
  }
  return best;
}

function restOf(n, tao, objective, d, pressure, collapsed) {
  if (pressure === 0) return { norm: n === 1 ? NaN : Infinity, loss: endlessLoss(n, objective, d), exact: true };
  if (collapsed) return { norm: 0, loss: chance(n, objective), exact: true };
  const { size, loss } = simplexRest(n, objective, pressure);
  if (n - 1 <= d) return { norm: Math.sqrt(tao * size), loss, exact: true };
  if (d > SEARCHED_DIMENSIONS) return { norm: NaN, loss, exact: false, isBound: true }; // more dimensions can only be better
  const onRing = d === 2 && hasOneVote(objective) ? ringRest(n, tao, pressure, objective) : { loss: Infinity };
  if (onRing.exact) return onRing;
  const found = bestRaw(n, d, pressure, objective, size);
  if (onRing.loss <= found.loss) return onRing;
  const rows = found.rows.map((row) => scaled(row, Math.sqrt(tao)));
  return { rows, loss: found.loss, norm: rows.reduce((sum, row) => sum + norm(row), 0) / rows.length, exact: false };
}

/** r² / tao of raw pairs on their simplex, and their loss. */
export function simplexRest(n, objective, pressure) {
  const isMc = hasOneVote(objective);
  const odds = (isMc ? n * (1 - pressure) : n - 2 * pressure) / pressure;
  const size = ((n - 1) / n) * Math.log1p(odds);
  const npair = isMc ? -Math.log1p((-pressure * (n - 1)) / n) : (1 - n) * Math.log1p(-pressure / n);
  return { size, loss: npair + pressure * size };
}

// What raw pairs approach without l2_reg: 0, but on a line all candidates beyond an anchor's positive tie with it.
function endlessLoss(n, objective, d) {
  if (d > 1) return 0;
  const levels = Array.from({ length: n }, (_, place) => 1 + Math.min(place, n - 1 - place));
  return mean(levels.map((level) => chance(level, objective)));
}

function ringRest(n, tao, pressure, objective) {
  const size = ringSize(n, pressure, objective);
  const loss = ringLoss(n, 1 / size, objective) + pressure * size;
  return { norm: Math.sqrt(tao * size), loss, exact: n <= LARGEST_RAW_RING };
}

// r² / tao of the ring: where the slope of the loss in it, which is negative and grows, equals minus the pressure.
function ringSize(n, pressure, objective) {
  const gaps = ringGaps(n);
  const slope = (u) => {
    const logits = gaps.map((gap) => gap * u);
    return pressure + dot(gaps, voteOf(logits, objective).weights);
  };
  let [low, high] = [0, 1];
  while (slope(high) < 0) high *= 2;
  for (let k = 0; k < 200; k++) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) break;
    [low, high] = slope(middle) < 0 ? [middle, high] : [low, middle];
  }
  return (low + high) / 2;
}

function searched(n, tao, objective, d) {
  return remembered(["search", n, tao, objective, d], () => bestUnits(n, d, tao, objective));
}

function twice(rows) {
  return [...rows, ...rows.map((row) => row.slice())];
}
