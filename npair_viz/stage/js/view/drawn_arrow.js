// The arrow that a user draws from the selected point: a guess at the sum of the forces, which is hidden meanwhile.

import { norm } from "../model/loss.js";
import { degrees } from "../model/rotation.js";
import { chosenPoint } from "../model/state.js";
import { headPath } from "./arrows.js";
import { element, put, putWords } from "./elements.js";
import { wayToBoard } from "./viewport.js";

const ARC = 46; // pixels: the angle's radius

/** The elements of a drawing, which lie over the board's. */
export function makeDrawing() {
  const text = () => element("text", { class: "said", "text-anchor": "middle" });
  const slider = { role: "slider", "aria-valuemin": 0, "aria-valuemax": 360 };
  const parts = {
    arrow: element("path", { class: "drawn" }),
    arc: element("path", { class: "between" }),
    ...{ words: text(), yours: text(), true: text(), angle: text() },
    tip: element("circle", { class: "tip", r: 11, tabindex: 0, ...slider }),
  };
  return { ...parts, all: element("g", { class: "drawing" }, ...Object.values(parts)) };
}

/** Show the drawing of a stage: the arrow, and once it is done the angle to the true one. */
export function drawDrawing(stage) {
  const { board, drawing, places, reading, state, view } = stage;
  const { parts, mode, way } = drawing;
  if (mode === "off") return parts.all.remove();
  if (parts.all.parentNode !== board.svg) board.svg.append(parts.all);
  const [start, isOpen, isThere] = [places[chosenPoint(state)], mode === "open", way.length === 2];
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
  const { net } = reading.forcesOn(chosenPoint(state));
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
  putWords(text, words);
  put(text, { x, y: y + 5 });
}
