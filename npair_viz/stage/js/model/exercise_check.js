// The check of an exercise on a page: compares numbers or words with the answer and usual mistakes, as in exercise.py.

/** Decodes what a page holds encoded, so that answers are not read by accident. */
export function unsealed(text) {
  return JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))));
}

/** { passed, text } for what was typed; `exercise` has an answer, slips with their hints, and a tolerance. */
export function checkedAnswer({ answer, slips, tolerance }, typed) {
  if (!typed.trim()) return { passed: false, text: "Not tried yet: type your answer." };
  if (isSame(typed, answer, tolerance)) return { passed: true, text: "Right." };
  const slip = slips.find((one) => isSame(typed, one.answer, tolerance));
  if (slip) return { passed: false, text: `Not yet: ${slip.hint}${/[.?]$/.test(slip.hint) ? "" : "."}` };
  return { passed: false, text: "Not yet. The hints help." };
}

// An answer is { words } or { numbers }; "inf" is infinity.
function isSame(typed, { words, numbers }, tolerance) {
  if (words) return String(wordsIn(typed)) === String([...new Set(words.map((word) => word.toLowerCase()))].sort());
  const ours = numbersOf(typed);
  const theirs = numbers.map(Number);
  if (ours === null || ours.length !== theirs.length) return false;
  const scale = Math.max(...theirs.map((x) => (Number.isFinite(x) ? Math.abs(x) : 0)));
  return ours.every((x, k) => x === theirs[k] || Math.abs(x - theirs[k]) <= tolerance * scale);
}

function wordsIn(typed) {
  const parts = typed.match(/[\p{L}\p{N}_]+/gu) ?? [];
  return [...new Set(parts.map((part) => part.toLowerCase()))].sort();
}

/** The numbers of a text, or null where it holds anything else: "0.37, 0.58", "[1 2]", "3,466", "infinite", "34.4e9". */
export function numbersOf(typed) {
  const bare = typed.replace(/[[\](){};]/g, " ");
  const parts = bare.split(/\s+/).flatMap(parted).filter(Boolean);
  const numbers = parts.map((part) => (/^[+-]?(inf|infinite|infinity|∞)$/i.test(part) ? Infinity : Number(part)));
  return numbers.length && numbers.every((x) => !Number.isNaN(x)) ? numbers : null;
}

// A comma separates numbers; it is a decimal comma if it is the only one and there is no dot.
function parted(part) {
  const bare = part.replace(/^,+|,+$/g, "");
  return /[.].*,|,.*[.,]/.test(bare) ? bare.split(",") : [bare.replace(",", ".")];
}
