// Missions: goals, what may be moved, and usual mistakes, as data; checked on a state, here and in Python alike.

import { SAME_PLACE } from "./constants.js";
import { dot, unit } from "./loss.js";
import { readingOf } from "./reading.js";

const HIDDEN = [
  ...["scene", "surface", "play", "pause", "step", "speed", "progress", "l2_reg", "free", "best", "settings"],
  ...["objective", "point", "place", "selected"],
];
const NUMBERS = {
  Loss: (_, { loss }) => loss,
  LossOf: ({ anchor }, { classes, losses }) => losses[classes.indexOf(anchor)],
  NegativesOf: ({ anchor }, { classes, isNegative }) => isNegative[classes.indexOf(anchor)].filter(Boolean).length,
  Cosine: ({ anchor, positive }, { classes, anchors, positives }) =>
    dot(unit(anchors[classes.indexOf(anchor)]), unit(positives[classes.indexOf(positive)])),
  Moved: ({ points }, _, moved) => points.filter((name) => moved.includes(name)).length,
};

/** Whether a state reaches a mission's goals, and moved only what the mission allows of the points of `start`. */
export function isReached(mission, state, start, reading = readingOf(state)) {
  const moved = movedPoints(state, start);
  return isFair(mission, moved) && mission.goals.every((goal) => holds(goal, moved, reading));
}

/** The hint of the first slip that holds; nothing where none does or the mission is reached. */
export function hintFor(mission, state, start, reading = readingOf(state)) {
  if (isReached(mission, state, start, reading)) return "";
  const moved = movedPoints(state, start);
  return mission.slips.find(({ when }) => holds(when, moved, reading))?.hint ?? "";
}

/** The message about a state and its kind: done, or a hint. */
export function verdictOf(mission, state, start) {
  if (isReached(mission, state, start)) return ["Done: that is it.", "done"];
  return [hintFor(mission, state, start), "hint"];
}

/** What a stage with a mission hides and locks, so that only points can be moved. */
export function heldBy(mission, hide, lock) {
  return mission ? { hide: [...hide, ...HIDDEN], lock: [...lock, "tao"] } : { hide, lock };
}

/** Whether a mission allows a point to be moved, besides those that have moved since `start`. */
export function mayMove(mission, state, start, index) {
  return !mission || isFair(mission, [...new Set([...movedPoints(state, start), nameOf(state, index)])]);
}

/** The number of the pair whose line-up is shown: that of the anchor that a mission's goals name, else the chosen one. */
export function lineUpOf(mission, { labels, selected }) {
  const n = labels.length / 2;
  const named = mission?.goals.find(({ anchor }) => anchor !== undefined);
  const pair = labels.slice(0, n).indexOf(named?.anchor);
  return pair < 0 ? selected : pair;
}

// A goal is a number of the reading, by its kind, that lies between two bounds.
function holds({ kind, above = -Infinity, below = Infinity, ...of }, moved, reading) {
  const value = NUMBERS[kind](of, reading, moved);
  return above < value && value < below;
}

function isFair({ allow, moves }, moved) {
  return moved.length <= (moves ?? Infinity) && moved.every((name) => allow?.includes(name) ?? true);
}

// All points, if their number is not that of the start.
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
