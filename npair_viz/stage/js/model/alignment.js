// The best shape, turned and its points ordered so that they are as near to the anchors as possible.

import { SEARCHED_DIMENSIONS } from "./constants.js";
import { dot, norm, unit } from "./loss.js";
import { degrees, rotated } from "./rotation.js";
import { bestPairs } from "./theory.js";

const FEW = 5; // up to this many points every order is tried
const FRAMES = 32; // for more points: first guesses of the turn
const ROUNDS = 20;
const SQUARINGS = 12; // of a 4 × 4 matrix: as good as 4096 steps of the power iteration

/** The best shape of a reading, a row for each pair; null where there is none, and beyond three dimensions. */
export function bestShape({ n, tao, l2_reg, objective, d, held, anchors }) {
  const shape = n === 1 || d > SEARCHED_DIMENSIONS ? null : bestPairs(n, tao, l2_reg, objective, d, !held);
  return shape && aligned(shape.slice(0, n), anchors);
}

/** A shape's points in the order of the anchors, turned so that the sum of their products with them is large. */
export function aligned(shape, anchors) {
  const aligners = [alignedOnLine, alignedInPlane, alignedInSpace];
  return aligners[shape[0].length - 1](shape, anchors);
}

// On the line the products are largest where both have the same order.
function alignedOnLine(shape, anchors) {
  const order = [...anchors.keys()].sort((i, j) => anchors[i][0] - anchors[j][0]);
  const fits = [1, -1].map((sign) => {
    const places = shape.map(([x]) => sign * x).sort((one, other) => one - other);
    const matched = new Array(places.length);
    for (const [k, i] of order.entries()) matched[i] = [places[k]];
    return { matched, fit: matched.reduce((sum, [x], i) => sum + x * anchors[i][0], 0) };
  });
  return (fits[1].fit > fits[0].fit ? fits[1] : fits[0]).matched;
}

// On the circle neighbours stay neighbours, so there are only n orders to try.
function alignedInPlane(shape, anchors) {
  const byAngle = (rows) => rows.map((_, i) => i).sort((i, j) => degrees(rows[i]) - degrees(rows[j]));
  const [ours, theirs] = [byAngle(anchors), byAngle(shape)];
  const n = ours.length;
  let best = { fit: -Infinity };
  for (let shift = 0; shift < n; shift++) {
    const matched = new Array(n);
    for (let k = 0; k < n; k++) matched[ours[k]] = shape[theirs[(k + shift) % n]];
    const along = anchors.reduce((sum, row, i) => sum + dot(row, matched[i]), 0);
    const across = anchors.reduce((sum, [x, y], i) => sum + y * matched[i][0] - x * matched[i][1], 0);
    const fit = Math.hypot(along, across);
    if (fit > best.fit + 1e-9) best = { fit, matched, angle: Math.atan2(across, along) };
  }
  const [cos, sin] = [Math.cos(best.angle), Math.sin(best.angle)];
  return best.matched.map(([x, y]) => [cos * x - sin * y, sin * x + cos * y]);
}

function alignedInSpace(shape, anchors) {
  const isFew = shape.length <= FEW;
  const inOrder = (order) => fitted(shape, anchors, order);
  const tried = isFew ? permutations([...shape.keys()]).map(inOrder) : byFrames(shape, anchors);
  const best = tried.reduce((one, other) => (other.fit > one.fit + 1e-9 ? other : one));
  const { order, turn } = isFew ? best : swapped(shape, anchors, best.order);
  return order.map((k) => rotated(shape[k], turn));
}

function fitted(shape, anchors, order) {
  const rows = order.map((k) => shape[k]);
  return { order, ...turnTo(rows, anchors) };
}

function permutations(all) {
  if (all.length <= 1) return [all];
  return all.flatMap((one) => permutations(all.filter((other) => other !== one)).map((rest) => [one, ...rest]));
}

/** The turn that brings rows nearest to anchors, as a quaternion, and the sum of their products (Horn, 1987). */
export function turnTo(rows, anchors) {
  const m = Array.from({ length: 3 }, () => [0, 0, 0]);
  for (let i = 0; i < rows.length; i++) {
    for (let k = 0; k < 3; k++) for (let l = 0; l < 3; l++) m[k][l] += rows[i][k] * anchors[i][l];
  }
  const [[xx, xy, xz], [yx, yy, yz], [zx, zy, zz]] = m;
  const matrix = [
    [xx + yy + zz, yz - zy, zx - xz, xy - yx],
    [yz - zy, xx - yy - zz, xy + yx, zx + xz],
    [zx - xz, xy + yx, yy - xx - zz, yz + zy],
    [xy - yx, zx + xz, yz + zy, zz - xx - yy],
  ];
  const turn = topVector(matrix);
  const image = matrix.map((row) => dot(row, turn));
  return { turn, fit: dot(turn, image) };
}

// The shift makes the largest eigenvalue also the largest in size; a zero matrix becomes a quarter of the identity.
function topVector(matrix) {
  const shift = norm(matrix.flat()) + Number.MIN_VALUE;
  let power = matrix.map((row, i) => row.map((x, j) => (x / shift + (i === j ? 1 : 0)) / 4)); // trace 1
  for (let k = 0, rest = 1; k < SQUARINGS && rest > 1e-15; k++) {
    const trace = power.reduce((sum, row) => sum + dot(row, row), 0); // of the square
    power = squared(power, trace);
    rest = 1 - trace; // 0 once the matrix has rank 1
  }
  const diagonal = power.map((row, i) => row[i]);
  return unit(power[diagonal.indexOf(Math.max(...diagonal))]);
}

// The square of a symmetric 4 × 4 matrix, divided by a number.
function squared(rows, divisor) {
  const made = [[], [], [], []];
  for (let i = 0; i < 4; i++) {
    const [a, b, c, d] = rows[i];
    for (let j = 0; j <= i; j++) {
      const other = rows[j];
      made[i][j] = made[j][i] = (a * other[0] + b * other[1] + c * other[2] + d * other[3]) / divisor;
    }
  }
  return made;
}

// First guesses: two anchors at nearly a right angle are matched with pairs of the shape's points at a similar angle.
function byFrames(shape, anchors) {
  const cosine = (one, other) => dot(unit(one), unit(other));
  const pairs = shape.flatMap((_, i) => shape.map((_, j) => [i, j])).filter(([i, j]) => i !== j);
  const best = (score) => pairs.map((pair) => [score(pair), pair]).sort(([one], [other]) => one - other);
  const [, [first, second]] = best(([i, j]) => Math.abs(cosine(anchors[i], anchors[j])))[0];
  const ours = [anchors[first], anchors[second]];
  const guesses = best(([i, j]) => Math.abs(cosine(shape[i], shape[j]) - cosine(...ours))).slice(0, FRAMES);
  return guesses.map(([, [i, j]]) => nearest(shape, anchors, turnTo([shape[i], shape[j]], ours).turn));
}

// Each anchor in order takes the nearest point that is left.
function nearest(shape, anchors, turn) {
  const turned = shape.map((row) => rotated(row, turn));
  const left = new Set(shape.keys());
  let fit = 0;
  const order = anchors.map((anchor) => {
    let [best, most] = [-1, -Infinity];
    for (const k of left) {
      const product = dot(anchor, turned[k]);
      if (product > most) [best, most] = [k, product];
    }
    left.delete(best);
    fit += most;
    return best;
  });
  return { order, fit };
}

// Swap two points wherever that fits better, compute the turn again, and repeat until no swap helps.
function swapped(shape, anchors, start) {
  let now = fitted(shape, anchors, start);
  for (let round = 0; round < ROUNDS; round++) {
    const turned = shape.map((row) => rotated(row, now.turn));
    const next = [...now.order];
    for (let i = 0; i < next.length; i++) {
      for (let j = 0; j < i; j++) {
        const [one, other] = [turned[next[i]], turned[next[j]]];
        const gain = dot(anchors[i], other) + dot(anchors[j], one) - dot(anchors[i], one) - dot(anchors[j], other);
        if (gain > 1e-9) [next[i], next[j]] = [next[j], next[i]];
      }
    }
    if (String(next) === String(now.order)) break;
    now = fitted(shape, anchors, next);
  }
  return now;
}
