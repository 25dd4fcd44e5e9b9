// The stage's layout: header, board and panels, controls, sentence and drawers, and which of them are shown.

import { BOARD } from "../model/constants.js";
import { fixed } from "../model/numbers.js";
import { makeActions, makeControls, slideTo } from "./controls.js";
import { fillDrawers, makeDrawers } from "./drawers.js";
import { element, put } from "./elements.js";
import { makeLegend } from "./legend.js";

const GROUPS = {
  knobs: ["tao", "l2_reg"],
  play: ["play", "pause", "step", "speed"],
  history: ["undo", "redo", "reset"],
};

/** Build the layout in `root`, without the parts in `hide`, and with the inputs in `lock` disabled. */
export function makeLayout(root, scenes, { hide, lock, task, mission, isL2Live }) {
  const [controls, actions] = [makeControls(scenes, mission?.relabel), makeActions()];
  const [texts, legend] = [makeTexts(), makeLegend()];
  const canvas = element("canvas", { width: BOARD, height: BOARD, "aria-hidden": true });
  const field = element("canvas", { width: BOARD, height: BOARD, class: "field", "aria-hidden": true });
  const board = element("div", { class: "board" });
  const side = element("div", { class: "side" });
  const drawers = makeDrawers();
  const normalize = labelled("normalize", controls.normalize);
  const knob = (name, words) => element("div", { class: "knob" }, labelled(words, texts[name], controls[name]));
  const isSeen = (name) => !members(hide).has(name) && (name !== "scene" || scenes.length > 0);
  const named = (name, part) => (isSeen(name) ? part : hidden(part));
  const row = (name, ...within) => {
    const all = element("div", { class: name }, ...within);
    return within.every((part) => part.hasAttribute("hidden")) ? hidden(all) : all;
  };
  const landscape = labelled("landscape", texts.why, controls.landscape);
  const best = labelled("best shape", controls.best);
  const folds = Object.values(drawers.buttons).map((one) => named("drawers", one));
  const history = element("span", { class: "row" }, actions.undo, actions.redo, actions.reset, actions.present);
  const lengths = element("span", { class: "row" }, labelled("Lengths", controls.surface), normalize);
  const { play, pause, step } = actions;
  const run = element("div", { class: "row" }, play, pause, step, controls.speed, texts.progress);
  const knobs = row("knobs", named("tao", knob("tao", "tao (temperature)")), named("l2_reg", knob("l2_reg", "l2_reg")));
  root.replaceChildren(
    texts.task,
    ...(mission?.relabel ? [labelled(`${mission.relabel.label} is the same class as`, controls.same)] : []),
    row(
      "row head",
      named("scene", labelled("Scene", controls.scene)),
      named("surface", lengths),
      named("objective", labelled("Objective", controls.objective)),
      named("history", history),
    ),
    element(
      "div",
      { class: "main" },
      element("div", { class: "picture" }, board, named("legend", legend.all), named("play", run)),
      row("beside", named("side", side), knobs),
    ),
    named("sentence", texts.sentence),
    named("status", texts.status),
    row("row drawers", ...folds, named("drawers", landscape), named("best", best), named("drawers", actions.copy)),
    named("drawers", drawers.panel),
    texts.python,
    named("sentence", texts.live),
  );
  root.classList.add("npair-stage");
  const isBare = [...root.children].every((part) => part.hidden || part.matches(".main, .live, .task"));
  root.classList.toggle("bare", isBare);
  put(root, { "data-npair": "stage", "data-lm-suppress-shortcuts": "true" });
  put(pause, { hidden: "" });
  const locked = members(lock);
  const isLocked = (name) => locked.has(name);
  const inputs = Object.entries({ ...controls, ...actions });
  for (const [, input] of inputs.filter(([name]) => isLocked(name))) put(input, { disabled: "" });

  const fill = (svg, panels) => {
    board.replaceChildren(field, canvas, svg);
    side.replaceChildren(panels.title, panels.list, panels.loss, panels.ruler, panels.ends);
    fillDrawers(drawers, panels);
  };

  const show = (state, reading, sentence, { lr, canUndo, canRedo }) => {
    put(root, {
      "data-loss": reading.loss,
      "data-tao": state.tao,
      "data-l2-reg": state.l2_reg,
      "data-step": state.steps,
      "data-floor": shownFloor(reading),
    });
    slideTo(controls, state);
    texts.tao.textContent = number(state.tao);
    const isDead = reading.held && !isL2Live;
    texts.l2_reg.textContent = isDead ? `${number(state.l2_reg)}: no effect on a circle` : number(state.l2_reg);
    for (const name of ["surface", "objective", "scene"]) controls[name].value = state[name];
    controls.same.value = state.same[1] ?? "";
    controls.normalize.checked = state.normalize;
    put(normalize, { hidden: state.surface === "sphere" ? "" : null });
    controls.l2_reg.disabled = isDead || isLocked("l2_reg");
    controls.landscape.disabled = reading.d === 3 || isLocked("landscape");
    texts.why.textContent = reading.d === 3 ? "(not on a globe)" : "";
    controls.surface.disabled = reading.d === 3 || isLocked("surface");
    texts.progress.textContent = `step ${state.steps}, lr ${fixed(lr, 2)}`;
    if (texts.sentence.textContent !== sentence) texts.sentence.textContent = sentence;
    actions.undo.disabled = !canUndo || isLocked("undo");
    actions.redo.disabled = !canRedo || isLocked("redo");
  };

  texts.task.textContent = task || mission?.title || "";
  put(texts.task, { hidden: texts.task.textContent ? null : "" });
  put(controls.same, { "aria-label": null }); // the words beside it say more
  return {
    ...{ controls, actions, texts, legend, drawers, canvas, field, board, fill, show },
    speak: () => (texts.live.textContent = texts.sentence.textContent),
    warn: (words, kind = "trouble") => {
      put(texts.status, { "data-kind": kind });
      texts.status.textContent = words;
    },
  };
}

function makeTexts() {
  const box = { rows: 3, readonly: "", hidden: "" };
  return {
    task: element("p", { class: "task" }),
    sentence: element("p", { "data-role": "sentence" }),
    status: element("p", { "data-role": "status", role: "alert" }),
    live: element("p", { class: "live", "aria-live": "polite" }),
    progress: element("span", { class: "progress" }),
    tao: element("output"),
    l2_reg: element("output"),
    why: element("span"),
    python: element("textarea", { class: "python", ...box, "aria-label": "this stage as Python" }),
  };
}

// Names of parts, with groups replaced by their parts.
function members(names) {
  return new Set(names.flatMap((name) => [name, ...(GROUPS[name] ?? [])]));
}

function hidden(part) {
  put(part, { hidden: "" });
  return part;
}

// The least loss of the points: on the sphere the ruler's floor, else the loss at the optimum; penalty included.
function shownFloor({ ruler, phase, penalty }) {
  if (ruler !== null) return ruler.floor + penalty;
  return phase === null ? null : phase.loss;
}

function labelled(words, ...inputs) {
  return element("label", {}, `${words} `, ...inputs);
}

function number(x) {
  return String(Number(x.toPrecision(6)));
}
