// The stage as a page of its own: no kernel, no network; its state is in the address, which may also be a link's word.

import { Stage } from "./stage.js";
import { stateFrom } from "./state.js";

/** Show `given` in `root`, or what the address holds: a state, or a word of `links`. */
export function openPage(root, given, options, links = {}) {
  let linked = null; // the word that led here, and the state that it stands for
  const stage = new Stage(root, given, {
    ...options,
    onChange: (state, isSettled) => {
      if (!isSettled) return;
      const text = JSON.stringify(state);
      history.replaceState(null, "", text === linked?.text ? linked.hash : `#${encodeURIComponent(text)}`);
    },
  });
  root.stage = stage;
  const follow = () => {
    const held = read(location.hash);
    if (held === null) return;
    if (typeof held !== "string") return stage.attempt(() => stage.take(stateFrom(held)));
    const link = links[held.trim().toLowerCase().replaceAll(" ", "-")];
    if (!link?.state) return stage.say(link?.trouble ?? unknown(held, Object.keys(links)));
    stage.restart(stateFrom(link.state), link);
    linked = { hash: location.hash, text: JSON.stringify(stage.state) };
  };
  addEventListener("hashchange", follow);
  follow();
  return stage;
}

// What stands behind the # of an address: a state, a word, or null for nothing.
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
