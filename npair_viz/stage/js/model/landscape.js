// The landscape of the chosen point: the loss at every place that it could have, as in sweeps.py. An anchor changes its
// own row alone: its landscape is its own loss. A positive changes every row: its landscape is the batch's loss.

import { dot } from "./loss.js";
import { growthOfAll, lossLess, lossOf } from "./objectives.js";
import { projected } from "./planes.js";

const TURN = 180; // places round the circle
const GRID = 32; // places along each side of the plane
const NO_PLANE = { axes: null };

/** Whether the chosen point can stand anywhere in the picture: not on a line, in space, or beside its plane. */
export function hasLandscape(state, { d }) {
  return d === 2 || (d > 3 && state.view === "anchor plane" && state.point === "anchor");
}

/**
 * Places, the losses there and their range: around the circle if lengths are fixed, else all over the board, which
 * `frame` says: its reach, and its middle where that is not the origin. `plane` is that of the picture.
 */
export function landscapeOf(reading, index, frame, plane = NO_PLANE) {
  const places = reading.held ? circlePlaces() : planePlaces(frame);
  const losses = lossesAt(reading, index, places, plane);
  let [low, high] = [Infinity, -Infinity];
  for (const loss of losses) [low, high] = [Math.min(low, loss), Math.max(high, loss)];
  return { isBand: reading.held, places, losses, low, high, words: wordsOf(reading, index) };
}

/**
 * The loss with point `index` at each of some places (unit vectors where the loss normalizes); includes the penalty. In
 * a plane the place (x, y) means the vector x·right + y·up.
 */
export function lossesAt(reading, index, places, plane = NO_PLANE) {
  const [anchors, positives] = ["anchors", "positives"].map(
    (side) => reading.seen[side].map((row) => Array.from(projected(plane, row))), // as the places are: a mixture is slow
  );
  return index < reading.n
    ? anchorLosses(reading, index, places, positives)
    : batchLosses(reading, index - reading.n, places, anchors);
}

function anchorLosses({ tao, l2_reg, objective, held, isNegative }, i, places, positives) {
  const gaps = positives
    .filter((_, j) => isNegative[i][j])
    .map((rival) => rival.map((x, k) => (x - positives[i][k]) / tao));
  const logits = new Float64Array(gaps.length);
  return places.map((place) => {
    for (let m = 0; m < gaps.length; m++) logits[m] = dot(place, gaps[m]);
    return lossOf(logits, objective) + (held ? 0 : l2_reg * dot(place, place));
  });
}

function batchLosses(reading, k, places, anchors) {
  const { n, tao, l2_reg, objective, held, seen, similarities, penalty, isNegative } = reading;
  const own = lossLess(
    Array.from(similarities[k], (s) => s / tao).filter((_, j) => isNegative[k][j]),
    objective,
  );
  const faced = Array.from({ length: n }, (_, i) => i).filter((i) => i !== k && isNegative[i][k]);
  // Of the rows that positive k is a negative of: their losses without it, and what its logit there is made of.
  const rests = Float64Array.from(faced, (i) => lossOf(reading.logits[i].with(k, -Infinity), objective));
  const [across, upward] = [0, 1].map((c) => Float64Array.from(faced, (i) => anchors[i][c] / tao));
  const partners = Float64Array.from(faced, (i) => similarities[i][i] / tao);
  const still = reading.losses.filter((_, i) => i !== k && !faced.includes(i)).reduce((sum, loss) => sum + loss, 0);
  const others = rests.reduce((sum, loss) => sum + loss, still);
  const square = dot(seen.positives[k], seen.positives[k]);
  const logits = new Float64Array(faced.length);
  return places.map((place) => {
    const [x, y] = place;
    for (let m = 0; m < faced.length; m++) logits[m] = x * across[m] + y * upward[m] - partners[m];
    const sum = others + own(dot(place, anchors[k]) / tao) + growthOfAll(rests, logits, objective);
    return sum / n + penalty + (held ? 0 : (l2_reg * (dot(place, place) - square)) / n);
  });
}

function wordsOf({ n, names }, index) {
  const name = names[index % n];
  if (index < n) return `colour: anchor ${name}'s own loss if it stood there`;
  return `colour: the loss of all if positive ${name} stood there`;
}

function circlePlaces() {
  return Array.from({ length: TURN }, (_, k) => {
    const angle = (2 * Math.PI * k) / TURN;
    return [Math.cos(angle), Math.sin(angle)];
  });
}

// Row by row from the top, as pixels are ordered.
function planePlaces({ reach, middle: [x, y] = [0, 0] }) {
  const at = (k) => reach * ((2 * k + 1) / GRID - 1);
  return Array.from({ length: GRID * GRID }, (_, k) => [x + at(k % GRID), y - at(Math.floor(k / GRID))]);
}
