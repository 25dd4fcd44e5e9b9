// What is shown after a guess: the truth, the distance in words, why, and the misconception behind a usual wrong guess.

import { fixed } from "./numbers.js";

/** The lines of the answer, as a notebook shows them; `question` is the encoded part of a page's question. */
export function revealed(question, guess, reason) {
  const { told, truth, why, misconceptions } = question;
  const said = typeof guess === "string" ? told[guess] : toldGuess(guess);
  const letter = isNear(question, guess, truth) ? null : usualOf(question, guess);
  const both = [`Your guess, by ${reason}: ${said}.`, `The truth: ${question.toldTruth}.`];
  return [...both, gapOf(question, guess), why, misconceptions[letter] ?? ""].filter(Boolean);
}

/** The guess in a form, checked; throws Error with a message for the user. */
export function guessOf({ kind, low, high }, given) {
  if (kind === "choice") {
    if (!given) throw new Error("Choose one first.");
    return given;
  }
  if (kind === "arrow") {
    if (!given?.length) throw new Error("Draw an arrow first.");
    return given;
  }
  const number = given.trim() ? Number(given.replace(",", ".")) : NaN;
  if (!(number >= low && number <= high)) throw new Error(`The guess is a number from ${low} to ${high}.`);
  return number;
}

function toldGuess(guess) {
  if (!Array.isArray(guess)) return fixed(guess, 3);
  const towards = ((Math.atan2(guess[1], guess[0]) * 180) / Math.PI + 360) % 360;
  return `(${guess.map((x) => fixed(x, 3)).join(", ")}), towards ${towards.toFixed(0)} degrees`;
}

function usualOf({ kind, places, ...question }, guess) {
  if (kind === "choice") return guess;
  const at = places.findIndex((place) => isNear(question, guess, place));
  return at < 0 ? null : "ABCDEFGH"[at];
}

function gapOf(question, guess) {
  const { truth } = question;
  const isRight = isNear(question, guess, truth);
  if (typeof guess === "string") return isRight ? "Right." : "Not that one.";
  if (Array.isArray(guess)) {
    const between = `${turnBetween(guess, truth).toFixed(0)} degrees between the two.`;
    return `${isRight ? "Right" : "Not that way"}: ${between}`;
  }
  const gap = guess - truth;
  if (isRight) return `Right: ${fixed(Math.abs(gap), 3)} between the two.`;
  return `Too ${gap > 0 ? "high" : "low"} by ${fixed(Math.abs(gap), 3)}.`;
}

function isNear({ near }, guess, place) {
  if (typeof guess === "string") return guess === place;
  return Array.isArray(guess) ? turnBetween(guess, place) <= near : Math.abs(guess - place) <= near;
}

// Degrees between two vectors of the plane, 0 to 180.
function turnBetween([x, y], [u, v]) {
  return Math.abs((Math.atan2(x * v - y * u, x * u + y * v) * 180) / Math.PI);
}
