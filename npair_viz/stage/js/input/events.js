// The user's input: the pointer drags, keys step, native inputs set. Each is an act of the stage.

import { moved, withPoint } from "../model/acts.js";
import { BOARD } from "../model/constants.js";
import { unit } from "../model/loss.js";
import { rowsOf } from "../model/reading.js";
import { inverse, rotated } from "../model/rotation.js";
import { RING_REACH } from "../view/marks.js";
import { stopTurning } from "../view/turning.js";
import { fromBoard, turnedView } from "../view/viewport.js";
import { drawByKey, drawingOf, isDrawn, WAYS } from "./drawn_arrow.js";
import { listenToFields } from "./fields.js";

const GRAB = { mouse: 12, pen: 12, touch: 22 }; // a point is grabbed within this many pixels of its centre
const TIE = 2; // pixels: points whose distances differ by less lie at the same place
const ONE_MOVE = 1000; // milliseconds: key presses on one point in quicker succession are one act

/** Listen to everything in the stage's root. */
export function listen(stage) {
  const { root, layout } = stage;
  const on = (target, kind, handle) => target.addEventListener(kind, handle, { signal: stage.listener.signal });
  on(root, "keydown", (event) => pressed(stage, event));
  stage.listener.signal.addEventListener("abort", () => clearTimeout(stage.rest));
  on(layout.board, "pointerdown", (event) => grab(stage, event));
  on(root, "pointerover", ({ target }) => light(root, pairUnder(target)));
  on(root, "pointerleave", () => light(root, null));
  on(root, "focusin", ({ target }) => light(root, pairUnder(target)));
  on(root, "focusin", ({ target }) => target.closest(".bars") && stage.hint(target));
  on(root, "pointerover", ({ target }) => stage.hint(target));
  on(root, "pointerleave", () => stage.hint(null));
  on(root, "click", (event) => {
    const { action, drawer } = event.target.closest("[data-action], [data-drawer]")?.dataset ?? {};
    if (action === "save") stage.save(event.shiftKey);
    else if (action) stage[action](); // a button has the name of its method
    if (drawer) pullIntoSight(stage, drawer);
    const bar = event.target.closest(".bars [data-pair]");
    if (bar && !stage.lock.includes("selected")) stage.change({ selected: Number(bar.dataset.pair), point: "anchor" });
  });
  listenToFields(stage, on);
}

function pullIntoSight(stage, drawer) {
  stage.pull(drawer);
  const { panel } = stage.layout.drawers;
  requestAnimationFrame(() => panel.scrollIntoView({ block: "nearest" })); // after it is drawn
}

function grab(stage, event) {
  stopTurning(stage);
  const { board } = stage.layout;
  if (event.button !== 0 || stage.pointer !== undefined) return undefined; // a second finger
  const start = pixelsOf(board, event);
  if (isDrawn(stage)) return stage.drawing.mode === "open" ? follow(stage, event, drawingOf(stage, start)) : undefined;
  const index = grabbed(stage.places, start, event.pointerType, (k) => stage.mayMove(k));
  const isGlobe = stage.reading.d === 3;
  if (index < 0 && !isGlobe) return undefined;
  if (index >= 0) stage.board.marks[index].focus({ preventScroll: true });
  if (index >= 0 && !stage.mayMove(index)) {
    event.preventDefault();
    return stage.choose(index);
  }
  return follow(stage, event, index < 0 ? turning(stage, start) : dragging(stage, index, start));
}

// Where a pointer is, in pixels of the board.
function pixelsOf(board, event) {
  const box = board.getBoundingClientRect();
  return { x: ((event.clientX - box.left) * BOARD) / box.width, y: ((event.clientY - box.top) * BOARD) / box.height };
}

/**
 * The number of the point that a pointer grabs, -1 for none: of those under it or nearest to it, the one on top that
 * may be moved, or the one on top.
 */
export function grabbed(places, pointer, kind, mayMove) {
  const gaps = places.map((place, index) => gapTo(place, pointer, mayMove(index)));
  const least = Math.min(...gaps);
  if (least > (GRAB[kind] ?? GRAB.mouse)) return -1;
  const found = [...gaps.keys()].filter((index) => gaps[index] <= Math.max(GRAB.mouse, least + TIE));
  return found.findLast(mayMove) ?? found.at(-1); // marks are drawn in the order of their numbers
}

// How far a pointer is from a point in front; a ring that may be moved is also grabbed at its edge.
function gapTo({ x, y, depth, isRing }, pointer, canMove) {
  if (depth < 0) return Infinity;
  const gap = Math.hypot(x - pointer.x, y - pointer.y);
  return isRing && canMove ? Math.max(0, gap - RING_REACH + GRAB.mouse) : gap;
}

// Send the pointer's moves to a drag until it is released or lost.
function follow(stage, event, drag) {
  const { board } = stage.layout;
  const { pointerId } = event;
  event.preventDefault();
  board.setPointerCapture(pointerId);
  stage.pointer = pointerId;
  const listener = new AbortController();
  const on = (kind, handle) => {
    const own = (one) => one.pointerId === pointerId && handle(one);
    board.addEventListener(kind, own, { signal: listener.signal });
  };
  stage.drop = () => {
    listener.abort();
    Object.assign(stage, { pointer: undefined, drop: null });
    hold(stage, null);
  };
  const end = () => {
    stage.drop();
    drag.end();
  };
  on("pointermove", (move) => drag.move(pixelsOf(board, move)));
  for (const kind of ["pointerup", "pointercancel", "lostpointercapture"]) on(kind, end);
}

// The offset between pointer and centre stays, so that a point grabbed beside its centre does not jump.
function dragging(stage, index, start) {
  stage.begin();
  hold(stage, index);
  stage.show(withMoved(stage, stage.state, index));
  const centre = stage.places[index];
  const offset = { x: centre.x - start.x, y: centre.y - start.y };
  return {
    move: ({ x, y }) => {
      const { state, view } = stage;
      const place = fromBoard({ x: x + offset.x, y: y + offset.y }, view, state.surface, rowsOf(state)[index]);
      stage.show(moved(state, index, place));
    },
    end: () => stage.settle(),
  };
}

// Show where a point is while a hand or the keys move it; `time`: for how many milliseconds, else until the next call.
function hold(stage, index, time = null) {
  clearTimeout(stage.rest);
  stage.held = index;
  if (time === null) return;
  stage.rest = setTimeout(() => {
    stage.held = null;
    stage.schedule();
  }, time);
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
  if (event.key !== "Tab") stopTurning(stage);
  if (event.key === "Escape" && stage.root.classList.contains("npair-present")) return stage.present(false);
  const name = event.target.closest?.("[data-point]")?.dataset.point;
  if (isDrawn(stage)) return drawByKey(stage, event);
  if (name === undefined) return;
  const n = stage.state.points.length / 2;
  const index = Number(name.slice(1)) + (name[0] === "p" ? n : 0);
  if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    stage.choose(index);
  } else if (event.key in WAYS && stage.mayMove(index)) {
    event.preventDefault();
    const goesOn = stage.lastMove?.index === index && event.timeStamp - stage.lastMove.at < ONE_MOVE;
    if (goesOn && stage.history.origin !== null) stage.store.resume();
    else stage.begin();
    stage.lastMove = { index, at: event.timeStamp };
    hold(stage, index, ONE_MOVE);
    const place = stepped(rowsOf(stage.state)[index], event.key, event.shiftKey, stage.view, stage.state.surface);
    stage.show(withMoved(stage, moved(stage.state, index, place), index));
    stage.settle();
  }
}

// A state with the point that a hand moves chosen, unless the choice is locked.
function withMoved({ lock }, state, index) {
  return lock.includes("selected") ? state : withPoint(state, index);
}

// Where an arrow key moves a point: `step` degrees along the circle or the globe, a twentieth of a unit in the plane.
function stepped(row, key, isFine, view, surface) {
  const [across, up] = WAYS[key];
  const size = isFine ? 0.1 : 1;
  if (row.length === 1) return [surface === "sphere" ? across || row[0] : row[0] + 0.05 * size * across];
  if (row.length === 2 && surface === "plane") return [row[0] + 0.05 * size * across, row[1] + 0.05 * size * up];
  const angle = (size * 2 * Math.PI) / 180;
  if (row.length === 2) {
    const turn = -angle * across + angle * up; // right and down are clockwise
    const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
    return [cos * row[0] - sin * row[1], sin * row[0] + cos * row[1]];
  }
  const [x, y, z] = rotated(row, view.turn);
  if (surface === "plane") return rotated([x + 0.05 * size * across, y + 0.05 * size * up, z], inverse(view.turn));
  const there = unit([x + angle * across * Math.max(z, 0.2), y + angle * up * Math.max(z, 0.2), z]);
  return rotated(there, inverse(view.turn));
}

// Highlight all that belongs to a pair, or nothing.
function light(root, pair) {
  for (const lit of root.querySelectorAll(".lit")) lit.classList.remove("lit");
  if (pair === null) return;
  for (const one of root.querySelectorAll(`[data-pair="${pair}"], [data-cell^="${pair},"]`)) one.classList.add("lit");
}

function pairUnder(target) {
  const pair = target.closest?.("[data-pair]")?.dataset.pair;
  return pair === undefined ? null : Number(pair);
}
