// A state and its reading in the controls and words around the board: values, choices, what is grey and why.

import { fixed } from "../model/numbers.js";
import { placeText } from "../model/typed.js";
import { offer, slideTo, write } from "./controls.js";
import { element, put, putWords } from "./elements.js";
import { drawSettings } from "./settings.js";

/** Show all values; `more`: the sentence, the last act, lr, canUndo, canRedo, canAsk, isL2Live, badge, hasLandscape. */
export function drawValues(root, layout, state, reading, more) {
  const { controls, actions, texts, locked } = layout;
  const isSphere = state.surface === "sphere";
  put(root, {
    "data-loss": reading.loss,
    "data-tao": state.tao,
    "data-l2-reg": state.l2_reg,
    "data-step": state.steps,
    "data-floor": shownFloor(reading),
  });
  slideTo(controls, "tao", state.tao);
  slideTo(controls, "l2_reg", state.l2_reg);
  drawScene(controls.scene, state.scene);
  offer(
    controls.selected,
    reading.names.map((name, i) => [String(i), name]),
    String(reading.selected),
  );
  controls.surface.value = state.surface;
  controls.normalize.checked = state.normalize;
  controls.relabel.value = state.same[1] ?? "";
  controls.landscape.checked = state.landscape;
  put(layout.normalize, { hidden: isSphere ? "" : null });
  const isDead = reading.held && !more.isL2Live;
  putWords(texts.dead, deadWords(reading, more.isL2Live));
  putWords(texts.why, more.hasLandscape ? "" : reading.d === 3 ? "(not in three dimensions)" : "(not in this view)");
  drawPlace(layout, state, reading);
  putWords(texts.progress, `step ${state.steps}, lr ${fixed(more.lr, 2)}`);
  putWords(texts.sentence, more.sentence.replaceAll(" %", "\u00a0%")); // no line begins with %
  putWords(actions.present, root.classList.contains("npair-present") ? "✕ leave (Esc)" : "▣ present");
  show(texts.act, !more.sentence.startsWith(more.act) ? more.act : "");
  show(texts.notice, state.base?.notice ?? "");
  show(texts.badge, more.badge);
  grey(actions.undo, !more.canUndo || locked.has("undo"));
  grey(actions.redo, !more.canRedo || locked.has("redo"));
  grey(actions.free, !isSphere || locked.has("free"));
  for (const name of ["l2_reg", "typed l2_reg"]) grey(controls[name], isDead || locked.has(name));
  grey(controls.landscape, !more.hasLandscape || locked.has("landscape"));
  if (state.drawer === "settings") drawSettings(layout, state, reading, more.canAsk);
}

function deadWords({ held, d }, isL2Live) {
  if (!held) return "";
  const where = { 2: "on a circle", 3: "on a globe" }[d] ?? "at length 1";
  return isL2Live ? `adds a constant ${where}` : `no effect ${where}`;
}

// A scene that is in no list, such as a person's own data, is listed while it is shown.
function drawScene(list, scene) {
  const isChosen = () => list.selectedIndex >= 0 && list.value === scene;
  if (isChosen()) return;
  list.value = scene;
  if (isChosen()) return;
  list.append(element("option", { value: scene }, scene || "own points"));
  list.value = scene;
}

function drawPlace({ controls, locked }, state, reading) {
  const { point, place } = controls;
  const { n, names, classes, rows } = reading;
  const byHand = !state.base?.isSpan;
  const called = (role) => (i) => [
    `${role[0]}${i}`,
    names[i] === String(classes[i]) ? role[0] + names[i] : `${role} ${names[i]}`,
  ];
  const all = Array.from({ length: n }, (_, i) => i);
  const kept = point.value || "p0";
  const options = [...all.map(called("anchor")), ...all.map(called("positive"))];
  offer(point, options, options.some(([value]) => value === kept) ? kept : "p0");
  const index = Number(point.value.slice(1)) + (point.value[0] === "p" ? n : 0);
  write(place, byHand ? placeText(rows[index], state.surface === "sphere") : `${reading.d}-d`);
  for (const one of [point, place]) grey(one, !byHand || locked.has(one.dataset.control));
}

// The least loss of the points: on the sphere the ruler's floor, else the loss at the optimum; penalty included.
function shownFloor({ ruler, phase, penalty }) {
  if (ruler !== null) return ruler.floor + penalty;
  return phase?.loss ?? null;
}

function grey(input, is) {
  if (input.disabled !== is) input.disabled = is;
}

function show(text, words) {
  putWords(text, words);
  put(text, { hidden: words ? null : "" });
}
