// The changes of a state that a person makes, and how each is called: the same as changes.py and acts.py.

import { FARTHEST, RESTING_L2_REG } from "./constants.js";
import { hasOtherPoints } from "./history.js";
import { norm, unit } from "./loss.js";
import { fixed } from "./numbers.js";
import { checked, choosesOthers, clamp, pairOf, stateFrom } from "./state.js";
import { placeText } from "./typed.js";

const CALLED = { surface: "lengths", same: "same class" };
const TOLD = ["tao", "surface", "l2_reg", "objective", "same", "dtype"];

/** The state after some settings have changed, checked. Free lengths also get a penalty, so that they settle. */
export function changed(state, changes) {
  const after = { ...state, ...changes };
  const isFreed = changes.surface === "plane" && state.surface === "sphere";
  if (isFreed && !("normalize" in changes)) after.normalize = false;
  if (isFreed && !after.normalize && !after.l2_reg && !("l2_reg" in changes)) after.l2_reg = RESTING_L2_REG;
  if ("normalize" in changes && !("surface" in changes)) after.surface = changes.normalize ? "sphere" : "plane";
  return checked(after);
}

/** Another scene with its own settings; tao, objective and what is looked at stay, and how pairs are chosen where it can. */
export function opened(state, scene, scenes) {
  const { tao, objective, policy, seed, dtype, view, drawer, landscape } = state;
  const draws = choosesOthers({ policy, seed, dtype }, scenes[scene]) ? {} : { policy, seed, dtype };
  return stateFrom({ ...scenes[scene], tao, objective, ...draws, view, drawer, landscape }, scenes);
}

/** The state with one of its points elsewhere; on the sphere the place is normalized. */
export function moved(state, index, place) {
  if (state.surface === "sphere" && norm(place) === 0) return state; // the centre has no direction
  const held = state.surface === "sphere" ? unit(place) : place.map((x) => clamp(x, -FARTHEST, FARTHEST));
  return { ...state, points: state.points.map((row, i) => (i === index ? held : row)) };
}

/** The state with the point of that number chosen. */
export function withPoint(state, index) {
  const n = state.points.length / 2;
  return checked({ ...state, ...pairOf(index, n) });
}

/** The name of the change between two states, for the sentence; null where the picture itself shows it. */
export function causeOf(before, after, names = null) {
  if (hasOtherPoints(before, after)) return null;
  if (after.steps > before.steps) {
    const count = after.steps - before.steps;
    return `${count} step${count > 1 ? "s" : ""} of descent`;
  }
  const changes = TOLD.filter((name) => String(before[name]) !== String(after[name]));
  const said = changes.map(
    (name) => `${CALLED[name] ?? name} ${saidOf(name, before, names)} → ${saidOf(name, after, names)}`,
  );
  return said.join(", ") || null;
}

/** The act between two states in a few words, such as "tao 0.50 → 0.05" or "p3: 140.0 → 100.0"; may be empty. */
export function toldAct(before, after, names) {
  if (hasOtherPoints(before, after)) return "";
  return causeOf(before, after, names) ?? [...chosen(before, after, names), ...moves(before, after, names)].join(", ");
}

function chosen(before, after, names) {
  return before.selected === after.selected ? [] : [`anchor ${names[before.selected]} → ${names[after.selected]}`];
}

function moves(before, after, names) {
  if (before.points === after.points || after.base?.isSpan) return [];
  const isHeld = after.surface === "sphere";
  const n = names.length;
  const places = after.points.map((row, k) => [placeText(before.points[k], isHeld), placeText(row, isHeld)]);
  const said = places.map(
    ([one, other], k) => one !== other && `${k < n ? "a" : "p"}${names[k % n]}: ${one} → ${other}`,
  );
  return said.filter(Boolean);
}

function saidOf(name, state, names) {
  if (name === "surface") return state.surface === "sphere" ? "all 1" : "free";
  if (name === "same")
    return state.same.map((one) => names?.[state.labels.indexOf(one)] ?? one).join(" and ") || "none";
  return typeof state[name] === "number" ? fixed(state[name], 2) : String(state[name]);
}
