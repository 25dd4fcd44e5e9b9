// Missions: a goal, and what may be moved to reach it, as data. Checked on a state, here and in Python alike.

import { dot, norm, plus } from "./loss.js";
import { readingOf } from "./reading.js";

/**
 * One number or word of a state by its name, as the experiments of the lessons ask for it: ["loss of", "3"],
 * ["share", "3", "8"], ["net on", "a3", "x"]; classes by their labels, a3 the anchor of class 3, p3 its positive.
 */
export function valueOf(state, [name, ...of], reading = readingOf(state)) {
  const pair = (label) => reading.names.indexOf(label);
  const [one, other, axis] = of;
  const read = {
    loss: () => reading.loss,
    "loss of": () => reading.losses[pair(one)],
    share: () => reading.weights[pair(one)][pair(other)],
    "share of push": () => reading.pushShares[pair(one)][pair(other)],
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

/** Whether a state reaches a mission's goal: each { read, below } or { read, above } of it. */
export function isReached({ goal }, state, reading = readingOf(state)) {
  return goal.every(({ read, below = Infinity, above = -Infinity }) => {
    const value = valueOf(state, read, reading);
    return value < below && value > above;
  });
}

/** Whether a mission lets a point be moved, by its class and by how many others have left their `start`. */
export function mayMove(mission, state, start, index) {
  if (!mission) return true;
  const n = state.points.length / 2;
  const name = `${index < n ? "a" : "p"}${state.labels[index % n]}`;
  const others = state.points.filter((row, i) => i !== index && String(row) !== String(start.points[i]));
  return (mission.allow?.includes(name) ?? true) && others.length < (mission.moves ?? Infinity);
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
