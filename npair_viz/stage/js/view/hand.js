// A drawn hand that shows on the board how a point is dragged.

import { BOARD } from "../model/constants.js";
import { slowEnds } from "../model/demonstration.js";
import { element, put } from "./elements.js";

// The tip of the finger is near the origin. The hand comes from the left below, as a point says its place on the right.
const HAND = "M-5 6A5.5 5.5 0 0 1 6 6V24L22 28Q28 30 27 37L24 50Q22 57 15 57H3Q-2 57 -5 53L-19 36Q-18 29 -11 31L-5 36Z";
const HAND_START = { x: 0.4 * BOARD, y: 0.6 * BOARD };
const HOLDING = 0.9; // while it holds a point

/** The hand, not yet in sight. */
export function makeHand() {
  const hand = element("g", { class: "hand", "aria-hidden": true, visibility: "hidden" });
  hand.append(element("path", { d: HAND }));
  return hand;
}

/** Put the hand where it is in a part of the demonstration; `place`: the point that it drags. */
export function drawHand(hand, name, part, place) {
  const isThere = ["reach", "take", "drag", "leave"].includes(name);
  put(hand, { visibility: isThere ? "visible" : "hidden" });
  if (!isThere) return;
  const way = { reach: slowEnds(part), leave: 1 - 0.3 * slowEnds(part) }[name] ?? 1;
  const [x, y] = ["x", "y"].map((axis) => HAND_START[axis] + way * (place[axis] - HAND_START[axis]));
  const size = { take: 1 - (1 - HOLDING) * part, drag: HOLDING }[name] ?? 1;
  const opacity = { reach: Math.min(1, 3 * part), leave: 1 - part }[name] ?? 1;
  put(hand, {
    transform: `translate(${x.toFixed(1)} ${y.toFixed(1)}) rotate(30) scale(${(-size).toFixed(2)} ${size.toFixed(2)})`,
    opacity,
  });
}
