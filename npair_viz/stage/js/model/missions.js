// Missions: a goal, what may be moved for it and the usual slips, as data. Checked on a state, here and in Python alike.

import { SAME_PLACE } from "./constants.js";
import { dot, norm, plus, unit } from "./loss.js";
import { readingOf } from "./reading.js";

const HIDDEN = ["scene", "surface", "objective", "play", "l2_reg", "best"];

/**
 * One number or word of a state by its name, as the experiments of the lessons ask for it: ["loss of", "3"],
 * ["share", "3", "8"], ["net on", "a3", "x"]; classes by their labels, a3 the anchor of class 3, p3 its positive.
 */
export function valueNamed(state, [name, ...of], reading = readingOf(state)) {
  const pair = (label) => reading.names.indexOf(label);
  const [one, other, axis] = of;
  const read = {
    loss: () => reading.loss,
    "loss of": () => reading.losses[pair(one)],
    share: () => reading.weights[pair(one)][pair(other)],
    "share of push": () => reading.pushShares[pair(one)][pair(other)],
    cosine: () => dot(unit(reading.anchors[pair(one)]), unit(reading.positives[pair(other)])),
    "negatives of": () => reading.isNegative[pair(one)].filter(Boolean).length,
    "effective negatives": () => reading.effective[pair(one)],
    "push from": () => norm(pushFrom(reading, pair(one), pair(other))),
    pick: () => reading.names[picked(reading, pair(one))],
    right: () => reading.names.filter((_, i) => picked(reading, i) === i).length,
    "pull on": () => forceOn(reading, "pull", one, other),
    "net on": () => forceOn(reading, "net", one, other),
    "mean norm": () => reading.norms.reduce((sum, x) => sum + x, 0) / reading.norms.length,
    floor: () => reading.ruler.floor,
    chance: () => reading.ruler.chance,
  }[name];
  if (read === undefined) throw new Error(`no reading is called ${name}${axis ?? ""}`);
  return read();
}

/** Whether a state reaches a mission's goal, and has moved no more of the points of `start` than the mission lets it. */
export function isReached(mission, state, start, reading = readingOf(state)) {
  const moved = movedPoints(state, start);
  return isFair(mission, moved) && allHold(mission.goal, moved, state, reading);
}

/** What to say to one who has not reached the goal yet: the hint of the first slip that holds, or nothing. */
export function hintFor(mission, state, start, reading = readingOf(state)) {
  if (isReached(mission, state, start, reading)) return "";
  const moved = movedPoints(state, start);
  return mission.slips.find(({ when }) => allHold(when, moved, state, reading))?.hint ?? "";
}

/** What a stage says of a state, and in which tone: done, or a hint. */
export function verdictOf(mission, state, start) {
  if (isReached(mission, state, start)) return ["Done: that is it.", "done"];
  return [hintFor(mission, state, start), "hint"];
}

/** What a stage with a mission hides and locks: the goal is to be reached by the points alone. */
export function heldBy(mission, hide, lock) {
  return mission ? { hide: [...hide, ...HIDDEN], lock: [...lock, "tao"] } : { hide, lock };
}

/** Whether a mission lets a point be moved, beside those that have left their `start`. */
export function mayMove(mission, state, start, index) {
  return !mission || isFair(mission, [...new Set([...movedPoints(state, start), nameOf(state, index)])]);
}

// A condition is { read, above, below }, a number of the reading; or { moved, above, below }, how many of those points.
function allHold(conditions, movedNames, state, reading) {
  return conditions.every(({ read, moved, below = Infinity, above = -Infinity }) => {
    const value = read ? valueNamed(state, read, reading) : moved.filter((name) => movedNames.includes(name)).length;
    return value < below && value > above;
  });
}

function isFair({ allow, moves = Infinity }, moved) {
  return moved.length <= moves && moved.every((name) => allow?.includes(name) ?? true);
}

// All points, where there are other ones than at the start.
function movedPoints(state, start) {
  const isAlike = state.points.length === start.points.length && state.points[0].length === start.points[0].length;
  const gap = (row, i) => Math.max(...row.map((x, k) => Math.abs(x - start.points[i][k])));
  const names = state.points.map((row, i) => (isAlike && gap(row, i) <= SAME_PLACE ? null : nameOf(state, i)));
  return names.filter((name) => name !== null);
}

// a3 is the anchor of class 3.
function nameOf({ points, labels }, index) {
  const n = points.length / 2;
  return `${index < n ? "a" : "p"}${labels[index % n]}`;
}

function picked({ similarities }, i) {
  return similarities[i].indexOf(Math.max(...similarities[i]));
}

function forceOn(reading, kind, point, axis) {
  const side = point[0] === "a" ? reading.onAnchors : reading.onPositives;
  const force = side[kind][reading.names.indexOf(point.slice(1))];
  return axis === undefined ? norm(force) : force["xyz".indexOf(axis)];
}

// What the other's positive adds to an anchor's push, as the anchor feels it.
function pushFrom({ n, tao, weights, seen, held, norms }, i, j) {
  const way = seen.positives[j].map((x) => (-weights[i][j] * x) / (n * tao));
  if (!held) return way;
  const anchor = seen.anchors[i];
  return plus(way, anchor, -dot(way, anchor)).map((x) => x / norms[i]);
}
