// The drawers under the sentence: a button for each, and at most one open panel.

import { DRAWERS } from "../model/constants.js";
import { lossOverTao, phaseMap } from "../model/sweeps.js";
import { drawOverTao, drawPhases, makeOverTao, makePhases } from "./charts.js";
import { element, put, putWords } from "./elements.js";
import { drawCurve, drawMatrix } from "./panels.js";

const TITLES = { shares: "everyone's shares" }; // the others have their names as titles

/** The buttons by name, and the panel for the open drawer. */
export function makeDrawers() {
  const buttons = Object.fromEntries(
    DRAWERS.map((name) => {
      const why = element("span", { class: "why" });
      return [name, element("button", { type: "button", "data-drawer": name }, TITLES[name] ?? name, why)];
    }),
  );
  const charts = { "loss over tao": makeOverTao(), "phase map": makePhases() };
  const reason = element("p", { class: "reason" });
  return { buttons, charts, reason, panel: element("div", { class: "panel", "data-role": "panel" }) };
}

/** Fill the panel with elements for that many points. */
export function fillDrawers({ panel, reason, charts }, { matrix, curve, settings }) {
  const drawn = Object.entries(charts).map(([name, { all }]) => [name, all]);
  const parts = { shares: matrix, "loss so far": curve, settings, ...Object.fromEntries(drawn) };
  for (const [name, part] of Object.entries(parts)) put(part, { "data-panel": name, hidden: "" });
  panel.replaceChildren(...Object.values(parts), reason);
}

/** Show the open drawer, and disable those with nothing to show, with the reason; false if it is not complete yet. */
export function drawDrawers({ layout, panels, state: { drawer }, losses }, reading, ink) {
  const { buttons, charts, reason, panel } = layout.drawers;
  for (const [name, button] of Object.entries(buttons)) {
    const why = whyEmpty(name, reading);
    put(button, { "aria-expanded": name === drawer, disabled: why && name !== drawer ? "" : null }); // else it couldn't close
    const said = why ? ` (${why})` : "";
    putWords(button.lastChild, said);
  }
  const why = whyEmpty(drawer, reading);
  put(panel, { hidden: drawer === "" ? "" : null });
  for (const part of panel.children) put(part, { hidden: !why && part.dataset.panel === drawer ? null : "" });
  put(reason, { hidden: why ? null : "" });
  if (why) reason.textContent = `No ${drawer} here: ${why}.`;
  return why || drawer === "" ? true : draw(drawer, { charts, panels, losses, reading, ink });
}

function draw(drawer, { charts, panels, losses, reading, ink }) {
  const found = { "loss over tao": lossOverTao, "phase map": phaseMap }[drawer]?.(reading) ?? { isWhole: true };
  if (drawer === "shares") drawMatrix(panels, reading, ink.match(/\d+/g).slice(0, 3).map(Number));
  if (drawer === "loss so far") drawCurve(panels.curve, losses, reading.ruler?.floor ?? null, ink);
  if (drawer === "loss over tao") drawOverTao(charts[drawer], reading, found);
  if (drawer === "phase map") drawPhases(charts[drawer], reading, found);
  return found.isWhole;
}

function whyEmpty(name, { held, ruler, phase }) {
  if (name === "phase map" && held) return "lengths are all 1";
  if (["phase map", "loss over tao"].includes(name) && ruler === null && phase === null) return "some classes are one";
  return "";
}
