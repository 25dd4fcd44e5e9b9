// The loss and its ruler: from the best here over chance to sure and wrong.

import { fixed } from "../model/numbers.js";
import { rulerEnds } from "../model/ruler_ends.js";
import { score } from "../model/theory.js";
import { element, put, putWords } from "./elements.js";

/** The elements of the loss and its ruler. */
export function makeRuler() {
  const value = element("span", { class: "number" });
  const loss = element("output", { class: "loss" }, element("span", {}, "Loss "), value);
  const parts = { fill: element("i", { class: "fill" }), needle: element("i", { class: "needle" }) };
  const ruler = element("div", { class: "ruler", "aria-hidden": true }, parts.fill, parts.needle);
  const told = Array.from({ length: 3 }, () => ({ number: element("span", { class: "at" }), word: element("span") }));
  const ends = element(
    "div",
    { class: "ends" },
    ...told.map(({ number, word }) => element("span", {}, number, " ", word)),
  );
  return { loss, value, ruler, ...parts, ends, told };
}

/** Show the loss, and where it stands: filled from chance to the needle, hatched beyond chance. */
export function drawRuler({ value, ruler, fill, ends, told }, reading) {
  putWords(value, fixed(reading.loss, 3));
  for (const part of [ruler, ends]) part.style.visibility = reading.n === 1 ? "hidden" : "";
  if (reading.n === 1) return;
  const { floor, chance, ceiling, least, most } = rulerEnds(reading);
  const at = 50 * (1 - Math.min(Math.max(score({ floor, chance, ceiling }, reading.loss), -1), 1)); // 0: the best
  ruler.style.setProperty("--at", at);
  put(fill, { class: at > 50 ? "fill worse" : "fill" });
  const said = [
    [fixed(floor, 3), least],
    [fixed(chance, 3), "chance"],
    ["", most],
  ];
  for (const [k, [number, word]] of said.entries()) {
    putWords(told[k].number, number);
    putWords(told[k].word, word);
  }
}
