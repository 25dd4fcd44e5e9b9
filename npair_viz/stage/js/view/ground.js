// The ground behind the points: whom the chosen anchor would pick if it stood there, deeper where it is surer.

import { BOARD } from "../model/constants.js";
import { element, put, putWords } from "./elements.js";
import { ballPixels } from "./globe.js";
import { colours, levels } from "./look.js";

export const GROUND_SIZE = 192; // pixels across the canvas: the colours are soft, and lines in SVG stand on their edges
const BALL_SIZE = 288; // no lines stand on the edges of a ball's grounds
const STEPS = 360; // directions in which the ground is asked
const RING = 27; // pixels of the board to each side of the circle
const AWAY = 53; // pixels from the circle inwards to a ground's words
const LEAST = Math.PI / 9; // a smaller ground has no words
const MOST_WORDS = 8; // grounds with words
const [PALEST, SURER] = [0.1, 0.62]; // how opaque the ring is where all are alike, and what a sure pick adds
const [DISC, PLANE] = [0.34, 0.55]; // how opaque the disc and the plane are at most
const LENGTH = 1.2; // of an anchor that stands somewhere in the plane
const [FROM, WORDS_AT] = [0.03, 0.86]; // of the board's half, in the plane: where borders begin, and the words
const grounds = new WeakMap(); // by canvas: what it was last drawn for
const shapes = new Map(); // by kind and, on the circle, reach: which direction and part of the ground each pixel belongs to

/** The lines and words of a ground, for the board's drawing. */
export function makeGround() {
  const edges = [-RING, RING].map(() => element("circle", { class: "edge", cx: BOARD / 2, cy: BOARD / 2 }));
  const borders = element("path", { class: "edge" });
  const owners = Array.from({ length: MOST_WORDS }, () => element("text", { class: "owner", "aria-hidden": true }));
  return { edges, borders, owners };
}

/** Colour the canvas behind the points, or clear it; what is drawn already stays. */
export function drawGround(canvas, lines, reading, view, { surface, isSeen }) {
  const kind = isSeen ? kindOf(reading, surface) : null;
  const candidates = [reading.selected, ...reading.negatives];
  const rows = candidates.map((j) => Array.from(reading.seen.positives[j]));
  const seen = colours(reading);
  const { tao, names } = reading;
  const said = JSON.stringify(kind && [kind, tao, rows, view.turn, view.reach, candidates, seen, names]);
  if (grounds.get(canvas) === said) return;
  grounds.set(canvas, said);
  canvas.hidden = kind === null;
  canvas.dataset.kind = kind ?? "";
  const size = kind === "globe" ? BALL_SIZE : GROUND_SIZE;
  if (canvas.width !== size) Object.assign(canvas, { width: size, height: size });
  const table = candidates.map((j) => levels(seen[j]));
  const ground = { rows, tao, table, names: candidates.map((j) => names[j]), reach: view.reach };
  const picks = kind === "circle" || kind === "plane" ? picksAround(ground, kind === "plane" ? LENGTH : 1) : [];
  drawLines(lines, ground, picks, kind);
  if (kind === null) return;
  const pixels = kind === "globe" ? ballPixels(ground, view, size) : roundPixels(ground, picks, kind);
  canvas.getContext("2d", { willReadFrequently: true }).putImageData(pixels, 0, 0); // a canvas of the processor
}

function kindOf({ n, d }, surface) {
  if (n === 1 || d < 2 || d > 3) return null;
  if (surface !== "sphere") return d === 2 ? "plane" : null;
  return d === 2 ? "circle" : "globe";
}

// Whom an anchor picks in each direction from the middle, and how sure it is: 0 where all are alike, 1 at most.
function picksAround({ rows, tao }, length) {
  const similarities = new Float64Array(rows.length);
  return Array.from({ length: STEPS }, (_, k) => {
    const angle = (2 * Math.PI * k) / STEPS;
    const place = [length * Math.cos(angle), length * Math.sin(angle)];
    let best = 0;
    for (let j = 0; j < rows.length; j++) {
      similarities[j] = place[0] * rows[j][0] + place[1] * rows[j][1];
      if (similarities[j] > similarities[best]) best = j;
    }
    let sum = 0;
    for (const one of similarities) sum += Math.exp((one - similarities[best]) / tao);
    return { angle, best, sure: (1 / sum - 1 / rows.length) / (1 - 1 / rows.length) };
  });
}

// The circle's ring and, paler, the disc within; or the whole plane, which has the same picks on each ray.
function roundPixels({ table, reach }, picks, kind) {
  const { steps, parts, pixels } = shapeOf(kind, reach);
  const words = new Uint32Array(pixels.data.buffer); // alpha, blue, green, red
  const inks = picks.map(({ best }) => table[best][0] | (table[best][1] << 8) | (table[best][2] << 16));
  const rings = picks.map(({ sure }, k) => inks[k] | ((255 * (PALEST + SURER * sure ** 0.8)) << 24));
  const discs = Float64Array.from(picks, ({ sure }) => 255 * (kind === "plane" ? PLANE : DISC) * sure ** 0.7);
  for (let k = 0; k < steps.length; k++) {
    const [part, step] = [parts[k], steps[k]];
    if (part === 2) words[k] = rings[step];
    else if (part > 0) words[k] = inks[step] | ((part * discs[step]) << 24); // over the paper of either theme
  }
  return pixels;
}

// For each pixel its direction, and 2 on the ring, 0 outside, and within it how far from the middle it is, at most 1.
function shapeOf(kind, reach) {
  const key = kind === "plane" ? kind : `${kind} ${reach}`; // a plane's reach changes with its points, its rays do not
  if (shapes.has(key)) return shapes.get(key);
  const [steps, parts] = [new Uint16Array(GROUND_SIZE ** 2), new Float32Array(GROUND_SIZE ** 2)];
  const radius = BOARD / 2 / reach;
  for (let k = 0; k < steps.length; k++) {
    const [x, y] = [k % GROUND_SIZE, Math.floor(k / GROUND_SIZE)].map(
      (at) => (at + 0.5) * (BOARD / GROUND_SIZE) - BOARD / 2,
    );
    const turn = Math.atan2(-y, x) / (2 * Math.PI);
    steps[k] = Math.round((turn < 0 ? turn + 1 : turn) * STEPS) % STEPS;
    const away = Math.hypot(x, y);
    if (kind === "plane") parts[k] = Math.min(1, (away + 1) / (BOARD / 2));
    else if (away <= radius + RING) parts[k] = away >= radius - RING ? 2 : away / (radius - RING);
  }
  shapes.set(key, { steps, parts, pixels: new ImageData(GROUND_SIZE, GROUND_SIZE) }); // what is outside stays clear
  return shapes.get(key);
}

// The ring's edges, a line where another one is picked from there on, and each ground's words.
function drawLines({ edges, borders, owners }, { names, reach }, picks, kind) {
  const radius = BOARD / 2 / reach;
  for (const [k, edge] of edges.entries())
    put(edge, { r: radius + (2 * k - 1) * RING, visibility: kind === "circle" ? "visible" : "hidden" });
  const [from, to] = kind === "plane" ? [(FROM * BOARD) / 2, BOARD / 2] : [radius - RING, radius + RING];
  const whole = groundsOf(picks);
  put(borders, { d: whole.map(({ begin }) => rayPath(begin, from, kind === "plane")).join("") });
  const told = whole.filter(({ best, width }) => width > LEAST && names[best].length <= 2);
  const at = kind === "plane" ? (WORDS_AT * BOARD) / 2 : radius - AWAY;
  for (const [k, owner] of owners.entries()) {
    const one = told.length <= MOST_WORDS ? told[k] : undefined;
    put(owner, { visibility: one ? "visible" : "hidden" });
    if (!one) continue;
    putWords(owner, names[one.best]);
    put(owner, { x: BOARD / 2 + at * Math.cos(one.middle), y: BOARD / 2 - at * Math.sin(one.middle) + 9 });
  }

  function rayPath(angle, start, isSquare) {
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    const end = isSquare ? to / Math.max(Math.abs(cos), Math.abs(sin)) : to;
    const point = (length) => `${(BOARD / 2 + length * cos).toFixed(1)} ${(BOARD / 2 - length * sin).toFixed(1)}`;
    return `M${point(start)}L${point(end)}`;
  }
}

// The grounds round the circle: whose each is, the angle where it begins, and those of its middle and its width.
function groundsOf(picks) {
  const begins = [...picks.keys()].filter((k) => picks[k].best !== picks.at(k - 1).best);
  return begins.map((first, k) => {
    const steps = (begins[(k + 1) % begins.length] - first + STEPS) % STEPS || STEPS;
    const [begin, width] = [picks[first].angle - Math.PI / STEPS, (2 * Math.PI * steps) / STEPS];
    return { best: picks[first].best, begin, middle: begin + width / 2, width };
  });
}
