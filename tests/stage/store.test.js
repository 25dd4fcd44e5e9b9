// When a page tells Python what a hand does: tests/stage/test_model.py runs this.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mock, test } from "node:test";

import { changed } from "../../npair_viz/stage/js/model/acts.js";
import { stateFrom } from "../../npair_viz/stage/js/model/state.js";
import { Store } from "../../npair_viz/stage/js/model/store.js";

const { scenes } = JSON.parse(readFileSync(process.env.FIXTURES, "utf-8"));
const start = stateFrom(scenes["line-up"], scenes);

// What a store sends while an arrow key is held for a second: an act that thirty key presses go on with.
function sentByHeldKey() {
  let now = 1000;
  mock.timers.enable({ apis: ["setTimeout"] });
  mock.method(performance, "now", () => now);
  const sent = [];
  const store = new Store(start, (message) => sent.push({ ...message, at: now }));
  for (let k = 0; k < 30; k++) {
    if (k === 0) store.begin();
    else store.resume();
    store.show(changed(store.state, { tao: 0.1 + k / 100 }));
    store.settle();
    for (let ms = 0; ms < 33; ms++) {
      now += 1;
      mock.timers.tick(1);
    }
  }
  now += 100;
  mock.timers.tick(100);
  mock.timers.reset();
  mock.restoreAll();
  return { sent, store };
}

test("a held key is told at most ten times a second, and whole", () => {
  const { sent, store } = sentByHeldKey();
  assert.ok(sent.length <= 11, `${sent.length} messages`);
  for (const [k, { at }] of sent.slice(1).entries()) assert.ok(at - sent[k].at >= 100);
  assert.equal(sent.at(-1).acts.at(-1).kind, "end");
  assert.equal(store.told.tao, store.state.tao);
  assert.equal(store.history.past.length, 1);
});

test("of a held key's presses only the last one is an end in each message", () => {
  for (const { acts } of sentByHeldKey().sent)
    assert.deepEqual(
      acts.map(({ kind }) => kind).filter((kind, k) => kind === "end" && k < acts.length - 1),
      [],
    );
});
