// A run that is watched, in words: a moment, a picture, a number of a curve.

import { fixed, percent } from "./numbers.js";

const WAITING = "Waiting for the first step.";

/** A whole number with its thousands apart. */
export function counted(x) {
  return Math.round(x).toLocaleString("en-US");
}

/** A number with about three digits, or what it is in words. */
export function toldNumber(x, places = 2) {
  if (Number.isNaN(x)) return "not a number";
  if (!Number.isFinite(x)) return x > 0 ? "infinite" : "minus infinite";
  const size = Math.abs(x);
  if (size >= 1e6) return x.toExponential(1);
  if (size >= 1000) return counted(x);
  if (size >= 1e-4 && size < 0.5 * 10 ** -places) return String(Number(x.toPrecision(2)));
  return fixed(x, size >= 100 ? 1 : places);
}

/** The same beside a curve, where there is little room. */
export function shortNumber(x, told = toldNumber) {
  if (Number.isFinite(x)) return told(x);
  return Number.isNaN(x) ? "NaN" : x > 0 ? "∞" : "−∞";
}

/** A share, or what it is in words. */
export function toldShare(x) {
  return Number.isFinite(x) ? percent(x) : toldNumber(x);
}

/** The sample of that number in a sentence. */
export function momentWords({ columns, count, timeline }, index) {
  if (!count) return WAITING;
  const of = (name) => columns[name]?.[index] ?? null;
  const step = of("step") ?? timeline.at[index];
  const right = of("right_picks") ?? of("recall");
  const name = of("right_picks") === null ? "Recall@1" : "right picks";
  const said = [lossWords(of("loss"), of("floor"), of("chance"))];
  if (right !== null) said.push(name === "Recall@1" ? `Recall@1 ${toldShare(right)}` : `${toldShare(right)} ${name}`);
  return `Step ${counted(step)}: ${said.join("; ")}.`;
}

function lossWords(loss, floor, chance) {
  if (loss === null) return "no loss";
  if (!Number.isFinite(loss)) return `the loss is ${toldNumber(loss)}`;
  const told = `loss ${toldNumber(loss)}`;
  const [hasFloor, hasChance] = [floor, chance].map((x) => x !== null && Number.isFinite(x));
  if (hasChance && loss > chance) return `${told}, above chance ${toldNumber(chance)}`;
  if (hasFloor && toldNumber(loss) === toldNumber(floor)) return `${told}, at its floor`;
  if (hasFloor && hasChance) return `${told}, between floor ${toldNumber(floor)} and chance ${toldNumber(chance)}`;
  if (hasChance) return `${told}, below chance ${toldNumber(chance)}`;
  return hasFloor ? `${told}, above floor ${toldNumber(floor)}` : told;
}

const REST = {
  effective_negatives: (x, { negatives }) => `${toldNumber(x, 1)} ${ofNegatives(negatives)} count`,
  negative_cosine: (x) => `mean cosine of negatives ${(Math.round(100 * x) / 100 || 0).toFixed(2)}`,
  pairs: (x) => `${counted(x)} ${x === 1 ? "pair" : "pairs"}`,
  seconds: (x) => `after ${toldTime(x)}`,
};

function ofNegatives(negatives) {
  return Number.isFinite(negatives) ? `of ${counted(negatives)} negatives` : "negatives";
}

/** What has no curve of its own, of the sample of that number. */
export function restWords({ columns }, index) {
  const sample = Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values[index]]));
  const known = Object.entries(REST).filter(([name]) => Number.isFinite(sample[name]));
  return known.map(([name, words]) => words(sample[name], sample)).join(" · ");
}

function toldTime(seconds) {
  if (seconds < 120) return `${fixed(seconds, seconds < 10 ? 1 : 0)} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${fixed(seconds / 3600, 1)} h`;
}

/** What a picture shows, of which `drawn` rows are drawn. */
export function pictureWords(picture, drawn) {
  if (picture === null) return "No picture of rows yet.";
  const { x, step, held } = picture;
  const number = drawn < x.length ? `${counted(drawn)} of ${counted(x.length)}` : counted(x.length);
  const plane = Number.isFinite(held) ? `, plane holds ${percent(held)}` : "";
  return `${rowWords(picture, number)}, step ${counted(step)}${plane}`;
}

// Where no two of the same rows share a class, they are the means of classes.
function rowWords({ x, classes, isSame, hasSides }, number) {
  if (isSame && x.length > 1 && new Set(classes).size === x.length) return `means of ${number} classes`;
  const rows = hasSides ? "anchors and positives" : x.length === 1 ? "row" : "rows";
  return `${number} ${rows} of the ${isSame ? "sample" : "batch"}`;
}

/** How far the run is, for who does not see the picture move. */
export function newWords(count) {
  return count ? `${counted(count)} new` : "";
}
