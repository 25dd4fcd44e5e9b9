// The stage's layout: header, board and panels, controls, sentence and drawers, and which of them are shown.

import { BOARD } from "../model/constants.js";
import { makeActions, makeControls } from "./controls.js";
import { fillDrawers, makeDrawers } from "./drawers.js";
import { element, put, putWords } from "./elements.js";
import { GROUND_SIZE } from "./ground.js";
import { makeHint } from "./hint.js";
import { makeLegend } from "./legend.js";
import { makeSettings } from "./settings.js";

const ONE_COLUMN = 560; // pixels, as in stage.css

/** Build the layout in `root`, without the parts in `hide`, and with the inputs in `lock` disabled. */
export function makeLayout(root, scenes, { hide, lock, task, mission }) {
  const [controls, actions] = [makeControls(scenes, mission?.relabel), makeActions()];
  const [texts, legend, hint] = [makeTexts(), makeLegend(), makeHint()];
  const canvas = element("canvas", { width: BOARD, height: BOARD, "aria-hidden": true });
  const field = element("canvas", { width: BOARD, height: BOARD, class: "field", "aria-hidden": true });
  const ground = element("canvas", { width: GROUND_SIZE, height: GROUND_SIZE, class: "ground", "aria-hidden": true });
  const board = element("div", { class: "board" });
  const side = element("div", { class: "side" });
  const drawers = makeDrawers();
  const settings = makeSettings(controls, hide);
  const isSeen = (name) => !hide.includes(name) && (name !== "scene" || scenes.length > 0);
  const named = (name, part) => (isSeen(name) ? part : hidden(part));
  const row = (name, ...within) => {
    const all = element("div", { class: name }, ...within);
    return within.every((part) => part.hasAttribute("hidden")) ? hidden(all) : all;
  };
  const knob = (name, words, ...more) => {
    const head = element(
      "div",
      { class: "head" },
      element("label", {}, `${words} `, controls[`typed ${name}`]),
      ...more,
    );
    return element("div", { class: `knob ${name}` }, head, controls[name]);
  };
  const normalize = labelled("normalize", controls.normalize);
  const button = (name) => named(name, actions[name]);
  const history = row(
    "row history",
    button("undo"),
    button("redo"),
    button("reset"),
    named("progress", texts.progress),
  );
  const lengths = element("span", { class: "row" }, labelled("Lengths", controls.surface), normalize);
  const run = row("row run", ...[button("play"), button("pause"), button("step")], named("speed", controls.speed));
  const move = row(
    "row move",
    named("point", labelled("Move", controls.point)),
    named("place", labelled("to", controls.place)),
  );
  const knobs = row(
    "knobs",
    named("tao", knob("tao", "tao (temperature)")),
    named("l2_reg", knob("l2_reg", "l2_reg", named("why", texts.dead), named("free", actions.free))),
  );
  const last = ({ dataset }) => Number(dataset.drawer === "phase map"); // its reason comes and goes
  const folds = Object.entries(drawers.buttons)
    .map(([name, one]) => named(name, one))
    .sort((one, other) => last(one) - last(other));
  const landscape = labelled("landscape", controls.landscape, texts.why);
  const caption = [texts.badge, named("sentence", texts.sentence), texts.act, move, named("legend", legend.all)];
  const picture = element("div", { class: "picture" }, board, ...caption);
  const beside = row("beside", named("side", side), run, history, knobs);
  const head = row(
    "row head",
    named("scene", labelled("Scene", controls.scene)),
    named("selected", labelled("Anchor", controls.selected)),
    named("surface", lengths),
    button("present"),
  );
  const main = element("div", { class: "main" }, picture, beside);
  root.replaceChildren(
    named("task", texts.task),
    ...(mission?.relabel ? [labelled(`${mission.relabel.label} is the same class as`, controls.relabel)] : []),
    head,
    texts.notice,
    main,
    named("status", texts.status),
    row("row drawers", ...folds),
    row(
      "row views",
      named(hide.includes("copy") ? "copy" : "ground", labelled("ground", controls.ground)), // a first lesson has no switch
      named("best", labelled("best shape", controls.best)),
      named("copy", actions.copy),
      named("save", actions.save),
      named("landscape", landscape),
    ),
    named("drawers", drawers.panel),
    texts.python,
    named("sentence", texts.live),
  );
  root.classList.add("npair-stage");
  followEye(root, { head, main, notice: texts.notice, badge: texts.badge, act: texts.act, side, run, knobs, move });
  const around = [...root.children, beside, ...caption];
  const isBare = around.every((part) => part.hidden || part.matches(".main, .live, .task, .legend"));
  root.classList.toggle("bare", isBare);
  put(root, { "data-npair": "stage", "data-lm-suppress-shortcuts": "true" });
  put(actions.pause, { hidden: "" });
  put(controls.relabel, { "aria-label": null }); // the words beside it say more
  const inputs = Object.entries({ ...controls, ...actions, ...drawers.buttons });
  const locked = new Set(lock.flatMap((name) => [name, `typed ${name}`]));
  for (const [, input] of inputs.filter(([name]) => locked.has(name))) put(input, { disabled: "" });
  texts.task.textContent = task || mission?.title || "";
  if (!texts.task.textContent) hidden(texts.task);
  const parts = {
    controls,
    actions,
    texts,
    legend,
    drawers,
    settings,
    canvas,
    field,
    ground,
    board,
    hint,
    normalize,
    locked,
  };
  return {
    ...parts,
    isHidden: (name) => hide.includes(name),
    fill: (svg, panels) => {
      board.replaceChildren(ground, field, canvas, svg, hint);
      side.replaceChildren(
        panels.asked,
        panels.list,
        panels.more,
        panels.unfolded,
        panels.loss,
        panels.ruler,
        panels.ends,
      );
      fillDrawers(drawers, { ...panels, settings: settings.all });
    },
    speak: () => putWords(texts.live, texts.sentence.textContent),
    warn: (words, kind = "trouble") => {
      put(texts.status, { "data-kind": kind });
      texts.status.textContent = words;
    },
    forgetTrouble: () => {
      if (texts.status.dataset.kind === "trouble") texts.status.textContent = "";
    },
  };
}

// Keys go the way of the eye. In one column Play stands under the board, and what moves a point under the sliders. Where
// the style sheet puts the row of choices last, it is last, and Play stands where the board's neighbours are.
function followEye(root, { head, main, notice, badge, act, side, run, knobs, move }) {
  let shown = "wide";
  const follow = ([{ contentRect }]) => {
    const isOne = contentRect.width > 0 && contentRect.width <= ONE_COLUMN;
    const isHeadLast = getComputedStyle(head).order !== "0";
    const now = isHeadLast ? "head last" : isOne ? "one column" : "wide";
    if (now === shown) return;
    shown = now;
    (isHeadLast ? main : notice)[isHeadLast ? "after" : "before"](head);
    (now === "one column" ? badge : side).after(run);
    (now === "wide" ? act : knobs).after(move);
  };
  new ResizeObserver(follow).observe(root);
}

function makeTexts() {
  const box = { rows: 3, readonly: "", hidden: "" };
  return {
    task: element("p", { class: "task" }),
    notice: element("p", { class: "notice", hidden: "" }),
    badge: element("p", { class: "badge", hidden: "" }),
    act: element("p", { class: "act", hidden: "" }),
    sentence: element("p", { "data-role": "sentence" }),
    status: element("p", { "data-role": "status", role: "alert" }),
    live: element("p", { class: "live", "aria-live": "polite" }),
    progress: element("span", { class: "steps" }),
    dead: element("span", { class: "dead" }),
    why: element("span"),
    python: element("textarea", { class: "python", ...box, "aria-label": "this stage as Python" }),
  };
}

function hidden(part) {
  put(part, { hidden: "" });
  return part;
}

function labelled(words, ...inputs) {
  return element("label", {}, `${words} `, ...inputs);
}
