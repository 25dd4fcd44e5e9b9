// The two losses, "mc" and "ovo", and everything that depends on which of them it is: the same as losses/objectives.py.
// The logits of an anchor's negatives are (s_j - s) / tao, with s its partner's similarity; -Infinity: not a negative.
// The loss is a sum of terms log(1 + e^y): mc has one term for all negatives together, ovo one for each negative.

import { OBJECTIVES } from "./constants.js";

const RULES = {
  mc: {
    lossOf: (logits) => softplus(logSumExp(logits)),
    lossLess: (logits) => {
      const all = logSumExp(logits);
      return (less) => softplus(all - less);
    },
    term: (_, loss) => loss,
    ownShare: (loss) => Math.exp(-loss), // 1 - mass would lose the digits of a small share
    beyond: (loss, logit) => logit - loss,
    chance: (n) => Math.log(n),
    threshold: () => 1,
    hasOneVote: true,
  },
  ovo: {
    lossOf: (logits) => sumOfSoftplus(logits, 0),
    lossLess: (logits) => (less) => sumOfSoftplus(logits, less),
    term: softplus,
    ownShare: (_, mass) => 1 - mass,
    beyond: (_, logit) => logit,
    chance: (n) => (n - 1) * Math.LN2,
    threshold: (n) => n / 2,
    hasOneVote: false,
  },
};

function rulesOf(objective) {
  if (OBJECTIVES.includes(objective)) return RULES[objective];
  throw new Error(`objective must be one of ${OBJECTIVES.join(", ")}, got ${objective}`);
}

/** log(1 + e^x), exact for small and large x. */
export function softplus(x) {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** log Σ e^x of an array; -Infinity of an empty one. */
export function logSumExp(values) {
  let top = -Infinity;
  for (let k = 0; k < values.length; k++) top = Math.max(top, values[k]);
  if (!Number.isFinite(top)) return top;
  let sum = 0;
  for (let k = 0; k < values.length; k++) sum += Math.exp(values[k] - top);
  return top + Math.log(sum);
}

/** An anchor's loss by its logits; 0 where it has no negative. */
export function lossOf(logits, objective) {
  return rulesOf(objective).lossOf(logits);
}

/** An anchor's loss as a function of a number that is taken from all of its logits. */
export function lossLess(logits, objective) {
  return rulesOf(objective).lossLess(logits);
}

/** How much anchors' losses grow in all if each gets one more negative, with these logits. */
export function growthOfAll(losses, logits, objective) {
  const { beyond } = rulesOf(objective);
  const terms = new Float64Array(losses.length);
  for (let m = 0; m < losses.length; m++) terms[m] = beyond(losses[m], logits[m]);
  return sumOfSoftplus(terms, 0);
}

/** An anchor's loss by its logits, with the weight of each negative, their sum, and the partner's weight. */
export function voteOf(logits, objective) {
  const { lossOf, term, ownShare } = rulesOf(objective);
  const loss = lossOf(logits);
  const weights = new Float64Array(logits.length);
  let mass = 0;
  for (let j = 0; j < logits.length; j++) {
    weights[j] = Math.exp(logits[j] - term(logits[j], loss));
    mass += weights[j];
  }
  return { loss, weights, mass, own: ownShare(loss, mass) };
}

/** Each negative's part of an anchor's push by its logits: 1 in all, or 0 without a negative. */
export function pushShares(logits, objective) {
  const { lossOf, term } = rulesOf(objective);
  const loss = lossOf(logits);
  const shares = new Float64Array(logits.length);
  for (let j = 0; j < logits.length; j++) shares[j] = logits[j] - term(logits[j], loss); // as logarithms none is 0 / 0
  const all = logSumExp(shares);
  for (let j = 0; j < shares.length; j++) shares[j] = shares[j] === -Infinity ? 0 : Math.exp(shares[j] - all);
  return shares;
}

/** The loss where all similarities are equal. */
export function chance(n, objective) {
  return rulesOf(objective).chance(n);
}

/** The pressure 2·l2_reg·tao from which raw pairs collapse. */
export function threshold(n, objective) {
  return n === 1 ? 0 : rulesOf(objective).threshold(n);
}

/** Whether the weights of all candidates of an anchor sum to 1. */
export function hasOneVote(objective) {
  return rulesOf(objective).hasOneVote;
}

// Σ log(1 + e^(y - less)): the factors 1 + e^-|y| are at most 2 and few, so one logarithm serves all; `rest` is their
// product less 1, which keeps the digits of small ones.
function sumOfSoftplus(values, less) {
  let [sum, rest] = [0, 0];
  for (let k = 0; k < values.length; k++) {
    const y = values[k] - less;
    const factor = Math.exp(-Math.abs(y));
    rest += factor + rest * factor;
    sum += Math.max(y, 0);
  }
  return sum + Math.log1p(rest);
}
