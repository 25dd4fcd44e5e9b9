// An arrow that a person draws from the chosen point: a guess at the forces' sum, which stays hidden meanwhile.

import { element, headPath, pixelsOf, put } from "./board.js";
import { SIZE, degrees, wayToBoard } from "./geometry.js";
import { norm } from "./loss.js";

const TIP_STEPS = { ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, 0.1], ArrowDown: [0, -0.1] };
const FIRST = 6; // the first key press draws so many steps at once: an arrow that can be seen
const SHORTEST = 0.05; // a click is no arrow
const ARC = 46; // pixels: the angle's radius

/** The elements of a drawing, to be laid over the board's. */
export function makeDrawing() {
  const parts = {
    arrow: element("path", { class: "drawn" }),
    arc: element("path", { class: "between" }),
    ...Object.fromEntries(["words", "yours", "true", "angle"].map((name) => [name, element("text", { class: "said", "text-anchor": "middle" })])),
    tip: element("circle", { class: "tip", r: 11, tabindex: 0, role: "slider", "aria-valuemin": 0, "aria-valuemax": 360 }),
  };
  return { ...parts, all: element("g", { class: "drawing" }, ...Object.values(parts)) };
}

/** Whether a hand draws now, or has drawn: no point can be moved or chosen then. */
export function isDrawn(stage) {
  return stage.drawing.mode !== "off";
}

/** Show the drawing of a stage: while it is open the arrow alone, once done the angle to the true one, too. */
export function drawDrawing(stage) {
  const { board, drawing, places, reading, state, view } = stage;
  const { parts, mode, way } = drawing;
  if (mode === "off") return parts.all.remove();
  if (parts.all.parentNode !== board.svg) board.svg.append(parts.all);
  const [start, isOpen, isThere] = [places[state.selected], mode === "open", way.length === 2];
  const [across, down] = isThere ? wayToBoard(way, view) : [0, 0];
  const tip = { x: start.x + across, y: start.y + down };
  put(parts.arrow, { "data-drawn": isThere ? way.join() : null, d: isThere ? shaft(start, across, down) : "" });
  const turn = Math.round(isThere ? degrees(way) : 0);
  put(parts.tip, {
    ...{ cx: tip.x, cy: tip.y, visibility: isOpen ? "visible" : "hidden", tabindex: isOpen ? 0 : -1 },
    "aria-label": "your arrow: the arrow keys move its tip",
    "aria-valuenow": turn,
    "aria-valuetext": isThere ? `${turn} degrees, length ${norm(way).toFixed(1)}` : "nothing drawn yet",
  });
  say(parts.words, isOpen && !isThere ? "press here and draw" : "", start.x, start.y - 28);
  const side = state.selected < reading.n ? reading.onAnchors : reading.onPositives;
  const net = side.net[state.selected % reading.n];
  drawAngle(parts, isOpen || !isThere ? null : { start, yours: [across, down], truth: wayToBoard(net, view) });
  return undefined;
}

function drawAngle(parts, shown) {
  put(parts.arc, { d: "" });
  for (const name of ["yours", "true", "angle"]) say(parts[name], "");
  if (!shown) return;
  const { start, yours, truth } = shown;
  const [from, to] = [yours, truth].map(([x, y]) => Math.atan2(y, x));
  const gap = Math.atan2(Math.sin(to - from), Math.cos(to - from));
  const at = (angle, radius) => [start.x + radius * Math.cos(angle), start.y + radius * Math.sin(angle)];
  put(parts.arc, { d: `M${at(from, ARC)}A${ARC} ${ARC} 0 0 ${gap > 0 ? 1 : 0} ${at(to, ARC)}` });
  const away = gap > 0 ? -0.16 : 0.16; // beside the arrows, on their outer sides
  say(parts.yours, "yours", ...at(from + away, 1.7 * ARC));
  say(parts.true, "true", ...at(to - away, 1.7 * ARC));
  say(parts.angle, `${Math.round((Math.abs(gap) * 180) / Math.PI)}°`, ...at(from + gap / 2, 1.3 * ARC));
}

function shaft({ x, y }, across, down) {
  return `M${x} ${y}l${across} ${down}${headPath(x + across, y + down, across, down, 16)}`;
}

function say(text, words, x = 0, y = 0) {
  text.textContent = words;
  put(text, { x, y: y + 5 });
}

/** A pointer draws, from the chosen point to where it is. */
export function drawingOf(stage, begin) {
  const follow = ({ x, y }) => {
    const start = stage.places[stage.state.selected];
    const scale = SIZE / 2 / stage.view.reach;
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

/** An arrow key moves the arrow's tip; the first one draws an arrow its way. */
export function drawByKey(stage, event) {
  const { mode, way, parts } = stage.drawing;
  const step = TIP_STEPS[event.key];
  if (mode !== "open" || event.target !== parts.tip || !step) return;
  event.preventDefault();
  const size = way.length === 0 ? FIRST : event.shiftKey ? 0.2 : 1;
  const after = step.map((x, k) => (way[k] ?? 0) + size * x);
  stage.drawing.way = norm(after) < SHORTEST ? [] : after;
  stage.schedule(true);
}
