// The landscape of the selected point as colours behind the points: a band around the circle, or all over the board.

import { BOARD } from "../model/constants.js";
import { element } from "./elements.js";
import { shade } from "./look.js";

const BAND = [1.12, 1.2]; // the band's radii: just outside the points

/** Colour the canvas behind the points, or clear it. */
export function drawLandscape(canvas, landscape, view) {
  const context = canvas.getContext("2d");
  context.clearRect(0, 0, BOARD, BOARD);
  canvas.classList.toggle("seen", landscape !== null); // arrows on colours get an outline
  if (landscape?.isBand) drawBand(context, landscape, view);
  else if (landscape) drawField(context, landscape);
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

function drawField(context, landscape) {
  const side = Math.sqrt(landscape.places.length);
  const small = element("canvas", { width: side, height: side });
  const pixels = new ImageData(side, side);
  for (let k = 0; k < side * side; k++) pixels.data.set([...colourAt(landscape, k), 255], 4 * k);
  small.getContext("2d").putImageData(pixels, 0, 0);
  context.drawImage(small, 0, 0, BOARD, BOARD);
}

function colourAt({ losses, low, high }, k) {
  return shade(high > low ? (losses[k] - low) / (high - low) : 0);
}
