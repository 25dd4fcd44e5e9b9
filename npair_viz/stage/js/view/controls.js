// The stage's native inputs, by name.

import { OBJECTIVES, SLIDER_L2_REGS, SLIDER_TAOS, SURFACES, TINY } from "../model/constants.js";
import { element } from "./elements.js";

const ACTIONS = {
  ...{ undo: "↶ undo", redo: "↷ redo", reset: "⟲ start", play: "▶ Play", pause: "❚❚ Pause", step: "▶❙ Step" },
  copy: "copy as Python",
  present: "▣ present",
};

/** Every input by its name; `relabel`: a mission's class, and those that may be declared to be the same. */
export function makeControls(scenes, relabel) {
  const others = relabel?.others ?? [];
  return {
    scene: choice("scene", scenes),
    surface: choice("surface", SURFACES, { words: ["all 1", "free"] }),
    objective: choice("objective", OBJECTIVES),
    speed: choice("speed", ["slow", "steady", "fast"], { chosen: "steady" }),
    normalize: control("normalize", { type: "checkbox" }),
    tao: slider("tao", SLIDER_TAOS),
    l2_reg: slider("l2_reg", SLIDER_L2_REGS),
    best: control("best", { type: "checkbox" }),
    landscape: control("landscape", { type: "checkbox" }),
    same: choice("same", ["", ...others], { words: ["no other", ...others] }),
  };
}

/** Every button by the name of its action. */
export function makeActions() {
  const button = (name, text) => element("button", { type: "button", "data-action": name }, text);
  return Object.fromEntries(Object.entries(ACTIONS).map(([name, text]) => [name, button(name, text)]));
}

/** Set the sliders to a state's tao and l2_reg. */
export function slideTo({ tao, l2_reg }, state) {
  tao.value = placeOf(SLIDER_TAOS, state.tao);
  l2_reg.value = placeOf(SLIDER_L2_REGS, state.l2_reg);
}

// The index of the value that is nearest by ratio; only 0 itself gets the index of 0.
function placeOf(values, value) {
  const gaps = values.map((one) => Math.abs(Math.log((one + TINY) / (value + TINY))));
  return gaps.indexOf(Math.min(...gaps));
}

function slider(name, values) {
  return control(name, { type: "range", min: 0, max: values.length - 1, step: 1 });
}

function control(name, attributes) {
  return element("input", { "data-control": name, ...attributes });
}

function choice(name, values, { words = values, chosen = values[0] } = {}) {
  const isChosen = (value) => (value === chosen ? "" : null);
  const options = values.map((value, k) => element("option", { value, selected: isChosen(value) }, words[k]));
  return element("select", { "data-control": name, "aria-label": name }, ...options);
}
