// The two losses, "mc" and "ovo", and all that follows from which of them it is: nothing else says how they differ.
// Logits are the leads of an anchor's negatives over its partner, (s_j - s) / tao; -Infinity stands for who is none.
// The loss is a sum of log(1 + e^y) over what the partner is up against, its duels y: under mc all negatives together,
// under ovo each of them alone. As losses/objectives.py has it.

import { OBJECTIVES } from "./constants.js";

const RULES = {
  mc: {
    duels: (logits) => [logSumExp(logits)],
    ownShare: (loss) => Math.exp(-loss), // never a difference: a small share keeps its digits
    growth: (loss, logit) => softplus(logit - loss),
    chance: (n) => Math.log(n),
    threshold: () => 1,
    hasOneVote: true,
  },
  ovo: {
    duels: (logits) => logits,
    ownShare: (_, mass) => 1 - mass,
    growth: (_, logit) => softplus(logit),
    chance: (n) => (n - 1) * Math.LN2,
    threshold: (n) => n / 2,
    hasOneVote: false,
  },
};

function rulesOf(objective) {
  if (OBJECTIVES.includes(objective)) return RULES[objective];
  throw new Error(`objective must be one of ${OBJECTIVES.join(", ")}, got ${objective}`);
}

/** log(1 + e^x), exact at both ends. */
export function softplus(x) {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** log Σ e^x of an array; -Infinity of an empty one. */
export function logSumExp(values) {
  let top = -Infinity;
  for (const x of values) top = Math.max(top, x);
  if (!Number.isFinite(top)) return top;
  let sum = 0;
  for (const x of values) sum += Math.exp(x - top);
  return top + Math.log(sum);
}

/** An anchor's loss by its logits; 0 where it has no negative. */
export function lossOf(logits, objective) {
  return total(rulesOf(objective).duels(logits).map(softplus));
}

/** The loss of an anchor that gets one more negative. */
export function lossWithOneMore(loss, logit, objective) {
  return loss + rulesOf(objective).growth(loss, logit);
}

/** An anchor's vote by its logits: its loss, the weight of each negative, their mass, and what is left for its partner. */
export function voteOf(logits, objective) {
  const { duels, ownShare } = rulesOf(objective);
  const terms = duels(logits).map(softplus);
  const weights = logits.map((logit, j) => Math.exp(logit - (terms[j] ?? terms[0])));
  const [loss, mass] = [total(terms), total(weights)];
  return { loss, weights, mass, own: ownShare(loss, mass) };
}

/** Each negative's part of an anchor's push by its logits: 1 in all, or 0 without a negative. */
export function pushShares(logits, objective) {
  const terms = rulesOf(objective).duels(logits).map(softplus);
  const sizes = logits.map((logit, j) => logit - (terms[j] ?? terms[0])); // logarithms: no share is 0 / 0
  const all = logSumExp(sizes);
  return sizes.map((size) => (size === -Infinity ? 0 : Math.exp(size - all)));
}

/** The loss where all similarities are equal. */
export function chance(n, objective) {
  return rulesOf(objective).chance(n);
}

/** The pressure 2·l2_reg·tao from which raw pairs collapse. */
export function threshold(n, objective) {
  return n === 1 ? 0 : rulesOf(objective).threshold(n);
}

/** Whether all candidates of an anchor share one vote, so that weights are shares of it; else each has its duel. */
export function hasOneVote(objective) {
  return rulesOf(objective).hasOneVote;
}

function total(values) {
  return values.reduce((sum, x) => sum + x, 0);
}
