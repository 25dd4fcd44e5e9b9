// What the loss can reach: the ruler of unit pairs, the rest of raw ones, and the best shape. As theory.py has it.

import { bestRaw, bestUnits } from "./search.js";
import { logSumExp, norm, scaled, sigmoid, softplus } from "./loss.js";

const LARGEST_RAW_RING = 13; // 14 raw pairs in the plane leave the ring for some pressures
const known = new Map(); // a search takes a while, and points move far more often than tao does

/** Floor, chance and ceiling of n unit pairs in d dimensions; `exact` is false where the floor is the best found. */
export function lossRuler(n, tao, objective, d) {
  return remembered(["ruler", n, tao, objective, d], () => {
    const { floor, exact } = floorOf(n, tao, objective, d);
    return { floor, exact, chance: chance(n, objective), ceiling: ceiling(n, tao, objective, d) };
  });
}

/** 1 at the floor, 0 at chance, -1 at the ceiling, linear between; a single pair scores 1. */
export function score(ruler, loss) {
  if (ruler.floor === ruler.ceiling) return 1;
  return (ruler.chance - loss) / Math.abs(ruler.chance - (loss <= ruler.chance ? ruler.floor : ruler.ceiling));
}

/** Where raw pairs come to rest: { pressure, collapsed, norm, loss, exact }; at l2_reg = 0 they never do. */
export function phaseOf(n, tao, l2_reg, objective, d) {
  return remembered(["phase", n, tao, l2_reg, objective, d], () => {
    const pressure = 2 * l2_reg * tao;
    const collapsed = pressure > 0 && pressure >= threshold(n, objective);
    return { pressure, collapsed, ...restOf(n, tao, l2_reg, objective, d, pressure, collapsed) };
  });
}

/** The best n pairs in d dimensions as 2n rows, anchors first, or null where longer is always better. */
export function bestPairs(n, tao, l2_reg, objective, d, isRaw) {
  if (isRaw && l2_reg === 0) return null;
  if (isRaw) {
    const rest = phaseOf(n, tao, l2_reg, objective, d);
    if (rest.rows) return rest.rows;
    const shape = n - 1 <= d ? simplex(n, d) : ring(n);
    return twice(shape.map((row) => row.map((x) => rest.norm * x)));
  }
  if (d === 2 && (n <= 3 || objective === "mc")) return twice(ring(n));
  if (n - 1 <= d) return twice(simplex(n, d));
  return searched(n, tao, objective, d).rows;
}

/** n equally spaced points of the unit circle. */
export function ring(n) {
  return Array.from({ length: n }, (_, k) => [Math.cos((2 * Math.PI * k) / n), Math.sin((2 * Math.PI * k) / n)]);
}

/** Corners of a regular simplex of radius 1 in d >= n - 1 dimensions, by Cholesky of their cosines. */
export function simplex(n, d) {
  const rows = Array.from({ length: n }, () => new Array(d).fill(0));
  if (n === 1) return [[1, ...new Array(d - 1).fill(0)]];
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < Math.min(i, n - 1); k++) {
      const known = rows[i].slice(0, k).reduce((sum, x, m) => sum + x * rows[k][m], 0);
      rows[i][k] = (-1 / (n - 1) - known) / rows[k][k];
    }
    if (i < n - 1) rows[i][i] = Math.sqrt(1 - rows[i].slice(0, i).reduce((sum, x) => sum + x * x, 0));
  }
  return rows;
}

function remembered(key, compute) {
  const name = key.join();
  if (known.size > 2000) known.clear();
  if (!known.has(name)) known.set(name, compute());
  return known.get(name);
}

/** The loss where all similarities are equal. */
export function chance(n, objective) {
  return objective === "mc" ? Math.log(n) : (n - 1) * Math.log(2);
}

/** The pressure 2·l2_reg·tao from which raw pairs collapse. */
export function threshold(n, objective) {
  if (n === 1) return 0;
  return objective === "mc" ? 1 : n / 2;
}

// Loss of an anchor with `counts` negatives at each of some margins.
function seenLoss(margins, counts, objective) {
  if (objective === "ovo") return margins.reduce((sum, x, k) => sum + counts[k] * softplus(x), 0);
  return softplus(logSumExp(margins.map((x, k) => x + Math.log(counts[k]))));
}

function ringGaps(n) {
  return Array.from({ length: n - 1 }, (_, k) => -2 * Math.sin((Math.PI * (k + 1)) / n) ** 2);
}

function ringLoss(n, tao, objective) {
  const gaps = ringGaps(n);
  return seenLoss(gaps.map((gap) => gap / tao), gaps.map(() => 1), objective);
}

function floorOf(n, tao, objective, d) {
  if (n - 1 <= d) return { floor: seenLoss([-n / Math.max(n - 1, 1) / tao], [n - 1], objective), exact: true };
  if (d === 2 && objective === "mc") return { floor: ringLoss(n, tao, objective), exact: true };
  return { floor: searched(n, tao, objective, d).loss, exact: false };
}

function halvesLoss(n, margin, objective) {
  const sizes = [Math.floor(n / 2), n - Math.floor(n / 2)].filter((size) => size);
  return sizes.reduce((sum, size) => sum + size * seenLoss([0, margin], [size - 1, n - size], objective), 0) / n;
}

function ceiling(n, tao, objective, d) {
  const halves = halvesLoss(n, 2 / tao, objective);
  if (d === 1 || n % 2 === 0 || n === 1) return halves;
  return Math.max(halves, peak((beta) => oneAloneLoss(n, beta, tao, objective), Math.PI / 2, (2 * Math.PI) / 3));
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

function restOf(n, tao, l2_reg, objective, d, pressure, collapsed) {
  if (pressure === 0) return { norm: n === 1 ? NaN : Infinity, loss: 0, exact: true };
  if (collapsed) return { norm: 0, loss: chance(n, objective), exact: true };
  const isMc = objective === "mc";
  const odds = (isMc ? n * (1 - pressure) : n - 2 * pressure) / pressure;
  const size = ((n - 1) / n) * Math.log1p(odds); // r² / tao of the simplex
  if (n - 1 <= d) {
    const npair = isMc ? -Math.log1p((-pressure * (n - 1)) / n) : (1 - n) * Math.log1p(-pressure / n);
    return { norm: Math.sqrt(tao * size), loss: npair + pressure * size, exact: true };
  }
  const onRing = d === 2 && isMc ? ringRest(n, tao, pressure) : { loss: Infinity };
  if (onRing.exact) return onRing;
  const found = bestRaw(n, d, pressure, objective, size);
  if (onRing.loss <= found.loss) return onRing;
  const rows = found.rows.map((row) => scaled(row, Math.sqrt(tao)));
  return { rows, loss: found.loss, norm: rows.reduce((sum, row) => sum + norm(row), 0) / rows.length, exact: false };
}

function ringRest(n, tao, pressure) {
  const size = ringSize(n, pressure);
  const loss = ringLoss(n, 1 / size, "mc") + pressure * size;
  return { norm: Math.sqrt(tao * size), loss, exact: n <= LARGEST_RAW_RING };
}

// r² / tao of the ring: where the loss's slope in it, less than 0 at first, has grown to minus the pressure.
function ringSize(n, pressure) {
  const gaps = ringGaps(n);
  const slope = (u) => {
    const lead = logSumExp(gaps.map((gap) => gap * u));
    const mass = sigmoid(lead);
    return pressure + gaps.reduce((sum, gap) => sum + gap * mass * Math.exp(gap * u - lead), 0);
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
