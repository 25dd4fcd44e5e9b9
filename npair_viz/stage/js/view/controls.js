// The stage's native inputs, each with its name, and what a slider's place means.

import { OBJECTIVES } from "../model/objectives.js";
import { sliderOfL2, sliderOfTao } from "../model/sliders.js";
import { L2_REG_RANGE, TAO_RANGE } from "../model/state.js";
import { element } from "./elements.js";

const ACTIONS = {
  ...{ undo: "↶ undo", redo: "↷ redo", reset: "⟲ start", play: "▶ Play", pause: "❚❚ Pause", step: "▶❙ Step" },
  copy: "copy as Python",
  present: "▣ present",
};

/** Every input by its name; `relabel`: which class of a mission may be held to be one with which others. */
export function makeControls(scenes, relabel) {
  const [coldest, hottest] = TAO_RANGE.map(sliderOfTao);
  return {
    scene: choice("scene", scenes.map((name) => [name, name])),
    surface: choice("surface", [["sphere", "all 1"], ["plane", "free"]]),
    objective: choice("objective", OBJECTIVES.map((name) => [name, name])),
    speed: choice("speed", [["slow", "slow"], ["steady", "steady"], ["fast", "fast"]], "steady"),
    normalize: control("normalize", { type: "checkbox" }),
    tao: control("tao", { type: "range", min: coldest, max: hottest, step: 1 }),
    l2_reg: control("l2_reg", { type: "range", min: 0, max: sliderOfL2(L2_REG_RANGE[1]), step: 1 }),
    best: control("best", { type: "checkbox" }),
    landscape: control("landscape", { type: "checkbox" }),
    same: choice("same", [["", "no other"], ...(relabel?.as ?? []).map((other) => [String(other), String(other)])]),
  };
}

/** Every button by its name, which is what it does. */
export function makeActions() {
  const button = (name, text) => element("button", { type: "button", "data-action": name }, text);
  return Object.fromEntries(Object.entries(ACTIONS).map(([name, text]) => [name, button(name, text)]));
}

/** Put the sliders where a state's tao and l2_reg are. */
export function slideTo({ tao, l2_reg }, state) {
  tao.value = sliderOfTao(state.tao);
  l2_reg.value = sliderOfL2(state.l2_reg);
}

function control(name, attributes) {
  return element("input", { "data-control": name, ...attributes });
}

function choice(name, options, value) {
  const select = element("select", { "data-control": name, "aria-label": name });
  select.append(...options.map(([key, text]) => element("option", { value: key }, text)));
  if (value) select.value = value;
  return select;
}
