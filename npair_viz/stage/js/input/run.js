// Play, pause and step: a run of descent, eased at its start, which never catches up with more than a frame can show.

import { played } from "../model/descent.js";
import { shown } from "../model/history.js";
import { readingOf, rowsOf } from "../model/reading.js";
import { put } from "../view/elements.js";

const SPEEDS = { slow: 6, steady: 30, fast: 240 }; // steps a second
const EASE = 1.5; // seconds in which a run comes up to its speed
const LONGEST_FRAME = 0.1; // seconds: a page that slept catches up with no more
const TRAIL = 60; // frames that a trail lasts
const STILL = 1e-7; // a step that moves no point by more than this is the end of a run
const OUT_OF_SIGHT = 1e4; // a coordinate beyond this is the end of a run, too
const AT_ONCE = 60; // steps of a run where motion is not wanted

/** Begin a run, one entry of the history; where motion is not wanted, show its end at once. */
export function startRun(stage) {
  if (stage.run !== null) return;
  stage.begin();
  stage.losses = [stage.reading.loss];
  if (stage.isStill) return jump(stage, AT_ONCE);
  stage.run = { last: null, age: 0, owed: 0, frame: requestAnimationFrame((now) => advance(stage, now)) };
  showRun(stage);
}

/** End the run, if there is one, where it is. */
export function endRun(stage) {
  if (stage.run === null) return;
  cancelAnimationFrame(stage.run.frame);
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

/** Some steps at once; they belong to the act that has begun. */
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

// How many steps are due since the last frame; what is left of one is owed to the next.
function stepsDue(run, now, speed) {
  const passed = run.last === null ? 1 / 60 : Math.min((now - run.last) / 1000, LONGEST_FRAME);
  run.last = now;
  run.age += passed;
  run.owed += passed * speed * Math.min(1, 0.1 + run.age / EASE);
  const steps = Math.floor(run.owed);
  run.owed -= steps;
  return steps;
}

// Show some steps; false where the run has come to its end.
function descend(stage, steps) {
  const before = rowsOf(stage.state);
  const after = played(stage.state, steps);
  if (after.points.some((row) => row.some((x) => !(Math.abs(x) < OUT_OF_SIGHT)))) return false;
  stage.trails = [...stage.trails, before].slice(-TRAIL);
  stage.history = shown(stage.history, after);
  stage.draw();
  stage.losses.push(stage.reading.loss);
  const gap = Math.max(...after.points.flatMap((row, i) => row.map((x, k) => Math.abs(x - before[i][k]))));
  return gap >= STILL * steps;
}

function showRun(stage) {
  const { play, pause } = stage.layout.actions;
  const isRunning = stage.run !== null;
  put(play, { hidden: isRunning ? "" : null });
  put(pause, { hidden: isRunning ? null : "" });
  (isRunning ? pause : play).focus?.({ preventScroll: true });
}
