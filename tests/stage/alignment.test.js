// The best shape finds the points it belongs to, in the plane and in space: tests/stage/test_model.py runs this.

import assert from "node:assert/strict";
import { test } from "node:test";

import { aligned, bestShape, turnTo } from "../../npair_viz/stage/js/model/alignment.js";
import { dot, unit } from "../../npair_viz/stage/js/model/loss.js";
import { rotated } from "../../npair_viz/stage/js/model/rotation.js";
import { bestPairs, ring, simplex } from "../../npair_viz/stage/js/model/theory.js";

const TURN = unit([0.3, -0.5, 0.7, 0.2]);
const best = (n) => bestPairs(n, 0.5, 0, "mc", 3, false).slice(0, n);
// Some places of a sphere, no two alike.
const place = (i) => unit([Math.sin(3 * i + 1), Math.cos(5 * i), Math.sin(7 * i + 2)]);
const places = (n) => Array.from({ length: n }, (_, i) => place(i));
const fit = (rows, anchors) => rows.reduce((sum, row, i) => sum + dot(row, anchors[i]), 0);
const shuffled = (rows) => rows.map((_, i) => rows[(3 * i + 2) % rows.length]);

function isNear(rows, others) {
  for (const [i, row] of rows.entries()) {
    const gap = Math.max(...row.map((x, k) => Math.abs(x - others[i][k])));
    assert.ok(gap < 1e-6, `row ${i}: ${row}, ${others[i]}`);
  }
}

for (const n of [2, 4, 5, 7, 8, 10, 16]) {
  test(`a turned copy of ${n} points in another order comes back onto the points`, () => {
    for (const shape of [best(n), places(n)]) {
      const anchors = shuffled(shape).map((row) => rotated(row, TURN));
      isNear(aligned(shape, anchors), anchors);
    }
  });
}

test("in the plane a turned copy comes back, too", () => {
  const [cos, sin] = [Math.cos(1), Math.sin(1)];
  const anchors = shuffled(ring(7)).map(([x, y]) => [cos * x - sin * y, sin * x + cos * y]);
  isNear(aligned(ring(7), anchors), anchors);
});

test("on the line the groups take the anchors on their side, the larger group where more anchors are", () => {
  const shape = bestPairs(5, 0.5, 0, "mc", 1, false).slice(0, 5);
  assert.deepEqual(aligned(shape, [[1], [-0.9], [0.8], [0.3], [-1]]).flat(), [1, -1, 1, 1, -1]);
  assert.deepEqual(aligned(shape, [[-1], [0.9], [-0.8], [-0.3], [1]]).flat(), [-1, 1, -1, -1, 1]);
});

test("beyond three dimensions no best shape is drawn, and none is searched for", () => {
  const anchors = Array.from({ length: 40 }, (_, i) => Array.from({ length: 8 }, (_, k) => Math.sin(i * 7 + k)));
  const setting = { n: 40, tao: 0.1, l2_reg: 0.1, objective: "mc", d: 8, anchors };
  for (const held of [true, false]) assert.equal(bestShape({ ...setting, held }), null);
});

test("a shape is turned and never bent", () => {
  const [shape, anchors] = [simplex(4, 3), places(4)];
  const rows = aligned(shape, anchors);
  for (const row of rows) {
    for (const other of rows) assert.ok(Math.abs(dot(row, other) - (row === other ? 1 : -1 / 3)) < 1e-9);
  }
});

test("no small turn of the shape brings it nearer", () => {
  const [shape, anchors] = [best(8), places(8)];
  const rows = aligned(shape, anchors);
  for (const axis of simplex(4, 3).slice(1)) {
    for (const angle of [-0.01, 0.01]) {
      const turned = rows.map((row) => rotated(row, unit([1, ...axis.map((x) => angle * x)])));
      assert.ok(fit(turned, anchors) <= fit(rows, anchors) + 1e-9);
    }
  }
});

test("no swap of two points brings it nearer", () => {
  const anchors = places(8);
  const rows = aligned(best(8), anchors);
  for (let i = 0; i < 8; i++) {
    for (let j = 0; j < i; j++) {
      const other = rows.map((_, k) => rows[k === i ? j : k === j ? i : k]);
      assert.ok(fit(other, anchors) <= fit(rows, anchors) + 1e-6);
    }
  }
});

test("points that are all in one place have a shape, too", () => {
  for (const n of [2, 4, 8]) {
    const anchors = Array.from({ length: n }, () => [0, 1, 0]);
    const rows = aligned(best(n), anchors);
    assert.ok(rows.flat().every(Number.isFinite));
  }
});

test("opposite points are turned by half a circle", () => {
  const { turn, fit: found } = turnTo([[1, 0, 0]], [[-1, 0, 0]]);
  assert.ok(Math.abs(found - 1) < 1e-9);
  isNear([rotated([1, 0, 0], turn)], [[-1, 0, 0]]);
});

for (const n of [5, 8]) {
  test(`${n} points take the processor less than two milliseconds`, () => {
    const [shape, anchors] = [best(n), places(n)];
    for (let k = 0; k < 100; k++) aligned(shape, anchors);
    const begin = process.cpuUsage();
    for (let k = 0; k < 100; k++) aligned(shape, anchors);
    const { user, system } = process.cpuUsage(begin); // microseconds
    assert.ok((user + system) / 1e5 < 2, `${(user + system) / 1e5} ms`);
  });
}
