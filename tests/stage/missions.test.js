// Missions judged on a state against Python's word on it, which FIXTURES holds: tests/stage/test_model.py runs this.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { moved } from "../../npair_viz/stage/js/model/acts.js";
import { hintFor, isReached, mayMove } from "../../npair_viz/stage/js/model/missions.js";
import { stateFrom } from "../../npair_viz/stage/js/model/state.js";

const { verdicts } = JSON.parse(readFileSync(process.env.FIXTURES, "utf-8"));
const missionOf = (name) => verdicts.find((one) => one.name.startsWith(name));

test("every verdict and every hint is Python's", () => {
  for (const { name, mission, start, state, reached, hint } of verdicts) {
    assert.equal(isReached(mission, stateFrom(state), stateFrom(start)), reached, name);
    assert.equal(hintFor(mission, stateFrom(state), stateFrom(start)), hint, name);
  }
});

test("of one move a second point may not be moved, and the first may go on", () => {
  const { mission, start } = missionOf("one move");
  const after = moved(stateFrom(start), 2, [1, 0]);
  assert.deepEqual([mayMove(mission, after, start, 2), mayMove(mission, after, start, 3)], [true, false]);
});

test("without a mission all may be moved", () => {
  const { start } = missionOf("one move");
  assert.equal(mayMove(null, stateFrom(start), start, 0), true);
});
