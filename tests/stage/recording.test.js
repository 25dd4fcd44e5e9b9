// A run that is watched, as the page reads, moves and words it: tests/stage/test_recording.py runs this.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { begun, followed, newest, newSince, paused, replayed, wentTo } from "../../npair_viz/stage/js/model/moments.js";
import {
  commonClasses,
  isMotionBetween,
  pictureAt,
  recordingReader,
  rowsBetween,
} from "../../npair_viz/stage/js/model/recording.js";
import { curvesOf, drawnCurve, rulerScale } from "../../npair_viz/stage/js/model/recording_curves.js";
import {
  momentWords,
  pictureWords,
  restWords,
  shortNumber,
  toldNumber,
} from "../../npair_viz/stage/js/model/recording_words.js";
import { curveOf, evenly } from "../../npair_viz/stage/js/model/thinning.js";
import { sampleAt, stepTicks, timelineOf } from "../../npair_viz/stage/js/model/timeline.js";

const { parts, places, later } = JSON.parse(readFileSync(process.env.FIXTURES, "utf-8"));
const read = (given) => recordingReader()(given);
const rowsAt = (columns) => read({ chunks: [4], "rows 4": columns });
const SAID = { loss: [2.314], floor: [1.02], chance: [4.16], right_picks: [0.61] };
const said = (columns) => momentWords(rowsAt({ step: [1200], ...SAID, ...columns }), 0);
const near = (ours, theirs) => assert.ok(Math.abs(ours - theirs) < 1e-3, `${ours} is not ${theirs}`);
const steps = (count) => Array.from({ length: count }, (_, k) => 10 * k);
const run = (count) => rowsAt({ step: steps(count), loss: steps(count) });

test("rows, places, classes and sides arrive as Python has them", () => {
  const { count, columns, pictures, name } = read(parts);
  assert.deepEqual([count, name, pictures.length], [130, "a <b> run", 3]);
  assert.deepEqual([columns.step[129], columns.recall[1], columns.recall[0]], [1290, null, 0.5]);
  assert.ok(Number.isNaN(columns.loss[5]));
  assert.equal(columns.loss[6], Infinity);
  for (const [i, [x, y]] of places.entries()) {
    near(pictures[0].x[i], x);
    near(pictures[0].y[i], y);
  }
  assert.deepEqual([...pictures[0].classes.slice(0, 3)], [0, 1, 2]);
  assert.equal(pictures[0].hasSides, false);
});

test("a page that follows message by message has what one that opens late has", () => {
  const reader = recordingReader();
  const first = reader(parts);
  const all = { ...parts, ...later };
  const [ours, theirs] = [reader(all), read(all)].map((one) => JSON.stringify(one));
  assert.equal(ours, theirs);
  assert.equal(reader(all).pictures.length, 2);
  assert.equal(reader(all).pictures[0].x, first.pictures[0].x); // not read again
});

test("a part that has not arrived leaves a shorter recording, not a broken one", () => {
  const { "picture 1": _, ...fewer } = parts;
  const gone = Object.keys(parts).find((name) => name.startsWith("labels"));
  assert.equal(read(fewer).pictures.length, 2);
  assert.equal(read({ ...parts, [gone]: null }).pictures.length, 0);
  assert.equal(read({}).count, 0);
});

test("the sentence says where the loss stands", () => {
  assert.equal(said({}), "Step 1,200: loss 2.31, between floor 1.02 and chance 4.16; 61 % right picks.");
  assert.match(said({ loss: [4.7] }), /loss 4.70, above chance 4.16;/);
  assert.match(said({ loss: [1.021] }), /loss 1.02, at its floor;/);
  assert.match(said({ floor: [null], chance: [null] }), /^Step 1,200: loss 2.31; 61/);
  assert.match(said({ chance: ["NaN"] }), /loss 2.31, above floor 1.02;/);
  assert.match(said({ right_picks: [null], recall: [0.5] }), /; Recall@1 50 %\.$/);
});

test("a loss that is no number is said in words", () => {
  assert.match(said({ loss: ["NaN"] }), /^Step 1,200: the loss is not a number;/);
  assert.match(said({ loss: ["Infinity"] }), /^Step 1,200: the loss is infinite;/);
  assert.match(said({ loss: [null] }), /^Step 1,200: no loss;/);
  assert.equal(momentWords(read({}), -1), "Waiting for the first step.");
});

test("large and small numbers stay short", () => {
  const numbers = [12_345_678, 5678.9, 123.456, 1.234, 0.00234, 0.00001234, 0, -2345.6];
  const told = ["1.2e+7", "5,679", "123.5", "1.23", "0.0023", "1.2e-5", "0.00", "-2,346"];
  assert.deepEqual(
    numbers.map((x) => toldNumber(x)),
    told,
  );
  assert.deepEqual(
    [NaN, Infinity, -Infinity].map((x) => shortNumber(x)),
    ["NaN", "∞", "−∞"],
  );
});

test("what has no curve is said beside the others", () => {
  const numbers = { effective_negatives: [12.34], negatives: [63], negative_cosine: [-0.004], pairs: [1] };
  const rest = restWords(rowsAt({ step: [0], ...numbers }), 0);
  assert.equal(rest, "12.3 of 63 negatives count · mean cosine of negatives 0.00 · 1 pair");
  const fewer = restWords(rowsAt({ step: [0], effective_negatives: [12.34] }), 0);
  assert.equal(fewer, "12.3 negatives count");
});

test("a caption says what is seen", () => {
  const { pictures } = read(parts);
  assert.equal(pictureWords(pictures[0], 16), "16 rows of the sample, step 0, plane holds 20 %");
  const batch = { ...pictures[0], isSame: false, hasSides: true, held: NaN };
  assert.equal(pictureWords(batch, 10), "10 of 16 anchors and positives of the batch, step 0");
  const means = { ...pictures[0], classes: pictures[0].classes.map((_, k) => k) };
  assert.equal(pictureWords(means, 16), "means of 16 classes, step 0, plane holds 20 %");
  assert.equal(pictureWords(null, 0), "No picture of rows yet.");
});

test("a run that starts again goes on along the axis", () => {
  const timeline = timelineOf([0, 50, 100, 0, 50]);
  assert.deepEqual(timeline.at, [0, 50, 100, 150, 200]);
  assert.deepEqual(
    stepTicks(timeline, 4).map(({ at, step }) => [at, step]),
    [
      [0, 0],
      [50, 50],
      [100, 100],
      [150, 0],
      [200, 50],
    ],
  );
  const pictures = timeline.placed([{ step: 100 }, { step: 0 }, { step: 50 }]);
  assert.deepEqual(
    pictures.map(({ at }) => at),
    [100, 150, 200],
  );
  assert.equal(timeline.placedLast([{ step: 50 }])[0].at, 200);
});

test("steps that are missing are counted", () => {
  assert.deepEqual(timelineOf([null, NaN, 7]).at, [0, 1, 7]);
});

test("the nearest sample is found", () => {
  const timeline = timelineOf([0, 10, 20]);
  assert.deepEqual(
    [-5, 4, 6, 14, 99].map((place) => sampleAt(timeline, place)),
    [0, 0, 1, 1, 2],
  );
  assert.equal(sampleAt(timelineOf([]), 0), -1);
});

test("steps on an axis are round and no more than there is room for", () => {
  for (const count of [1, 2, 7, 333, 5000]) {
    const ticks = stepTicks(timelineOf(steps(count)), 5);
    assert.ok(ticks.length >= 1 && ticks.length <= 6, `${count}: ${ticks.length}`);
  }
});

test("of thousands of samples a pixel has their mean, and no peak is lost", () => {
  const at = steps(5000);
  const values = at.map((_, k) => (k === 3210 ? 99 : k % 2));
  const { runs, spans } = curveOf(at, values, (x) => x / 100);
  assert.deepEqual([runs.length, runs[0].length, spans.length], [1, 500, 500]);
  assert.deepEqual(runs[0][7][1], 0.5);
  assert.deepEqual(
    spans.filter(([, , greatest]) => greatest === 99),
    [[321.45, 0, 99]],
  );
});

test("few samples are drawn as they are", () => {
  const { runs, spans } = curveOf([0, 1, 2, 3], [5, 1, 9, 2], (x) => 0.4 * x);
  assert.deepEqual([runs[0].map(([, value]) => value), spans], [[5, 1, 9, 2], []]);
});

test("a number that is none is a gap, and a sample without one is not", () => {
  const { runs, gaps } = curveOf([0, 1, 2, 3, 4], [1, NaN, 2, null, 3], (x) => 10 * x);
  assert.deepEqual(
    [runs, gaps],
    [
      [
        [[0, 1]],
        [
          [20, 2],
          [40, 3],
        ],
      ],
      [[10, 10]],
    ],
  );
});

test("numbers that are none one after the other are one mark", () => {
  const { gaps } = curveOf([0, 1, 2, 3, 4, 5, 6], [1, NaN, NaN, null, NaN, 2, Infinity], (x) => 10 * x);
  assert.deepEqual(gaps, [
    [10, 40],
    [60, 60],
  ]);
});

test("things are thinned evenly with both ends", () => {
  assert.deepEqual(evenly(5, 9), [0, 1, 2, 3, 4]);
  assert.deepEqual(evenly(101, 5), [0, 25, 50, 75, 100]);
});

test("only curves with numbers are drawn, and a log axis takes no zero", () => {
  const recording = rowsAt({ step: [0, 1, 2], tao: [0.1, 0, 0.1], gap: [null, "NaN", null] });
  assert.deepEqual(
    curvesOf(recording).map(({ key }) => key),
    ["tao"],
  );
  const { path, gaps } = drawnCurve(curvesOf(recording)[0], recording, (x) => x, 40);
  assert.doesNotMatch(path, /NaN|Infinity/);
  assert.equal(gaps.length, 1);
});

test("one loss that explodes does not flatten the ruler", () => {
  const [low, high] = rulerScale({ loss: [2, 1e9], floor: [1, 1], chance: [4, 4] });
  assert.ok(low < 1 && high > 4 && high < 8, `${low} to ${high}`);
});

test("a live moment follows the run, and a held one stays and counts what is new", () => {
  const live = followed(newest(run(3)), run(4));
  assert.deepEqual([live.place, newSince(live, run(4))], [30, 0]);
  const held = followed(paused(live, run(4)), run(16));
  assert.deepEqual([held.place, newSince(held, run(16))], [30, 12]);
  const back = wentTo(held, run(16), 10);
  assert.deepEqual([back.mode, back.place, newSince(back, run(16))], ["held", 10, 12]);
  assert.equal(wentTo(back, run(16), 150).mode, "live");
});

test("a held moment stays where it is though samples are thinned", () => {
  const held = wentTo(newest(run(5)), run(5), 20);
  const thinner = rowsAt({ step: [0, 20, 40], loss: [0, 1, 2] });
  assert.equal(sampleAt(thinner.timeline, followed(held, thinner).place), 1);
});

test("a replay begins at the start if it is at the end, and ends with the newest moment", () => {
  const played = begun(newest(run(5)), run(5));
  assert.deepEqual([played.mode, played.place], ["played", 0]);
  const midst = replayed(played, run(5), 1500);
  near(midst.place, 20);
  assert.equal(begun(paused(midst, run(5)), run(5)).place, midst.place);
  assert.equal(replayed(midst, run(5), 1e6).mode, "live");
});

test("a picture stands until the next, and only the same rows move", () => {
  const { pictures } = read(parts);
  const { index, part, next } = pictureAt(pictures, (pictures[0].at + pictures[1].at) / 2);
  assert.deepEqual([index, part, next === pictures[1]], [0, 0.5, true]);
  assert.equal(pictureAt(pictures, 1e9).next, null);
  assert.equal(pictureAt([], 0), null);
  assert.ok(isMotionBetween(pictures[0], pictures[1]));
  assert.ok(!isMotionBetween(pictures[0], { ...pictures[1], isSame: false }));
  const between = rowsBetween(pictures[0], pictures[1], 0.25);
  near(between.x[3], 0.75 * pictures[0].x[3] + 0.25 * pictures[1].x[3]);
});

test("the frame grows with the rows and does not shrink, so that a collapse is seen", () => {
  const framesOf = (lengths) => {
    const scale = (one) => one / 32000;
    const picture = (step, length) => ({
      step,
      labels: 9,
      places: "AH0AAA==",
      scale: scale(length),
      held: 1,
      same: true,
    });
    const named = lengths.map((length, k) => [`picture ${k}`, picture(k, length)]);
    const labels = { "labels 9": { classes: [0], sides: null }, pictures: lengths.map((_, k) => k) };
    return read({ ...Object.fromEntries(named), ...labels }).pictures.map(({ reach }) => reach);
  };
  assert.deepEqual(framesOf([0.5, 1, 0.9]), [1, 1, 1]); // unit rows
  const [first, second, third] = framesOf([3, 100, 0.1]);
  assert.ok(3 <= first && first < 3.6 && 100 <= second && second < 120 && third === second);
});

test("the most common classes come first, the same ones in each picture of the same rows", () => {
  assert.deepEqual(commonClasses({ classes: [7, 3, 3, 9, 9, 1] }, 3), [3, 9, 1]);
});
