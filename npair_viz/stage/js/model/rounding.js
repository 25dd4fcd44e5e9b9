// Numbers as a dtype holds them: rounded to the nearest, of two equally near ones to the even one, as torch rounds.

// By dtype: bits after the leading one, the least exponent, the largest number. torch rounds to float32 on the way.
const HALVES = { bfloat16: [7, -126, 2 ** 128 - 2 ** 120], float16: [10, -14, 65504] };

/** A number in a dtype. */
export function roundedTo(x, dtype) {
  if (dtype === "float64") return x;
  const single = Math.fround(x);
  return dtype === "float32" ? single : halved(single, ...HALVES[dtype]);
}

// To add and take away a number whose last digit is one step rounds to whole steps.
function halved(x, digits, least, largest) {
  if (x === 0 || !Number.isFinite(x)) return x;
  const step = 2 ** (Math.max(Math.floor(Math.log2(Math.abs(x))), least) - digits);
  const carrier = 1.5 * 2 ** 52 * step;
  const near = x + carrier - carrier;
  return Math.abs(near) > largest ? Math.sign(x) * Infinity : near;
}
