// What a stage shows by itself: a hand drags one point to its anchor, all points descend, and go back; by the time.

import { moved } from "./acts.js";
import { played } from "./descent.js";
import { unit } from "./loss.js";

// Seconds; the hand is there from "reach" to "leave".
const ROUND_PARTS = { wait: 1, reach: 0.7, take: 0.2, drag: 1.9, leave: 0.7, descend: 6.5, rest: 3, back: 0.9 };
const ROUND_LENGTH = Object.values(ROUND_PARTS).reduce((sum, length) => sum + length, 0);
const GOAL_DEGREES = 109; // degrees: beside the anchor, so that its pick flips on the way
const ROUND_STEPS = 40;
const SLOW_START = 1.7; // a power of the time

/** One round from a first state of points on a circle: the chosen pair's positive is the one that is dragged. */
export function demonstrationOf(start) {
  const index = start.points.length / 2 + start.selected;
  const [x, y] = start.points[index];
  const from = Math.atan2(y, x);
  const to = (GOAL_DEGREES * Math.PI) / 180;
  const dragged = (part) => {
    const angle = from + (to - from) * part;
    return moved(start, index, [Math.cos(angle), Math.sin(angle)]);
  };
  const steps = [dragged(1)];
  while (steps.length <= ROUND_STEPS) steps.push(played(steps.at(-1), 1));
  return { start, index, dragged, steps };
}

/** What is shown after some seconds: the part of the round, how much of that is over, and the state. */
export function momentAt(round, seconds) {
  let left = seconds % ROUND_LENGTH;
  for (const [name, length] of Object.entries(ROUND_PARTS)) {
    if (left < length) return { name, part: left / length, state: stateOfPart(round, name, left / length) };
    left -= length;
  }
  return { name: "wait", part: 0, state: round.start };
}

function stateOfPart({ start, dragged, steps }, name, part) {
  if (name === "drag") return dragged(slowEnds(part));
  if (name === "leave") return steps[0];
  if (name === "descend") return afterSteps(steps, ROUND_STEPS * part ** SLOW_START);
  if (name === "rest") return steps[ROUND_STEPS];
  return name === "back" ? betweenStates(steps[ROUND_STEPS], start, slowEnds(part)) : start;
}

// The state after so many steps and a part of the next one.
function afterSteps(steps, count) {
  const k = Math.floor(count);
  return betweenStates(steps[k], steps[k + 1], count - k);
}

// The points on their way along the circle.
function betweenStates(one, other, part) {
  const points = one.points.map((row, i) => {
    const [x, y] = row.map((from, k) => from + part * (other.points[i][k] - from));
    return Array.from(unit([x, y]));
  });
  return { ...one, points };
}

/** A part of a way that begins and ends slowly. */
export function slowEnds(part) {
  return part * part * (3 - 2 * part);
}
