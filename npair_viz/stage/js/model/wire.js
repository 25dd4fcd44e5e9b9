// Histories and acts between the page and Python: settings as JSON, points as tables of doubles. The same as wire.py.

import { DEFAULTS, SETTINGS } from "./constants.js";

const DOUBLE = 8; // bytes

/** Bases and tables of a put beside those that are known already, by their keys; a put leaves out what pages have. */
export function knownWith(put, known) {
  const whole = [...put.bases, ...put.tables].filter(({ key, points }) => points && !known.has(key));
  return new Map([...known, ...whole.map((one) => [one.key, one])]);
}

/** What Python has put: { history, start, known }, points read as rows; null where one of its parts is not known. */
export function historyFrom(put, known) {
  if (![...put.bases, ...put.tables].every(({ key }) => known.has(key))) return null;
  const read = new Map();
  const readAt = ({ key }, base) => {
    if (!read.has(key)) {
      const one = known.get(key);
      read.set(key, Array.isArray(one.points) ? one : { ...one, points: rowsFrom(one.points, base) });
    }
    return read.get(key);
  };
  const bases = put.bases.map((one) => readAt(one, known.get(one.key)));
  const states = put.states.map(({ base: k, points, ...settings }) => {
    const base = bases[k];
    const rows = points === null ? base.points : readAt(put.tables[points], base).points;
    return { ...DEFAULTS, ...settings, points: rows, labels: base.labels, base };
  });
  const [past, future] = [put.past, put.future].map((numbers) => numbers.map((k) => states[k]));
  const origin = put.origin === null ? null : states[put.origin];
  return { history: { past, present: states[put.present], future, origin }, start: states[put.start], known: read };
}

/** A base as the page's states share it: its points are rows of numbers. */
export function baseFrom(base) {
  return { ...base, points: rowsFrom(base.points, base) };
}

/** An act for Python, and its tables: `former` is the state that Python has then, `after` where the act leads. */
export function actFor(kind, former, after, tables) {
  if (after === null) return { kind };
  const settings = Object.fromEntries(SETTINGS.map((name) => [name, after[name]]));
  return { kind, settings, points: pointsFor(former, after, tables) };
}

function pointsFor(former, after, tables) {
  if (after.points === former.points) return "same";
  if (after.points === after.base?.points) return "base";
  const others = after.points.map((row, k) => (isSameRow(row, former.points[k]) ? -1 : k)).filter((k) => k >= 0);
  if (others.length === 0 && after.points.length === former.points.length) return "same";
  if (others.length === 1 && !after.base.isSpan) return { row: others[0], place: Array.from(after.points[others[0]]) };
  tables.push(Float64Array.from(after.points.flatMap((row) => Array.from(row))).buffer);
  return { buffer: tables.length - 1 };
}

function isSameRow(one, other) {
  return other !== undefined && one.length === other.length && one.every((x, k) => x === other[k]);
}

// Rows from bytes, or from base64 where a page holds them; rows of few numbers are plain arrays, as in saved states.
function rowsFrom(table, { width, isSpan }) {
  if (Array.isArray(table)) return table;
  const flat = doublesOf(table);
  const rows = Array.from({ length: flat.length / width }, (_, k) => flat.subarray(k * width, (k + 1) * width));
  return isSpan ? rows : rows.map((row) => Array.from(row));
}

function doublesOf(table) {
  if (typeof table === "string") {
    const bytes = Uint8Array.from(atob(table), (letter) => letter.charCodeAt(0));
    return new Float64Array(bytes.buffer);
  }
  const { buffer, byteOffset, byteLength } = ArrayBuffer.isView(table) ? table : new DataView(table);
  return new Float64Array(buffer.slice(byteOffset, byteOffset + byteLength), 0, byteLength / DOUBLE);
}
