// The loss over tao, and the lengths of raw vectors over tao and l2_reg: the same as sweeps.py.

import { FLOOR_STRIDE, L2_REG_POWERS, MAP_STRIDE, TAO_POWERS } from "./constants.js";
import { mean } from "./loss.js";
import { chance, lossOf } from "./objectives.js";
import { lossRuler, phaseOf } from "./theory.js";

const PATIENCE = 25; // milliseconds a frame for searches
export const SWEEP_TAOS = spaced(TAO_POWERS);
export const SWEEP_L2_REGS = [0, ...spaced(L2_REG_POWERS)];
const TAOS_OF_FLOORS = SWEEP_TAOS.filter((_, k) => k % FLOOR_STRIDE === 0);
export const TAOS_OF_MAP = SWEEP_TAOS.filter((_, k) => k % MAP_STRIDE === 0);

/**
 * A reading's loss at other temperatures: { losses at SWEEP_TAOS, floors [tao, loss], chance, isWhole }. For raw vectors
 * the floor is the loss at the optimum. Slow searches go on frame by frame; `isWhole` says whether all are done.
 */
export function lossOverTao(reading) {
  const { n, d, objective, held, l2_reg, penalty } = reading;
  const losses = SWEEP_TAOS.map((tao) => lossAt(reading, tao) + penalty);
  const floorAt = (tao) =>
    held ? lossRuler(n, tao, objective, d).floor + penalty : atRest(n, objective, d, l2_reg * tao).loss;
  const found = inTime(TAOS_OF_FLOORS, floorAt);
  const least = (floor, k) => Math.min(floor, losses[k * FLOOR_STRIDE]); // these points may be better than what was found
  const floors = TAOS_OF_FLOORS.flatMap((tao, k) => (found[k] === null ? [] : [[tao, least(found[k], k)]]));
  return { losses, floors, chance: chance(n, objective) + (held ? penalty : 0), isWhole: !found.includes(null) };
}

/**
 * The lengths at which raw vectors settle, a row for each of SWEEP_L2_REGS, a column for each of TAOS_OF_MAP: 0 where
 * they collapse, Infinity for l2_reg = 0, NaN where it is not known, null where it has not been computed yet.
 */
export function phaseMap({ n, objective, d }) {
  const products = [...new Set(SWEEP_L2_REGS.flatMap((l2_reg) => TAOS_OF_MAP.map((tao) => productOf(l2_reg, tao))))];
  const found = inTime(products, (product) => atRest(n, objective, d, product).norm);
  const norms = new Map(products.map((product, k) => [product, found[k]]));
  const lengthAt = (l2_reg, tao) => {
    const norm = norms.get(productOf(l2_reg, tao));
    return norm === null ? null : Math.sqrt(tao) * norm;
  };
  const lengths = SWEEP_L2_REGS.map((l2_reg) => TAOS_OF_MAP.map((tao) => lengthAt(l2_reg, tao)));
  return { lengths, isWhole: !found.includes(null) };
}

// Powers of ten, equally spaced.
function spaced([first, last, count]) {
  return Array.from({ length: count }, (_, k) => 10 ** (first + (k * (last - first)) / (count - 1)));
}

function lossAt({ logits, tao: here, objective }, tao) {
  const there = new Float64Array(logits.length);
  const losses = logits.map((row) => {
    for (let j = 0; j < there.length; j++) there[j] = (row[j] * here) / tao;
    return lossOf(there, objective);
  });
  return mean(losses);
}

// Up to scale the optimum depends on tao · l2_reg alone.
function atRest(n, objective, d, product) {
  return phaseOf(n, 1, product, objective, d);
}

function productOf(l2_reg, tao) {
  return Number((l2_reg * tao).toPrecision(9));
}

// The answers that are known or can be found within PATIENCE, at least one new one; null for the others. Answers are
// cached, so each frame adds some.
function inTime(questions, answer) {
  const end = performance.now() + PATIENCE;
  let isLate = false;
  return questions.map((question) => {
    if (isLate) return null;
    const found = answer(question);
    isLate = performance.now() > end;
    return found;
  });
}
