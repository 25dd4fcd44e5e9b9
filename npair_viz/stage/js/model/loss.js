// The loss of paired points, its shares and its forces, in closed form: what losses/gradients.py computes, in doubles.
// Rows are arrays of numbers of any width; row i of `anchors` pairs with row i of `positives`.

import { voteOf } from "./objectives.js";

export function dot(x, y) {
  let sum = 0;
  for (let k = 0; k < x.length; k++) sum += x[k] * y[k];
  return sum;
}

/** The length of a row; no square over- or underflows. */
export function norm(row) {
  const square = dot(row, row);
  if (square > 1e-200 && square < 1e200) return Math.sqrt(square);
  let largest = 0;
  for (let k = 0; k < row.length; k++) largest = Math.max(largest, Math.abs(row[k]));
  if (largest === 0 || !Number.isFinite(largest)) return largest;
  let sum = 0;
  for (let k = 0; k < row.length; k++) sum += (row[k] / largest) ** 2;
  return largest * Math.sqrt(sum);
}

/** The row divided by its length; a zero row stays zero. */
export function unit(row) {
  const length = norm(row);
  const made = row.slice();
  if (length > 0) for (let k = 0; k < made.length; k++) made[k] /= length;
  return made;
}

/** x + factor · y. */
export function plus(x, y, factor = 1) {
  const sum = x.slice();
  for (let k = 0; k < sum.length; k++) sum[k] += factor * y[k];
  return sum;
}

export function scaled(row, factor) {
  const made = row.slice();
  for (let k = 0; k < made.length; k++) made[k] *= factor;
  return made;
}

/** Which positives are negatives of which anchors, (n, n): those of other classes. */
export function negativeMask(classes) {
  return classes.map((one, i) => classes.map((other, j) => i !== j && one !== other));
}

/**
 * Rows as the loss sees them: `anchors` and `positives`, typed, and their `similarities` (n, n). `lengths` (2n) divide
 * forces on the raw rows; there is no force on a zero row.
 */
export function seenPairs(rows, normalize) {
  const n = rows.length / 2;
  const lengths = normalize ? rows.map((row) => norm(row) || Infinity) : null;
  const typed = rows.map((row, i) => typedRow(row, normalize ? lengths[i] : 1));
  const [anchors, positives] = [typed.slice(0, n), typed.slice(n)];
  return { anchors, positives, lengths, similarities: anchors.map((anchor) => productsWith(anchor, positives)) };
}

/**
 * What every anchor makes of its candidates: `logits` (n, n), -Infinity where there is no negative, `losses` (n) without
 * the penalty, `weights` (n, n), and `masses` (n), the weights of each anchor's negatives together.
 */
export function votesOf({ similarities }, isNegative, { tao, objective }) {
  const n = similarities.length;
  const made = { logits: [], losses: [], weights: [], masses: [] };
  for (let i = 0; i < n; i++) {
    const [row, counts] = [similarities[i], isNegative[i]];
    const logits = new Float64Array(n).fill(-Infinity);
    for (let j = 0; j < n; j++) if (counts[j]) logits[j] = (row[j] - row[i]) / tao;
    const { loss, weights, mass, own } = voteOf(logits, objective);
    weights[i] = own;
    made.logits.push(logits);
    made.losses.push(loss);
    made.weights.push(weights);
    made.masses.push(mass);
  }
  return made;
}

/** What l2_reg adds to the loss. */
export function penaltyOf({ anchors, positives }, l2_reg) {
  let squares = 0;
  for (const rows of [anchors, positives]) for (const row of rows) squares += dot(row, row);
  return (l2_reg * squares) / anchors.length;
}

/**
 * The forces on one point, 0 to 2n - 1, from the pairs that are seen and the votes on them: `pull`, `push`, `shrink` and
 * `net`. A force is minus a gradient of the whole loss.
 */
export function forcesOn(index, seen, { weights, masses }, { tao, l2_reg, normalize }) {
  const n = seen.anchors.length;
  const [i, isAnchor] = [index % n, index < n];
  const [ours, theirs] = isAnchor ? [seen.anchors, seen.positives] : [seen.positives, seen.anchors];
  const scale = 1 / (n * tao);
  const pull = scaled(theirs[i], scale * masses[i]);
  const push = new Float64Array(pull.length);
  for (let j = 0; j < n; j++) {
    const weight = j === i ? 0 : scale * (isAnchor ? weights[i][j] : weights[j][i]);
    if (weight !== 0) add(push, theirs[j], -weight);
  }
  const shrink = scaled(ours[i], normalize ? 0 : (-2 * l2_reg) / n);
  if (normalize) for (const force of [pull, push]) project(force, ours[i], seen.lengths[index]);
  const net = plus(pull, push);
  add(net, shrink, 1);
  return { pull, push, shrink, net };
}

/** The effective number of negatives: e to the entropy of their shares; 0 without negatives. */
export function effectiveNegatives(shares) {
  let [entropy, some] = [0, false];
  for (const share of shares) {
    if (!(share > 0)) continue;
    some = true;
    entropy -= share * Math.log(share);
  }
  return some ? Math.exp(entropy) : 0;
}

export function mean(values) {
  let sum = 0;
  for (const x of values) sum += x;
  return sum / Math.max(values.length, 1);
}

function typedRow(row, length) {
  const made = new Float64Array(row);
  if (length !== 1) for (let k = 0; k < made.length; k++) made[k] /= length;
  return made;
}

/** The products of a typed row with others; two at a time, since one sum alone waits for itself. */
export function productsWith(row, others) {
  const products = new Float64Array(others.length);
  for (let j = 0; j < others.length; j += 2) {
    const [one, other] = [others[j], others[j + 1] ?? others[j]];
    let [sum, next] = [0, 0];
    for (let k = 0; k < row.length; k++) {
      sum += row[k] * one[k];
      next += row[k] * other[k];
    }
    products[j] = sum;
    if (j + 1 < others.length) products[j + 1] = next;
  }
  return products;
}

function add(sum, row, factor) {
  for (let k = 0; k < sum.length; k++) sum[k] += factor * row[k];
}

// A force on a unit row as the force on the raw row that it comes from, in place.
function project(force, row, length) {
  add(force, row, -dot(force, row));
  for (let k = 0; k < force.length; k++) force[k] /= length;
}
