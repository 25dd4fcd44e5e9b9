// The landscape of the selected point as colours behind the points: a band around the circle, or all over the board.

import { BOARD } from "../model/constants.js";
import { element } from "./elements.js";
import { shade } from "./look.js";

const fields = new WeakMap(); // by canvas: a pixel for each place, made once
const BAND = [1.12, 1.2]; // the band's radii: just outside the points

/** Colour the canvas behind the points, or clear it. */
export function drawLandscape(canvas, landscape, view) {
  const context = canvas.getContext("2d");
  context.clearRect(0, 0, BOARD, BOARD);
  canvas.classList.toggle("seen", landscape !== null);
  canvas.hidden = landscape === null;
  if (landscape?.isBand) drawBand(context, landscape, view);
  else if (landscape) drawField(canvas, context, landscape);
}

function drawBand(context, landscape, view) {
  const [inner, outer] = BAND.map((radius) => (radius * BOARD) / 2 / view.reach);
  const half = Math.PI / landscape.places.length;
  context.lineWidth = outer - inner;
  landscape.places.forEach(([x, y], k) => {
    const angle = Math.atan2(-y, x);
    context.strokeStyle = `rgb(${colourAt(landscape, k)})`;
    context.beginPath();
    context.arc(BOARD / 2, BOARD / 2, (inner + outer) / 2, angle - 1.1 * half, angle + 1.1 * half);
    context.stroke();
  });
}

function drawField(canvas, context, landscape) {
  const side = Math.sqrt(landscape.places.length);
  if (fields.get(canvas)?.pixels.width !== side) fields.set(canvas, makeField(side));
  const { small, pen, pixels } = fields.get(canvas);
  for (let k = 0; k < side * side; k++) {
    const colour = colourAt(landscape, k);
    for (let c = 0; c < 3; c++) pixels.data[4 * k + c] = colour[c];
  }
  pen.putImageData(pixels, 0, 0);
  context.drawImage(small, 0, 0, BOARD, BOARD);
}

function makeField(side) {
  const small = element("canvas", { width: side, height: side });
  return {
    small,
    pen: small.getContext("2d"),
    pixels: new ImageData(new Uint8ClampedArray(4 * side ** 2).fill(255), side),
  };
}

function colourAt({ losses, low, high }, k) {
  return shade(high > low ? (losses[k] - low) / (high - low) : 0);
}
