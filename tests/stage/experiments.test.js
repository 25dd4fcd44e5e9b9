// The experiments of the lessons, played through the stage's own acts: tests/stage/test_model.py runs this.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { played } from "../../npair_viz/stage/js/model/descent.js";
import { begun, historyOf, redone, shown, undone } from "../../npair_viz/stage/js/model/history.js";
import { narrate } from "../../npair_viz/stage/js/model/narration.js";
import { fixed } from "../../npair_viz/stage/js/model/numbers.js";
import { readingOf } from "../../npair_viz/stage/js/model/reading.js";
import { causeOf, moved, stateFrom } from "../../npair_viz/stage/js/model/state.js";
import { valueOf } from "../support/value_of.js";

const { experiments, tolerance, scenes } = JSON.parse(readFileSync(process.env.FIXTURES, "utf-8"));
const said = (name, state) => (typeof state[name] === "number" ? fixed(state[name], 2) : String(state[name]));

function settled(state, { scene, n_classes, normalize, ...changes }) {
  const name = n_classes ? `${scene ?? state.scene} of ${n_classes}` : scene;
  const start = name ? { ...scenes[name], tao: state.tao } : state;
  const surface = normalize === undefined ? {} : { normalize, surface: normalize ? "sphere" : "plane" };
  return wholeState({ ...start, ...surface, ...changes });
}

// The loss takes rows of any width; only the stage's own states have two or three numbers a row.
function wholeState(given) {
  return given.points[0].length > 3 ? given : stateFrom(given);
}

function placed(state, name, to) {
  const n = state.points.length / 2;
  const index = state.labels.indexOf(Number(name.slice(1))) + (name[0] === "p" ? n : 0);
  const angle = (to * Math.PI) / 180;
  return moved(state, index, Array.isArray(to) ? to : [Math.cos(angle), Math.sin(angle)]);
}

function acted(history, [kind, value], start) {
  if (kind === "undo") return undone(history);
  if (kind === "redo") return redone(history);
  const present = history.present;
  const after = {
    set: () => settled(present, value),
    move: () => placed(present, ...value),
    play: () => played(present, value),
    reset: () => start,
  }[kind]();
  return shown(begun(history), after);
}

function read(history, of) {
  const [state, origin] = [history.present, history.origin];
  if (of[0] !== "sentence") return valueOf(state, of);
  const act = origin && causeOf(origin, state, said);
  return narrate(readingOf(state), origin && readingOf(origin), act);
}

// How well all rows of a scene's data are retrieved is no number of the stage, which holds pairs alone.
const isOnStage = ({ read: [name] }) => name !== "recall at";

for (const { id, title, start, steps } of experiments) {
  test(`${id}: ${title}`, () => {
    const first = settled(stateFrom({ ...scenes["line-up"] }), start);
    let history = historyOf(first);
    for (const { say, acts, expect: all } of steps) {
      const expect = all.filter(isOnStage);
      const before = expect.map(({ read: of, stays }) => (stays ? read(history, of) : null));
      for (const act of acts.flatMap(Object.entries)) history = acted(history, act, first);
      expect.forEach((wanted, k) => {
        const value = read(history, wanted.read);
        const goal = wanted.stays ? before[k] : wanted.is;
        const what = `${say} ${wanted.read}: ${value} is not ${goal ?? wanted.starts ?? wanted.has}`;
        if (wanted.starts !== undefined) assert.ok(value.startsWith(wanted.starts), what);
        else if (wanted.has !== undefined) assert.ok(value.includes(wanted.has), what);
        else if (typeof goal === "number") assert.ok(Math.abs(value - goal) <= (wanted.within ?? tolerance), what);
        else assert.equal(value, goal, what);
      });
    }
  });
}
