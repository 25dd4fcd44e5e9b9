// The charts of the drawers, as SVG: the loss over tao between chance and the best, and the phase map of raw lengths.

import { MAP_TOP, RANGES } from "../model/constants.js";
import { fixed } from "../model/numbers.js";
import { threshold } from "../model/objectives.js";
import { SWEEP_L2_REGS, SWEEP_TAOS, TAOS_OF_MAP } from "../model/sweeps.js";
import { element, put, putWords } from "./elements.js";
import { key } from "./legend.js";
import { shade } from "./look.js";

const [WIDTH, HEIGHT] = [420, 260];
const PLOT = { x: 62, y: 10, width: 346, height: 204 };
const TAO_TICKS = [0.01, 0.1, 1, 10, 100];
const L2_TICKS = [0, 0.0001, 0.001, 0.01, 0.1, 1, 10];
const ZERO = -4.5; // the height of l2_reg = 0, which a log axis lacks
const HEIGHTS = [-4.75, 1.05]; // of the map, in powers of ten
const LINES = { loss: "loss of these points", chance: "chance", floor: "the best there is" };
const ABOVE = 3; // times chance: the top of the picture

/** The elements of the loss over tao. */
export function makeOverTao() {
  const line = (name) => [name, element("path", { class: `line ${name}` })];
  const lines = Object.fromEntries(Object.keys(LINES).map(line));
  const now = element("circle", { class: "now", r: 6 });
  const ticks = element("g");
  const svg = chart("loss", ticks, ...Object.values(lines).reverse(), now);
  const legend = Object.entries(LINES).map(([name, words]) => key(words, { class: `line ${name}`, d: "M-20 0H20" }));
  const words = element("span", { class: "words" });
  return { all: element("figure", { class: "chart" }, svg, caption(...legend, words)), svg, lines, now, ticks, words };
}

/** Show a curve of the sweeps, and a reading's place on it. */
export function drawOverTao(made, reading, curve) {
  const top = topOf(reading, curve);
  const down = (loss) => PLOT.height * (1 - loss / top);
  const place = ([tao, loss]) => `${acrossTao(tao).toFixed(1)} ${down(loss).toFixed(1)}`;
  const path = (points) => `M${points.map(place).join("L")}`;
  put(made.lines.loss, { d: path(SWEEP_TAOS.map((tao, k) => [tao, curve.losses[k]])) });
  put(made.lines.floor, { d: curve.floors.length ? path(curve.floors) : "" });
  put(made.lines.chance, { d: `M0 ${down(curve.chance)}H${PLOT.width}` });
  put(made.now, { cx: acrossTao(reading.tao), cy: down(reading.loss) });
  const step = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 1000].find((one) => top / one <= 6) ?? top;
  const losses = Array.from({ length: Math.floor(top / step) + 1 }, (_, k) => Number((k * step).toPrecision(3)));
  tickUp(made, losses, down);
  const best = reading.ruler ? reading.ruler.floor + reading.penalty : reading.phase.loss;
  const bestName = (reading.ruler ?? reading.phase).isBound ? "lower bound" : "best";
  const here = { loss: reading.loss, chance: curve.chance, [bestName]: best };
  const told = Object.entries(here).map(([name, value]) => `${name} ${fixed(value, 3)}`);
  captionOf(made, `At tao ${fixed(reading.tao, 2)}: ${told.join(", ")}`);
}

/** The elements of the phase map. */
export function makePhases() {
  const heat = element("image", { width: PLOT.width, preserveAspectRatio: "none", class: "heat" });
  const [highest, lowest] = [10 ** 1.05, 10 ** -4.05].map(downL2);
  put(heat, { y: highest, height: lowest - highest });
  const edge = element("path", { class: "line edge" });
  const words = ["all shrinks", "to the centre"].map((text, k) => label(270, 40 + 16 * k, text, { class: "over" }));
  const endless = label(PLOT.width / 2, downL2(0) + 4, "no l2_reg: lengths grow for ever");
  const now = element("circle", { class: "now", r: 6 });
  const ticks = element("g");
  const svg = chart("l2_reg", ticks, heat, edge, ...words, endless, now);
  const colours = element("span", { class: "colours" }, "length at rest: 0", element("i"), `${MAP_TOP} and more`);
  const line = key("", { class: "line edge", d: "M-20 0H20" });
  const said = element("span", { class: "words" });
  const all = element("figure", { class: "chart" }, svg, caption(colours, line, said));
  const made = { all, svg, heat, edge, now, ticks, words: said, line, shown: "" };
  tickUp(made, L2_TICKS, downL2);
  return made;
}

/** Show a map of the sweeps, the line beyond which all vectors collapse, and the place of a reading's settings. */
export function drawPhases(made, reading, map) {
  const { n, objective, d, tao, l2_reg, phase } = reading;
  const shown = map.isWhole ? [n, objective, d].join() : "";
  if (shown === "" || shown !== made.shown) put(made.heat, { href: pictureOf(map.lengths.slice(1)) });
  made.shown = shown;
  const most = threshold(n, objective);
  const edge = most > 0 ? TAOS_OF_MAP.map((one) => `${acrossTao(one)} ${downL2(most / 2 / one)}`) : [];
  put(made.edge, { d: edge.length ? `M${edge.join("L")}` : "" });
  made.line.lastChild.data = `2·l2_reg·tao = ${Number(most.toPrecision(3))}`;
  put(made.now, { cx: acrossTao(tao), cy: downL2(l2_reg) });
  const rest = Number.isNaN(phase.norm)
    ? "where lengths settle is not known"
    : `lengths settle at ${fixed(phase.norm, 2)}`;
  const settled = phase.collapsed ? "all shrinks to the centre" : rest;
  const end = l2_reg === 0 ? "nothing holds the lengths" : settled;
  captionOf(made, `Here it is ${fixed(phase.pressure, 2)}: ${end}`);
}

function chart(name, ticks, ...marks) {
  const plot = element("svg", { ...PLOT, overflow: "hidden" }, ...marks);
  const { x, y, width, height } = PLOT;
  const bottom = y + height;
  const words = TAO_TICKS.map((tao) => label(x + acrossTao(tao), bottom + 20, String(tao)));
  const stems = TAO_TICKS.map((tao) => `M${x + acrossTao(tao)} ${bottom}v4`).join("");
  const axis = element("path", { class: "axis", d: `M${x} ${y}V${bottom}H${x + width}${stems}` });
  const title = label(x + width / 2, HEIGHT - 8, "tao (temperature)");
  const side = label(0, 0, name, { transform: `translate(12 ${y + height / 2}) rotate(-90)` });
  const svg = element("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img" });
  svg.append(plot, axis, ticks, ...words, title, side);
  return svg;
}

function label(x, y, words, more = {}) {
  return element("text", { x, y, "text-anchor": "middle", ...more }, words);
}

function caption(...parts) {
  return element("figcaption", { class: "legend" }, ...parts);
}

// Ticks of the vertical axis, replaced if they differ.
function tickUp(made, values, down) {
  const told = `${values}: ${values.map(down)}`;
  if (made.told === told) return;
  made.told = told;
  const { x, y } = PLOT;
  const stems = values.map((value) => `M${x} ${y + down(value)}h-4`).join("");
  const words = values.map((value) => label(x - 7, y + down(value) + 4, String(value), { "text-anchor": "end" }));
  made.ticks.replaceChildren(element("path", { class: "axis", d: stems }), ...words);
}

function captionOf(made, words) {
  putWords(made.words, words);
  put(made.svg, { "aria-label": words });
}

function topOf(reading, { losses, chance }) {
  const highest = Math.max(...losses, chance);
  const top = chance > 0 ? Math.min(highest, ABOVE * chance) : Math.max(highest, 1);
  return 1.08 * Math.max(top, reading.loss);
}

function acrossTao(tao) {
  const [coldest, hottest] = RANGES.tao;
  return (PLOT.width * Math.log(tao / coldest)) / Math.log(hottest / coldest);
}

function downL2(l2_reg) {
  const at = Math.max(ZERO, Math.log10(l2_reg));
  return (PLOT.height * (HEIGHTS[1] - at)) / (HEIGHTS[1] - HEIGHTS[0]);
}

// Lengths as colours, the largest l2_reg at the top; unknown ones are transparent.
function pictureOf(lengths) {
  const [width, height] = [TAOS_OF_MAP.length, SWEEP_L2_REGS.length - 1];
  const canvas = element("canvas", { width, height });
  const pixels = new ImageData(width, height);
  for (const [k, length] of lengths.toReversed().flat().entries()) {
    if (length !== null && !Number.isNaN(length)) pixels.data.set([...shade(length / MAP_TOP), 255], 4 * k);
  }
  canvas.getContext("2d").putImageData(pixels, 0, 0);
  return canvas.toDataURL();
}
