// Numbers that decide what a hand and an eye meet, a little below each and a little above; the stage's script comes in
// FIXTURES, in one scope as a page has it: tests/stage/test_model.py runs this.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const { script } = JSON.parse(readFileSync(process.env.FIXTURES, "utf-8"));
const names =
  "stateFrom, startRun, stepOnce, grabbed, stepped, viewOf, drawGhosts, drawArrows, drawingOf, drawByKey, pressed, topOf, inTime, fixed, phaseOf";
const stageOf = new Function(`${script}; return { ${names} };`)();
const {
  stateFrom,
  grabbed,
  stepped,
  viewOf,
  drawGhosts,
  drawArrows,
  drawingOf,
  drawByKey,
  pressed,
  topOf,
  inTime,
  fixed,
  phaseOf,
} = stageOf;

// The view of rows of two or three numbers.
const viewed = (rows, surface) => {
  const norms = rows.map((row) => Math.hypot(...row));
  return viewOf({ d: rows[0].length, rows, norms }, { surface, view: "anchor plane" });
};
const near = (ours, theirs, within = 1e-9) => assert.ok(Math.abs(ours - theirs) <= within, `${ours} is not ${theirs}`);

// An element that keeps its attributes.
function mark() {
  const kept = {};
  return {
    kept,
    getAttribute: (name) => kept[name] ?? null,
    setAttribute: (name, value) => (kept[name] = String(value)),
    removeAttribute: (name) => delete kept[name],
  };
}

// --- a run

const LINE_UP = {
  points: [90, 20, 200, 300, 140, 60, 215, 285].map((a) => [
    Math.cos((a * Math.PI) / 180),
    Math.sin((a * Math.PI) / 180),
  ]),
  labels: [3, 8, 0, 1, 3, 8, 0, 1],
};

const FREE = { ...LINE_UP, surface: "plane", normalize: false, l2_reg: 0 }; // grows for ever

// A stage that runs, and its next frame at a time in milliseconds: how many steps it took, or null where the run ended.
function running(given, speed = "steady", isStill = false) {
  const frames = [];
  globalThis.requestAnimationFrame = (frame) => frames.push(frame);
  globalThis.cancelAnimationFrame = () => frames.splice(0);
  globalThis.document ??= { activeElement: null };
  const state = stateFrom(given);
  const stage = {
    ...{ run: null, isStill, losses: [], trails: [], history: { past: [], present: state, future: [], origin: null } },
    get state() {
      return stage.history.present;
    },
    reading: { loss: 0 },
    layout: { controls: { speed: { value: speed } }, actions: { play: mark(), pause: mark() } },
    ...{ begin() {}, settle() {}, draw() {}, show: (after) => (stage.history = { ...stage.history, present: after }) },
  };
  stageOf.startRun(stage);
  const frame = (now) => {
    const before = stage.state.steps;
    frames.shift()(now);
    return stage.run === null ? null : stage.state.steps - before;
  };
  return { stage, frame };
}

for (const [speed, a_second] of [
  ["slow", 6],
  ["steady", 30],
  ["fast", 240],
]) {
  test(`a ${speed} run comes up to ${a_second} steps a second in about one and a half`, () => {
    const { stage, frame } = running(FREE, speed);
    for (let k = 1; k <= 60; k++) frame((1000 * k) / 60);
    assert.equal(stage.state.steps, Math.floor(a_second * (0.1 + 61 / 120 / 1.5) + 1e-9)); // from a tenth of its speed on
    for (let k = 61; k <= 90; k++) frame((1000 * k) / 60);
    const before = stage.state.steps;
    for (let k = 91; k <= 90 + 14400 / a_second; k++) frame((1000 * k) / 60);
    near(stage.state.steps - before, 240, 1);
  });
}

test("a page that slept catches up with no more than a tenth of a second", () => {
  const { stage, frame } = running(FREE, "fast");
  for (let k = 1; k <= 90; k++) frame((1000 * k) / 60);
  const before = stage.state.steps;
  for (let second = 3; second < 13; second++) frame(1000 * second);
  near(stage.state.steps - before, 240, 1);
});

test("a trail is as long as the last 60 frames that moved", () => {
  const { stage, frame } = running(FREE, "fast");
  for (let k = 1; k <= 70; k++) frame((1000 * k) / 60);
  assert.equal(stage.trails.length, 60);
});

// One pair whose spring moves it by a tenth of its place a step.
const spring = (x) => ({
  points: [
    [x, 0],
    [0, 0],
  ],
  labels: [3, 3],
  surface: "plane",
  normalize: false,
  tao: 0.5,
  l2_reg: 1,
});

// How many of the first 30 frames a run lasts.
function lasted(given) {
  const { frame } = running(given, "fast");
  for (let k = 1; k <= 30; k++) if (frame((1000 * k) / 60) === null) return k;
  return 30;
}

test("a run ends where a step moves no point by a ten millionth", () => {
  assert.equal(lasted(spring(0.99e-6)), 3); // the first step is due in the third frame
  assert.ok(lasted(spring(1.01e-6)) > 3);
});

// A positive that its anchor pulls up by 0.05 a step.
const risen = (y) => ({
  points: [
    [0, 1],
    [0, 0],
    [0, y],
    [5, y],
  ],
  labels: [3, 8, 3, 8],
  surface: "plane",
  normalize: false,
  tao: 0.5,
  l2_reg: 0,
});

test("a run ends where a point would leave ten thousand", () => {
  const { stage, frame } = running(risen(9999.94), "fast");
  for (let k = 1; k <= 3; k++) frame((1000 * k) / 60);
  assert.equal(stage.state.steps, 1);
  assert.equal(lasted(risen(9999.96)), 3);
});

test("where motion is not wanted a run is its end after 60 steps", () => {
  assert.equal(running(LINE_UP, "steady", true).stage.state.steps, 60);
});

// --- a hand

test("a point is grabbed within 12 pixels by a mouse or a pen, 22 by a finger", () => {
  const at = (gap, kind) => grabbed([{ x: 100, y: 100, depth: 0 }], { x: 100 + gap, y: 100 }, kind, () => true);
  for (const [kind, reach] of [
    ["mouse", 12],
    ["pen", 12],
    ["touch", 22],
  ]) {
    assert.deepEqual([at(reach - 0.1, kind), at(reach + 0.1, kind)], [0, -1], kind);
  }
});

test("an arrow key sends a point two degrees, or a twentieth, and a tenth of that with Shift", () => {
  const view = viewed([[1, 0]], "sphere");
  for (const [isFine, size] of [
    [false, 1],
    [true, 0.1],
  ]) {
    const [x, y] = stepped([1, 0], "ArrowUp", isFine, view, "sphere");
    near((Math.atan2(y, x) * 180) / Math.PI, 2 * size);
    assert.deepEqual(stepped([1, 0], "ArrowUp", isFine, view, "plane"), [1, 0.05 * size]);
    assert.deepEqual(stepped([0, 1], "ArrowLeft", isFine, view, "plane"), [-0.05 * size, 1]);
    const [, up, depth] = stepped([0, 0, 1], "ArrowUp", isFine, view, "sphere");
    near((Math.atan2(up, depth) * 180) / Math.PI, 2 * size, 1e-3);
  }
});

test("key presses on one point within a second are one act", () => {
  for (const [pause, acts] of [
    [999, 1],
    [1001, 2],
  ]) {
    const done = [];
    const event = {
      key: "ArrowUp",
      target: { closest: () => ({ dataset: { point: "a0" } }) },
      stopPropagation() {},
      preventDefault() {},
    };
    const stage = {
      drawing: { mode: "off" },
      state: stateFrom(LINE_UP),
      reading: { rows: LINE_UP.points },
      store: { resume() {} },
      history: { origin: {} },
      mayMove: () => true,
      lock: [],
      view: null,
    };
    Object.assign(stage, { begin: () => done.push("act"), show() {}, settle() {} });
    for (const timeStamp of [0, pause]) pressed(stage, { ...event, timeStamp });
    clearTimeout(stage.rest);
    assert.equal(done.length, acts, pause);
  }
});

test("an arrow that is drawn begins at a twentieth, and its first key draws six tenths", () => {
  const tip = mark();
  const drawing = (way) => ({
    drawing: { mode: "open", way, parts: { tip } },
    places: [{ x: 0, y: 0 }],
    state: { selected: 0 },
    view: { reach: 1 },
    schedule() {},
  });
  for (const [length, isKept] of [
    [0.049, false],
    [0.051, true],
  ]) {
    const stage = drawing([]);
    drawingOf(stage, { x: (length * 448) / 2, y: 0 }).end();
    assert.equal(stage.drawing.way.length === 2, isKept, length);
  }
  const pressedTo = (way, key, shiftKey = false) => {
    const stage = drawing(way);
    drawByKey(stage, { key, shiftKey, target: tip, preventDefault() {} });
    return stage.drawing.way;
  };
  for (const [key, x, y] of [
    ["ArrowRight", 1, 0],
    ["ArrowLeft", -1, 0],
    ["ArrowUp", 0, 1],
    ["ArrowDown", 0, -1],
  ]) {
    for (const [way, shiftKey, step] of [
      [[], false, 0.6],
      [[3, 4], false, 0.1],
      [[3, 4], true, 0.02],
    ]) {
      const [across = 0, up = 0] = way;
      const [ourAcross, ourUp] = pressedTo(way, key, shiftKey);
      near(ourAcross, across + step * x);
      near(ourUp, up + step * y);
    }
  }
  assert.deepEqual(pressedTo([-0.149, 0], "ArrowRight"), []);
  assert.equal(pressedTo([-0.151, 0], "ArrowRight").length, 2);
});

// --- an eye

test("the board reaches 1.3 of the sphere, and 1.7 of the longest row of the plane", () => {
  near(viewed([[3, 0]], "sphere").reach, 1.3);
  near(viewed([[0.5, 0]], "plane").reach, 1.7);
  near(viewed([[3, 0]], "plane").reach, 5.1);
});

test("a point that moved by a thousandth leaves its ghost", () => {
  const view = viewed([[1, 0]], "plane");
  const seen = [0.99e-3, 1.01e-3].map((gap) => {
    const ghosts = [mark(), mark()];
    drawGhosts(
      { ghosts },
      {
        rows: [
          [1, 0],
          [0, 1],
        ],
      },
      {
        rows: [
          [1 + gap, 0],
          [0, 1],
        ],
        n: 1,
      },
      view,
    );
    return ghosts.map(({ kept }) => kept.visibility);
  });
  assert.deepEqual(seen, [
    ["hidden", "hidden"],
    ["visible", "hidden"],
  ]);
});

test("an arrow of more than two pixels is drawn, from its lane", () => {
  const view = viewed([[1, 0]], "sphere");
  const lengths = [1.99, 2.01].map((pixels) => (pixels * 1.3) / 224);
  const ways = lengths.map((length) => {
    const none = [0, 0];
    const reading = {
      n: 1,
      tao: 1,
      rows: [
        [1, 0],
        [1, 0],
      ],
      forcesOn: () => ({ pull: [0, length], push: [0, length], shrink: none, net: none }),
    };
    const board = { arrows: [1, 2, 3, 4].map(mark), heads: [1, 2, 3, 4].map(mark), casing: mark() };
    drawArrows(
      board,
      {
        selected: 0,
        point: "anchor",
        surface: "sphere",
        points: [
          [1, 0],
          [1, 0],
        ],
      },
      reading,
      view,
    );
    return board.arrows.slice(0, 2).map(({ kept }) => kept.d);
  });
  assert.deepEqual(ways[0], ["", ""]);
  for (const [k, lane] of [1.05, 0.95].entries())
    near(Number(/M([\d.]+) /.exec(ways[1][k])[1]), 224 + (224 / 1.3) * lane);
});

test("a curve over tao leaves the picture above three times chance", () => {
  for (const [highest, top] of [
    [2.9, 2.9],
    [3.1, 3],
  ])
    near(topOf({ loss: 0 }, { losses: [highest], chance: 1 }), 1.08 * top);
});

test("what has to be searched for has 25 milliseconds a frame", () => {
  const clock = { now: 0 };
  const real = globalThis.performance;
  for (const [each, found] of [
    [8.3, 4],
    [8.4, 3],
  ]) {
    clock.now = 0;
    Object.defineProperty(globalThis, "performance", {
      value: clock.performance ?? { now: () => clock.now },
      configurable: true,
    });
    const answers = inTime([1, 2, 3, 4, 5], () => (clock.now += each));
    Object.defineProperty(globalThis, "performance", { value: real, configurable: true });
    assert.equal(answers.filter((one) => one !== null).length, found, each);
  }
});

test("tiny numbers keep two digits down to 1e-12", () => {
  assert.deepEqual(
    [fixed(0.99e-12, 3), fixed(1.01e-12, 3), fixed(0.000499, 3), fixed(0.0005, 3)],
    ["0.000", "1.0e-12", "5.0e-4", "0.001"],
  );
});

test("up to 13 raw pairs of the plane rest on a ring that is known", () => {
  assert.deepEqual(
    [13, 14].map((n) => phaseOf(n, 1, 0.1, "mc", 2).exact),
    [true, false],
  );
});
