// From points to pixels of the board, and from pixels to points. Lengths are in the points' own unit.

import { BOARD, CIRCLE_REACH } from "../model/constants.js";
import { norm, unit } from "../model/loss.js";
import { cross, inverse, product, rotated } from "../model/rotation.js";
import { clamp } from "../model/state.js";

const MARGINS = { sphere: CIRCLE_REACH, plane: 1.7 }; // half the board's width over the longest length: arrows need room

/** A view that shows all rows: half the board's width, and the rotation of the globe. */
export function viewOf(rows, surface, turn = [1, 0, 0, 0]) {
  const longest = Math.max(1, ...rows.map(norm));
  return { reach: MARGINS[surface] * (surface === "sphere" ? 1 : longest), turn };
}

/** A row in pixels: { x, y, depth }; depth is negative behind the globe. */
export function toBoard(row, view) {
  const [x, y, depth = 0] = row.length === 3 ? rotated(row, view.turn) : row;
  const scale = BOARD / 2 / view.reach;
  return { x: BOARD / 2 + scale * x, y: BOARD / 2 - scale * y, depth };
}

/** A vector, such as a force, in pixels, [across, down]. */
export function wayToBoard(way, view) {
  const [x, y] = way.length === 3 ? rotated(way, view.turn) : way;
  const scale = BOARD / 2 / view.reach;
  return [scale * x, -scale * y];
}

/** The place at a pixel: on the circle the nearest one, on the globe the one in front. */
export function fromBoard({ x, y }, view, surface, d) {
  const scale = BOARD / 2 / view.reach;
  const flat = [(x - BOARD / 2) / scale, (BOARD / 2 - y) / scale];
  if (d === 2) return surface === "sphere" ? unit(flat) : flat;
  return rotated(onGlobe(flat), inverse(view.turn));
}

/** The view after the globe was dragged from one pixel to another. */
export function turnedView(view, from, to) {
  const scale = BOARD / 2 / view.reach;
  const [one, other] = [from, to].map(({ x, y }) => onGlobe([(x - BOARD / 2) / scale, (BOARD / 2 - y) / scale]));
  const axis = cross(one, other);
  const turn = [1 + one[0] * other[0] + one[1] * other[1] + one[2] * other[2], ...axis];
  return { ...view, turn: unit(product(unit(turn), view.turn)) };
}

function onGlobe([x, y]) {
  const length = Math.hypot(x, y);
  return length >= 1 ? [x / length, y / length, 0] : [x, y, Math.sqrt(clamp(1 - length * length, 0, 1))];
}
