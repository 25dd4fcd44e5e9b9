// The legend under the board: shapes of the roles, lines of the forces, and their scale.

import { ROLE_WORDS, SHAPES } from "../model/constants.js";
import { fixed } from "../model/numbers.js";
import { element, put, putWords } from "./elements.js";

const FORCE_KEYS = { pull: "pull", push: "push", shrink: "shrink", sum: "net" };

/** The legend's elements. */
export function makeLegend() {
  const roles = Object.entries(ROLE_WORDS).map(([role, words]) => key(words, { class: "role", d: SHAPES[role] }));
  const line = ([force, words]) => [force, key(words, { class: `arrow ${force}`, d: "M-20 0H20" })];
  const forces = Object.fromEntries(Object.entries(FORCE_KEYS).map(line));
  const scale = element("span", { class: "scale" });
  const field = { words: element("span"), low: element("span"), high: element("span") };
  const colours = element("span", { class: "colours" }, field.words, field.low, element("i"), field.high);
  const rear = element("span", { class: "rear" }, "hollow: at the back");
  const { shrink, ...always } = forces;
  const keys = [...roles, ...Object.values(always), scale, shrink, rear, colours]; // what comes and goes moves nothing
  return {
    all: element("p", { class: "legend", "data-role": "legend" }, ...keys),
    rear,
    forces,
    scale,
    colours,
    field,
  };
}

/** Show the keys for a reading and perhaps a landscape, and the scale of the forces. */
export function drawLegend({ rear, forces, scale, colours, field }, { n, d, tao, held }, landscape, room) {
  put(rear, { hidden: d === 3 ? null : "" });
  put(colours, { hidden: landscape ? null : "" });
  if (landscape) {
    putWords(field.words, landscape.words);
    putWords(field.low, fixed(landscape.low, 2));
    putWords(field.high, fixed(landscape.high, 2));
  }
  put(forces.shrink, { hidden: held ? "" : null });
  const said = `real force = arrow × ${fixed(1 / (n * tao * room), 2)}`;
  putWords(scale, said);
}

/** One key of a legend: a small picture and its words. */
export function key(words, attributes) {
  const picture = element("svg", { viewBox: "-22 -22 44 44", "aria-hidden": true }, element("path", attributes));
  return element("span", {}, picture, words);
}
