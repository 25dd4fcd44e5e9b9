// The forces on the chosen point as arrows.

import { BOARD, LANE } from "../model/constants.js";
import { chosenPoint, pointName } from "../model/state.js";
import { put } from "./elements.js";
import { sizeOf } from "./marks.js";
import { toBoard, wayToBoard } from "./viewport.js";

export const FORCES = ["pull", "push", "shrink", "sum"];
const EDGE = 19; // pixels from the middle of a mark to where its arrows begin
const LANES = { pull: LANE, push: -LANE, shrink: 0, sum: 0 }; // on the circle all arrows lie on one tangent

/** Draw the forces on the chosen point, 1 / (n·tao) times as long as they are, or what the board has room for. */
export function drawArrows(board, state, reading, view) {
  const { n, tao } = reading;
  const index = chosenPoint(state);
  const forces = reading.forcesOn(index);
  const row = reading.rows[index];
  const start = toBoard(row, view);
  const edge = EDGE * sizeOf(n);
  const ways = FORCES.map((force) => Array.from(forces[force === "sum" ? "net" : force], (x) => n * tao * x));
  const room = view.plane.axes
    ? roomFor(
        start,
        ways.map((way) => wayToBoard(way, view)),
      )
    : 1;
  FORCES.forEach((force, k) => {
    const way = ways[k];
    const [across, down] = wayToBoard(way, view).map((x) => room * x);
    const lane = state.surface === "sphere" && row.length === 2 ? 1 + LANES[force] : 1;
    const x = BOARD / 2 + lane * (start.x - BOARD / 2);
    const y = BOARD / 2 + lane * (start.y - BOARD / 2);
    const length = Math.hypot(across, down);
    const isSeen = length > 2; // pixels
    const [left, top] = isSeen ? [x + (edge * across) / length, y + (edge * down) / length] : [x, y];
    put(board.arrows[k], {
      "data-arrow": `${pointName(state, index)}:${force}`,
      "data-dx": way[0],
      "data-dy": way[1] ?? null,
      "data-dz": way.length === 3 ? way[2] : null,
      d: isSeen ? `M${left} ${top}l${across} ${down}` : "",
    });
    put(board.heads[k], { d: isSeen ? headPath(left + across, top + down, across, down) : "" });
  });
  put(board.casing, { d: [...board.arrows, ...board.heads].map((one) => one.getAttribute("d")).join("") });
  return room;
}

// The part of all arrows that ends on the board; in a shadow a force can be longer than the board is wide.
function roomFor({ x, y }, ways) {
  const parts = ways.flatMap(([across, down]) => [partOf(x, across), partOf(y, down)]);
  return Math.min(1, ...parts);
}

function partOf(from, way) {
  const least = 8;
  const room = way > 0 ? BOARD - least - from : from - least;
  return way === 0 ? 1 : Math.max(0, room / Math.abs(way));
}

/** Draw no arrow. */
export function hideArrows(board) {
  for (const head of board.heads) put(head, { d: "" });
  const nothing = { d: "", "data-arrow": null, "data-dx": null, "data-dy": null, "data-dz": null };
  for (const arrow of board.arrows) put(arrow, nothing);
  put(board.casing, { d: "" });
  return 1;
}

/** An arrow's head with its tip at (x, y). */
export function headPath(x, y, across, down, most = 10) {
  const length = Math.hypot(across, down);
  const [ux, uy] = [across / length, down / length];
  const size = Math.min(most, length / 2);
  const wing = (turn) => `${x - size * (ux + turn * 0.5 * uy)} ${y - size * (uy - turn * 0.5 * ux)}`;
  return `M${wing(1)}L${x} ${y}L${wing(-1)}`;
}
