// Play, pause and step: a run of descent that starts slowly; time in which the page was hidden is left out.

import { played } from "../model/descent.js";
import { readingOf, rowsOf } from "../model/reading.js";
import { put } from "../view/elements.js";

const SPEEDS = { slow: 6, steady: 30, fast: 240 }; // steps a second
const EASE = 1.5; // seconds until a run has its full speed
const LONGEST_FRAME = 0.1; // seconds: a longer pause between two frames counts as this
export const TRAIL = 60; // frames that a trail lasts
const STILL = 1e-7; // a run ends when a step moves no point by more than this
const OUT_OF_SIGHT = 1e4; // a run also ends before a coordinate passes this
const AT_ONCE = 60; // steps of a run for users who prefer reduced motion

/** Begin a run, one entry of the history; for users who prefer reduced motion, show its end at once. */
export function startRun(stage) {
  if (stage.run !== null) return;
  stage.begin();
  stage.losses = [stage.reading.loss];
  if (stage.isStill) return jump(stage, AT_ONCE);
  beginRun(stage, { last: null, age: 0, owed: 0, frame: requestAnimationFrame((now) => advance(stage, now)) });
}

/** Show that the stage moves by itself: to end it, `run.frame` is cancelled and `run.leave`, if any, called. */
export function beginRun(stage, run) {
  stage.run = run;
  showRun(stage);
}

/** End the run, if there is one. */
export function endRun(stage) {
  if (stage.run === null) return;
  cancelAnimationFrame(stage.run.frame);
  stage.run.leave?.();
  stage.run = null;
  showRun(stage);
  stage.settle();
}

/** One step, an entry of its own. */
export function stepOnce(stage) {
  stage.begin();
  stage.losses = stage.losses.length ? stage.losses : [stage.reading.loss];
  jump(stage, 1);
}

/** Take some steps at once, within the present act. */
export function jump(stage, steps) {
  stage.show(played(stage.state, steps));
  stage.losses.push(readingOf(stage.state).loss);
  stage.settle();
}

function advance(stage, now) {
  const { run } = stage;
  const steps = stepsDue(run, now, SPEEDS[stage.layout.controls.speed.value]);
  if (steps && !descend(stage, steps)) return endRun(stage);
  run.frame = requestAnimationFrame((next) => advance(stage, next));
}

// How many whole steps are due since the last frame; the rest of a step is kept for the next frame.
function stepsDue(run, now, speed) {
  const passed = run.last === null ? 1 / 60 : Math.min((now - run.last) / 1000, LONGEST_FRAME);
  run.last = now;
  run.age += passed;
  run.owed += passed * speed * Math.min(1, 0.1 + run.age / EASE);
  const steps = Math.floor(run.owed);
  run.owed -= steps;
  return steps;
}

// Take and show some steps; false if the run has ended.
function descend(stage, steps) {
  const before = rowsOf(stage.state);
  const after = played(stage.state, steps);
  if (after.points.some((row) => row.some((x) => !(Math.abs(x) < OUT_OF_SIGHT)))) return false;
  stage.trails = [...stage.trails, before].slice(-TRAIL);
  stage.show(after);
  stage.draw();
  stage.losses.push(stage.reading.loss);
  const gap = Math.max(...after.points.flatMap((row, i) => row.map((x, k) => Math.abs(x - before[i][k]))));
  return gap >= STILL * steps;
}

function showRun(stage) {
  const { play, pause } = stage.layout.actions;
  const isRunning = stage.run !== null;
  const [shown, gone] = isRunning ? [pause, play] : [play, pause];
  const hadFocus = gone === document.activeElement; // else a hand that takes a run would lose its point to the button
  put(gone, { hidden: "" });
  put(shown, { hidden: null });
  if (hadFocus) shown.focus({ preventScroll: true });
}
