// Motion to what an act puts at once: marks and the loss go there from where they were; what is under a hand never lags.

import { BOARD, MOVE } from "../model/constants.js";
import { fixed } from "../model/numbers.js";
import { putWords } from "./elements.js";
import { placeMark } from "./marks.js";

const NOTICED = 2; // pixels: less is no motion

/** Where the marks are and what the loss says now, for `glide`. */
export function shownNow({ places, reading, glided }) {
  return { places: glided?.places ?? places, loss: glided?.loss ?? reading?.loss };
}

/** Move the marks and the loss from where they were to where the stage has drawn them; a drawing ends it. */
export function glide(stage, former) {
  stopGliding(stage);
  const { places, board, panels, reading, state } = stage;
  if (stage.isStill || former.places?.length !== places.length || !isMotion(former.places, places)) return;
  const isRound = state.surface === "sphere" && reading.d === 2;
  const way = isRound ? alongCircle : straight;
  const glided = { places: former.places, loss: former.loss, frame: 0 };
  stage.glided = glided;
  const begun = performance.now();
  const advance = (now) => {
    const part = eased(Math.min(Math.max((now - begun) / MOVE, 0), 1));
    glided.places = places.map((place, k) => way(former.places[k], place, part));
    glided.loss = former.loss + part * (reading.loss - former.loss);
    for (const [k, mark] of board.marks.entries()) placeMark(mark, glided.places[k], reading.n);
    putWords(panels.value, fixed(glided.loss, 3));
    if (part < 1) glided.frame = requestAnimationFrame(advance);
    else stopGliding(stage);
  };
  stage.root.classList.add("gliding");
  advance(begun);
}

/** End a motion where it is. */
export function stopGliding(stage) {
  if (!stage.glided) return;
  cancelAnimationFrame(stage.glided.frame);
  stage.glided = null;
  stage.root.classList.remove("gliding");
}

function isMotion(former, places) {
  return places.some(({ x, y }, k) => Math.hypot(x - former[k].x, y - former[k].y) > NOTICED);
}

/** A motion that starts and ends slowly. */
export function eased(part) {
  return part < 0.5 ? 4 * part ** 3 : 1 - 4 * (1 - part) ** 3;
}

function straight(from, to, part) {
  return { x: from.x + part * (to.x - from.x), y: from.y + part * (to.y - from.y) };
}

// The shorter way round the middle of the board.
function alongCircle(from, to, part) {
  const [one, other] = [from, to].map(({ x, y }) => [
    Math.hypot(x - BOARD / 2, y - BOARD / 2),
    Math.atan2(y - BOARD / 2, x - BOARD / 2),
  ]);
  const turn = Math.atan2(Math.sin(other[1] - one[1]), Math.cos(other[1] - one[1]));
  const [radius, angle] = [one[0] + part * (other[0] - one[0]), one[1] + part * turn];
  return { x: BOARD / 2 + radius * Math.cos(angle), y: BOARD / 2 + radius * Math.sin(angle) };
}
