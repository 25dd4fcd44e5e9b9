// The rules of undo and redo: tests/stage/test_model.py runs this.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { changed, moved } from "../../npair_viz/stage/js/model/acts.js";
import {
  acted,
  goneOn,
  historyOf,
  redone,
  restarted,
  settled,
  undone,
} from "../../npair_viz/stage/js/model/history.js";
import { stateFrom } from "../../npair_viz/stage/js/model/state.js";

const { scenes } = JSON.parse(readFileSync(process.env.FIXTURES, "utf-8"));
const opened = (name) => stateFrom(scenes[name], scenes);
const start = opened("line-up");
const at = (tao, more = {}) => changed(start, { tao, ...more });
const LOOKED_AT = { drawer: "shares", view: "principal axes", landscape: true };
const taos = ({ past, present, future }) => [past, [present], future].map((all) => all.map(({ tao }) => tao));

// After acts that led to these states, one after the other.
const after = (...states) => states.reduce(acted, historyOf(start));

test("an act keeps what was before it, and forgets what was taken back", () => {
  assert.deepEqual(taos(after(at(0.1), at(0.2))), [[0.5, 0.1], [0.2], []]);
  const back = undone(undone(after(at(0.1), at(0.2))));
  assert.deepEqual(taos(back), [[], [0.5], [0.2, 0.1]]);
  assert.deepEqual(taos(redone(back)), [[0.5], [0.1], [0.2]]);
  assert.deepEqual(taos(acted(redone(back), at(0.3))), [[0.5, 0.1], [0.3], []]);
});

test("an act is compared with where it began, unless the points have nothing in common", () => {
  assert.equal(after(at(0.1)).origin, start);
  for (const other of [opened("twin"), at(0.5, { seed: 3 }), at(0.5, { policy: "hardest" })]) {
    assert.equal(after(other).origin, null);
    assert.equal(after(other).past.length, 1);
  }
});

test("to look at something else is no act, takes nothing from redo, and no undo changes it", () => {
  const back = undone(after(at(0.1), at(0.2)));
  const looked = acted(back, { ...back.present, ...LOOKED_AT });
  assert.deepEqual(taos(looked), [[0.5], [0.1], [0.2]]);
  const { drawer, view, landscape } = LOOKED_AT;
  for (const step of [undone, redone, (history) => restarted(history, start)]) {
    const { present } = step(looked);
    assert.deepEqual([present.drawer, present.view, present.landscape], [drawer, view, landscape]);
  }
});

test("an act goes on without an entry of its own, and forgets what was taken back", () => {
  const back = undone(after(at(0.1), at(0.2)));
  const on = goneOn(back, at(0.15));
  assert.deepEqual(taos(on), [[0.5], [0.15], []]);
  assert.deepEqual(taos(goneOn(back, { ...back.present, ...LOOKED_AT })), [[0.5], [0.1], [0.2]]);
});

test("an act that came back to where it began is none", () => {
  const there = moved(start, 4, [0, 1]);
  const copy = { ...start, points: start.points.map((row) => [...row]), ...LOOKED_AT };
  const history = settled(goneOn(acted(historyOf(start), there), copy));
  assert.deepEqual([history.past.length, history.origin, history.present.drawer], [0, null, "shares"]);
  assert.equal(settled(acted(historyOf(start), there)).past.length, 1);
});

test("undo and redo compare with nothing, and stop at their ends", () => {
  const one = after(at(0.1));
  assert.deepEqual([undone(one).origin, redone(undone(one)).origin], [null, null]);
  assert.deepEqual(taos(undone(undone(one))), [[], [0.5], [0.1]]);
  assert.deepEqual(taos(redone(one)), [[0.5], [0.1], []]);
});

test("to go back to the start is an act", () => {
  const back = restarted(after(at(0.1), at(0.2)), start);
  assert.deepEqual([taos(back), back.origin], [[[0.5, 0.1, 0.2], [0.5], []], null]);
  assert.deepEqual(taos(restarted(historyOf(start), start)), [[], [0.5], []]);
});

test("typed rows of the same numbers are the same points", () => {
  const typed = { ...start, points: start.points.map((row) => Float64Array.from(row)) };
  assert.equal(acted(historyOf(start), typed).past.length, 0);
});
