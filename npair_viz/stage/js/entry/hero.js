// The stage of the front page: it shows by itself what can be done with it, until a person takes it.

import { beginRun, TRAIL } from "../input/run.js";
import { demonstrationOf, momentAt } from "../model/demonstration.js";
import { rowsOf } from "../model/reading.js";
import { stateFrom } from "../model/state.js";
import { drawHand, makeHand } from "../view/hand.js";
import { Stage } from "./stage.js";

const LONGEST_PAUSE = 0.1; // seconds: a longer time between two frames, as of a hidden page, counts as this

/** Open the stage; for users who prefer reduced motion it stays still. */
export function openHero(root, { state, options }) {
  root.stage = new Stage(root, stateFrom(state), options);
  if (!root.stage.isStill) demonstrate(root.stage);
}

// A run that goes round while the stage is in sight. It is no act: there is nothing to undo. Like any run it ends with
// the first act of a hand, a key or a button, and with Pause.
function demonstrate(stage) {
  const round = demonstrationOf(stage.state);
  const hand = makeHand();
  const ended = new AbortController();
  let [seconds, last] = [0, null];
  const advance = (now) => {
    seconds += last === null ? 0 : Math.min((now - last) / 1000, LONGEST_PAUSE);
    last = now;
    showMoment(stage, momentAt(round, seconds), round.index, hand);
    run.frame = requestAnimationFrame(advance);
  };
  const eye = new IntersectionObserver((seen) => {
    cancelAnimationFrame(run.frame);
    [run.frame, last] = [null, null];
    if (seen.at(-1).isIntersecting) run.frame = requestAnimationFrame(advance);
  });
  const leave = () => {
    eye.disconnect();
    ended.abort();
    hand.remove();
    stage.held = null;
  };
  const run = { frame: null, leave };
  const { board } = stage.layout;
  board.addEventListener("pointerdown", () => stage.pause(), { capture: true, signal: ended.signal }); // also beside the points
  stage.board.svg.append(hand);
  beginRun(stage, run);
  eye.observe(board);
}

function showMoment(stage, { name, part, state }, index, hand) {
  const before = stage.state;
  if (state !== before) {
    stage.held = name === "drag" ? index : null;
    stage.trails = name === "descend" ? [...stage.trails, rowsOf(before)].slice(-TRAIL) : [];
    stage.store.replace(state);
    stage.draw();
  }
  drawHand(hand, name, part, stage.places[index]);
}
