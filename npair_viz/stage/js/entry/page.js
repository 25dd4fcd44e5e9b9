// The stage as a page, without kernel or network. The address holds its state, or a word that names a scene or task.

import { choosesOthers, savedState, stateFrom } from "../model/state.js";
import { Stage } from "./stage.js";

const ADDRESS_PAUSE = 400; // milliseconds between two addresses: browsers throw at 100 in 10 seconds

/** Show in `root` what the address holds, a state or a word of `links`; if nothing, `given`. */
export function openPage(root, given, options, links = {}) {
  const named = { [given.scene]: given, ...options.scenes }; // a person's own data are no named scene
  const scenesFor = (state) =>
    state.scene !== given.scene || choosesOthers(state, given) ? named : { ...named, [given.scene]: given };
  const textOf = (state) => JSON.stringify(savedState(state));
  let linked = null; // the word in the address, and its state
  const address = seldom(() => {
    const text = textOf(root.stage.state);
    history.replaceState(null, "", text === linked?.text ? linked.hash : `#${encodeURIComponent(text)}`);
  }, ADDRESS_PAUSE);
  const open = (state, more) => {
    root.stage?.close();
    root.stage = new Stage(root, stateFrom(state, scenesFor(state)), { ...options, ...more });
    root.stage.store.watch({ letGo() {}, follow: (isSettled) => isSettled && address.set(true) });
  };
  const follow = () => {
    address.drop();
    const held = read(location.hash);
    if (held === null) return undefined;
    const { stage } = root;
    if (typeof held !== "string") return stage.attempt(() => stage.store.take(stateFrom(held, scenesFor(held))));
    const { state, trouble, mission = null, task = "" } = links[held.trim().toLowerCase().replaceAll(" ", "-")] ?? {};
    if (!state) return stage.say(trouble ?? unknown(held, Object.keys(links)));
    open(state, { mission, task }); // a new stage: there is nothing to undo
    linked = { hash: location.hash, text: textOf(root.stage.state) };
    return undefined;
  };
  open(given, {});
  addEventListener("hashchange", follow);
  addEventListener("pagehide", address.flush);
  follow();
}

// Write the last of several values: the first one at once, then one a pause.
function seldom(write, pause) {
  let [timer, held, last] = [undefined, null, -Infinity];
  const drop = () => {
    clearTimeout(timer);
    [timer, held] = [undefined, null];
  };
  const flush = () => {
    if (held === null) return;
    const value = held;
    drop();
    last = performance.now();
    write(value);
  };
  const set = (value) => {
    held = value;
    timer ??= setTimeout(flush, Math.max(0, last + pause - performance.now()));
  };
  return { set, flush, drop };
}

// What is behind the # of an address: a state, a word, or null for nothing.
function read(hash) {
  let text = hash.slice(1);
  try {
    text = decodeURIComponent(text);
    return text ? JSON.parse(text) : null;
  } catch {
    return text;
  }
}

function unknown(word, words) {
  return `No scene, experiment or mission is called "${word.slice(0, 40)}": choose one of ${words.join(", ")}.`;
}
