// Where the drawn ruler begins, has its middle and ends: the best, chance, and sure and wrong.

import { chance } from "./objectives.js";

/**
 * { floor, chance, ceiling } of the whole loss, penalty included, and the words at both ends. Raw vectors have the loss
 * at rest as their best; where some classes are one, nothing is known but chance.
 */
export function rulerEnds({ ruler, phase, penalty, n, isNegative, objective }) {
  if (ruler !== null) {
    const least = ruler.isBound ? "lower bound" : "best here";
    const ends = { floor: ruler.floor + penalty, chance: ruler.chance + penalty, ceiling: ruler.ceiling + penalty };
    return { ...ends, least, most: "sure, wrong" };
  }
  const counts = isNegative.map((row) => row.filter(Boolean).length);
  const blind = counts.reduce((sum, count) => sum + chance(1 + count, objective), 0) / n;
  const least = phase?.isBound ? "lower bound" : "best here";
  return { floor: phase?.loss ?? 0, chance: blind, ceiling: 2 * blind, least, most: "twice chance" };
}
