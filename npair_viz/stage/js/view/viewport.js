// From points to pixels of the board, and from pixels to points. Lengths are in the points' own unit.

import { BOARD, CIRCLE_REACH } from "../model/constants.js";
import { unit } from "../model/loss.js";
import { planeOf, projected, shadowFrame } from "../model/planes.js";
import { cross, inverse, product, rotated } from "../model/rotation.js";
import { clamp } from "../model/state.js";

const MARGINS = { sphere: CIRCLE_REACH, plane: 1.7 }; // half the board's width over the longest length: arrows need room

/** A view that shows all rows: half the board's width, its middle, the plane, and the rotation of space. */
export function viewOf(reading, { surface, view }, turn = [1, 0, 0, 0]) {
  const plane = planeOf(reading, view);
  if (plane.axes) return { ...shadowFrame(reading, plane), turn, plane };
  const longest = Math.max(1, ...reading.norms);
  return { reach: MARGINS[surface] * (surface === "sphere" ? 1 : longest), middle: [0, 0], turn, plane };
}

/** A row in pixels: { x, y, depth }; depth is negative behind the globe. */
export function toBoard(row, view) {
  const [x, y, depth = 0] = flat(row, view);
  const scale = BOARD / 2 / view.reach;
  return { x: BOARD / 2 + scale * (x - view.middle[0]), y: BOARD / 2 - scale * (y - view.middle[1]), depth };
}

/** A vector, such as a force, in pixels, [across, down]. */
export function wayToBoard(way, view) {
  const [x, y] = flat(way, view);
  const scale = BOARD / 2 / view.reach;
  return [scale * x, -scale * y];
}

/** The place of a point that is moved to a pixel: on a line or circle the nearest one, on the globe the one in front. */
export function fromBoard({ x, y }, view, surface, row) {
  const scale = BOARD / 2 / view.reach;
  const [across, up] = [(x - BOARD / 2) / scale, (BOARD / 2 - y) / scale];
  if (row.length === 1) return [surface === "sphere" ? Math.sign(across) || row[0] : across];
  if (row.length === 2) return surface === "sphere" ? unit([across, up]) : [across, up];
  if (surface === "sphere") return rotated(onGlobe([across, up]), inverse(view.turn));
  return rotated([across, up, rotated(row, view.turn)[2]], inverse(view.turn)); // in space it keeps its depth
}

/** The view after the globe was dragged from one pixel to another. */
export function turnedView(view, from, to) {
  const scale = BOARD / 2 / view.reach;
  const [one, other] = [from, to].map(({ x, y }) => onGlobe([(x - BOARD / 2) / scale, (BOARD / 2 - y) / scale]));
  const axis = cross(one, other);
  const turn = [1 + one[0] * other[0] + one[1] * other[1] + one[2] * other[2], ...axis];
  return { ...view, turn: unit(product(unit(turn), view.turn)) };
}

function flat(row, { plane, turn }) {
  return row.length === 3 && !plane.axes ? rotated(row, turn) : projected(plane, row);
}

function onGlobe([x, y]) {
  const length = Math.hypot(x, y);
  return length >= 1 ? [x / length, y / length, 0] : [x, y, Math.sqrt(clamp(1 - length * length, 0, 1))];
}
