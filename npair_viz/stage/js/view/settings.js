// The drawer with what is rarely touched: objective, rounding, view, and how the pairs are chosen.

import { offerSeveral, write } from "./controls.js";
import { element, putWords } from "./elements.js";

const WORDS = { n_classes: "classes", same: "one class" };
const SETTING_NAMES = ["objective", "dtype", "view", "policy", "n_classes", "seed", "same"];
const MOST_LINES = 6; // of the list of classes
const DRAWN = ["policy", "n_classes", "seed"];

/** The drawer's elements, without those in `hide`. */
export function makeSettings(controls, hide) {
  const whys = Object.fromEntries(SETTING_NAMES.map((name) => [name, element("span", { class: "why" })]));
  const field = (name) => element("label", {}, element("span", {}, WORDS[name] ?? name), controls[name], whys[name]);
  const fields = SETTING_NAMES.filter((name) => !hide.includes(name)).map(field);
  return { all: element("div", { class: "settings" }, ...fields), whys };
}

/** Show a state's settings; what can't be changed here is grey, with the reason. */
export function drawSettings({ controls, settings, locked }, state, reading, canAsk) {
  for (const name of ["objective", "dtype", "view", "policy"]) controls[name].value = state[name];
  write(controls.n_classes, String(reading.n));
  write(controls.seed, String(state.seed));
  const classes = [...new Set(reading.classes)];
  const options = classes.map((label) => [String(label), reading.names[reading.classes.indexOf(label)]]);
  offerSeveral(controls.same, options, state.same.map(String));
  controls.same.size = Math.min(classes.length, MOST_LINES);
  for (const name of SETTING_NAMES) {
    const why = whyGrey(name, state, canAsk);
    controls[name].disabled = Boolean(why) || locked.has(name);
    putWords(settings.whys[name], why);
  }
}

function whyGrey(name, { base, policy }, canAsk) {
  const draws = base?.draws ?? [];
  if (name === "view") return base?.isSpan ? "" : "all is seen";
  if (name === "policy" && !draws.includes("policy")) return "these pairs are given";
  if (name === "seed" && !draws.includes("seed") && !(draws.includes("policy") && policy === "random"))
    return "nothing is random here";
  if (name === "n_classes" && !draws.includes("n_classes")) return "these pairs are given";
  if (DRAWN.includes(name) && !canAsk) return "needs Python";
  if (name === "dtype" && base?.isSpan && !canAsk) return "needs Python";
  return "";
}
