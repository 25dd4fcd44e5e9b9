// A globe that nobody has touched turns by itself, so that it is seen to be one.

import { product } from "../model/rotation.js";
import { element } from "./elements.js";

const SPEED = 6; // degrees a second
const PACE = 1000 / 30; // milliseconds between two drawings

/** Turn the globe of a stage from now on, until a hand, a key or the button takes it, or its page is out of sight. */
export function startTurning(stage) {
  const { layout, reading, state, options } = stage;
  const isBall = reading.d === 3 && state.surface === "sphere";
  if (!isBall || stage.isStill || stage.turned || options.turns === false || stage.turning) return;
  const button = element("button", { type: "button", class: "turning" }, "stop turning");
  const turning = { button, last: performance.now(), frame: 0 };
  stage.turning = turning;
  layout.board.append(button);
  button.addEventListener("click", () => stopTurning(stage));
  const advance = (now) => {
    turning.frame = requestAnimationFrame(advance);
    const passed = now - turning.last;
    if (passed < PACE) return;
    turning.last = now;
    if (isInSight(layout.board)) turn(stage, Math.min(passed, 100));
  };
  turning.frame = requestAnimationFrame(advance);
}

/** End it for good. */
export function stopTurning(stage) {
  stage.turned = true;
  if (!stage.turning) return;
  cancelAnimationFrame(stage.turning.frame);
  stage.turning.button.remove();
  stage.turning = null;
}

// About the vertical of the window.
function turn(stage, passed) {
  const half = (SPEED * passed * Math.PI) / 180 / 1000 / 2;
  stage.view = { ...stage.view, turn: product([Math.cos(half), 0, Math.sin(half), 0], stage.view.turn) };
  stage.draw();
}

function isInSight(board) {
  const { top, bottom } = board.getBoundingClientRect();
  return bottom > 0 && top < innerHeight;
}
