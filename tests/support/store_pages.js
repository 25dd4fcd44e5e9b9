// Stores of pages that a test drives line by line: a command comes in as JSON, what the page sends to Python goes out.

import { createInterface } from "node:readline";

const MODEL = process.argv[2];
const { Store } = await import(`${MODEL}/store.js`);
const { historyFrom, knownWith } = await import(`${MODEL}/wire.js`);

let now = 0;
const timers = new Map();
globalThis.performance = { now: () => now };
globalThis.setTimeout = (act) => {
  timers.set(timers.size + 1 + Math.random(), act);
  return [...timers.keys()].at(-1);
};
globalThis.clearTimeout = (key) => timers.delete(key);

const bytesOf = (text) => new DataView(Uint8Array.from(Buffer.from(text, "base64")).buffer);
const withBytes = (table) => (table.points ? { ...table, points: bytesOf(table.points) } : table);
const putOf = ({ bases, tables, ...put }) => ({
  ...put,
  bases: bases.map(withBytes),
  tables: tables.map(withBytes),
});
const shown = ({ base, points, ...state }) => ({ ...state, points: points.map((row) => Array.from(row)) });

const pages = new Map();
const sent = [];
const acts = {
  open: (name, { put }) => {
    const given = putOf(put);
    const send = (message, tables) =>
      sent.push([name, message, tables.map((table) => Buffer.from(table).toString("base64"))]);
    const store = new Store(historyFrom(given, knownWith(given, new Map())).history.present, send);
    store.client = name;
    store.takePut(given);
    pages.set(name, store);
  },
  put: (name, { put }) => pages.get(name).takePut(putOf(put)),
  begin: (name) => pages.get(name).begin(),
  show: (name, { changes, row }) => {
    const store = pages.get(name);
    const points = row ? store.state.points.map((one, k) => (k === row[0] ? row[1] : one)) : store.state.points;
    store.show({ ...store.state, ...changes, points });
  },
  look: (name, { changes }) => pages.get(name).look(changes),
  settle: (name) => pages.get(name).settle(),
  undo: (name) => pages.get(name).undo(),
  redo: (name) => pages.get(name).redo(),
  reset: (name) => pages.get(name).reset(),
  wait: () => {
    now += 1000;
    const due = [...timers.values()];
    timers.clear();
    for (const act of due) act();
  },
  tell: () => {},
};

for await (const line of createInterface({ input: process.stdin })) {
  const { kind, page, ...more } = JSON.parse(line);
  acts[kind](page, more);
  const { past, present, future, origin } = pages.get(page)?.history ?? {};
  const history =
    kind === "tell"
      ? { past: past.map(shown), present: shown(present), future: future.map(shown), origin: origin && shown(origin) }
      : null;
  console.log(JSON.stringify({ sent: sent.splice(0), history }));
}
