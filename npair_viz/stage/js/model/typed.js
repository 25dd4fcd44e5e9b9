// What a person types: text to numbers and places, and in words what was taken for it. The same words as Python's.

import { FARTHEST } from "./constants.js";
import { norm } from "./loss.js";

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const NEAR = 5e-3; // a length that differs from 1 by less is rounding

/** The number in a typed text, with a decimal point or comma; throws Error that says what can be typed. */
export function typedNumber(name, text) {
  const number = text.trim().replace(",", ".");
  if (!NUMBER.test(number)) throw new Error(`${name} is a number like 0.5, got '${text}'`);
  return Number(number);
}

/** The whole number in a typed text; throws Error that says what can be typed. */
export function typedCount(name, text) {
  if (!/^[+-]?\d{1,9}$/.test(text.trim())) throw new Error(`${name} is a whole number like 5, got '${text}'`);
  return Number(text);
}

/** The place that a person typed: one number is an angle in degrees, more are coordinates. */
export function typedPlace(text) {
  const parts = text.replace("°", "").split(text.includes(";") ? ";" : ",");
  try {
    return parts.map((part) => typedNumber("a place", part));
  } catch {
    throw new Error(`a place is an angle like 120 or coordinates like 0.3, 0.8, got '${text}'`);
  }
}

/** A point's coordinates at a typed place: an angle keeps the point's length. */
export function placed(row, numbers, isHeld) {
  const isAngle = row.length === 2 && numbers.length === 1;
  const angle = (numbers[0] * Math.PI) / 180;
  const length = isHeld ? 1 : norm(row);
  const place = isAngle ? [length * Math.cos(angle), length * Math.sin(angle)] : numbers;
  if (place.length !== row.length) {
    throw new Error(
      `a place needs ${row.length} coordinates here, got ${numbers.length} number${numbers.length > 1 ? "s" : ""}`,
    );
  }
  if (!place.every((x) => Math.abs(x) <= FARTHEST))
    throw new Error(`a place must be within ±${FARTHEST} in every coordinate`);
  if (isHeld && norm(place) === 0) {
    throw new Error("the centre has no direction, so it has no place on the circle: name another place");
  }
  return place;
}

/** Where a point is, as a person would type it: degrees on the circle, else coordinates. */
export function placeText(row, isHeld) {
  if (isHeld && row.length === 2) return turned((Math.atan2(row[1], row[0]) * 180) / Math.PI);
  return Array.from(row, (x) => String(Number(x.toFixed(3)) + 0)).join(", ");
}

/** What was taken where that is not what the text says, in words; else "". `place` is where the point is now. */
export function placeTaken(numbers, row, isHeld) {
  const d = row.length;
  if (numbers.length === 1 && d > 1) {
    const [angle] = numbers;
    return d === 2 && !(angle >= 0 && angle < 360) ? `${angle}° is the same as ${turned(angle)}°.` : "";
  }
  if (!isHeld || Math.abs(norm(numbers) - 1) < NEAR) return "";
  const unit = d === 2 ? "°" : "";
  return `Took the coordinates ${numbers.join(", ")} and brought them to length 1: ${placeText(row, isHeld)}${unit}.`;
}

// An angle from 0 to 360 degrees.
function turned(degrees) {
  return ((((degrees % 360) + 360) % 360) + 0).toFixed(1);
}
