// The stage: a view of a store, from state to reading to picture, drawn at most once a frame.

import { copyPython } from "../input/clipboard.js";
import { listen } from "../input/events.js";
import { setLengths } from "../input/fields.js";
import { endRun, jump, startRun, stepOnce } from "../input/run.js";
import { savePicture } from "../input/save_picture.js";
import { changed, opened, withPoint } from "../model/acts.js";
import { isAlike } from "../model/history.js";
import { heldBy, mayMove, verdictOf } from "../model/missions.js";
import { readingOf } from "../model/reading.js";
import { choosesOthers, savedState, stateFrom } from "../model/state.js";
import { Store } from "../model/store.js";
import { makeBoard } from "../view/board.js";
import { makeDrawing } from "../view/drawn_arrow.js";
import { pointAt } from "../view/hint.js";
import { makeLayout } from "../view/layout.js";
import { labelMarks } from "../view/marks.js";
import { glide, shownNow, stopGliding } from "../view/motion.js";
import { makePanels } from "../view/panels.js";
import { drawPicture } from "../view/picture.js";
import { startTurning, stopTurning } from "../view/turning.js";
import { viewOf } from "../view/viewport.js";

/**
 * A stage in `root`. `given`: a store, or a checked state. `options`: scenes by name, hide, lock, task, a
 * mission; drawing: "open" lets the user draw an arrow, and onDrawn([dx, dy]) is told of it.
 */
export class Stage {
  constructor(root, given, options = {}) {
    const { scenes = {}, hide = [], lock = [], task = "", mission = null, onDrawn = () => {} } = options;
    this.store = given.watch ? given : new Store(given); // another copy of this script may have made the store
    this.drawing = { parts: makeDrawing(), mode: options.drawing ?? "off", way: options.drawn ?? [] };
    Object.assign(this, { root, scenes, hide, lock, mission, onDrawn, options });
    this.canAsk = options.canAsk ?? false;
    Object.assign(this, { run: null, trails: [], losses: [], isDirty: false, jumps: false });
    this.first = mission ? stateFrom(scenes[mission.scene] ?? this.state, scenes) : this.store.start;
    this.isStill = globalThis.matchMedia?.("(prefers-reduced-motion: reduce)").matches ?? false;
    const held = heldBy(mission, hide, lock);
    this.layout = makeLayout(root, Object.keys(scenes), { ...held, task, mission });
    this.listener = new AbortController();
    this.leave = this.store.watch(this);
    this.present(options.present ?? false);
    this.build();
    listen(this);
  }

  get state() {
    return this.store.state;
  }

  get history() {
    return this.store.history;
  }

  /** Make the parts that depend on the number of points, and show them now. */
  build() {
    const count = this.state.points.length;
    Object.assign(this, { hinted: null, pointed: null }); // what the pointer was over is no longer there
    this.board = makeBoard(count);
    this.panels = makePanels(count / 2);
    this.layout.fill(this.board.svg, this.panels);
    this.reframe();
    this.draw();
    this.speak();
    startTurning(this);
  }

  /** Fit the board to the points; it then stays as it is until the end of the next act. */
  reframe() {
    const turn = this.view?.turn;
    this.view = viewOf(readingOf(this.state), this.state, turn);
  }

  /** Begin an act; `show` shows its states, `settle` ends it. */
  begin() {
    this.letGo();
    this.layout.forgetTrouble();
    this.store.begin(this);
  }

  show(state) {
    this.store.show(state);
  }

  settle() {
    this.store.settle();
  }

  /** Draw what the store has; at the end of an act the board fits the points again; a jump is shown as a motion. */
  follow(isSettled, isPut) {
    if (isPut) this.jumps = true;
    if (this.state.points.length !== this.board.marks.length) this.build();
    if (isSettled) this.reframe();
    this.schedule(isSettled);
    if (isSettled) this.judge();
  }

  /** End what a hand, a run or keys do here: another view or Python acts. */
  letGo() {
    this.pause();
    stopTurning(this);
    this.drop?.();
    this.lastMove = null;
    this.trails = [];
  }

  /** Show the message about the mission, if there is one. */
  judge() {
    if (this.mission) this.say(...verdictOf(this.mission, this.state, this.first));
  }

  mayMove(index) {
    if (this.lock.includes("move") || this.state.base?.isSpan) return false;
    return mayMove(this.mission, this.state, this.first, index);
  }

  /** One whole act. */
  change(changes) {
    this.leap(() => changed(this.state, changes));
  }

  /** Go at once to the state that a function gives, as one act. */
  leap(made) {
    this.attempt(() => {
      const after = made();
      this.begin();
      this.jumps = true;
      this.show(after);
      this.settle();
    });
  }

  /** Go to another scene by its name, with the scene's settings but the present tao and objective. */
  open(name) {
    const { start } = this.store;
    const { policy, seed, dtype } = this.state;
    const scenes = this.canAsk ? this.scenes : { [start.scene]: start, ...this.scenes };
    const isPythons = !scenes[name]?.base || (this.canAsk && choosesOthers({ policy, seed, dtype }, scenes[name]));
    if (isPythons) return this.ask({ scene: name });
    return this.leap(() => opened(this.state, name, scenes));
  }

  /** Choose a point by its number: its forces are drawn, and its pair's line-up is shown. */
  choose(index) {
    if (this.lock.includes("selected")) return;
    this.begin();
    this.show(withPoint(this.state, index));
    this.settle();
  }

  /** Look at the same state in another way. */
  look(changes) {
    this.store.look(changes);
  }

  /** Ask Python for what only Python can do. */
  ask(changes) {
    if (this.canAsk) this.store.ask(changes);
    else this.say("That needs Python: open the notebook for it.");
  }

  free() {
    setLengths(this, { surface: "plane" });
  }

  save(isPng = false) {
    return savePicture(this, isPng);
  }

  /** Say the exact numbers of what the pointer is over or the focus is on; of a bar, how it is made. */
  hint(target) {
    pointAt(this, target);
  }

  /** Show a state from elsewhere, such as an address, as one act; what it lacks stays as it is. */
  take(given) {
    this.attempt(() => {
      const own = given.points ? {} : { base: this.state.base };
      const after = stateFrom({ ...savedState(this.state), ...own, ...given }, this.scenes);
      if (isAlike(after, this.state)) return;
      this.jumps = true;
      this.store.take(after);
    });
  }

  undo() {
    this.travel(() => this.store.undo());
  }

  redo() {
    this.travel(() => this.store.redo());
  }

  /** Go back to the first state, as an act. */
  reset() {
    this.travel(() => this.store.reset());
  }

  /** Open a drawer and close the other one; close it if it is open. */
  pull(drawer) {
    this.store.look({ drawer: this.state.drawer === drawer ? "" : drawer });
  }

  /** Let the user draw an arrow from the selected point ("open"), show the true one ("done"), or neither ("off"). */
  draft(mode, way) {
    Object.assign(this.drawing, { mode, way });
    this.schedule(true);
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

  travel(go) {
    this.letGo();
    this.layout.forgetTrouble();
    this.jumps = true;
    go();
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
    const [begin, former] = [performance.now(), shownNow(this)];
    stopGliding(this);
    const isWhole = drawPicture(this);
    if (this.jumps && this.run === null) glide(this, former);
    Object.assign(this, { isDirty: false, jumps: false });
    if (!isWhole) this.schedule();
    this.spent = performance.now() - begin;
    const isSettled = Boolean(this.isSettled) && this.run === null;
    if (isSettled) this.speak();
    this.isSettled = false;
    this.onDrawn(this.drawing.way, isSettled);
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
    this.letGo();
    this.leave();
    stopGliding(this);
    cancelAnimationFrame(this.frame);
    this.listener.abort();
    this.root.replaceChildren();
  }
}
