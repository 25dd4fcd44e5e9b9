// The panels: the matrix of everyone's shares and the loss so far, and what holds bars and ruler.

import { fixed } from "../model/numbers.js";
import { drawBars, makeBars } from "./bars.js";
import { element, put, putWords } from "./elements.js";
import { drawRuler, makeRuler } from "./ruler.js";

const MOST_NAMES = 12; // pairs whose rows and columns have names
const CURVE = { left: 4, right: 92, top: 22, bottom: 8 }; // pixels around it, for its numbers

/** The panels' elements, for n pairs. */
export function makePanels(n) {
  const cells = Array.from({ length: n * n }, (_, k) =>
    element("rect", { "data-cell": `${Math.floor(k / n)},${k % n}`, "data-pair": k % n, width: 1, height: 1 }),
  );
  for (const [k, cell] of cells.entries()) put(cell, { x: k % n, y: Math.floor(k / n), fill: "transparent" });
  const colour = element("canvas", { width: n, height: n });
  const grid = element("svg", { viewBox: `0 0 ${n} ${n}`, "aria-hidden": true });
  grid.append(...cells);
  const names = { across: makeNames(n, "across"), down: makeNames(n, "down") };
  const cellsBox = element("div", { class: "cells" }, colour, grid);
  const corner = element("span", { class: "corner" }, "anchors ↓ positives →");
  const matrix = element("div", { class: "matrix" }, corner, names.across, names.down, cellsBox);
  const curve = element("canvas", { width: 360, height: 90, class: "curve", "aria-hidden": true });
  return { ...makeBars(n), ...makeRuler(), matrix, names, colour, cells, curve };
}

function makeNames(n, side) {
  const isNamed = n <= MOST_NAMES;
  return element("div", { class: side }, ...Array.from({ length: isNamed ? n : 0 }, () => element("span")));
}

/** Show a reading in the panels beside the board; `pointed`: the pair whose bar is unfolded. */
export function drawPanels(panels, reading, pointed) {
  drawBars(panels, reading, pointed);
  drawRuler(panels, reading);
}

/** Colour everyone's shares: a row is an anchor, a column a positive. */
export function drawMatrix(panels, reading, ink) {
  const { n, weights, names } = reading;
  for (const side of [panels.names.across, panels.names.down])
    for (const [k, one] of [...side.children].entries()) putWords(one, names[k]);
  const context = panels.colour.getContext("2d");
  const pixels = context.createImageData(n, n);
  for (let k = 0; k < n * n; k++) {
    const strength = Math.min(Math.max(weights[Math.floor(k / n)][k % n], 0), 1);
    pixels.data.set([...ink, Math.round(255 * strength)], 4 * k);
  }
  context.putImageData(pixels, 0, 0);
}

/** The loss of the run so far above its floor, with its first and its last value; `ink`: the colour of all of it. */
export function drawCurve(canvas, losses, floor, ink) {
  const context = canvas.getContext("2d");
  const { width, height } = canvas;
  context.clearRect(0, 0, width, height);
  context.strokeStyle = context.fillStyle = ink;
  context.font = "14px system-ui, sans-serif";
  if (losses.length < 2) {
    context.fillText("No step yet: press Play.", CURVE.left, height / 2);
    return;
  }
  const low = Math.min(floor ?? Infinity, ...losses);
  const high = Math.max(...losses);
  const [wide, tall] = [width - CURVE.left - CURVE.right, height - CURVE.top - CURVE.bottom];
  const across = (k) => CURVE.left + (wide * k) / Math.max(losses.length - 1, 30);
  const down = (loss) => CURVE.top + tall * (1 - (loss - low) / Math.max(high - low, 1e-12));
  const [first, last] = [losses[0], losses.at(-1)];
  context.lineWidth = 2;
  context.beginPath();
  for (const [k, loss] of losses.entries()) context.lineTo(across(k), down(loss));
  context.stroke();
  context.fillText(fixed(first, 3), CURVE.left, down(first) - 8);
  context.fillText(fixed(last, 3), across(losses.length - 1) + 8, down(last) + (floor === null ? 5 : -4));
  if (floor === null) return;
  context.setLineDash([4, 4]);
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(0, down(floor));
  context.lineTo(width, down(floor));
  context.stroke();
  context.setLineDash([]);
}
