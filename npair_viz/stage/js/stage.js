// The stage: state to reading to picture, one draw a frame, and the only place that holds state.

import { listen } from "./acting.js";
import { bestShape } from "./aligning.js";
import { drawBoard, labelMarks, makeBoard, put } from "./board.js";
import { played, rate } from "./descent.js";
import { viewOf } from "./geometry.js";
import { begun, historyOf, redone, settled, shown, undone } from "./history.js";
import { invite } from "./invitation.js";
import { makeLayout } from "./layout.js";
import { heldBy, mayMove, verdictOf } from "./missions.js";
import { narrate } from "./narration.js";
import { drawCurve, drawMatrix, drawPanels, makePanels } from "./panels.js";
import { readingOf, rowsOf } from "./reading.js";
import { causeOf, changed, stateFrom } from "./state.js";
import { drawTrails } from "./trails.js";

const SPEEDS = { slow: 6, steady: 30, fast: 240 }; // steps a second
const EASE = 1.5; // seconds in which a run comes up to its speed
const MOST_STEPS = 32; // a frame: a page that slept catches up with no more
const TRAIL = 60; // frames that a trail lasts
const STILL = 1e-7; // a step that moves no point by more than this is the end of a run

/**
 * A living stage in `root`. `given`: a state, maybe not whole. `options`: scenes by name, hide, lock, task, a mission,
 * onChange(state, isSettled, act), act the number of the hand's last act, called after each frame that changed the state.
 */
export class Stage {
  constructor(root, given, { scenes = {}, hide = [], lock = [], task = "", mission = null, onChange = () => {} } = {}) {
    Object.assign(this, { root, scenes, hide, lock, mission, onChange });
    Object.assign(this, { run: null, acts: 0, trails: [], losses: [], isDirty: false });
    this.history = historyOf(stateFrom(given));
    this.start = mission ? stateFrom(scenes[mission.scene] ?? given) : this.state;
    this.isStill = globalThis.matchMedia?.("(prefers-reduced-motion: reduce)").matches ?? false;
    this.layout = makeLayout(root, Object.keys(scenes), { ...heldBy(mission, hide, lock), task, mission });
    this.listener = new AbortController();
    this.build();
    listen(this);
  }

  get state() {
    return this.history.present;
  }

  /** Make the parts that depend on how many points there are, and show them now. */
  build() {
    const count = this.state.points.length;
    this.board = makeBoard(count);
    this.panels = makePanels(count / 2);
    this.layout.fill(this.board.svg, this.panels);
    this.reframe();
    this.draw();
    this.speak();
  }

  /** Fit the board to the points, as it stays until the next act is over. */
  reframe() {
    const turn = this.view?.turn;
    this.view = viewOf(rowsOf(this.state), this.state.surface, turn);
  }

  /** An act begins; `show` moves it on, `settle` ends it. */
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

  /** Say how far the mission is, if there is one. */
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

  /** Go to another scene by its name; its settings are those it starts with. */
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

  /** Back to the first state; an act like any other. */
  reset() {
    this.begin();
    this.replace(this.start);
    this.settle();
  }

  /** Show a state from elsewhere, such as a slider of the notebook or an address: one act of its own. */
  take(given) {
    this.attempt(() => {
      const after = stateFrom({ ...this.state, ...given });
      if (JSON.stringify(after) === JSON.stringify(this.state)) return;
      this.begin();
      this.replace(after);
      this.settle();
    });
  }

  /** Show the state of an owner who keeps the history: no act of the stage's own. */
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

  /** Show a state that may have another number of points. */
  replace(state) {
    const isOther = state.points.length !== this.state.points.length;
    this.history = shown(this.history, state);
    if (isOther) this.build();
  }

  /** Do something; what can't be done is said in words, and nothing is lost. */
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

  // Play

  play() {
    if (this.run !== null) return;
    this.begin();
    this.losses = [this.reading.loss];
    if (this.isStill) return this.jump(60);
    this.run = { last: null, age: 0, owed: 0, frame: requestAnimationFrame((now) => this.advance(now)) };
    this.showRun();
  }

  pause() {
    if (this.run === null) return;
    cancelAnimationFrame(this.run.frame);
    this.run = null;
    this.showRun();
    this.settle();
  }

  step() {
    this.begin();
    this.losses = this.losses.length ? this.losses : [this.reading.loss];
    this.jump(1);
  }

  jump(steps) {
    this.show(played(this.state, steps));
    this.losses.push(readingOf(this.state).loss);
    this.settle();
  }

  advance(now) {
    const run = this.run;
    const passed = run.last === null ? 1 / 60 : Math.min((now - run.last) / 1000, 0.1);
    run.last = now;
    run.age += passed;
    run.owed += passed * SPEEDS[this.layout.controls.speed.value] * Math.min(1, 0.1 + run.age / EASE);
    const steps = Math.min(Math.floor(run.owed), MOST_STEPS);
    run.owed = Math.min(run.owed - steps, 1);
    if (steps) {
      const before = rowsOf(this.state);
      const after = played(this.state, steps);
      if (after.points.some((row) => row.some((x) => !(Math.abs(x) < 1e4)))) return this.pause();
      this.trails = [...this.trails, before].slice(-TRAIL);
      this.history = shown(this.history, after);
      this.isDirty = true;
      this.draw();
      this.losses.push(this.reading.loss);
      const gap = Math.max(...after.points.flatMap((row, i) => row.map((x, k) => Math.abs(x - before[i][k]))));
      if (gap < STILL * steps) return this.pause();
    }
    run.frame = requestAnimationFrame((next) => this.advance(next));
  }

  showRun() {
    const { play, pause } = this.layout.actions;
    put(play, { hidden: this.run === null ? null : "" });
    put(pause, { hidden: this.run === null ? "" : null });
    (this.run === null ? play : pause).focus?.({ preventScroll: true });
  }

  // Drawing

  /** Draw at the next frame, once, however much has changed until then. */
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
    const reading = readingOf(state);
    const before = history.origin?.points.length === state.points.length ? history.origin : null;
    const former = before && readingOf({ ...before, selected: state.selected });
    const best = layout.controls.best.checked ? bestShape(reading) : null;
    this.reading = reading;
    this.places = drawBoard(this.board, state, reading, view, former, best);
    invite(this);
    drawPanels(panels, reading);
    const ink = getComputedStyle(this.root).color;
    if (layout.drawers.shares.open) drawMatrix(panels, reading, ink.match(/\d+/g).slice(0, 3).map(Number));
    if (layout.drawers.curve.open) drawCurve(panels.curve, this.losses, reading.ruler?.floor ?? null, ink);
    drawTrails(layout.canvas, this.trails, view, ink);
    const cause = before && causeOf(before, state);
    layout.show(state, reading, narrate(reading, former, cause), {
      lr: rate(state),
      canUndo: history.past.length > 0,
      canRedo: history.future.length > 0,
    });
    this.isDirty = false;
    this.spent = performance.now() - begin;
    const isSettled = Boolean(this.isSettled) && this.run === null;
    if (isSettled) this.speak();
    this.isSettled = false;
    this.onChange(state, isSettled, this.acts);
  }

  /** What a screen reader hears, once an act is over. */
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
