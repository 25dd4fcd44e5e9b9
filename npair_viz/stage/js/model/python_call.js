// A state as the Python call that makes a stage of it.

import { SETTINGS } from "./constants.js";

/** The Python call that makes this stage; short if the points are those of a named scene. */
export function pythonOf(state, scenes) {
  const scene = scenes[state.scene];
  const isSame = (name) => JSON.stringify(state[name]) === JSON.stringify(scene[name]);
  if (scene === undefined || !isSame("points") || !isSame("labels")) return `Stage.from_state(${literal(state)})`;
  const follows = isSame("surface") ? [] : ["l2_reg", "normalize"]; // free lengths have defaults of their own
  const changes = SETTINGS.filter((name) => !isSame(name) || follows.includes(name));
  return `Stage(${[literal(state.scene), ...changes.map((name) => `${name}=${literal(state[name])}`)].join(", ")})`;
}

function literal(value) {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value !== "object") return JSON.stringify(value);
  const items = Object.entries(value).map(([key, one]) => `${JSON.stringify(key)}: ${literal(one)}`);
  return `{${items.join(", ")}}`;
}
