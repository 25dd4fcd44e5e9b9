// The whole picture of a stage at its present state: from state to reading to everything that is drawn.

import { causeOf, toldAct } from "../model/acts.js";
import { bestShape } from "../model/alignment.js";
import { rate } from "../model/descent.js";
import { hasLandscape, landscapeOf } from "../model/landscape.js";
import { lineUpOf } from "../model/missions.js";
import { narrate } from "../model/narration.js";
import { badge, planeOf } from "../model/planes.js";
import { readingOf } from "../model/reading.js";
import { chosenPoint } from "../model/state.js";
import { pickOf } from "./bars.js";
import { drawBoard } from "./board.js";
import { drawDrawers } from "./drawers.js";
import { drawDrawing } from "./drawn_arrow.js";
import { drawGround } from "./ground.js";
import { drawHint } from "./hint.js";
import { invite } from "./invitation.js";
import { drawLandscape } from "./landscape.js";
import { drawLegend } from "./legend.js";
import { colours } from "./look.js";
import { drawPanels } from "./panels.js";
import { drawTrails } from "./trails.js";
import { drawValues } from "./values.js";

/** Draw a stage, and keep its reading and the places of its points; false if a slow search has to go on. */
export function drawPicture(stage) {
  const { state, history, layout, panels, drawing, mission } = stage;
  const ink = state.drawer && getComputedStyle(stage.root).color; // asked for before anything changes: it costs a layout
  const isPresent = stage.root.classList.contains("npair-present");
  const pair = lineUpOf(mission, state);
  const reading = readingOf(state, pair);
  const before = history.origin?.points.length === state.points.length ? history.origin : null;
  const former = before && readingOf({ ...before, selected: state.selected, point: state.point }, pair);
  const view = { ...stage.view, plane: planeOf(reading, state.view) };
  const best = layout.controls.best.checked && reading.d <= 3 ? bestShape(reading) : null;
  const isSameSpan = !before?.base?.isSpan || before.base === state.base; // else their coordinates have other axes
  const more = { before: isSameSpan ? former : null, best, hidesForces: drawing.mode === "open", held: stage.held };
  const { places, room } = drawBoard(stage.board, state, reading, view, more);
  Object.assign(stage, { reading, view, places });
  drawDrawing(stage);
  invite(stage);
  drawPanels(panels, reading, stage.pointed);
  const picked = pickOf(reading);
  layout.board.style.setProperty("--winner", picked === null ? "var(--hair)" : colours(reading)[picked]);
  const field = fieldOf(stage, reading, view);
  drawLandscape(layout.field, field, view);
  drawLegend(layout.legend, reading, field, room);
  const isWhole = drawDrawers(stage, reading, ink);
  const isGround = !field && !layout.isHidden("ground") && layout.controls.ground.checked && drawing.mode !== "open";
  drawGround(layout.ground, stage.board.ground, reading, view, { surface: state.surface, isSeen: isGround });
  drawTrails(layout.canvas, stage.trails, view, reading);
  drawValues(stage.root, layout, state, reading, {
    sentence: narrate(reading, former, before && causeOf(before, state, reading.names)),
    act: before && isPresent ? toldAct(before, state, reading.names) : "",
    badge: badge(view.plane, reading),
    lr: rate(state),
    canUndo: history.past.length > 0,
    canRedo: history.future.length > 0,
    canAsk: stage.canAsk,
    isL2Live: stage.options.l2_reg_is_live,
    hasLandscape: hasLandscape(state, reading),
  });
  drawHint(layout.hint, reading, stage.hinted);
  return isWhole;
}

// While the chosen point is dragged its landscape stays, since that depends on all but where the point is.
function fieldOf(stage, reading, view) {
  const { state } = stage;
  if (!state.landscape || !hasLandscape(state, reading)) return null;
  const index = chosenPoint(state);
  if (reading.d > 2) return landscapeOf(reading, index, view, view.plane);
  const rows = [...reading.seen.anchors, ...reading.seen.positives].toSpliced(index, 1);
  const { tao, l2_reg, objective, held, classes, names } = reading;
  const settings = [index, tao, l2_reg, objective, held, classes, names, view.reach, view.middle];
  const key = JSON.stringify([settings, rows.map((row) => Array.from(row))]);
  if (stage.field?.key !== key) stage.field = { key, field: landscapeOf(reading, index, view, view.plane) };
  return stage.field.field;
}
