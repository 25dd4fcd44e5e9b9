// The globe as a ball in the light: its ground as pixels, and the lines of its net in front and behind.

import { BOARD } from "../model/constants.js";
import { dot } from "../model/loss.js";
import { rotated } from "../model/rotation.js";
import { toBoard } from "./viewport.js";

const LIGHT = [-0.45, 0.6, 0.66]; // where the light comes from
const [BARE, SURE_GLOBE] = [0.15, 0.6]; // how much of a class's colour is seen where all are alike, and what a sure pick adds
const EACH = Math.PI / 6; // between two meridians, and between two parallels
const STRAIGHT = 48; // pieces of a whole circle
const WIRES = [...meridians(), ...parallels()].map((circle) =>
  Array.from({ length: STRAIGHT + 1 }, (_, k) => circle((2 * Math.PI * k) / STRAIGHT)),
);
const balls = new Map(); // by size and reach: the ball's pixels, where each is, and its light

/** The ball's front as pixels, each in the colour of whom an anchor that stands there would pick. */
export function ballPixels({ rows, tao, table, reach }, view, size) {
  const { places, fronts, lights, shines } = ballOf(size, reach);
  const seen = Float64Array.from(rows.flatMap((row) => rotated(row, view.turn)));
  const n = rows.length;
  const pixels = new ImageData(size, size);
  for (let k = 0; k < places.length; k++) {
    const [x, y, z] = [fronts[3 * k], fronts[3 * k + 1], fronts[3 * k + 2]];
    let [best, most, sum] = [0, -Infinity, 0];
    for (let j = 0; j < n; j++) {
      const one = x * seen[3 * j] + y * seen[3 * j + 1] + z * seen[3 * j + 2];
      if (one > most) {
        sum = sum * Math.exp((most - one) / tao) + 1;
        [most, best] = [one, j];
      } else sum += Math.exp((one - most) / tao);
    }
    const weight = BARE + (SURE_GLOBE * (1 / sum - 1 / n)) / (1 - 1 / n);
    const [at, colour, light, dull] = [4 * places[k], table[best], lights[k], 1 - shines[k]];
    const depth = 1 - dull * light * (1 - weight); // of the paper, of either theme, the rest is seen
    for (let c = 0; c < 3; c++) pixels.data[at + c] = (dull * light * weight * colour[c] + 255 * shines[k]) / depth;
    pixels.data[at + 3] = 255 * depth;
  }
  return pixels;
}

// The pixels within the ball's rim: their numbers, the points of the ball that they show, and the light on these.
function ballOf(size, reach) {
  const key = `${size} ${reach}`;
  if (balls.has(key)) return balls.get(key);
  const ball = { places: [], fronts: [], lights: [], shines: [] };
  for (let k = 0; k < size * size; k++) {
    const x = reach * ((2 * (k % size) + 1) / size - 1);
    const y = reach * (1 - (2 * Math.floor(k / size) + 1) / size);
    if (x * x + y * y > 1) continue;
    const front = [x, y, Math.sqrt(1 - x * x - y * y)];
    const lit = dot(front, LIGHT);
    ball.places.push(k);
    ball.fronts.push(...front);
    ball.lights.push(0.66 + 0.34 * Math.max(0, lit) - 0.16 * (1 - front[2]) ** 2);
    ball.shines.push(0.28 * Math.max(0, 2 * lit * front[2] - LIGHT[2]) ** 24);
  }
  balls.set(key, ball);
  return ball;
}

/** The paths of the net in front and behind, as the globe is turned now. */
export function globeWires(view) {
  const paths = ["", ""];
  for (const wire of WIRES) {
    let side = null;
    for (const point of wire) {
      const { x, y, depth } = toBoard(point, view);
      const now = depth < 0 ? 1 : 0;
      paths[now] += `${side === now ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
      side = now;
    }
  }
  return paths;
}

/** What the ball throws on the table. */
export function shadeOf({ reach }) {
  const radius = BOARD / 2 / reach;
  return { cx: BOARD / 2, cy: BOARD / 2 + 1.08 * radius, rx: 0.66 * radius, ry: 0.09 * radius };
}

function meridians() {
  return Array.from({ length: 6 }, (_, k) => (t) => {
    const [across, up] = [Math.cos(t), Math.sin(t)];
    return [across * Math.cos(k * EACH), up, across * Math.sin(k * EACH)];
  });
}

function parallels() {
  return [-2, -1, 0, 1, 2].map((k) => (t) => {
    const radius = Math.cos(k * EACH);
    return [radius * Math.cos(t), Math.sin(k * EACH), radius * Math.sin(t)];
  });
}
