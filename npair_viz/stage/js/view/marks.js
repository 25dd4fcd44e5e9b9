// The points as marks: shapes of the roles in colours of the classes, or their photos, and what is said of them.

import { BOARD, SHAPES } from "../model/constants.js";
import { fixed, percent } from "../model/numbers.js";
import { degrees } from "../model/rotation.js";
import { chosenPoint, clamp, pointName } from "../model/state.js";
import { element, put, putWords } from "./elements.js";

export const RING_REACH = 31; // pixels from the middle of a ring to its outer edge
const HOLE = 24; // pixels: a partner's diamond fits into a ring
const COVERED = 6; // pixels: an anchor nearer than this to its positive is shown as a ring around it
const [WHERE_AWAY, WHERE_DOWN] = [66, 46]; // pixels across and down from a held point to the words that say where it is
const FITS = 2; // letters that fit into a shape; more stand under it
const BESIDE = 34; // pixels from a mark to the words under it
const PHOTO = 23; // pixels across, inside the shape
const SMALLER = [
  [8, 1],
  [16, 0.76],
  [Infinity, 0.6],
]; // up to how many pairs marks are how large: more of them need room

/** A mark's elements: a shape, a photo and words. */
export function makeMark() {
  const text = element("text", { "text-anchor": "middle", dy: 6 });
  const photo = element("image", { x: -PHOTO / 2, y: -PHOTO / 2, width: PHOTO, height: PHOTO, visibility: "hidden" });
  return element(
    "g",
    { tabindex: 0, role: "button" },
    element("path", { class: "halo" }),
    element("path", { class: "shape" }),
    photo,
    text,
  );
}

/** How large marks are where there are n pairs. */
export function sizeOf(n) {
  return SMALLER.find(([most]) => n <= most)[1];
}

/** Put a mark, drawn for n pairs, at a place. */
export function placeMark(mark, { x, y }, n) {
  const scale = n > SMALLER[0][0] ? ` scale(${sizeOf(n)})` : "";
  put(mark, { transform: `translate(${x} ${y})${scale}` });
}

/** Places with `isRing`: an anchor under its positive is a ring around it, so that both are seen. */
export function withRings(places) {
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

/** What a point is to the line-up that is shown. */
export function roleOf(index, { n, selected }) {
  if (index < n) return "anchor";
  return index - n === selected ? "partner" : "negative";
}

/** Show the degrees of a held point on the circle, or its coordinates, towards the middle of the board. */
export function drawWhere(board, state, reading, places, held) {
  const row = reading.rows[held];
  const words = row === undefined ? "" : toldPlace(row, state.surface);
  putWords(board.where, words);
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
  if (surface !== "sphere" || row.length === 1)
    return row.map((x) => (Math.round(100 * x) / 100 || 0).toFixed(2)).join(", ");
  return `${Number(degrees(row).toFixed(1)) % 360}°`;
}

/** Show one point: its shape, or its photo in the shape, and its class. */
export function drawMark(mark, state, reading, place, index, seen) {
  const { n, selected, names, isNegative, rows } = reading;
  const [pair, isAnchor] = [index % n, index < n];
  const acts = pair === selected || (!isAnchor && isNegative[selected][pair]);
  const [halo, shape, photo, text] = mark.children;
  const address = reading.base?.images?.[index];
  const d = place.isRing ? ringPath() : SHAPES[roleOf(index, reading)];
  put(halo, { d });
  put(shape, { d, fill: place.depth < 0 ? "none" : seen[pair] });
  put(mark, {
    "data-point": pointName(state, index),
    "data-pair": pair,
    "data-x": rows[index][0],
    "data-y": rows[index][1] ?? null,
    "data-z": rows[index].length === 3 ? rows[index][2] : null,
    class: `mark ${acts ? "" : "faded"} ${index === chosenPoint(state) ? "chosen" : ""} ${place.depth < 0 ? "rear" : ""} ${place.isRing ? "ring" : ""}`,
    style: `--class: ${seen[pair]}`,
  });
  placeMark(mark, place, n);
  put(photo, { visibility: address && place.depth >= 0 ? "visible" : "hidden", href: address ?? null });
  const isBeside = Boolean(address) || names[pair].length > FITS;
  put(text, { class: isBeside ? "long" : "", dy: isBeside ? BESIDE : 6 });
  putWords(text, names[pair]);
}

/** Set what a screen reader says of each point; called at the end of an act, not at every frame. */
export function labelMarks(board, state, reading) {
  const { n, names, losses, weights, selected, rows } = reading;
  board.marks.forEach((mark, index) => {
    const pair = index % n;
    const what =
      index < n
        ? `anchor ${names[pair]}, loss ${fixed(losses[pair], 3)}`
        : `positive ${names[pair]}, ${percent(weights[selected][pair])} for anchor ${names[selected]}`;
    put(mark, { "aria-label": `${what}${where(rows[index], state)}`, "aria-pressed": index === chosenPoint(state) });
  });
}

// Nobody hears hundreds of coordinates to the end.
function where(row, { surface }) {
  if (row.length > 3) return "";
  if (row.length === 2 && surface === "sphere") return `, at ${degrees(row).toFixed(0)} degrees`;
  return `, at ${Array.from(row, (x) => x.toFixed(2)).join(", ")}`;
}
