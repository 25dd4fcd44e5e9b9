// The experiments of the lessons, played through the stage's own acts: tests/stage/test_model.py runs this.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { causeOf, changed, moved } from "../../npair_viz/stage/js/model/acts.js";
import { played } from "../../npair_viz/stage/js/model/descent.js";
import { acted, historyOf, redone, restarted, undone } from "../../npair_viz/stage/js/model/history.js";
import { narrate } from "../../npair_viz/stage/js/model/narration.js";
import { readingOf } from "../../npair_viz/stage/js/model/reading.js";
import { stateFrom } from "../../npair_viz/stage/js/model/state.js";
import { valueNamed } from "../support/value_of.js";

const { experiments, tolerance, scenes } = JSON.parse(readFileSync(process.env.FIXTURES, "utf-8"));

function set(state, { scene, n_classes, normalize, ...changes }) {
  const name = n_classes ? `${scene ?? state.scene} of ${n_classes}` : scene;
  const start = name ? stateFrom({ ...scenes[name], tao: state.tao }, scenes) : state;
  const surface = normalize === undefined ? {} : { normalize, surface: normalize ? "sphere" : "plane" };
  return changed(start, { ...surface, ...changes });
}

function placed(state, name, to) {
  const n = state.points.length / 2;
  const index = state.labels.indexOf(Number(name.slice(1))) + (name[0] === "p" ? n : 0);
  const angle = (to * Math.PI) / 180;
  return moved(state, index, Array.isArray(to) ? to : [Math.cos(angle), Math.sin(angle)]);
}

function after(history, [kind, value], start) {
  const { present } = history;
  return {
    undo: () => undone(history),
    redo: () => redone(history),
    reset: () => restarted(history, start),
    set: () => acted(history, set(present, value)),
    move: () => acted(history, placed(present, ...value)),
    play: () => acted(history, played(present, value)),
  }[kind]();
}

function read({ present, origin }, of) {
  if (of[0] !== "sentence") return valueNamed(present, of);
  const reading = readingOf(present);
  return narrate(reading, origin && readingOf(origin), origin && causeOf(origin, present, reading.names));
}

// How well all rows of a scene's data are retrieved is no number of the stage, which holds pairs alone.
const isOnStage = ({ read: [name] }) => name !== "recall at";

for (const { id, title, start, steps } of experiments) {
  test(`${id}: ${title}`, () => {
    const first = set(stateFrom(scenes["line-up"], scenes), start);
    let history = historyOf(first);
    for (const { say, acts, expect: all } of steps) {
      const expect = all.filter(isOnStage);
      const before = expect.map(({ read: of, stays }) => (stays ? read(history, of) : null));
      for (const act of acts.flatMap(Object.entries)) history = after(history, act, first);
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
