// Curves through thousands of samples, thinned to what pixels can show: of each pixel the first, the least, the greatest
// and the last.

/**
 * The runs of points [across, value] between two gaps, and where gaps begin and end. A value that is not finite is a gap;
 * null is no sample, and the curve goes on.
 */
export function curveOf(at, values, across) {
  const [runs, gaps] = [[], []];
  let pixel = null;
  let isGap = null;
  const flush = () => {
    if (pixel !== null) runs.at(-1).push(...pixel.points());
    pixel = null;
  };
  for (const [k, value] of values.entries()) {
    if (value === null) continue;
    const x = across(at[k]);
    const wasGap = isGap;
    isGap = !Number.isFinite(value);
    if (isGap) {
      flush();
      if (!wasGap) gaps.push([x, x]);
      gaps.at(-1)[1] = x;
      continue;
    }
    if (wasGap !== false) runs.push([]);
    if (pixel !== null && Math.floor(x) !== pixel.column) flush();
    pixel ??= pixelOf(Math.floor(x));
    pixel.add(x, value);
  }
  flush();
  return { runs, gaps };
}

function pixelOf(column) {
  let [first, least, greatest, last] = [null, null, null, null];
  return {
    column,
    add(x, value) {
      const point = [x, value];
      first ??= point;
      last = point;
      if (least === null || value < least[1]) least = point;
      if (greatest === null || value > greatest[1]) greatest = point;
    },
    points: () => [...new Set([first, least, greatest, last])].sort(([a], [b]) => a - b),
  };
}

/** The numbers of at most `most` of `count` things, evenly, the first and the last among them. */
export function evenly(count, most) {
  if (count <= most) return Array.from({ length: count }, (_, k) => k);
  return Array.from({ length: most }, (_, k) => Math.round((k * (count - 1)) / (most - 1)));
}
