// A state as the Python call that shows it.

import { DEFAULTS, SETTINGS } from "./constants.js";
import { chosenPoint, savedState } from "./state.js";

/** The Python call that shows a state; short if the points are those of a named scene. */
export function pythonOf(state, scenes) {
  const scene = scenes[state.scene];
  const isUnmoved = state.base !== null && state.points === state.base.points;
  if (state.base?.isSpan && !scene) return `explore(embeddings, labels${argumentsOf(state, DEFAULTS)})`;
  if (!isUnmoved || !scene) return `Stage.from_state(${literal(savedState(state))})`;
  return `Stage(${literal(state.scene)}${argumentsOf(state, scene)})`;
}

function argumentsOf(state, usual) {
  const isSame = (name) => JSON.stringify(state[name]) === JSON.stringify(usual[name]);
  const lengths = ["surface", "normalize"];
  const follows = lengths.every(isSame) ? [] : [...lengths, "l2_reg"]; // each has defaults that follow from the others
  const named = SETTINGS.filter((name) => !["scene", "selected", "point"].includes(name));
  const changes = named.filter((name) => !isSame(name) || follows.includes(name)).map((name) => [name, state[name]]);
  const chosen = isSame("selected") && isSame("point") ? [] : [["selected", chosenPoint(state)]];
  return [...changes, ...chosen].map(([name, value]) => `, ${name}=${literal(value)}`).join("");
}

function literal(value) {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value !== "object") return JSON.stringify(value);
  const items = Object.entries(value).map(([key, one]) => `${JSON.stringify(key)}: ${literal(one)}`);
  return `{${items.join(", ")}}`;
}
