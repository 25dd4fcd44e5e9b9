// The stage's numbers and words against those of torch, which FIXTURES holds: tests/stage/test_model.py runs this.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { changed } from "../../npair_viz/stage/js/model/acts.js";
import { played, rate } from "../../npair_viz/stage/js/model/descent.js";
import { narrate } from "../../npair_viz/stage/js/model/narration.js";
import { readingOf } from "../../npair_viz/stage/js/model/reading.js";
import { stateFrom } from "../../npair_viz/stage/js/model/state.js";

const RIGHT = [1, 0];
const GOOD = { points: [RIGHT, [0, 1]], labels: [3, 3] };
const fixtures = JSON.parse(readFileSync(process.env.FIXTURES, "utf-8"));

function near(ours, theirs, within, what) {
  assert.ok(Math.abs(ours - theirs) <= within, `${what}: ${ours} is not ${theirs}`);
}

function allNear(ours, theirs, within, what) {
  const wanted = theirs.flat(3);
  const found = ours.flatMap((row) => Array.from(row));
  assert.equal(found.length, wanted.length, what);
  for (const [k, x] of found.entries()) near(x, wanted[k], within, what);
}

for (const { name, state, expected } of fixtures.readings) {
  test(`numbers and words of ${name}`, () => {
    const reading = readingOf(stateFrom(state));
    near(reading.loss, expected.loss, 1e-6 * Math.max(expected.loss, 1e-12), "loss");
    const size = Math.max(1, ...expected.onAnchors.flat().map(Math.abs), ...expected.onPositives.flat().map(Math.abs));
    allNear(reading.onAnchors.net, expected.onAnchors, 1e-10 * size, "force on anchors");
    allNear(reading.onPositives.net, expected.onPositives, 1e-10 * size, "force on positives");
    allNear(reading.pushShares, expected.pushShares, 1e-9, "shares of the push");
    assert.equal(narrate(reading), expected.sentence);
  });
}

for (const { name, before, after, act, sentence } of fixtures.acts) {
  test(`words after ${name}`, () => {
    const [former, reading] = [before, after].map((state) => readingOf(stateFrom(state)));
    assert.equal(narrate(reading, former, act), sentence);
  });
}

for (const { name, state, steps, points, lr } of fixtures.descents) {
  test(`descent from ${name}`, () => {
    const start = stateFrom(state);
    near(rate(start), lr, 1e-12, "rate");
    allNear(played(start, steps).points, points, 1e-9, "points");
  });
}

test("a state that an older version kept gets today's defaults", () => {
  const state = stateFrom(GOOD);
  assert.equal(state.tao, 0.5);
  assert.equal(state.surface, "sphere");
});

test("a state of a later version is refused in words", () => {
  assert.throws(() => stateFrom({ ...GOOD, version: 99 }), /update npair_viz/);
});

test("nonsense in a state is refused in words", () => {
  assert.throws(() => stateFrom({ ...GOOD, tao: 0 }), /tao must be from 0.01 to 100/);
  assert.throws(() => stateFrom({ ...GOOD, points: [RIGHT, [0, NaN]] }), /points must be rows of 2 finite numbers/);
  assert.throws(() => stateFrom({ ...GOOD, labels: [3] }), /labels must be 2 classes/);
});

test("what is normalized by its trait is on the sphere, and what is not is free, as in changes.py", () => {
  const raw = stateFrom({ ...GOOD, surface: "plane", normalize: false });
  assert.equal(changed(raw, { normalize: true }).surface, "sphere");
  assert.equal(changed(stateFrom(GOOD), { normalize: false }).surface, "plane");
});

test("freed lengths get a penalty that holds them", () => {
  const state = stateFrom(GOOD);
  assert.deepEqual(
    [changed(state, { surface: "plane" }).l2_reg, changed(state, { surface: "plane" }).normalize],
    [0.02, false],
  );
});
