// Undo and redo as a plain value, by the rules of history.py: { past, present, future, origin }, the nearest states last.
// What is looked at, such as an open drawer, is no act and no undo changes it.

import { CHOOSES_POINTS, LOOKS } from "./constants.js";

/** An empty history at a first state. */
export function historyOf(present) {
  return { past: [], present, future: [], origin: null };
}

/** The history after an act that led to another state. */
export function acted(history, after) {
  const { past, present } = history;
  if (isAlike(present, after)) return { ...history, present: after };
  const origin = hasOtherPoints(present, after) ? null : present;
  return { past: [...past, present], present: after, future: [], origin };
}

/** The history after the last act has gone on to another state. */
export function goneOn(history, after) {
  const isLook = isAlike(history.present, after);
  return { ...history, present: after, future: isLook ? history.future : [] };
}

/** The history at the end of an act; one that changed nothing is none. */
export function settled(history) {
  const { past, present } = history;
  const isNone = past.length > 0 && isAlike(past.at(-1), present);
  return isNone ? { ...history, past: past.slice(0, -1), origin: null } : history;
}

export function undone(history) {
  const { past, present, future } = history;
  if (!past.length) return history;
  const before = seenFrom(past.at(-1), present);
  return { past: past.slice(0, -1), present: before, future: [...future, present], origin: null };
}

export function redone(history) {
  const { past, present, future } = history;
  if (!future.length) return history;
  const after = seenFrom(future.at(-1), present);
  return { past: [...past, present], present: after, future: future.slice(0, -1), origin: null };
}

/** The history after going back to a first state, which is an act. */
export function restarted(history, start) {
  return { ...acted(history, seenFrom(start, history.present)), origin: null };
}

/** Whether two states differ in nothing but in what is looked at. */
export function isAlike(one, other) {
  const names = Object.keys(one).filter((name) => !LOOKS.includes(name));
  return names.every((name) => isSameValue(one[name], other[name]));
}

/** Whether the points of two states have nothing to do with each other. */
export function hasOtherPoints(one, other) {
  return CHOOSES_POINTS.some((name) => !isSameValue(one[name], other[name]));
}

function seenFrom(state, other) {
  return { ...state, ...Object.fromEntries(LOOKS.map((name) => [name, other[name]])) };
}

// Rows are compared number by number; bases, which are large, by their identity.
function isSameValue(one, other) {
  if (one === other) return true;
  const areRows = one?.length === other?.length && typeof one === "object" && typeof other === "object";
  return areRows && one !== null && Array.prototype.every.call(one, (x, k) => isSameValue(x, other[k]));
}
