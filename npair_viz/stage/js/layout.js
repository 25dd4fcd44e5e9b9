// The stage's frame: header, board, panels, controls, sentence and drawers. Native inputs, each with its name.

import { element, put } from "./board.js";
import { SIZE } from "./geometry.js";
import { fixed } from "./numbers.js";
import { L2_REG_RANGE, TAO_RANGE } from "./state.js";

const STEPS_A_DECADE = 50;
const ROUND_TAOS = [0.05, 0.1, 0.2, 0.5, 1, 2, 5]; // a slider rests on them
const ACTIONS = { undo: "↶ undo", redo: "↷ redo", reset: "⟲ start", play: "▶ Play", pause: "❚❚ Pause", step: "▶❙ Step" };
const LEAST_L2_REG = 1e-4; // what the slider's first step beyond 0 means

/** Build the frame in `root`; what `hide` names is left out, what `lock` names is disabled. */
export function makeLayout(root, scenes, { hide, lock, task, mission }) {
  const controls = { ...makeControls(scenes), same: relabelling(mission?.relabel) };
  const actions = Object.fromEntries(Object.entries(ACTIONS).map(([name, text]) => [name, button(name, text)]));
  put(actions.pause, { hidden: "" });
  const texts = {
    task: element("p", { class: "task" }),
    sentence: element("p", { "data-role": "sentence" }),
    status: element("p", { "data-role": "status", role: "alert" }),
    live: element("p", { class: "live", "aria-live": "polite" }),
    progress: element("span", { class: "progress" }),
    tao: element("output"),
    l2_reg: element("output"),
  };
  texts.task.textContent = task || mission?.title || "";
  const canvas = element("canvas", { width: SIZE, height: SIZE, "aria-hidden": true });
  const board = element("div", { class: "board" }, canvas);
  const side = element("div", { class: "side" });
  const drawers = { shares: drawer("everyone's shares"), curve: drawer("loss so far") };
  const row = (name, ...parts) => element("div", { class: `row ${name}` }, ...parts.filter(Boolean));
  const has = (name) => !hide.includes(name);
  const normalize = labelled("normalize", controls.normalize);
  const knob = (name, words) => has(name) && row("knob", labelled(words, controls[name]), texts[name]);
  const history = has("history") && row("history", actions.undo, actions.redo, actions.reset);
  const run = has("play") && row("run", actions.play, actions.pause, actions.step, controls.speed, texts.progress);
  root.replaceChildren(
    ...[
      (task || mission) && texts.task,
      mission?.relabel && row("relabel", labelled(`${mission.relabel.class} is the same class as`, controls.same)),
      row(
        "head",
        scenes.length > 0 && has("scene") && labelled("Scene", controls.scene),
        has("surface") && labelled("Lengths", controls.surface),
        has("surface") && normalize,
        has("objective") && labelled("Objective", controls.objective),
        history,
      ),
      row("main", board, has("side") && side),
      run,
      row(
        "knobs",
        knob("tao", "tao (temperature)"),
        knob("l2_reg", "l2_reg"),
        has("best") && labelled("best shape", controls.best),
      ),
      has("sentence") && texts.sentence,
      has("status") && texts.status,
      has("drawers") && row("drawers", drawers.shares, drawers.curve),
      has("sentence") && texts.live,
    ].filter(Boolean),
  );
  root.classList.add("npair-stage");
  put(root, { "data-npair": "stage", "data-lm-suppress-shortcuts": "true" });
  const inputs = { ...controls, ...actions };
  const isLocked = (name) => lock.includes(name) || (lock.includes("play") && ["play", "step", "speed"].includes(name));
  for (const [name, input] of Object.entries(inputs)) if (isLocked(name)) put(input, { disabled: "" });

  const fill = (svg, panels) => {
    board.replaceChildren(canvas, svg);
    side.replaceChildren(panels.title, panels.list, panels.loss, panels.ruler, panels.ends);
    drawers.shares.replaceChildren(drawers.shares.firstChild, panels.matrix);
    drawers.curve.replaceChildren(drawers.curve.firstChild, panels.curve);
  };

  const show = (state, reading, sentence, { lr, canUndo, canRedo }) => {
    put(root, {
      "data-loss": reading.loss,
      "data-tao": state.tao,
      "data-l2-reg": state.l2_reg,
      "data-step": state.steps,
      "data-floor": shownFloor(reading),
    });
    controls.tao.value = sliderOfTao(state.tao);
    controls.l2_reg.value = sliderOfL2(state.l2_reg);
    texts.tao.textContent = number(state.tao);
    texts.l2_reg.textContent = reading.held ? `${number(state.l2_reg)}: no effect on a circle` : number(state.l2_reg);
    for (const name of ["surface", "objective", "scene"]) controls[name].value = state[name];
    controls.same.value = state.same[1] ?? "";
    controls.normalize.checked = state.normalize;
    put(normalize, { hidden: state.surface === "sphere" ? "" : null });
    controls.l2_reg.disabled = reading.held || isLocked("l2_reg");
    controls.surface.disabled = reading.d === 3 || isLocked("surface");
    texts.progress.textContent = `step ${state.steps}, lr ${fixed(lr, 2)}`;
    if (texts.sentence.textContent !== sentence) texts.sentence.textContent = sentence;
    actions.undo.disabled = !canUndo || isLocked("undo");
    actions.redo.disabled = !canRedo || isLocked("redo");
  };

  return {
    ...{ controls, actions, drawers, canvas, board, fill, show },
    speak: () => (texts.live.textContent = texts.sentence.textContent),
    warn: (words, kind = "trouble") => {
      texts.status.textContent = words;
      put(texts.status, { "data-kind": kind });
    },
  };
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

function sliderOfTao(tao) {
  return Math.round(STEPS_A_DECADE * Math.log10(tao));
}

function sliderOfL2(l2_reg) {
  return l2_reg <= 0 ? 0 : Math.max(1, Math.round(10 * Math.log10(l2_reg / LEAST_L2_REG)) + 1);
}

// The least that the points can reach: on the sphere the ruler's floor, else the loss at rest; penalty included.
function shownFloor({ ruler, phase, penalty }) {
  if (ruler !== null) return ruler.floor + penalty;
  return phase === null ? null : phase.loss;
}

function makeControls(scenes) {
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
  };
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

// Which other class a mission's class may be held to be one with.
function relabelling(relabel) {
  const select = choice("same", [["", "no other"], ...(relabel?.as ?? []).map((other) => [String(other), String(other)])]);
  put(select, { "aria-label": null }); // the words beside it say more
  return select;
}

function button(name, text) {
  return element("button", { type: "button", "data-action": name }, text);
}

function labelled(words, input) {
  return element("label", {}, `${words} `, input);
}

function drawer(words) {
  return element("details", {}, element("summary", {}, words));
}

function number(x) {
  return String(Number(x.toPrecision(6)));
}
