// The landscape of the chosen point: the loss at every place where it could stand, as sweeps.py has it.
// An anchor acts in its own row alone: its landscape is its own loss. A positive acts in every row: the whole batch's.

import { dot, logSumExp, softplus } from "./loss.js";

const TURN = 180; // places round the circle
const GRID = 32; // places along each side of the plane

/** The places, the losses there and their range; round the circle where lengths are held, else all over the board. */
export function landscapeOf(reading, index, view) {
  const places = reading.held ? circlePlaces() : planePlaces(view.reach);
  const losses = lossesAt(reading, index, places);
  let [low, high] = [Infinity, -Infinity];
  for (const loss of losses) [low, high] = [Math.min(low, loss), Math.max(high, loss)];
  return { isBand: reading.held, places, losses, low, high, words: wordsOf(reading, index) };
}

/** The loss, were point `index` at each of some places as the loss sees them; raw vectors pay their penalty. */
export function lossesAt(reading, index, places) {
  return index < reading.n ? anchorLosses(reading, index, places) : batchLosses(reading, index - reading.n, places);
}

function anchorLosses(reading, i, places) {
  const { tao, l2_reg, objective, held, seen } = reading;
  const rivals = rivalsOf(reading, i);
  const x = new Float64Array(rivals.length);
  const partner = seen.positives[i];
  return Float64Array.from(places, (place) => {
    const own = dot(place, partner);
    for (let k = 0; k < rivals.length; k++) x[k] = (dot(place, seen.positives[rivals[k]]) - own) / tao;
    return voteLoss(x, objective) + (held ? 0 : l2_reg * dot(place, place));
  });
}

function batchLosses(reading, k, places) {
  const { n, tao, l2_reg, objective, held, seen, similarities, penalty } = reading;
  const own = ownRow(reading, k);
  const faced = Array.from({ length: n }, (_, i) => i).filter((i) => i !== k && reading.isNegative[i][k]);
  // What row i's loss is without positive k, and what it grows by with it.
  const rests = faced.map((i) => voteLoss(rivalsOf(reading, i).filter((j) => j !== k).map((j) => reading.x[i][j]), objective));
  const others = reading.losses.filter((_, i) => i !== k && !faced.includes(i)).reduce((sum, loss) => sum + loss, 0);
  const square = dot(seen.positives[k], seen.positives[k]);
  return Float64Array.from(places, (place) => {
    let sum = others + own(dot(place, seen.anchors[k]));
    for (let m = 0; m < faced.length; m++) {
      const x = (dot(place, seen.anchors[faced[m]]) - similarities[faced[m]][faced[m]]) / tao;
      sum += rests[m] + softplus(objective === "mc" ? x - rests[m] : x);
    }
    return sum / n + penalty + (held ? 0 : (l2_reg * (dot(place, place) - square)) / n);
  });
}

// The loss of pair k's own row by the similarity of its partner.
function ownRow(reading, k) {
  const { tao, objective, similarities } = reading;
  const rivals = rivalsOf(reading, k).map((j) => similarities[k][j] / tao);
  const lead = logSumExp(rivals);
  if (objective === "mc") return (s) => softplus(lead - s / tao);
  return (s) => rivals.reduce((sum, one) => sum + softplus(one - s / tao), 0);
}

/** Whom anchor i is up against. */
export function rivalsOf({ n, isNegative }, i) {
  return Array.from({ length: n }, (_, j) => j).filter((j) => isNegative[i][j]);
}

/** A row's loss by its margins; 0 where there is no rival. */
export function voteLoss(x, objective) {
  let sum = 0;
  if (objective === "ovo") {
    for (const one of x) sum += softplus(one);
    return sum;
  }
  let top = -Infinity;
  for (const one of x) top = Math.max(top, one);
  if (top === -Infinity) return 0;
  for (const one of x) sum += Math.exp(one - top);
  return softplus(top + Math.log(sum));
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

// Row by row from the top, as pixels lie.
function planePlaces(reach) {
  const at = (k) => reach * ((2 * k + 1) / GRID - 1);
  return Array.from({ length: GRID * GRID }, (_, k) => [at(k % GRID), -at(Math.floor(k / GRID))]);
}
