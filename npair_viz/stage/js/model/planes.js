// Planes through the origin in which points of more than three dimensions are shown: the same as projection.py. Rows may
// be given in their own span: what is chosen here depends on their products alone.

import { topTwo } from "./eigenvectors.js";
import { dot, norm, plus, productsWith, scaled, unit } from "./loss.js";

const TINY_PART = 100 * Number.EPSILON; // of a row: rounding
const AS_FAR = 1 - 1e-9; // points that are this near to the farthest count as equally far
const principal = new WeakMap(); // planes by the rows they belong to, for a plane takes milliseconds

/**
 * The plane of a reading: { axes, held, kept }. `axes`: [right, up], null where the picture is the whole space, of one,
 * two or three dimensions; an axis is zero where all points lie on a line. `held`: the share of their squared lengths
 * that lies in the plane. `kept`: the pair whose anchor's similarities are exact, null where all are or none.
 */
export function planeOf(reading, view) {
  if (reading.d <= 3) return { axes: null, held: 1, kept: null };
  return view === "principal axes" ? principalPlane(reading.rows) : anchorPlane(reading);
}

/** Where the plane shows a row, a point or a force: two numbers, or three in space. */
export function projected(plane, row) {
  if (plane.axes) return plane.axes.map((axis) => dot(axis, row));
  return row.length === 1 ? [row[0], 0] : row;
}

/** What is exact in the picture, in words for its corner; empty where everything is. */
export function badge({ axes, held, kept }, { d, names }) {
  if (!axes) return "";
  if (held > 1 - 1e-6) return `${d}-d, but all points lie in this plane: exact`;
  const exact = kept === null ? "no angle is exact" : `exact for anchor ${names[kept]} alone`;
  return `shadow of ${d}-d: ${exact}; ${Math.min(Math.round(100 * held), 99)} % of squared length is in this plane`;
}

/** The frame of a shadow: its middle, and how far it reaches to each side; there is room for a badge at the top. */
export function shadowFrame({ seen }, plane) {
  const places = [...seen.anchors, ...seen.positives].map((row) => projected(plane, row));
  const ends = [0, 1].map((k) => [Math.min, Math.max].map((end) => end(...places.map((place) => place[k]))));
  const reach = 0.7 * Math.max(0.1, ...ends.map(([low, high]) => high - low));
  const [x, y] = ends.map(([low, high]) => (low + high) / 2);
  return { middle: [x, y + 0.1 * reach], reach };
}

// The chosen anchor up, the way from its hardest negative to its positive to the right.
function anchorPlane({ rows, n, selected, negatives }) {
  const [anchor, positive, rival] = [rows[selected], rows[n + selected], rows[n + negatives[0]]];
  const across = rival ? difference(positive, rival) : positive;
  const axes = orthonormal([anchor, across, positive, ...rows]);
  return { axes, held: partHeldBy(rows, axes), kept: selected };
}

// The plane with most of the squared lengths; its signs are such that along each axis the farthest point is positive.
function principalPlane(rows) {
  if (!principal.has(rows)) {
    const axes = principalAxes(rows).map((axis) => towardsFarthest(rows, axis));
    principal.set(rows, { axes, held: partHeldBy(rows, axes), kept: null });
  }
  return principal.get(rows);
}

function principalAxes(rows) {
  const width = rows[0].length;
  const isWide = width > rows.length;
  const typed = rows.map((row) => new Float64Array(row));
  const lines = isWide ? typed : Array.from({ length: width }, (_, k) => Float64Array.from(typed, (row) => row[k]));
  const [first, second] = topTwo(products(lines));
  const axisOf = ({ vector }) => (isWide ? unit(combined(rows, vector)) : vector);
  const isLine = !second || second.value <= 1e-14 * first.value;
  const axis = axisOf(first);
  return [axis, isLine ? new Float64Array(width) : unit(beside(axisOf(second), axis))];
}

function products(rows) {
  const made = rows.map((row, i) => productsWith(row, rows.slice(0, i + 1)));
  return made.map((row, i) => Float64Array.from(made, (other, j) => (j <= i ? row[j] : other[i])));
}

function combined(rows, factors) {
  return rows.reduce((sum, row, i) => plus(sum, row, factors[i]), new Float64Array(rows[0].length));
}

function towardsFarthest(rows, axis) {
  const along = rows.map((row) => dot(row, axis));
  const farthest = Math.max(...along.map(Math.abs));
  const first = along.find((x) => Math.abs(x) >= AS_FAR * farthest);
  return first < 0 ? scaled(axis, -1) : axis;
}

// The share of the squared lengths of rows that lies along the axes.
function partHeldBy(rows, axes) {
  let [part, whole] = [0, 0];
  for (const row of rows) {
    whole += dot(row, row);
    for (const axis of axes) part += dot(row, axis) ** 2;
  }
  return whole > 0 ? part / whole : 1;
}

// [right, up]: up is the first candidate that is not zero, right the first that does not lie along it.
function orthonormal(candidates) {
  const first = candidates.find((row) => norm(row) > 0) ?? candidates[0];
  const up = unit(first);
  for (const row of candidates) {
    const rest = beside(unit(row), up);
    if (norm(rest) > TINY_PART) return [unit(beside(unit(rest), up)), up]; // again: rounding may leave a part along `up`
  }
  return [scaled(up, 0), up];
}

function difference(row, other) {
  const way = plus(row, other, -1);
  return norm(way) > TINY_PART * norm(row) ? way : scaled(way, 0);
}

// A row without its part along a direction of length 1.
function beside(row, direction) {
  return plus(row, direction, -dot(row, direction));
}
