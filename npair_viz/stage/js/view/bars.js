// Whom the chosen anchor picks: a bar with its mark for each candidate, side by side where they are few, and how one is made.

import { SHAPES } from "../model/constants.js";
import { fixed, percent } from "../model/numbers.js";
import { hasOneVote } from "../model/objectives.js";
import { element, put, putWords } from "./elements.js";
import { colours } from "./look.js";

const SHOWN = 6; // candidates: the partner and the most similar negatives
const FITS_MARK = 2; // letters that fit into a mark
const EVEN = 0.004; // shares that differ by less are a tie
const INVITED = "Point at a bar: it shows how it is made.";

/** The elements of the bars, for n pairs. */
export function makeBars(n) {
  const bars = Array.from({ length: Math.min(SHOWN, n) }, () => makeBar());
  const list = element("ul", { class: n <= SHOWN ? "bars lanes" : "bars" }, ...bars.map(({ row }) => row));
  const title = element("h3");
  const verdict = element("span", { class: "verdict" });
  const asked = element("div", { class: "asked" }, title, verdict);
  const unfolded = element("p", { class: "unfolded", "aria-live": "polite" });
  return { asked, title, verdict, list, bars, more: element("p", { class: "more" }), unfolded };
}

function makeBar() {
  const face = element("svg", { viewBox: "-26 -26 52 52", class: "face", "aria-hidden": true });
  const [shape, digit] = [element("path"), element("text", { "text-anchor": "middle", dy: 6 })];
  face.append(shape, digit);
  const photo = element("img", { alt: "", hidden: "" });
  const parts = { face, shape, digit, photo, label: element("span", { class: "name" }), share: element("b") };
  const who = element("button", { type: "button", class: "who" }, face, photo, parts.label);
  const track = element("span", { class: "track" }, element("i"));
  return { ...parts, who, row: element("li", {}, who, track, parts.share) };
}

/** Show the candidates of the selected anchor; `pointed`: the pair whose bar is unfolded. */
export function drawBars(panels, reading, pointed) {
  const { names, selected, negatives, objective } = reading;
  const isVote = hasOneVote(objective);
  const anchor = `anchor ${names[selected]}`;
  putWords(panels.title, isVote ? `Who does ${anchor} pick?` : `Which duels of ${anchor} are undecided?`);
  const nearest = [selected, ...negatives].slice(0, panels.bars.length);
  const isFew = reading.n <= SHOWN;
  const shown = isFew ? [selected, ...nearest.slice(1).sort((i, j) => i - j)] : nearest; // lanes that never change places
  for (const [k, bar] of panels.bars.entries()) drawBar(bar, reading, shown[k], isVote);
  drawVerdict(panels, reading, isVote);
  const left = 1 + negatives.length - shown.length;
  put(panels.more, { hidden: left > 0 ? null : "" });
  putWords(panels.more, `and ${left} more`);
  const pieces =
    pointed !== null && [selected, ...negatives].includes(pointed) ? piecesOf(reading, pointed, isVote) : null;
  unfold(panels.unfolded, pieces);
}

function drawBar({ row, who: button, shape, digit, face, photo, label, share }, reading, j, isVote) {
  const { n, names, weights, selected, base } = reading;
  put(row, { hidden: j === undefined ? "" : null, "data-pair": j ?? null });
  if (j === undefined) return;
  const [isPartner, isShort] = [j === selected, names[j].length <= FITS_MARK];
  const colour = colours(reading)[j];
  put(shape, { d: SHAPES[isPartner ? "partner" : "negative"], fill: colour });
  putWords(digit, isShort ? names[j] : "");
  const who = isShort ? (isPartner ? "partner" : `the ${names[j]}`) : isPartner ? `${names[j]}, its partner` : names[j];
  putWords(label, who);
  put(button, { title: who }); // a long word may be cut
  const address = base?.images?.[n + j];
  put(photo, { hidden: address ? null : "", src: address ?? null });
  face.style.display = address ? "none" : "";
  const isOpponent = !isVote && isPartner; // it is in every duel and has no share of its own
  const part = isOpponent ? 0 : Math.min(Math.max(weights[selected][j], 0), 1);
  row.style.setProperty("--share", part);
  row.style.setProperty("--class", colour);
  putWords(share, isVote ? percent(part) : isOpponent ? "" : fixed(part, 2));
}

/** The pair of the bar that an element belongs to, or null. */
export function barUnder(target) {
  const pair = target?.closest(".bars [data-pair]")?.dataset.pair;
  return pair === undefined ? null : Number(pair);
}

/** Whom the selected anchor picks: a pair, or null for a tie, where there is nobody else, or in duels. */
export function pickOf({ weights, selected, negatives, objective }) {
  if (!hasOneVote(objective) || negatives.length === 0) return null;
  const [own, rival] = [weights[selected][selected], weights[selected][negatives[0]]];
  if (Math.abs(own - rival) < EVEN) return null;
  return own > rival ? selected : negatives[0];
}

// The pick as a chip with a sign, and a light on its lane.
function drawVerdict({ verdict, list }, reading, isVote) {
  const { names, selected, negatives } = reading;
  const picked = pickOf(reading);
  verdict.hidden = !isVote || negatives.length === 0;
  const words = picked === null ? "? a tie" : picked === selected ? "✓ its partner" : `✗ picks ${names[picked]}`;
  putWords(verdict, words);
  for (const row of list.children)
    row.classList.toggle("picked", picked !== null && Number(row.dataset.pair) === picked);
}

// From a similarity to a share, in steps that one can follow.
function piecesOf({ n, names, selected, similarities, weights, tao, held, isNegative }, j, isVote) {
  const own = similarities[selected];
  const what = held ? "cosine" : "dot product";
  const share = weights[selected][j];
  if (!isVote) {
    if (j === selected) return ["its partner meets each of the others in a duel"];
    const gap = (own[j] - own[selected]) / tao;
    return [
      `${names[j]}: ${what} ${fixed(own[j], 3)} − ${fixed(own[selected], 3)}`,
      `/ ${tao} = ${fixed(gap, 2)}`,
      `→ 1 / (1 + e^${fixed(-gap, 2)}) = ${fixed(share, 2)}`,
    ];
  }
  const all = Array.from({ length: n }, (_, i) => i).filter((i) => i === selected || isNegative[selected][i]);
  const sum = all.reduce((total, i) => total + Math.exp(own[i] / tao), 0);
  const power = Math.exp(own[j] / tao);
  return [
    `${what} ${fixed(own[j], 3)}`,
    `/ ${Number(tao.toPrecision(4))} = ${fixed(own[j] / tao, 2)}`,
    `→ e^${fixed(own[j] / tao, 2)} = ${told(power)}`,
    `of ${told(sum)}`,
    `→ ${percent(share)}`,
  ];
}

function told(number) {
  return number < 1e4 ? fixed(number, 2) : number.toPrecision(3).replace("e+", " · 10^");
}

function unfold(line, pieces) {
  const words = pieces?.join(" ") ?? INVITED;
  if (line.dataset.said === words) return;
  line.dataset.said = words;
  line.replaceChildren(...(pieces ?? [INVITED]).map((piece) => element("span", {}, ...raised(piece), " ")));
}

// Words with what stands after a ^ as exponents.
function raised(words) {
  return words.split(/(\^[−-]?[\d.]+)/).map((part) => (part[0] === "^" ? element("sup", {}, part.slice(1)) : part));
}
