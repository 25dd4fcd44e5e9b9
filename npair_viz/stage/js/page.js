// The stage as a page of its own: no kernel, no network; its state is in the address.

import { Stage } from "./stage.js";

/** Show `given` in `root`, or what the address holds. */
export function openPage(root, given, options) {
  const stage = new Stage(root, given, {
    ...options,
    onChange: (state, isSettled) => isSettled && history.replaceState(null, "", toHash(state)),
  });
  root.stage = stage;
  const follow = () => {
    const state = fromHash(location.hash);
    if (state !== null) stage.take(state);
  };
  addEventListener("hashchange", follow);
  follow();
  return stage;
}

/** A state as the part of an address behind #. */
export function toHash(state) {
  return `#${encodeURIComponent(JSON.stringify(state))}`;
}

/** The state that an address holds, or null. */
export function fromHash(hash) {
  try {
    return JSON.parse(decodeURIComponent(hash.slice(1)));
  } catch {
    return null;
  }
}
