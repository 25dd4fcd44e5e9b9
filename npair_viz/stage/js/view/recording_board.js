// Rows in their plane: marks by side, colours by class, and the circle of length 1 where it is in sight.

import { BOARD, CLASS_COLOURS, OTHERS, SHAPES } from "../model/constants.js";
import { commonClasses } from "../model/recording.js";
import { evenly } from "../model/thinning.js";
import { element, put, putWords } from "./elements.js";
import { key } from "./legend.js";

const MARGIN = 20; // pixels between the frame and the marks' places
const MOST_MARKS = 1000;
const LIGHTED = 16; // pixels from the pointer to a mark that it lights
const RADII = [
  [64, 8],
  [300, 6],
  [Infinity, 4],
]; // up to how many rows marks are how large
const CORNER = 1.3; // of a diamond, in radii: as large to the eye as a circle
const SIDE_WORDS = ["anchor", "positive"];
const PER_COLOUR = 2;

/** The elements of the plane and its legend. */
export function makePlane() {
  const rim = element("circle", { class: "rim", cx: BOARD / 2, cy: BOARD / 2, r: 0 });
  const rimWords = element("text", { class: "rim-words", x: 12, y: 24 });
  const partners = element("path", { class: "partners" });
  const colours = [OTHERS, ...CLASS_COLOURS];
  const groups = colours.map((colour) =>
    Array.from({ length: PER_COLOUR }, () => element("path", { class: "rows", style: `--class: ${colour}` })),
  );
  const lit = colours.map((colour) => element("path", { class: "rows lit", style: `--class: ${colour}` }));
  const svg = element("svg", { class: "plane", viewBox: `0 0 ${BOARD} ${BOARD}`, role: "img" });
  svg.append(rim, partners, ...groups.flat(), ...lit, rimWords);
  const legend = element("p", { class: "legend" });
  return { svg, rim, rimWords, partners, groups, lit, legend, told: "" };
}

/** How many rows of a picture are drawn. */
export function drawnRows({ x }) {
  return Math.min(x.length, MOST_MARKS);
}

/** Draw the rows of a picture at places x and y within a frame of that reach; `litClass` stands out. */
export function drawPlane(made, picture, { x, y, reach }, litClass) {
  const scale = (BOARD / 2 - MARGIN) / reach;
  const places = { across: (i) => BOARD / 2 + scale * x[i], down: (i) => BOARD / 2 - scale * y[i] };
  drawRim(made, scale);
  const rows = evenly(x.length, MOST_MARKS).filter((i) => Number.isFinite(x[i]) && Number.isFinite(y[i]));
  const common = commonClasses(picture, CLASS_COLOURS.length);
  const radius = RADII.find(([most]) => rows.length <= most)[1];
  const paths = made.groups.map(() => ["", ""]);
  const lit = made.lit.map(() => "");
  for (const i of rows) {
    const colour = 1 + common.indexOf(picture.classes[i]);
    const path = shapeAt(picture.sides[i], places.across(i), places.down(i), radius);
    if (picture.classes[i] === litClass) lit[colour] += path;
    else paths[colour][picture.sides[i]] += path;
  }
  for (const [k, group] of made.groups.entries())
    for (const [side, one] of group.entries()) put(one, { d: paths[k][side] });
  for (const [k, one] of made.lit.entries()) put(one, { d: lit[k] });
  put(made.svg, { class: litClass === null ? "plane" : "plane lighted" });
  put(made.partners, { d: partnersOf(picture, litClass === null ? common : [litClass], places) });
  drawRowLegend(made, picture, common);
}

function shapeAt(side, x, y, r) {
  const [left, middle] = [x - r, y].map((one) => one.toFixed(1));
  if (side === 0) return `M${left} ${middle}a${r} ${r} 0 1 1 ${2 * r} 0a${r} ${r} 0 1 1 ${-2 * r} 0Z`;
  const c = (CORNER * r).toFixed(1);
  return `M${x.toFixed(1)} ${(y - c).toFixed(1)}l${c} ${c}l-${c} ${c}l-${c}-${c}Z`;
}

// Lines between an anchor and its positive, of classes that have one of each.
function partnersOf({ classes, sides, hasSides }, wanted, { across, down }) {
  if (!hasSides) return "";
  const place = (i) => [across(i), down(i)].map((x) => x.toFixed(1)).join(" ");
  const rowsOfClass = (one) => classes.flatMap((other, i) => (other === one && Number.isFinite(across(i)) ? [i] : []));
  const pairs = wanted.map(rowsOfClass).filter((rows) => rows.length === 2 && sides[rows[0]] !== sides[rows[1]]);
  return pairs.map((rows) => `M${rows.map(place).join("L")}`).join("");
}

function drawRim({ rim, rimWords }, scale) {
  const isSeen = scale > 24 && scale < BOARD;
  put(rim, { r: isSeen ? scale : 0 });
  putWords(rimWords, isSeen ? "circle: length 1" : "");
}

function drawRowLegend(made, { classes, hasSides }, common) {
  const hasOthers = new Set(classes).size > common.length;
  const told = JSON.stringify([hasSides, common, hasOthers]);
  if (told === made.told) return;
  made.told = told;
  const roles = hasSides
    ? SIDE_WORDS.map((words, k) => key(words, { class: "role", d: Object.values(SHAPES)[k] }))
    : [];
  const dot = (words, colour) => key(words, { class: "dot", d: SHAPES.anchor, style: `--class: ${colour}` });
  const named = common.map((one, k) => dot(`class ${one}`, CLASS_COLOURS[k]));
  made.legend.replaceChildren(...roles, ...named, ...(hasOthers ? [dot("other classes", OTHERS)] : []));
}

/** The number of the row that is drawn nearest to a place of the board, in its pixels; -1 if none is near. */
export function rowAt({ x, y, reach }, place) {
  const scale = (BOARD / 2 - MARGIN) / reach;
  let [found, least] = [-1, LIGHTED];
  for (const i of evenly(x.length, MOST_MARKS)) {
    const gap = Math.hypot(BOARD / 2 + scale * x[i] - place.x, BOARD / 2 - scale * y[i] - place.y);
    if (gap < least) [found, least] = [i, gap];
  }
  return found;
}
