// The board: its frame, the points' former places, and what lies between marks and arrows; SVG, changed in place.

import { BOARD, SHAPES } from "../model/constants.js";
import { chosenPoint } from "../model/state.js";
import { drawArrows, FORCES, hideArrows } from "./arrows.js";
import { element, put } from "./elements.js";
import { globeWires, shadeOf } from "./globe.js";
import { makeGround } from "./ground.js";
import { colours } from "./look.js";
import { drawMark, drawWhere, makeMark, roleOf, sizeOf, withRings } from "./marks.js";
import { toBoard } from "./viewport.js";

/** The board's elements for 2n points. */
export function makeBoard(count) {
  const parts = {
    rim: element("circle", { class: "rim", cx: BOARD / 2, cy: BOARD / 2 }),
    line: element("path", { class: "rim", d: `M0 ${BOARD / 2}H${BOARD}` }),
    origin: element("path", { class: "rim", d: "M-5 0h10m-5-5v10" }),
    ground: makeGround(),
    shade: element("ellipse", { class: "shade" }),
    one: element("circle", { class: "rim one" }),
    spoke: element("path", { class: "rim spoke" }),
    wires: ["front", "rear"].map((side) => element("path", { class: `wire ${side}` })),
    ghosts: Array.from({ length: count }, () => element("path", { class: "ghost" })),
    best: Array.from({ length: count / 2 }, () => element("circle", { class: "best", r: 8 })),
    images: Array.from({ length: count }, () => element("circle", { class: "image", r: 5 })),
    casing: element("path", { class: "casing" }), // forces are read on any ground
    arrows: FORCES.map((force) => element("path", { class: `arrow ${force}` })),
    heads: FORCES.map((force) => element("path", { class: `arrow head ${force}` })), // a dashed line's head has no dashes
    marks: Array.from({ length: count }, makeMark),
    where: element("text", { class: "where", "text-anchor": "middle", "aria-hidden": true }),
  };
  const { edges, borders, owners } = parts.ground;
  const frame = [
    parts.shade,
    ...edges,
    borders,
    ...owners,
    parts.rim,
    parts.line,
    parts.origin,
    parts.one,
    ...parts.wires,
  ];
  const layers = [...frame, ...parts.best, ...parts.ghosts, ...parts.images, parts.spoke, parts.casing];
  const svg = element("svg", { viewBox: `0 0 ${BOARD} ${BOARD}`, role: "group", "aria-label": "the points" });
  svg.append(...layers, ...parts.arrows, ...parts.heads, ...parts.marks, parts.where);
  return { svg, ...parts };
}

/**
 * Show a reading, its forces on the chosen point unless hidden, the points' former places, and where `held` is: returns
 * the places of the points, and the part of the arrows' length that there was room for.
 */
export function drawBoard(board, state, reading, view, { before, best, hidesForces, held }) {
  const places = withRings(reading.rows.map((row) => toBoard(row, view)));
  drawFrame(board, state, reading, view);
  drawSpoke(board, state, places);
  const seen = colours(reading);
  for (const [index, place] of places.entries()) drawMark(board.marks[index], state, reading, place, index, seen);
  drawGhosts(board, before, reading, view);
  drawImages(board, state, reading, view);
  for (const [i, dot] of board.best.entries()) {
    put(dot, { visibility: best ? "visible" : "hidden" });
    if (!best) continue;
    const { x, y, depth } = toBoard(best[i], view);
    put(dot, { class: depth < 0 ? "best rear" : "best", cx: x, cy: y });
  }
  const room = hidesForces ? hideArrows(board) : drawArrows(board, state, reading, view);
  drawWhere(board, state, reading, places, held);
  return { places, room };
}

// The circle or globe, the line of one dimension, and the origin.
function drawFrame({ rim, line, origin, one, wires, shade }, { surface }, { d }, view) {
  const isRound = surface === "sphere" && (d === 2 || d === 3);
  put(rim, { r: BOARD / 2 / view.reach, visibility: isRound ? "visible" : "hidden" });
  put(line, { visibility: d === 1 ? "visible" : "hidden" });
  const { x, y } = toBoard(new Array(view.plane.axes?.[0].length ?? d).fill(0), view);
  put(origin, { transform: `translate(${x} ${y})`, visibility: isOnBoard(x) && isOnBoard(y) ? "visible" : "hidden" });
  const isPlane = surface !== "sphere" && d === 2;
  put(one, { cx: x, cy: y, r: BOARD / 2 / view.reach, visibility: isPlane ? "visible" : "hidden" });
  const isGlobe = isRound && d === 3;
  const [front, rear] = isGlobe ? globeWires(view) : ["", ""];
  put(shade, { ...shadeOf(view), visibility: isGlobe ? "visible" : "hidden" });
  put(wires[0], { d: front });
  put(wires[1], { d: rear });
}

function isOnBoard(at) {
  return at >= 0 && at <= BOARD;
}

// In the plane a radius leads to the chosen point, whose length it is.
function drawSpoke({ spoke, origin }, state, places) {
  const { x, y } = places[chosenPoint(state)];
  const isSeen = state.surface !== "sphere" && state.points[0].length === 2;
  put(spoke, {
    d: isSeen ? `M0 0L${x - BOARD / 2} ${y - BOARD / 2}` : "",
    transform: origin.getAttribute("transform"),
  });
}

function drawGhosts(board, before, reading, view) {
  for (const [index, ghost] of board.ghosts.entries()) {
    const row = before?.rows.length === reading.rows.length ? before.rows[index] : null;
    const hasMoved = row?.some((x, k) => Math.abs(x - reading.rows[index][k]) > 1e-3);
    put(ghost, { visibility: hasMoved ? "visible" : "hidden" });
    if (!hasMoved) continue;
    const { x, y } = toBoard(row, view);
    put(ghost, { d: SHAPES[roleOf(index, reading)], transform: `translate(${x} ${y}) scale(${sizeOf(reading.n)})` });
  }
}

// In the plane a normalizing loss uses the points projected to the circle, shown as hollow dots.
function drawImages(board, state, reading, view) {
  const images = [...reading.seen.anchors, ...reading.seen.positives];
  const isSeen = state.surface !== "sphere" && state.normalize;
  for (const [index, dot] of board.images.entries()) {
    put(dot, { visibility: isSeen ? "visible" : "hidden" });
    if (!isSeen) continue;
    const { x, y } = toBoard(images[index], view);
    put(dot, { cx: x, cy: y });
  }
}
