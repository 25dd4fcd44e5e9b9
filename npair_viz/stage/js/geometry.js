// Where points stand on the board, and which place a pointer means. Lengths are in the points' own unit.

import { clamp } from "./state.js";
import { norm, unit } from "./loss.js";

export const SIZE = 448; // pixels of the board, both ways
const MARGINS = { sphere: 1.3, plane: 1.7 }; // half the board's width, in the longest length: arrows need room
const GRAB = { mouse: 12, pen: 12, touch: 22 }; // pixels from a point's centre that still grab it

/** A view that shows all rows: how far the board reaches from the centre, and how the globe is turned. */
export function viewOf(rows, surface, turn = [1, 0, 0, 0]) {
  const longest = Math.max(1, ...rows.map(norm));
  return { reach: MARGINS[surface] * (surface === "sphere" ? 1 : longest), turn };
}

/** A row in pixels: { x, y, depth }; depth is negative behind the globe. */
export function toBoard(row, view) {
  const [x, y, depth = 0] = row.length === 3 ? rotated(row, view.turn) : row;
  const scale = SIZE / 2 / view.reach;
  return { x: SIZE / 2 + scale * x, y: SIZE / 2 - scale * y, depth };
}

/** A way or a force in pixels, [across, down]. */
export function wayToBoard(way, view) {
  const [x, y] = way.length === 3 ? rotated(way, view.turn) : way;
  const scale = SIZE / 2 / view.reach;
  return [scale * x, -scale * y];
}

/** The place that pixels mean: on the circle the nearest one, on the globe the front one, in the plane themselves. */
export function fromBoard({ x, y }, view, surface, d) {
  const scale = SIZE / 2 / view.reach;
  const flat = [(x - SIZE / 2) / scale, (SIZE / 2 - y) / scale];
  if (d === 2) return surface === "sphere" ? unit(flat) : flat;
  return rotated(onGlobe(flat), inverse(view.turn));
}

/** The number of the point that a pointer grabs, or -1: the nearest centre within reach, none behind the globe. */
export function grabbed(places, pointer, kind) {
  let best = -1;
  let least = GRAB[kind] ?? GRAB.mouse;
  places.forEach(({ x, y, depth }, index) => {
    const gap = Math.hypot(x - pointer.x, y - pointer.y);
    if (depth >= 0 && gap <= least) [best, least] = [index, gap];
  });
  return best;
}

/** The view after the globe was dragged from one pixel to another. */
export function turnedView(view, from, to) {
  const scale = SIZE / 2 / view.reach;
  const [one, other] = [from, to].map(({ x, y }) => onGlobe([(x - SIZE / 2) / scale, (SIZE / 2 - y) / scale]));
  const axis = cross(one, other);
  const turn = [1 + one[0] * other[0] + one[1] * other[1] + one[2] * other[2], ...axis];
  return { ...view, turn: unit(product(unit(turn), view.turn)) };
}

/** Where an arrow key sends a point: `step` degrees along the circle or the globe, a twentieth of a unit in the plane. */
export function stepped(row, key, isFine, view, surface) {
  const [across, up] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[key];
  const size = isFine ? 0.1 : 1;
  if (row.length === 2 && surface === "plane") return [row[0] + 0.05 * size * across, row[1] + 0.05 * size * up];
  const angle = (size * 2 * Math.PI) / 180;
  if (row.length === 2) {
    const turn = -angle * across + angle * up; // right and down are clockwise
    const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
    return [cos * row[0] - sin * row[1], sin * row[0] + cos * row[1]];
  }
  const [x, y, z] = rotated(row, view.turn);
  const there = unit([x + angle * across * Math.max(z, 0.2), y + angle * up * Math.max(z, 0.2), z]);
  return rotated(there, inverse(view.turn));
}

/** Degrees from the right, counted upwards, 0 to 360. */
export function degrees(row) {
  return ((Math.atan2(row[1], row[0]) * 180) / Math.PI + 360) % 360;
}

function onGlobe([x, y]) {
  const length = Math.hypot(x, y);
  return length >= 1 ? [x / length, y / length, 0] : [x, y, Math.sqrt(clamp(1 - length * length, 0, 1))];
}

function cross(a, b) {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

function inverse([w, x, y, z]) {
  return [w, -x, -y, -z];
}

function product([a, b, c, d], [w, x, y, z]) {
  return [
    a * w - b * x - c * y - d * z,
    a * x + b * w + c * z - d * y,
    a * y - b * z + c * w + d * x,
    a * z + b * y - c * x + d * w,
  ];
}

/** A row of three numbers, turned by a quaternion of length 1. */
export function rotated(row, turn) {
  return product(product(turn, [0, ...row]), inverse(turn)).slice(1);
}
