// Fading trails of the points in the last frames of a run, on a canvas, since they have thousands of lines.

import { BOARD } from "../model/constants.js";
import { toBoard } from "./viewport.js";

/** Draw the former places of all points, oldest palest. */
export function drawTrails(canvas, trails, view, colour) {
  const context = canvas.getContext("2d");
  context.clearRect(0, 0, BOARD, BOARD);
  canvas.hidden = trails.length < 2; // where a browser has no GPU a canvas that was only cleared may show its past
  if (canvas.hidden) return;
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  trails.slice(1).forEach((rows, k) => {
    context.globalAlpha = (0.4 * (k + 1)) / trails.length;
    context.beginPath();
    rows.forEach((row, i) => {
      const [from, to] = [toBoard(trails[k][i], view), toBoard(row, view)];
      if (to.depth < 0) return;
      context.moveTo(from.x, from.y);
      context.lineTo(to.x, to.y);
    });
    context.stroke();
  });
  context.globalAlpha = 1;
}
