// The loss of paired points, its shares and its forces, in closed form: what losses/gradients.py computes, in doubles.
// Rows are arrays of numbers; row i of `anchors` pairs with row i of `positives`.

import { voteOf } from "./objectives.js";

export function dot(x, y) {
  let sum = 0;
  for (let k = 0; k < x.length; k++) sum += x[k] * y[k];
  return sum;
}

/** The length of a row; no square over- or underflows. */
export function norm(row) {
  return Math.hypot(...row);
}

/** The row divided by its length; a zero row stays zero. */
export function unit(row) {
  const length = norm(row);
  return length === 0 ? row.slice() : row.map((x) => x / length);
}

/** x + factor · y. */
export function plus(x, y, factor = 1) {
  return x.map((value, k) => value + factor * y[k]);
}

export function scaled(row, factor) {
  return row.map((x) => factor * x);
}

/** Which positives are negatives of which anchors, (n, n): those of other classes. */
export function negativeMask(classes) {
  return classes.map((one, i) => classes.map((other, j) => i !== j && one !== other));
}

/**
 * Loss, shares and forces of pairs at one setting { tao, l2_reg, objective, normalize }.
 *
 * `logits` (n, n), `losses` (n) without the penalty, `weights` (n, n); forces `onAnchors` and `onPositives`: `pull`,
 * `push`, `shrink` and `net`, (n, d) each. A force is minus a gradient of the whole loss.
 */
export function npairForces(anchors, positives, isNegative, { tao, l2_reg, objective, normalize }) {
  const n = anchors.length;
  const ours = side(anchors, normalize);
  const theirs = side(positives, normalize);
  const similarities = ours.rows.map((a) => theirs.rows.map((p) => dot(a, p)));
  const x = similarities.map((row, i) => row.map((s) => (s - row[i]) / tao));
  const logits = x.map((row, i) => row.map((one, j) => (isNegative[i][j] ? one : -Infinity)));
  const votes = logits.map((row) => voteOf(row, objective));
  const losses = votes.map(({ loss }) => loss);
  const weights = votes.map(({ weights, own }, i) => weights.with(i, own));
  const scale = 1 / (n * tao);
  const strength = normalize ? 0 : (2 * l2_reg) / n;
  const pushed = (rows, weight) => (i) =>
    rows.reduce((sum, row, j) => (j === i ? sum : plus(sum, row, -scale * weight(i, j))), scaled(rows[i], 0));
  const byPositives = pushed(theirs.rows, (i, j) => weights[i][j]);
  const byAnchors = pushed(ours.rows, (j, i) => weights[i][j]);
  const onAnchors = { pull: [], push: [], shrink: [], net: [] };
  const onPositives = { pull: [], push: [], shrink: [], net: [] };
  for (let i = 0; i < n; i++) {
    gather(onAnchors, ours, i, scaled(theirs.rows[i], scale * votes[i].mass), byPositives(i), strength);
    gather(onPositives, theirs, i, scaled(ours.rows[i], scale * votes[i].mass), byAnchors(i), strength);
  }
  const npair = mean(losses);
  const squares = (rows) => rows.reduce((sum, row) => sum + dot(row, row), 0);
  const penalty = (l2_reg * (squares(ours.rows) + squares(theirs.rows))) / n;
  const seen = { anchors: ours.rows, positives: theirs.rows };
  return { similarities, logits, losses, weights, npair, penalty, loss: npair + penalty, seen, onAnchors, onPositives };
}

/** The effective number of negatives: e to the entropy of their shares; 0 without negatives. */
export function effectiveNegatives(shares) {
  const some = shares.filter((share) => share > 0);
  return some.length ? Math.exp(-some.reduce((sum, share) => sum + share * Math.log(share), 0)) : 0;
}

export function mean(values) {
  return values.reduce((sum, x) => sum + x, 0) / Math.max(values.length, 1);
}

// Rows as the loss sees them, and the lengths that divide forces on the raw rows; there is no force on a zero row.
function side(rows, normalize) {
  if (!normalize) return { rows, lengths: null };
  return { rows: rows.map(unit), lengths: rows.map((row) => norm(row) || Infinity) };
}

function felt(force, { rows, lengths }, i) {
  if (lengths === null) return force;
  return scaled(plus(force, rows[i], -dot(force, rows[i])), 1 / lengths[i]);
}

function gather(forces, side, i, pull, push, strength) {
  const three = [felt(pull, side, i), felt(push, side, i), scaled(side.rows[i], -strength)];
  for (const [k, name] of ["pull", "push", "shrink"].entries()) forces[name].push(three[k]);
  forces.net.push(plus(plus(three[0], three[1]), three[2]));
}
