// The parts of the living picture of a run: sentence, plane with its player, charts, alerts.

import { counted } from "../model/recording_words.js";
import { element, putWords } from "./elements.js";
import { makePlane } from "./recording_board.js";
import { makeCharts } from "./recording_charts.js";

const NO_ALERT = "No alert so far.";

/** Build everything in `root`. */
export function makeRecordingLayout(root, canGrow) {
  const name = element("h3", { dir: "auto" });
  const sentence = element("p", { "data-role": "sentence" });
  const lastAlert = element("p", { class: "last", "data-role": "status", role: "status", dir: "auto" });
  const [plane, charts] = [makePlane(), makeCharts()];
  const caption = element("figcaption", { "data-role": "caption" });
  const lit = element("p", { class: "lit-words" });
  const player = makePlayer(canGrow);
  const picture = element("figure", { class: "picture" }, plane.svg, caption, lit, player.all, plane.legend);
  const rest = element("p", { class: "rest" });
  const notes = element("p", { class: "rest notes" });
  const alerts = element("ol", { class: "alerts" });
  const beside = element("div", { class: "beside" }, charts.all, rest, alerts);
  root.classList.add("npair-stage", "npair-recording");
  root.dataset.npair = "recording";
  root.replaceChildren(
    element("div", { class: "top" }, name, sentence, lastAlert),
    element("div", { class: "main" }, picture, beside),
    notes,
  );
  return { root, name, sentence, lastAlert, plane, caption, lit, player, charts, rest, alerts, notes };
}

function makePlayer(canGrow) {
  const play = element("button", { type: "button", "data-action": "play" }, "Play");
  const live = element("button", { type: "button", "data-action": "live", hidden: canGrow ? null : "" }, "Live");
  const badge = element("span", { class: "badge", "data-role": "badge", hidden: canGrow ? null : "" });
  const slider = element("input", { type: "range", "data-control": "moment", "aria-label": "step", min: 0, step: 1 });
  const all = element("div", { class: "player" }, slider, element("div", { class: "row run" }, play, live, badge));
  return { all, play, live, badge, slider };
}

/** Show the alerts as a list, and the last one over the picture. */
export function drawAlerts(made, alerts) {
  const told = JSON.stringify(alerts);
  if (made.toldAlerts === told) return;
  made.toldAlerts = told;
  const last = alerts.at(-1);
  made.lastAlert.classList.toggle("none", !last);
  putWords(made.lastAlert, last ? `Step ${counted(last.step)}, ${last.name}: ${last.words}` : NO_ALERT);
  made.alerts.replaceChildren(...alerts.map(alertItem));
}

function alertItem({ name, step, words, mend, at }) {
  const go = element("button", { type: "button", "data-place": at, class: "go" }, `Step ${counted(step)}`);
  const head = element("span", { class: "head" }, go, element("b", { dir: "auto" }, name));
  return element(
    "li",
    {},
    head,
    element("p", { dir: "auto" }, words),
    element("p", { class: "mend", dir: "auto" }, mend),
  );
}
