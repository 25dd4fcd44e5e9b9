// The stage's native inputs, each with its name, and what a slider's place means.

import { element } from "./board.js";
import { L2_REG_RANGE, TAO_RANGE } from "./state.js";

const STEPS_A_DECADE = 50;
const ROUND_TAOS = [0.05, 0.1, 0.2, 0.5, 1, 2, 5]; // a slider rests on them
const LEAST_L2_REG = 1e-4; // what the slider's first step beyond 0 means
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
    objective: choice("objective", [["mc", "mc"], ["ovo", "ovo"]]),
    speed: choice("speed", [["slow", "slow"], ["steady", "steady"], ["fast", "fast"]], "steady"),
    normalize: control("normalize", { type: "checkbox" }),
    tao: control("tao", { type: "range", min: coldest, max: hottest, step: 1 }),
    l2_reg: control("l2_reg", { type: "range", min: 0, max: sliderOfL2(L2_REG_RANGE[1]), step: 1 }),
    best: control("best", { type: "checkbox" }),
    landscape: control("landscape", { type: "checkbox" }),
    same: choice("same", [["", "no other"], ...(relabel?.others ?? []).map((other) => [String(other), String(other)])]),
  };
}

/** Every button by its name, which is what it does. */
export function makeActions() {
  const button = (name, text) => element("button", { type: "button", "data-action": name }, text);
  return Object.fromEntries(Object.entries(ACTIONS).map(([name, text]) => [name, button(name, text)]));
}

/** The tao that a slider's place means. */
export function taoOfSlider(place) {
  const tao = 10 ** (Number(place) / STEPS_A_DECADE);
  const round = ROUND_TAOS.find((one) => Math.abs(Math.log10(one / tao)) < 0.5 / STEPS_A_DECADE);
  return round ?? Number(tao.toPrecision(3));
}

/** The l2_reg that a slider's place means; its first place is 0. */
export function l2OfSlider(place) {
  return Number(place) <= 0 ? 0 : Number((LEAST_L2_REG * 10 ** ((Number(place) - 1) / 10)).toPrecision(2));
}

/** Put the sliders where a state's tao and l2_reg are. */
export function slideTo({ tao, l2_reg }, state) {
  tao.value = sliderOfTao(state.tao);
  l2_reg.value = sliderOfL2(state.l2_reg);
}

function sliderOfTao(tao) {
  return Math.round(STEPS_A_DECADE * Math.log10(tao));
}

function sliderOfL2(l2_reg) {
  return l2_reg <= 0 ? 0 : Math.max(1, Math.round(10 * Math.log10(l2_reg / LEAST_L2_REG)) + 1);
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
