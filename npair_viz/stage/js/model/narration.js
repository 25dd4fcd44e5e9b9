// The sentence about a reading: the same words as narration.py, from the same numbers.

import {
  ALIKE,
  ALONE,
  FAR_ABOVE_CHANCE,
  LEAST_CHANGE,
  MOST_OF_CHANGE,
  MOST_OF_PUSH,
  NEARLY,
  SURE,
  TIED,
  TIED_RATIO,
  WHOLE_PERCENT,
} from "./constants.js";
import { effectiveNegatives } from "./loss.js";
import { fixed, percent } from "./numbers.js";
import { hasOneVote } from "./objectives.js";
import { score } from "./theory.js";

/** The sentence about a reading; after an act it opens with the act's effect on the loss. */
export function narrate(reading, before = null, act = null) {
  if (before === null || act === null) {
    const said = vote(reading);
    return joined([said, push(reading, said ? reading.selected : null), onTheRuler(reading), lengths(reading)]);
  }
  const most = changedMost(reading, before);
  return joined([
    cause(reading, before, act, most),
    push(reading, most),
    reading.ruler || reading.phase ? onTheRuler(reading) : "", // without either it would repeat the loss
    !reading.held || reading.l2_reg !== before.l2_reg ? lengths(reading) : "",
  ]);
}

function joined(slots) {
  return slots.filter(Boolean).join(" ");
}

function vote(reading) {
  const { n, names, selected: i, weights, objective, negatives } = reading;
  const hasShrink = reading.l2_reg > 0 && !reading.held;
  if (n === 1) return `${ALONE} ${hasShrink ? "No pull, no push" : "Loss 0, no force"}. A batch needs two classes.`;
  if (!hasOneVote(objective)) return "";
  const name = names[i];
  const shares = weights[i];
  const ranked = [i, ...negatives].sort((one, other) => shares[other] - shares[one]);
  if (ranked.length === 1) return `Anchor ${name} has no negative left: nobody to confuse its partner with.`;
  const [best, second] = ranked;
  const places = shares[best] >= WHOLE_PERCENT ? 0 : 1;
  const said = (j) => `${percent(shares[j], places)} for ${j === i ? "its partner" : names[j]}`;
  if (areClose(shares[best], shares[ranked.at(-1)], ALIKE)) {
    return `Anchor ${name} can't tell anyone apart: ${percent(1 / ranked.length, places)} each.`;
  }
  if (i !== best && areClose(shares[best], shares[i], TIED)) return `Anchor ${name} wavers: ${said(i)}, ${said(best)}.`;
  if (areClose(shares[best], shares[second], TIED)) {
    if (i === best) return `Anchor ${name} wavers: ${said(i)}, ${said(second)}.`;
    return `Anchor ${name} wavers between wrong ones: ${said(best)}, ${said(second)}.`;
  }
  if (best !== i) return `Anchor ${name} picks the wrong one: ${said(best)}, ${said(i)}.`;
  if (shares[i] >= SURE) {
    const left = hasShrink ? "pull or push" : "force";
    return `Anchor ${name} is sure of its partner: ${percent(shares[i])}. Hardly any ${left} is left.`;
  }
  return `Anchor ${name} picks its partner: ${percent(shares[i], places)}, against ${said(second)}.`;
}

// Whether two shares are close, both in their difference and in their ratio.
function areClose(best, other, within) {
  return best - other <= within && best <= TIED_RATIO * other;
}

// The pair whose loss an act changed most; null where all changes are small.
function changedMost(reading, before) {
  const sameClasses = String(reading.classes) === String(before.classes);
  if (!sameClasses || fixed(before.loss, 3) === fixed(reading.loss, 3)) return null;
  const changes = reading.losses.map((loss, i) => Math.abs(loss - before.losses[i]));
  const most = changes.indexOf(Math.max(...changes));
  return changes[most] >= LEAST_CHANGE ? most : null;
}

function cause(reading, before, act, most) {
  const [was, now] = [fixed(before.loss, 3), fixed(reading.loss, 3)];
  const opening = was === now ? `${act}: the loss stays ${now}.` : `${act}: loss ${was} → ${now}.`;
  if (reading.n === 1) return `${opening} ${ALONE}`;
  if (most === null) return opening;
  const changes = reading.losses.map((loss, i) => loss - before.losses[i]);
  const whole = reading.n * (reading.loss - before.loss);
  const all = changes.reduce((sum, change) => sum + Math.abs(change), 0);
  const isMost = changes[most] * whole > 0 && Math.abs(changes[most]) > MOST_OF_CHANGE * Math.max(Math.abs(whole), all);
  const name = reading.names[most];
  const who = isMost ? `Most of it is anchor ${name}` : `Anchor ${name} changes most`;
  return `${opening} ${who}: ${fixed(before.losses[most], 2)} → ${fixed(reading.losses[most], 2)}.`;
}

function push(reading, subject) {
  const { negatives, selected: i, names } = reading;
  if (!negatives.length) return "";
  const shares = reading.pushSharesOf(i);
  const top = negatives.reduce((best, j) => (shares[j] > shares[best] ? j : best));
  const what = subject === i ? "the push" : `the push on anchor ${names[i]}`;
  if (shares[top] >= MOST_OF_PUSH) return `${percent(shares[top])} of ${what} comes from ${names[top]}.`;
  return `About ${fixed(effectiveNegatives(shares), 1)} of ${negatives.length} negatives share ${what}.`;
}

function onTheRuler(reading) {
  if (reading.n === 1) return "";
  const loss = fixed(reading.loss, 3);
  if (reading.ruler === null && reading.phase === null) return `Loss ${loss}.`;
  if (reading.ruler === null) {
    if (reading.l2_reg === 0) return `Loss ${loss}: longer vectors can always do better.`;
    const best = bestWord(reading.phase, "the best");
    return `Loss ${loss}; ${best} at these settings is ${fixed(reading.phase.loss, 3)}.`;
  }
  const { ruler, npair, penalty } = reading;
  const chance = fixed(ruler.chance + penalty, 3);
  if (npair > FAR_ABOVE_CHANCE * ruler.chance) {
    const who = reading.losses[reading.selected] > ruler.chance ? "" : "another anchor is ";
    return `Loss ${loss} is above chance: ${who}sure, and wrong.`;
  }
  if (npair > ruler.chance && loss !== chance) {
    return `Loss ${loss} is a little above chance (${chance}): no better than a blind guess.`;
  }
  const best = bestWord(ruler, "the best here");
  const floor = fixed(ruler.floor + penalty, 3);
  const part = way(score(ruler, npair), loss === chance, loss === floor);
  return `Loss ${loss}: ${part} of the way from chance (${chance}) to ${best} (${floor}).`;
}

function bestWord({ exact, isBound }, known) {
  if (exact) return known;
  return isBound ? "a lower bound" : "the best found";
}

// A score in percent: 0 % or 100 % only where the loss is printed like chance or like the floor.
function way(part, isChance, isFloor) {
  if (part >= 1 || isFloor) return percent(1);
  if (part <= 0 || isChance) return percent(0);
  if (part >= 1 - NEARLY) return "over 99 %";
  return part < NEARLY ? "under 1 %" : percent(part);
}

function lengths(reading) {
  const { l2_reg, phase } = reading;
  if (reading.held) {
    return l2_reg > 0 ? `l2_reg adds ${fixed(reading.penalty, 2)} to the number and moves nothing.` : "";
  }
  if (l2_reg === 0) {
    const grow = reading.isNegative.some((row) => row.some(Boolean)) ? ": they grow for ever" : "";
    return `Nothing holds the lengths${grow}.`;
  }
  if (reading.n === 1) return "l2_reg alone acts: all shrinks to the centre.";
  if (phase === null) return "";
  if (phase.collapsed) return `2*l2_reg*tao = ${fixed(phase.pressure, 1)}: all shrinks to the centre.`;
  if (Number.isNaN(phase.norm)) return "";
  return `Lengths settle ${phase.exact ? "at" : "near"} ${fixed(phase.norm, 2)}.`;
}
