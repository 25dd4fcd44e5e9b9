// What a hand does: the pointer drags, the keys step, the native inputs set. Each ends as an act of the stage.

import { pixelsOf } from "./board.js";
import { l2OfSlider, taoOfSlider } from "./controls.js";
import { drawByKey, drawingOf, isDrawn } from "./drawing.js";
import { fromBoard, grabbed, stepped, turnedView } from "./geometry.js";
import { moved } from "./state.js";

const KEYS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"];
const ONE_MOVE = 1000; // milliseconds: key presses on one point that follow each other faster are one act

/** Listen to everything in the stage's root. */
export function listen(stage) {
  const { root, layout } = stage;
  const on = (target, kind, handle) => target.addEventListener(kind, handle, { signal: stage.listener.signal });
  on(root, "keydown", (event) => pressed(stage, event));
  on(layout.board, "pointerdown", (event) => grab(stage, event));
  on(root, "pointerover", ({ target }) => light(root, pairOf(target)));
  on(root, "pointerleave", () => light(root, null));
  on(root, "focusin", ({ target }) => light(root, pairOf(target)));
  on(root, "click", ({ target }) => {
    const { action, drawer } = target.closest("[data-action], [data-drawer]")?.dataset ?? {};
    if (action) stage[action](); // a button is called like what it does
    if (drawer) stage.pull(drawer);
  });
  for (const name of ["scene", "surface", "objective"]) {
    on(layout.controls[name], "change", ({ target }) =>
      name === "scene" ? stage.open(target.value) : stage.change({ [name]: target.value }),
    );
  }
  for (const name of ["best", "landscape"]) on(layout.controls[name], "change", () => stage.schedule());
  on(layout.controls.same, "change", ({ target }) => {
    stage.change({ same: target.value ? [stage.mission.relabel.label, Number(target.value)] : [] });
  });
  on(layout.controls.normalize, "change", ({ target }) => stage.change({ normalize: target.checked }));
  slide(stage, on, "tao", taoOfSlider);
  slide(stage, on, "l2_reg", l2OfSlider);
}

// A slide is one act from the first input to the change that ends it.
function slide(stage, on, name, valueOf) {
  let isSliding = false;
  on(stage.layout.controls[name], "input", ({ target }) => {
    if (!isSliding) stage.begin();
    isSliding = true;
    stage.show({ ...stage.state, [name]: valueOf(target.value) });
  });
  on(stage.layout.controls[name], "change", () => {
    if (isSliding) stage.settle();
    isSliding = false;
  });
}

function grab(stage, event) {
  const { board } = stage.layout;
  if (event.button !== 0) return undefined;
  const start = pixelsOf(board, event);
  if (isDrawn(stage)) return stage.drawing.mode === "open" ? follow(stage, event, drawingOf(stage, start)) : undefined;
  const index = grabbed(stage.places, start, event.pointerType);
  const isGlobe = stage.state.points[0].length === 3;
  if (index < 0 && !isGlobe) return undefined;
  if (index >= 0) stage.board.marks[index].focus({ preventScroll: true });
  if (index >= 0 && !stage.mayMove(index)) {
    event.preventDefault();
    return stage.change({ selected: index });
  }
  return follow(stage, event, index < 0 ? turning(stage, start) : dragging(stage, index, start));
}

// Let a drag have the pointer's moves until it is let go.
function follow(stage, event, drag) {
  const { board } = stage.layout;
  event.preventDefault();
  board.setPointerCapture(event.pointerId);
  const listener = new AbortController();
  const end = () => {
    listener.abort();
    drag.end();
  };
  const while_ = { signal: listener.signal };
  board.addEventListener("pointermove", (move) => drag.move(pixelsOf(board, move)), while_);
  board.addEventListener("pointerup", end, while_);
  board.addEventListener("pointercancel", end, while_);
}

// The offset between pointer and centre is kept: what is grabbed beside its centre does not jump.
function dragging(stage, index, start) {
  stage.begin();
  stage.show({ ...stage.state, selected: index });
  const centre = stage.places[index];
  const offset = { x: centre.x - start.x, y: centre.y - start.y };
  return {
    move: ({ x, y }) => {
      const { state, view } = stage;
      const place = fromBoard({ x: x + offset.x, y: y + offset.y }, view, state.surface, state.points[0].length);
      stage.show(moved(state, index, place));
    },
    end: () => stage.settle(),
  };
}

function turning(stage, start) {
  let from = start;
  return {
    move: (to) => {
      stage.view = turnedView(stage.view, from, to);
      from = to;
      stage.schedule();
    },
    end: () => stage.schedule(true),
  };
}

function pressed(stage, event) {
  event.stopPropagation(); // JupyterLab listens, too: 'a' would insert a cell
  const name = event.target.closest?.("[data-point]")?.dataset.point;
  if (isDrawn(stage)) return drawByKey(stage, event);
  if (name === undefined) return;
  const n = stage.state.points.length / 2;
  const index = Number(name.slice(1)) + (name[0] === "p" ? n : 0);
  if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    stage.change({ selected: index });
  } else if (KEYS.includes(event.key) && stage.mayMove(index)) {
    event.preventDefault();
    const goesOn = stage.lastMove?.index === index && event.timeStamp - stage.lastMove.at < ONE_MOVE;
    if (!goesOn || stage.history.origin === null) stage.begin();
    stage.lastMove = { index, at: event.timeStamp };
    const place = stepped(stage.state.points[index], event.key, event.shiftKey, stage.view, stage.state.surface);
    stage.show({ ...moved(stage.state, index, place), selected: index });
    stage.settle();
  }
}

// Light up all that belongs to a pair, or nothing.
function light(root, pair) {
  for (const lit of root.querySelectorAll(".lit")) lit.classList.remove("lit");
  if (pair === null) return;
  for (const one of root.querySelectorAll(`[data-pair="${pair}"], [data-cell^="${pair},"]`)) one.classList.add("lit");
}

function pairOf(target) {
  const pair = target.closest?.("[data-pair]")?.dataset.pair;
  return pair === undefined ? null : Number(pair);
}
