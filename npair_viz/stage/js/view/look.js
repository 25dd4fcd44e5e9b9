// Colours of classes and of numbers, as in look.py.

import { CLASS_COLOURS, OTHERS, SCALE_COLOURS } from "../model/constants.js";

const TABLE = Array.from({ length: 256 }, (_, k) => mixed(k / 255));

/** The colour of each pair; of more than five pairs all are grey but the selected one and its hardest negative. */
export function colours({ n, selected, negatives }) {
  if (n <= CLASS_COLOURS.length) return CLASS_COLOURS;
  const seen = new Map([[negatives[0], CLASS_COLOURS[1]]]).set(selected, CLASS_COLOURS[0]);
  return Array.from({ length: n }, (_, i) => seen.get(i) ?? OTHERS);
}

/** The colour of a part from 0, low, to 1, high: [red, green, blue]. */
export function shade(part) {
  return TABLE[Math.round(255 * Math.min(Math.max(part, 0), 1))];
}

/** A colour's [red, green, blue], from "#rrggbb" or "rgb(...)". */
export function levels(colour) {
  if (colour[0] === "#") return [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16));
  return colour
    .match(/[\d.]+/g)
    .slice(0, 3)
    .map(Number);
}

function mixed(part) {
  const at = part * (SCALE_COLOURS.length - 1);
  const k = Math.min(Math.floor(at), SCALE_COLOURS.length - 2);
  const [from, to] = [levels(SCALE_COLOURS[k]), levels(SCALE_COLOURS[k + 1])];
  return from.map((value, c) => Math.round(value + (at - k) * (to[c] - value)));
}
