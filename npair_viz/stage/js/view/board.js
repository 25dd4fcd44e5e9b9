// The board: points as marks, forces as arrows, former places as a ghost; SVG, created once and changed in place.

import { BOARD, LANE, SHAPES } from "../model/constants.js";
import { fixed, percent } from "../model/numbers.js";
import { degrees } from "../model/rotation.js";
import { chosenPoint, clamp, pointName } from "../model/state.js";
import { element, put } from "./elements.js";
import { colours } from "./look.js";
import { toBoard, wayToBoard } from "./viewport.js";

export const FORCES = ["pull", "push", "shrink", "sum"];
const LANES = { pull: LANE, push: -LANE, shrink: 0, sum: 0 }; // on the circle all arrows lie on one tangent

export const RING_REACH = 24; // pixels from the middle of a ring to its outer edge
const HOLE = 18; // pixels: a partner's diamond fits into a ring
const COVERED = 6; // pixels: an anchor nearer than this to its positive is shown as a ring around it
const [WHERE_AWAY, WHERE_DOWN] = [50, 36]; // pixels across and down from a held point to the words that say where it is

/** The board's elements for 2n points. */
export function makeBoard(count) {
  const parts = {
    rim: element("circle", { class: "rim", cx: BOARD / 2, cy: BOARD / 2 }),
    origin: element("path", { class: "rim", d: `M${BOARD / 2 - 5} ${BOARD / 2}h10m-5-5v10` }),
    ghosts: Array.from({ length: count }, () => element("path", { class: "ghost" })),
    best: Array.from({ length: count / 2 }, () => element("circle", { class: "best", r: 8 })),
    images: Array.from({ length: count }, () => element("circle", { class: "image", r: 5 })),
    arrows: FORCES.map((force) => element("path", { class: `arrow ${force}` })),
    heads: FORCES.map((force) => element("path", { class: `arrow head ${force}` })), // a dashed line's head has no dashes
    marks: Array.from({ length: count }, makeMark),
    where: element("text", { class: "where", "text-anchor": "middle", "aria-hidden": true }),
  };
  const layers = [parts.rim, parts.origin, ...parts.best, ...parts.ghosts, ...parts.images];
  const svg = element("svg", { viewBox: `0 0 ${BOARD} ${BOARD}`, role: "group", "aria-label": "the points" });
  svg.append(...layers, ...parts.marks, ...parts.arrows, ...parts.heads, parts.where);
  return { svg, ...parts };
}

function makeMark() {
  const text = element("text", { "text-anchor": "middle", dy: 5 });
  return element("g", { tabindex: 0, role: "button" }, element("path"), text);
}

/** Show a reading, its forces on the chosen point unless hidden, the points' former places, and where `held` is. */
export function drawBoard(board, state, reading, view, { before, best, hidesForces, held }) {
  const places = withRings(reading.rows.map((row) => toBoard(row, view)));
  put(board.rim, { r: BOARD / 2 / view.reach, visibility: state.surface === "sphere" ? "visible" : "hidden" });
  const seen = colours(reading);
  for (const [index, place] of places.entries()) drawMark(board.marks[index], state, reading, place, index, seen);
  drawGhosts(board, before, reading, view);
  drawImages(board, state, reading, view);
  for (const [i, dot] of board.best.entries()) {
    put(dot, { visibility: best ? "visible" : "hidden" });
    if (!best) continue;
    const { x, y, depth } = toBoard(best[i], view);
    put(dot, { class: depth < 0 ? "best rear" : "best", cx: x, cy: y });
  }
  if (hidesForces) hideArrows(board);
  else drawArrows(board, state, reading, view);
  drawWhere(board, state, reading, places, held);
  return places;
}

// An anchor under its positive is a ring around it, so that both are seen.
function withRings(places) {
  const n = places.length / 2;
  return places.map((place, index) => {
    const over = places[index + n];
    const isRing = index < n && place.depth >= 0 && Math.hypot(place.x - over.x, place.y - over.y) < COVERED;
    return { ...place, isRing };
  });
}

function ringPath() {
  const circle = (r, sweep) => `M0${-r}A${r} ${r} 0 1 ${sweep} 0 ${r}A${r} ${r} 0 1 ${sweep} 0${-r}Z`;
  return circle(RING_REACH, 1) + circle(HOLE, 0);
}

function roleOf(index, { n, selected }) {
  if (index < n) return "anchor";
  return index - n === selected ? "partner" : "negative";
}

// The degrees of a held point on the circle, or its coordinates in the plane, towards the middle of the board.
function drawWhere(board, state, reading, places, held) {
  const row = reading.rows[held];
  const words = row === undefined ? "" : toldPlace(row, state.surface);
  if (board.where.textContent !== words) board.where.textContent = words;
  if (!words) return;
  const { x, y } = places[held];
  const [across, down] = [BOARD / 2 - x, BOARD / 2 - y];
  const length = Math.hypot(across, down);
  const [right, low] = state.surface === "sphere" ? [across / length, down / length] : [0, down < 0 ? -1 : 1];
  const side = BOARD / 2 - WHERE_AWAY;
  put(board.where, {
    x: BOARD / 2 + clamp(x + WHERE_AWAY * right - BOARD / 2, -side, side),
    y: y + WHERE_DOWN * low + 5,
  });
}

function toldPlace(row, surface) {
  if (row.length === 3) return "";
  if (surface !== "sphere") return row.map((x) => (Math.round(100 * x) / 100 || 0).toFixed(2)).join(", ");
  return `${Number(degrees(row).toFixed(1)) % 360}°`;
}

function drawMark(mark, state, reading, place, index, seen) {
  const { n, selected, names, isNegative, rows } = reading;
  const [pair, isAnchor] = [index % n, index < n];
  const acts = pair === selected || (!isAnchor && isNegative[selected][pair]);
  const [shape, text] = mark.children;
  put(shape, {
    d: place.isRing ? ringPath() : SHAPES[roleOf(index, reading)],
    fill: place.depth < 0 ? "none" : seen[pair],
  });
  put(mark, {
    "data-point": pointName(state, index),
    "data-pair": pair,
    "data-x": rows[index][0],
    "data-y": rows[index][1],
    "data-z": rows[index].length === 3 ? rows[index][2] : null,
    class: `mark ${acts ? "" : "faded"} ${index === chosenPoint(state) ? "chosen" : ""} ${place.depth < 0 ? "rear" : ""} ${place.isRing ? "ring" : ""}`,
    transform: `translate(${place.x} ${place.y})`,
  });
  if (text.textContent !== names[pair]) text.textContent = names[pair];
}

/** Set what a screen reader says of each point; called at the end of an act, not at every frame. */
export function labelMarks(board, state, reading) {
  const { n, names, losses, weights, selected, rows } = reading;
  board.marks.forEach((mark, index) => {
    const pair = index % n;
    const where =
      rows[index].length === 2 && state.surface === "sphere"
        ? `${degrees(rows[index]).toFixed(0)} degrees`
        : Array.from(rows[index], (x) => x.toFixed(2)).join(", ");
    const what =
      index < n
        ? `anchor ${names[pair]}, loss ${fixed(losses[pair], 3)}`
        : `positive ${names[pair]}, ${percent(weights[selected][pair])} for anchor ${names[selected]}`;
    put(mark, { "aria-label": `${what}, at ${where}`, "aria-pressed": index === chosenPoint(state) });
  });
}

function drawGhosts(board, before, reading, view) {
  for (const [index, ghost] of board.ghosts.entries()) {
    const row = before?.rows.length === reading.rows.length ? before.rows[index] : null;
    const hasMoved = row?.some((x, k) => Math.abs(x - reading.rows[index][k]) > 1e-3);
    put(ghost, { visibility: hasMoved ? "visible" : "hidden" });
    if (!hasMoved) continue;
    const { x, y } = toBoard(row, view);
    put(ghost, { d: SHAPES[roleOf(index, reading)], transform: `translate(${x} ${y})` });
  }
}

// In the plane a normalizing loss uses the points projected to the circle, shown as hollow dots.
function drawImages(board, state, reading, view) {
  const images = [...reading.seen.anchors, ...reading.seen.positives];
  const isSeen = state.surface !== "sphere" && state.normalize;
  for (const [index, dot] of board.images.entries()) {
    put(dot, { visibility: isSeen ? "visible" : "hidden" });
    if (!isSeen) continue;
    const { x, y } = toBoard(images[index], view);
    put(dot, { cx: x, cy: y });
  }
}

function drawArrows(board, state, reading, view) {
  const { n, tao } = reading;
  const index = chosenPoint(state);
  const forces = reading.forcesOn(index);
  const row = reading.rows[index];
  const start = toBoard(row, view);
  FORCES.forEach((force, k) => {
    const way = forces[force === "sum" ? "net" : force].map((x) => n * tao * x);
    const [across, down] = wayToBoard(way, view);
    const lane = state.surface === "sphere" && row.length === 2 ? 1 + LANES[force] : 1;
    const x = BOARD / 2 + lane * (start.x - BOARD / 2);
    const y = BOARD / 2 + lane * (start.y - BOARD / 2);
    const isSeen = Math.hypot(across, down) > 2; // pixels
    put(board.arrows[k], {
      "data-arrow": `${pointName(state, index)}:${force}`,
      "data-dx": way[0],
      "data-dy": way[1],
      "data-dz": way.length === 3 ? way[2] : null,
      d: isSeen ? `M${x} ${y}l${across} ${down}` : "",
    });
    put(board.heads[k], { d: isSeen ? headPath(x + across, y + down, across, down) : "" });
  });
}

function hideArrows(board) {
  for (const head of board.heads) put(head, { d: "" });
  const nothing = { d: "", "data-arrow": null, "data-dx": null, "data-dy": null, "data-dz": null };
  for (const arrow of board.arrows) put(arrow, nothing);
}

/** An arrow's head with its tip at (x, y). */
export function headPath(x, y, across, down, most = 10) {
  const length = Math.hypot(across, down);
  const [ux, uy] = [across / length, down / length];
  const size = Math.min(most, length / 2);
  const wing = (turn) => `${x - size * (ux + turn * 0.5 * uy)} ${y - size * (uy - turn * 0.5 * ux)}`;
  return `M${wing(1)}L${x} ${y}L${wing(-1)}`;
}
