// Numbers as text on screen: halves are rounded up, as in narration.py.

import { TINY } from "./constants.js";

/** x with that many decimals; smaller numbers keep two digits. */
export function fixed(x, places) {
  const size = Math.abs(x);
  if (size > TINY && size < 0.5 * 10 ** -places) return x.toExponential(1);
  return halfUp(x, places);
}

/** A share in percent. */
export function percent(x, places = 0) {
  return `${halfUp(100 * x, places)} %`;
}

function halfUp(x, places) {
  return (Math.floor(x * 10 ** places + 0.5) / 10 ** places).toFixed(places);
}
