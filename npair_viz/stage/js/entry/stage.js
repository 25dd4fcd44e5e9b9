// The stage: from state to reading to picture, drawn at most once a frame. No other module keeps state.

import { copyPython } from "../input/clipboard.js";
import { listen } from "../input/events.js";
import { endRun, jump, startRun, stepOnce } from "../input/run.js";
import { bestShape } from "../model/alignment.js";
import { rate } from "../model/descent.js";
import { begun, historyOf, redone, settled, shown, undone } from "../model/history.js";
import { landscapeOf } from "../model/landscape.js";
import { heldBy, lineUpOf, mayMove, verdictOf } from "../model/missions.js";
import { narrate } from "../model/narration.js";
import { readingOf, rowsOf } from "../model/reading.js";
import { causeOf, changed, stateFrom } from "../model/state.js";
import { drawBoard, labelMarks, makeBoard } from "../view/board.js";
import { drawDrawers } from "../view/drawers.js";
import { drawDrawing, makeDrawing } from "../view/drawn_arrow.js";
import { invite } from "../view/invitation.js";
import { drawLandscape } from "../view/landscape.js";
import { makeLayout } from "../view/layout.js";
import { drawLegend } from "../view/legend.js";
import { drawPanels, makePanels } from "../view/panels.js";
import { drawTrails } from "../view/trails.js";
import { viewOf } from "../view/viewport.js";

/**
 * A stage in `root`. `given`: a state, perhaps incomplete. `options`: scenes by name, hide, lock, task, a mission, the
 * drawer that is open, landscape; drawing: "open" lets the user draw an arrow.
 * onChange(state, isSettled, act, hasLandscape, drawn) is called after each frame that changed something; act: the
 * number of the user's last act; drawn: the arrow that the user drew, [dx, dy] or [].
 */
export class Stage {
  constructor(root, given, options = {}) {
    const { scenes = {}, hide = [], lock = [], task = "", mission = null, drawer = "", onChange = () => {} } = options;
    this.drawing = { parts: makeDrawing(), mode: options.drawing ?? "off", way: options.drawn ?? [] };
    Object.assign(this, { root, scenes, hide, lock, mission, drawer, onChange });
    Object.assign(this, { run: null, acts: 0, trails: [], losses: [], isDirty: false });
    this.history = historyOf(stateFrom(given));
    this.start = mission ? stateFrom(scenes[mission.scene] ?? given) : this.state;
    this.isStill = globalThis.matchMedia?.("(prefers-reduced-motion: reduce)").matches ?? false;
    const held = heldBy(mission, hide, lock);
    this.layout = makeLayout(root, Object.keys(scenes), { ...held, task, mission, isL2Live: options.l2_reg_is_live });
    this.layout.controls.landscape.checked = options.landscape ?? false;
    this.listener = new AbortController();
    this.present(options.present ?? false);
    this.build();
    listen(this);
  }

  get state() {
    return this.history.present;
  }

  /** Make the parts that depend on the number of points, and show them now. */
  build() {
    const count = this.state.points.length;
    this.board = makeBoard(count);
    this.panels = makePanels(count / 2);
    this.layout.fill(this.board.svg, this.panels);
    this.reframe();
    this.draw();
    this.speak();
  }

  /** Fit the board to the points; it then stays as it is until the end of the next act. */
  reframe() {
    const turn = this.view?.turn;
    this.view = viewOf(rowsOf(this.state), this.state.surface, turn);
  }

  /** Begin an act; `show` shows its states, `settle` ends it. */
  begin() {
    this.pause();
    this.acts++;
    this.history = begun(this.history);
    this.trails = [];
  }

  show(state) {
    this.history = shown(this.history, state);
    this.schedule();
  }

  settle() {
    this.history = settled(this.history);
    this.reframe();
    this.schedule(true);
    this.judge();
  }

  /** Show the message about the mission, if there is one. */
  judge() {
    if (this.mission) this.say(...verdictOf(this.mission, this.state, this.start));
  }

  mayMove(index) {
    return !this.lock.includes("move") && mayMove(this.mission, this.state, this.start, index);
  }

  /** One whole act. */
  change(changes) {
    this.attempt(() => {
      const after = changed(this.state, changes);
      this.begin();
      this.show(after);
      this.settle();
    });
  }

  /** Go to another scene by its name, with the scene's settings but the present tao and objective. */
  open(name) {
    const scene = this.scenes[name];
    this.begin();
    this.replace(stateFrom({ ...scene, tao: this.state.tao, objective: this.state.objective }));
    this.settle();
  }

  undo() {
    this.travel(undone);
  }

  redo() {
    this.travel(redone);
  }

  /** Go back to the first state, as an act. */
  reset() {
    this.begin();
    this.replace(this.start);
    this.settle();
  }

  /** Show a state from elsewhere, such as a slider of the notebook or an address, as one act. */
  take(given) {
    this.attempt(() => {
      const after = stateFrom({ ...this.state, ...given });
      if (JSON.stringify(after) === JSON.stringify(this.state)) return;
      this.begin();
      this.replace(after);
      this.settle();
    });
  }

  /** Show a state from Python, which keeps the history: not an act of the stage. */
  mirror(state) {
    this.attempt(() => {
      this.lastMove = null;
      this.replace(stateFrom(state));
      this.reframe();
      this.schedule();
    });
  }

  /** Draw the ghost from that state, or none from an empty one. */
  compare(before) {
    this.history = { ...this.history, origin: before.points ? stateFrom(before) : null };
    this.schedule();
  }

  /** Show the landscape, or clear it. */
  colour(isSeen) {
    this.layout.controls.landscape.checked = isSeen;
    this.schedule();
  }

  /** Open a drawer and close the other one; close it if it is open. */
  pull(drawer) {
    this.drawer = this.drawer === drawer ? "" : drawer;
    this.schedule();
  }

  /** Let the user draw an arrow from the selected point ("open"), show the true one ("done"), or neither ("off"). */
  draft(mode, way) {
    Object.assign(this.drawing, { mode, way });
    this.schedule(true);
  }

  /** Show a state that may have another number of points. */
  replace(state) {
    const isOther = state.points.length !== this.state.points.length;
    this.history = shown(this.history, state);
    if (isOther) this.build();
  }

  /** Call a function; the message of an error is shown, and the state stays as it was. */
  attempt(act) {
    try {
      this.say("");
      act();
    } catch (error) {
      this.say(error.message);
      this.schedule();
    }
  }

  travel(step) {
    this.pause();
    const count = this.state.points.length;
    this.history = step(this.history);
    this.trails = [];
    if (this.state.points.length !== count) this.build();
    this.reframe();
    this.schedule(true);
    this.judge();
  }

  play() {
    startRun(this);
  }

  pause() {
    endRun(this);
  }

  step() {
    stepOnce(this);
  }

  jump(steps) {
    jump(this, steps);
  }

  /** Switch present mode, for projectors, on or off. */
  present(is = !this.root.classList.contains("npair-present")) {
    this.root.classList.toggle("npair-present", is);
    this.layout.actions.present.setAttribute("aria-pressed", is);
    this.schedule();
  }

  copy() {
    copyPython(this);
  }

  // Drawing

  /** Draw once at the next frame, however often this is called before it. */
  schedule(isSettled = false) {
    this.isDirty = true;
    this.isSettled ||= isSettled;
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      if (this.isDirty) this.draw();
    });
  }

  draw() {
    const { state, history, view, layout, panels } = this;
    const begin = performance.now();
    const pair = lineUpOf(this.mission, state);
    const reading = readingOf(state, pair);
    const before = history.origin?.points.length === state.points.length ? history.origin : null;
    const former = before && readingOf(before, pair);
    const best = layout.controls.best.checked ? bestShape(reading) : null;
    this.reading = reading;
    const more = { before: former, best, hidesForces: this.drawing.mode === "open", held: this.held };
    this.places = drawBoard(this.board, state, reading, view, more);
    drawDrawing(this);
    invite(this);
    drawPanels(panels, reading);
    const { landscape } = layout.controls;
    const field = landscape.checked && reading.d === 2 ? landscapeOf(reading, state.selected, view) : null;
    drawLandscape(layout.field, field, view);
    drawLegend(layout.legend, reading, field);
    const ink = getComputedStyle(this.root).color;
    const isWhole = drawDrawers(this, reading, ink);
    drawTrails(layout.canvas, this.trails, view, ink);
    const cause = before && causeOf(before, state);
    layout.show(state, reading, narrate(reading, former, cause), {
      lr: rate(state),
      canUndo: history.past.length > 0,
      canRedo: history.future.length > 0,
    });
    this.isDirty = false;
    if (!isWhole) this.schedule();
    this.spent = performance.now() - begin;
    const isSettled = Boolean(this.isSettled) && this.run === null;
    if (isSettled) this.speak();
    this.isSettled = false;
    this.onChange(state, isSettled, this.acts, landscape.checked, this.drawing.way);
  }

  /** Update what a screen reader says, at the end of an act. */
  speak() {
    labelMarks(this.board, this.state, this.reading);
    this.layout.speak();
  }

  say(words, kind) {
    this.layout.warn(words, kind);
  }

  close() {
    this.pause();
    cancelAnimationFrame(this.frame);
    this.listener.abort();
    this.root.replaceChildren();
  }
}
