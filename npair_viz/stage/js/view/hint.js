// Exact numbers beside the pointer: of a point or a cell of the matrix.

import { SHAPES } from "../model/constants.js";
import { hasOneVote } from "../model/objectives.js";
import { barUnder, drawBars } from "./bars.js";
import { element, put, putWords } from "./elements.js";

/** The element of the hint. */
export function makeHint() {
  return element("div", { class: "hint", hidden: "", "data-role": "hint" });
}

/** Show the numbers of what a pointer is over or the focus is on; of a bar, how it is made. */
export function pointAt(stage, target) {
  Object.assign(stage, { hinted: target, pointed: barUnder(target) });
  drawBars(stage.panels, stage.reading, stage.pointed);
  drawHint(stage.layout.hint, stage.reading, target);
}

/** Say what the numbers are of what a pointer is over, or nothing. */
export function drawHint(hint, reading, target) {
  const words = target && numbersUnder(reading, target);
  put(hint, { hidden: words ? null : "" });
  if (words) putWords(hint, words);
}

function numbersUnder(reading, target) {
  const { point } = target.closest("[data-point]")?.dataset ?? {};
  if (point !== undefined)
    return point[0] === "a" ? ofAnchor(reading, Number(point.slice(1))) : ofPositive(reading, Number(point.slice(1)));
  const { cell } = target.closest("[data-cell]")?.dataset ?? {};
  if (cell !== undefined) {
    const [i, j] = cell.split(",").map(Number);
    return `anchor ${reading.names[i]} gives ${reading.names[j]} ${reading.weights[i][j].toFixed(4)}`;
  }
  return null;
}

function ofAnchor({ names, losses, base }, i) {
  return `anchor ${names[i]}: loss ${losses[i].toFixed(3)}${rowOf(base, i)}`;
}

function ofPositive({ n, names, selected, weights, similarities, objective, base }, j) {
  const role = Object.keys(SHAPES)[j === selected ? 1 : 2];
  const hasShare = hasOneVote(objective) || j !== selected; // else the partner is in every duel
  const share = hasShare ? `share ${weights[selected][j].toFixed(3)}, ` : "";
  const numbers = `${share}similarity ${similarities[selected][j].toFixed(3)}`;
  return `${role} ${names[j]}: ${numbers} for anchor ${names[selected]}${rowOf(base, n + j)}`;
}

function rowOf(base, k) {
  return base?.rows ? `, row ${base.rows[k]}` : "";
}
