// The panels: whom the selected anchor picks, the ruler, everyone's shares, the loss so far.

import { fixed, percent } from "../model/numbers.js";
import { hasOneVote } from "../model/objectives.js";
import { rulerEnds } from "../model/ruler_ends.js";
import { score } from "../model/theory.js";
import { element, put } from "./elements.js";
import { colours } from "./look.js";

const SHOWN = 6; // candidates: the partner and the most similar negatives

/** The panel's elements, for n pairs. */
export function makePanels(n) {
  const bars = Array.from({ length: Math.min(SHOWN, n) }, () => {
    const parts = { label: element("span", { class: "who" }), bar: element("i"), share: element("b") };
    const photo = element("img", { alt: "", hidden: "" });
    const row = element("li", {}, parts.label, photo, element("span", { class: "track" }, parts.bar), parts.share);
    parts.photo = photo;
    return { row, ...parts };
  });
  const title = element("h3");
  const needle = element("i", { class: "needle" });
  const ruler = element("div", { class: "ruler", "aria-hidden": true }, needle);
  const ends = element("div", { class: "ends" });
  const loss = element("output", { class: "loss" });
  const cells = Array.from({ length: n * n }, (_, k) =>
    element("rect", { "data-cell": `${Math.floor(k / n)},${k % n}`, "data-pair": k % n, width: 1, height: 1 }),
  );
  for (const [k, cell] of cells.entries()) put(cell, { x: k % n, y: Math.floor(k / n), fill: "transparent" });
  const colour = element("canvas", { width: n, height: n });
  const grid = element("svg", { viewBox: `0 0 ${n} ${n}`, "aria-hidden": true });
  grid.append(...cells);
  const matrix = element("div", { class: "matrix" }, colour, grid);
  const curve = element("canvas", { width: 360, height: 90, class: "curve", "aria-hidden": true });
  const list = element("ul", { class: "bars" });
  list.append(...bars.map(({ row }) => row));
  const more = element("p", { class: "more", hidden: "" });
  return { title, list, more, bars, loss, ruler, needle, ends, matrix, colour, cells, curve };
}

/** Show a reading in the panels. */
export function drawPanels(panels, reading) {
  const { n, names, selected, weights, negatives, objective, base } = reading;
  const isVote = hasOneVote(objective);
  const anchor = `anchor ${names[selected]}`;
  panels.title.textContent = isVote ? `Who does ${anchor} pick?` : `Which duels of ${anchor} are undecided?`;
  const shares = weights[selected];
  const shown = [selected, ...negatives].slice(0, panels.bars.length);
  const seen = colours(reading);
  panels.bars.forEach(({ row, label, photo, bar, share }, k) => {
    const j = shown[k];
    put(row, { hidden: j === undefined ? "" : null, "data-pair": j ?? null });
    if (j === undefined) return;
    label.textContent = j === selected ? `◆ ${names[j]} partner` : `■ ${names[j]}`;
    const address = base?.images?.[n + j];
    put(photo, { hidden: address ? null : "", src: address ?? null });
    const isOpponent = !isVote && j === selected; // it is in every duel and has no share of its own
    bar.style.width = isOpponent ? "0" : `${100 * Math.min(Math.max(shares[j], 0), 1)}%`;
    bar.style.background = seen[j];
    share.textContent = isVote ? percent(shares[j]) : isOpponent ? "" : fixed(shares[j], 2);
  });
  const left = 1 + negatives.length - shown.length;
  put(panels.more, { hidden: left ? null : "" });
  panels.more.textContent = `and ${left} more`;
  drawRuler(panels, reading);
}

function drawRuler(panels, reading) {
  panels.loss.textContent = `Loss ${fixed(reading.loss, 3)}`;
  for (const part of [panels.ruler, panels.ends]) put(part, { hidden: reading.n === 1 ? "" : null });
  if (reading.n === 1) return;
  const { floor, chance, ceiling, least, most } = rulerEnds(reading);
  const at = Math.min(Math.max(score({ floor, chance, ceiling }, reading.loss), -1), 1); // 1 at the left end, the best
  panels.needle.style.left = `${50 * (1 - at)}%`;
  const ends = `${fixed(floor, 3)} ${least}|${fixed(chance, 3)} chance|${most}`;
  if (panels.ends.dataset.said !== ends) {
    panels.ends.dataset.said = ends;
    panels.ends.replaceChildren(...ends.split("|").map((end) => element("span", {}, end)));
  }
}

/** Colour everyone's shares: a row is an anchor, a column a positive. */
export function drawMatrix(panels, reading, ink) {
  const { n, weights } = reading;
  const context = panels.colour.getContext("2d");
  const pixels = context.createImageData(n, n);
  for (let k = 0; k < n * n; k++) {
    const strength = Math.min(Math.max(weights[Math.floor(k / n)][k % n], 0), 1);
    pixels.data.set([...ink, Math.round(255 * strength)], 4 * k);
  }
  context.putImageData(pixels, 0, 0);
}

/** The loss of the run so far, above its floor. */
export function drawCurve(canvas, losses, floor, colour) {
  const context = canvas.getContext("2d");
  const { width, height } = canvas;
  context.clearRect(0, 0, width, height);
  if (losses.length < 2) return;
  const low = Math.min(floor ?? Infinity, ...losses);
  const high = Math.max(...losses);
  const across = (k) => 4 + ((width - 8) * k) / Math.max(losses.length - 1, 30);
  const down = (loss) => height - 6 - ((height - 12) * (loss - low)) / Math.max(high - low, 1e-12);
  context.strokeStyle = context.fillStyle = colour;
  context.lineWidth = 2;
  context.beginPath();
  for (const [k, loss] of losses.entries()) context.lineTo(across(k), down(loss));
  context.stroke();
  if (floor === null) return;
  context.setLineDash([4, 4]);
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(0, down(floor));
  context.lineTo(width, down(floor));
  context.stroke();
  context.setLineDash([]);
}
