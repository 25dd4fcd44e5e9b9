// Fading trails of the points in the last frames of a run, on a canvas, since they have thousands of lines.

import { BOARD } from "../model/constants.js";
import { colours } from "./look.js";
import { toBoard } from "./viewport.js";

const [OLD, NEW] = [3, 9]; // pixels: how broad a trail is at its ends

/** Draw the former places of all points in the colours of their classes, oldest palest. */
export function drawTrails(canvas, trails, view, reading) {
  const context = canvas.getContext("2d");
  context.clearRect(0, 0, BOARD, BOARD);
  canvas.hidden = trails.length < 2; // where a browser has no GPU a canvas that was only cleared may show its past
  if (canvas.hidden) return;
  context.lineCap = "round";
  const seen = colours(reading);
  trails.slice(1).forEach((rows, k) => {
    const age = (k + 1) / trails.length;
    context.globalAlpha = 0.7 * age;
    context.lineWidth = OLD + (NEW - OLD) * age;
    rows.forEach((row, i) => {
      const [from, to] = [toBoard(trails[k][i], view), toBoard(row, view)];
      if (to.depth < 0) return;
      context.strokeStyle = seen[i % reading.n];
      context.beginPath();
      context.moveTo(from.x, from.y);
      context.lineTo(to.x, to.y);
      context.stroke();
    });
  });
  context.globalAlpha = 1;
}
