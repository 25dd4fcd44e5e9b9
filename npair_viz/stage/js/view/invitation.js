// On the first view of the line-up: a soft ring around the misplaced positive, and the words "drag me".

import { element, put } from "./elements.js";

const SCENE = "line-up";

/** Invite to the first drag, until the stage's first act; none in a mission, or where nothing may be moved. */
export function invite(stage) {
  const { board, places, state } = stage;
  const old = board.svg.querySelector(".invitation");
  if (!isInviting(stage)) return old?.remove();
  const { x, y } = places[state.points.length / 2];
  const invitation = old ?? makeInvitation();
  put(invitation, { transform: `translate(${x} ${y})` });
  if (!old) board.svg.append(invitation);
  return undefined;
}

function isInviting({ store, hide, lock, mission, state }) {
  const isFirst = store.acts === 0 && store.history.past.length === 0;
  const isUntouched = isFirst && state.scene === SCENE && state.points === state.base?.points;
  return isUntouched && !mission && !hide.includes("invitation") && !lock.includes("move");
}

function makeInvitation() {
  const words = element("text", { "text-anchor": "end", x: 22, y: 46 });
  words.textContent = "drag me";
  return element("g", { class: "invitation", "aria-hidden": true }, element("circle", { r: 24 }), words);
}
