// The look of classes and of numbers as colours, as look.py has it.

const PALETTE = ["#E69F00", "#56B4E9", "#009E73", "#F0E442", "#CC79A7"]; // Okabe and Ito's, less the forces' two
const GREY = "#8c8c8c";
const SCALE = ["#440154", "#3b528b", "#21918c", "#5ec962", "#fde725"]; // viridis, low to high
const TABLE = Array.from({ length: 256 }, (_, k) => mixed(k / 255));

/** A colour a pair; beyond five pairs only the chosen one and its hardest negative have one. */
export function colours({ n, selected, negatives }) {
  if (n <= PALETTE.length) return PALETTE;
  return Array.from({ length: n }, (_, i) => (i === selected ? PALETTE[0] : i === negatives[0] ? PALETTE[1] : GREY));
}

/** The colour of a part from 0, low, to 1, high: [red, green, blue]. */
export function shade(part) {
  return TABLE[Math.round(255 * Math.min(Math.max(part, 0), 1))];
}

function mixed(part) {
  const at = part * (SCALE.length - 1);
  const k = Math.min(Math.floor(at), SCALE.length - 2);
  const [from, to] = [SCALE[k], SCALE[k + 1]].map((hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16)));
  return from.map((value, c) => Math.round(value + (at - k) * (to[c] - value)));
}
