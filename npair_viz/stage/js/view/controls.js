// The stage's native inputs, by name.

import {
  DTYPES,
  OBJECTIVES,
  POLICIES,
  SLIDER_L2_REGS,
  SLIDER_TAOS,
  SURFACES,
  TINY,
  VIEWS,
} from "../model/constants.js";
import { element, put } from "./elements.js";

const ACTIONS = {
  ...{ undo: "↶ undo", redo: "↷ redo", reset: "⟲ start", play: "▶ Play", pause: "❚❚ Pause", step: "one step" },
  ...{ free: "free the lengths", copy: "copy as Python", save: "save the picture", present: "▣ present" },
};
const TOOLTIPS = {
  play: "Let all points follow the loss downhill",
  step: "One step of gradient descent",
  free: "Only then has l2_reg something to hold",
  save: "As SVG; with Shift as PNG",
  present: "For the back row: large, black on white, without code",
};

/** Every input by its name; `relabel`: a mission's class, and those that may be declared to be the same. */
export function makeControls(scenes, relabel) {
  const others = relabel?.others ?? [];
  return {
    scene: choice("scene", scenes),
    selected: choice("selected", []),
    surface: choice("surface", SURFACES, { words: ["all 1", "free"] }),
    speed: choice("speed", ["slow", "steady", "fast"], { chosen: "steady" }),
    normalize: control("normalize", { type: "checkbox" }),
    tao: slider("tao", SLIDER_TAOS),
    "typed tao": typed("typed tao", "tao, from 0.01 to 100"),
    l2_reg: slider("l2_reg", SLIDER_L2_REGS),
    "typed l2_reg": typed("typed l2_reg", "l2_reg, from 0 to 10"),
    point: choice("point", []),
    place: typed("place", "An angle in degrees like 120, or coordinates like 0.3, 0.8"),
    best: control("best", { type: "checkbox" }),
    ground: control("ground", { type: "checkbox", checked: "" }),
    landscape: control("landscape", { type: "checkbox" }),
    relabel: choice("relabel", ["", ...others], { words: ["no other", ...others] }),
    objective: choice("objective", OBJECTIVES),
    policy: choice("policy", POLICIES),
    n_classes: typed("n_classes", "How many classes"),
    seed: typed("seed", "For all that is drawn at random"),
    dtype: choice("dtype", DTYPES),
    view: choice("view", VIEWS),
    same: element("select", { "data-control": "same", "aria-label": "one class", multiple: "" }),
  };
}

/** Every button by the name of its action. */
export function makeActions() {
  const button = (name, text) =>
    element("button", { type: "button", "data-action": name, title: TOOLTIPS[name] ?? null }, text);
  return Object.fromEntries(Object.entries(ACTIONS).map(([name, text]) => [name, button(name, text)]));
}

/** Set a slider and the field beside it to a number. */
export function slideTo(controls, name, value) {
  controls[name].value = placeOf({ tao: SLIDER_TAOS, l2_reg: SLIDER_L2_REGS }[name], value);
  write(controls[`typed ${name}`], String(Number(value.toPrecision(10))));
}

/** Show a text in a field, unless a person is typing there. */
export function write(field, text) {
  if (field.value !== text && !(field === document.activeElement && field.dataset.typing)) field.value = text;
}

/** Give a list these options, [value, words], and choose one. */
export function offer(list, options, chosen) {
  fillList(list, options);
  if (list.value !== chosen) list.value = chosen;
}

/** Give a list these options, [value, words], and choose several. */
export function offerSeveral(list, options, chosen) {
  fillList(list, options);
  for (const option of list.options) {
    const is = chosen.includes(option.value);
    if (option.selected !== is) option.selected = is;
  }
}

function fillList(list, options) {
  const said = JSON.stringify(options);
  if (list.dataset.offered === said) return;
  put(list, { "data-offered": said });
  list.replaceChildren(...options.map(([value, words]) => element("option", { value }, words)));
}

// The index of the value that is nearest by ratio; only 0 itself gets the index of 0.
function placeOf(values, value) {
  const gaps = values.map((one) => Math.abs(Math.log((one + TINY) / (value + TINY))));
  return gaps.indexOf(Math.min(...gaps));
}

function slider(name, values) {
  return control(name, { type: "range", min: 0, max: values.length - 1, step: 1, "aria-label": name });
}

function typed(name, title) {
  return control(name, { type: "text", inputmode: "decimal", autocomplete: "off", title, "aria-label": name });
}

function control(name, attributes) {
  return element("input", { "data-control": name, ...attributes });
}

function choice(name, values, { words = values, chosen = values[0] } = {}) {
  const isChosen = (value) => (value === chosen ? "" : null);
  const options = values.map((value, k) => element("option", { value, selected: isChosen(value) }, words[k]));
  return element("select", { "data-control": name, "aria-label": name }, ...options);
}
