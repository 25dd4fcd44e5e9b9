// The state and history of a stage, which all its views draw. With a kernel Python has them too: the page acts first
// and tells; what Python puts replaces all that the page did on what Python had left behind, as store.py says.

import { acted, goneOn, historyOf, redone, restarted, settled, undone } from "./history.js";
import { actFor, historyFrom, knownWith } from "./wire.js";

const PAUSE = 100; // milliseconds between two messages to Python while something moves

export class Store {
  /** `send(message, tables)` brings a message to Python; a page without a kernel has none. */
  constructor(state, send = null) {
    Object.assign(this, { history: historyOf(state), start: state, send, views: new Set() });
    Object.assign(this, { acts: 0, isFresh: true, waiting: [], told: state, timer: null, last: 0 });
    Object.assign(this, { client: `page ${Math.random()}`, seq: 0, heard: 0 }); // the last message, and the last that Python answered
    Object.assign(this, { epoch: -1, owner: "", saw: 0, known: new Map() });
  }

  get state() {
    return this.history.present;
  }

  /** Draw a view after every change, with `view.follow(isSettled)`; `view.letGo()` ends what a hand does there. */
  watch(view) {
    this.views.add(view);
    return () => this.views.delete(view);
  }

  /** Begin an act; the views but `view` end theirs. */
  begin(view = null) {
    for (const other of this.views) if (other !== view) other.letGo();
    this.settleQuietly();
    Object.assign(this, { isFresh: true, acts: this.acts + 1 });
  }

  /** Go on with the last act, as an arrow key does that is held: an end of which Python does not know was none. */
  resume() {
    this.isFresh = false;
    if (this.waiting.at(-1)?.kind === "end") this.waiting.pop();
  }

  /** Show a state within the act. */
  show(after) {
    const { past } = this.history;
    const kind = this.isFresh ? "act" : "on";
    this.history = (this.isFresh ? acted : goneOn)(this.history, after);
    if (this.history.past !== past) this.isFresh = false;
    this.queue(kind, after);
    this.emit(false);
  }

  /** Look at the same state in another way, which is no act. */
  look(changes) {
    const after = { ...this.state, ...changes };
    this.history = { ...this.history, present: after };
    this.queue("on", after);
    if (this.isFresh) this.queue("end", null); // other pages hear of what has ended
    this.emit(false);
  }

  /** End the act. */
  settle() {
    this.settleQuietly();
    this.emit(true);
  }

  undo() {
    this.travel("undo", undone);
  }

  redo() {
    this.travel("redo", redone);
  }

  /** Go back to the first state, as an act. */
  reset() {
    this.travel("reset", (history) => restarted(history, this.start));
  }

  /** A state from elsewhere, such as a slider of the notebook or an address, as one act. */
  take(after) {
    this.begin();
    this.show(after);
    this.settle();
  }

  /** Another start, with nothing to undo. */
  restart(state) {
    Object.assign(this, { history: historyOf(state), start: state, isFresh: true });
    this.emit(true);
  }

  /** Show another state with nothing to undo; a reset leads to the start that there was. */
  replace(state) {
    Object.assign(this, { history: historyOf(state), isFresh: true });
    this.emit(false);
  }

  /** Take what Python has put, unless this page has done it or seen it. */
  takePut(put) {
    this.known = knownWith(put, this.known);
    if (put.epoch < this.epoch) return;
    if (put.client === this.client) {
      this.epoch = put.epoch;
      return;
    }
    if (put.epoch === this.epoch && put.client === this.owner && put.seq <= this.saw) return;
    const found = historyFrom(put, this.known);
    if (found === null) {
      this.send?.({ kind: "hello", client: this.client, lacks: true }, []);
      return;
    }
    for (const view of this.views) view.letGo();
    clearTimeout(this.timer);
    Object.assign(this, { epoch: put.epoch, owner: put.client, saw: put.seq, waiting: [], timer: null, isFresh: true });
    Object.assign(this, found);
    this.told = this.state;
    this.emit(true, true);
  }

  /** Ask Python for what only Python can do. */
  ask(changes) {
    this.flush();
    this.send?.({ kind: "ask", client: this.client, changes }, []);
  }

  /** Tell Python what is waiting. */
  flush() {
    clearTimeout(this.timer);
    this.timer = null;
    if (!this.waiting.length) return;
    const tables = [];
    const acts = this.waiting.map(({ kind, after }) => {
      const act = actFor(kind, this.told, after, tables);
      this.told = after ?? this.told;
      return act;
    });
    this.told = this.state;
    this.waiting = [];
    this.last = performance.now();
    const { client, epoch, saw } = this;
    this.send({ kind: "acts", client, epoch, saw, seq: ++this.seq, acts }, tables);
  }

  travel(kind, step) {
    for (const view of this.views) view.letGo();
    this.settleQuietly();
    this.history = step(this.history);
    this.isFresh = true;
    this.queue(kind, null);
    this.flush();
    this.emit(true);
  }

  settleQuietly() {
    if (this.isFresh) return;
    this.history = settled(this.history);
    this.isFresh = true;
    this.queue("end", null);
  }

  // What has not been sent yet and only goes on is sent as one.
  queue(kind, after) {
    if (this.send === null) return;
    const before = this.waiting.at(-1);
    if (kind === "on" && before?.after) before.after = after;
    else this.waiting.push({ kind, after });
    const wait = Math.max(0, PAUSE - (performance.now() - this.last));
    this.timer ??= setTimeout(() => this.flush(), wait);
  }

  emit(isSettled, isPut = false) {
    for (const view of this.views) view.follow(isSettled, isPut);
  }
}
