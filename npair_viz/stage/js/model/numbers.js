// Numbers as words on screen: halves are rounded up, as narration.py does.

import { TINY } from "./constants.js";

/** x with so many decimals; tiny numbers keep two digits. */
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
