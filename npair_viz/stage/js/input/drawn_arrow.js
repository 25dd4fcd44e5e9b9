// The arrow that a user draws, by pointer or keys; no point can be moved or selected meanwhile.

import { BOARD } from "../model/constants.js";
import { norm } from "../model/loss.js";
import { chosenPoint } from "../model/state.js";

export const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const TIP_STEP = 0.1;
const FIRST = 6; // steps of the first key press, so that the arrow can be seen
const SHORTEST = 0.05; // a click draws no arrow

/** Whether an arrow is or was drawn: no point can be moved or selected then. */
export function isDrawn(stage) {
  return stage.drawing.mode !== "off";
}

/** Draw from the selected point to the pointer. */
export function drawingOf(stage, begin) {
  const follow = ({ x, y }) => {
    const start = stage.places[chosenPoint(stage.state)];
    const scale = BOARD / 2 / stage.view.reach;
    stage.drawing.way = [(x - start.x) / scale, (start.y - y) / scale];
    stage.schedule();
  };
  follow(begin);
  return {
    move: follow,
    end: () => {
      if (norm(stage.drawing.way) < SHORTEST) stage.drawing.way = [];
      stage.schedule(true);
    },
  };
}

/** Move the arrow's tip by an arrow key; the first press draws an arrow in its direction. */
export function drawByKey(stage, event) {
  const { mode, way, parts } = stage.drawing;
  const step = WAYS[event.key];
  if (mode !== "open" || event.target !== parts.tip || !step) return;
  event.preventDefault();
  const size = way.length === 0 ? FIRST : event.shiftKey ? 0.2 : 1;
  const after = step.map((x, k) => (way[k] ?? 0) + TIP_STEP * size * x);
  stage.drawing.way = norm(after) < SHORTEST ? [] : after;
  stage.schedule(true);
}
