// A run that is watched, read from the parts that explorers/watch/parts.py makes. A moment is a place on the axis of steps.

import { timelineOf } from "./timeline.js";

const NOWHERE = -32768; // a coordinate that is not finite

/** A reader of parts by name; a part that is the same object as at the last call is not read again. */
export function recordingReader() {
  let known = new Map();
  return (parts) => {
    const kept = new Map();
    const read = (name, make) => {
      const raw = parts[name];
      const one = known.get(name)?.raw === raw ? known.get(name) : { raw, value: make(raw) };
      kept.set(name, one);
      return one.value;
    };
    const recording = readRecording(parts, read);
    known = kept; // what is gone is forgotten
    return recording;
  };
}

function readRecording(parts, read) {
  const names = (parts.chunks ?? []).map((number) => `rows ${number}`);
  const chunks = names.filter((name) => parts[name]).map((name) => read(name, columnsFrom));
  const columns = columnsOfAll(chunks);
  const timeline = timelineOf(columns.step ?? []);
  const isThere = (raws) => raws.every(Boolean);
  const named = (parts.pictures ?? []).map((number) => {
    const name = `picture ${number}`;
    return [name, `labels ${parts[name]?.labels}`];
  });
  const pictures = named
    .filter((names) => isThere(names.map((name) => parts[name])))
    .map(([picture, labels]) => ({ ...read(picture, pictureFrom), ...read(labels, labelsFrom) }));
  return {
    name: parts.name ?? "",
    leftOut: parts.left_out ?? 0,
    count: timeline.at.length,
    columns,
    timeline,
    pictures: withFrames(timeline.placed(pictures)),
    alerts: timeline.placedLast(parts.alerts ?? []),
  };
}

// Numbers of a message, among them words for what is not finite; null where there is none.
function columnsFrom(raw) {
  const number = (x) => (x === null ? null : Number(x));
  return Object.fromEntries(Object.entries(raw).map(([name, values]) => [name, values.map(number)]));
}

function columnsOfAll(chunks) {
  const names = [...new Set(chunks.flatMap(Object.keys))];
  const empty = (chunk) => Array(chunk.step?.length ?? 0).fill(null);
  return Object.fromEntries(names.map((name) => [name, chunks.flatMap((chunk) => chunk[name] ?? empty(chunk))]));
}

function pictureFrom({ step, places, scale, held, same }) {
  const bytes = Uint8Array.from(atob(places), (letter) => letter.charCodeAt(0));
  const numbers = new Int16Array(bytes.buffer);
  const rows = numbers.length / 2;
  const coordinate = (k) => (i) => (numbers[2 * i + k] === NOWHERE ? NaN : numbers[2 * i + k] * scale);
  const [x, y] = [0, 1].map((k) => Float64Array.from({ length: rows }, (_, i) => coordinate(k)(i)));
  let longest = 0;
  for (let i = 0; i < rows; i++) longest = Math.max(longest, Math.hypot(x[i], y[i]) || 0);
  return { step: Number(step), x, y, longest, held: Number(held), isSame: same };
}

function labelsFrom({ classes, sides }) {
  return { classes, sides: sides === null ? classes.map(() => 0) : [...sides].map(Number), hasSides: sides !== null };
}

const FRAME_SIZES = 4; // sizes of the frame to each doubling
const UNIT = [0.25, 1.001]; // of the longest row: between these the frame is that of unit rows in every picture

// With `reach`, half the width of a frame: it only grows in the course of a run, so that a collapse is seen as one.
function withFrames(pictures) {
  const longest = Math.max(0, ...pictures.map((one) => one.longest));
  const isUnit = UNIT[0] < longest && longest < UNIT[1];
  let reach = 0;
  return pictures.map((one) => {
    reach = Math.max(reach, isUnit ? 1 : 2 ** (Math.ceil(FRAME_SIZES * Math.log2(one.longest || 1)) / FRAME_SIZES));
    return { ...one, reach };
  });
}

/** The picture that stands at a moment: the last one before it, and how far it is on the way to the next. */
export function pictureAt(pictures, moment) {
  if (!pictures.length) return null;
  const index = Math.max(
    0,
    pictures.findLastIndex(({ at }) => at <= moment),
  );
  const [picture, next] = [pictures[index], pictures[index + 1] ?? null];
  const part = next === null ? 0 : Math.min(Math.max((moment - picture.at) / (next.at - picture.at || 1), 0), 1);
  return { index, picture, next, part };
}

/** Whether two pictures show the same rows, so that one can move to the other. */
export function isMotionBetween(one, other) {
  return Boolean(one && other?.isSame && one.isSame && one.x.length === other.x.length);
}

/** Places of rows on their way from one picture to another. */
export function rowsBetween(from, to, part) {
  const mixed = (name) => from[name].map((x, i) => x + part * (to[name][i] - x));
  return { x: mixed("x"), y: mixed("y"), reach: from.reach + part * (to.reach - from.reach) };
}

/** The most common classes of a picture, at most so many, the most common first. */
export function commonClasses({ classes }, most) {
  const counts = new Map();
  for (const one of classes) counts.set(one, (counts.get(one) ?? 0) + 1);
  return [...counts]
    .sort(([a, m], [b, n]) => n - m || a - b)
    .slice(0, most)
    .map(([one]) => one);
}
