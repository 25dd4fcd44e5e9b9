// Curves through thousands of samples, thinned to what pixels can show: where a pixel has many, their mean is a point, and
// from the least to the greatest of them is a span.

const FEW_IN_A_PIXEL = 3; // samples of a pixel that are points of their own

/**
 * The runs of points [across, value] between two gaps, spans [across, least, greatest], and where gaps begin and end. A value that is not finite is a gap;
 * null is no sample, and the curve goes on.
 */
export function curveOf(at, values, across) {
  const [runs, spans, gaps] = [[], [], []];
  let pixel = [];
  let isGap = null;
  const flush = () => {
    if (pixel.length > FEW_IN_A_PIXEL) spans.push(spanOf(pixel));
    if (pixel.length) runs.at(-1).push(...(pixel.length > FEW_IN_A_PIXEL ? [meanOf(pixel)] : pixel));
    pixel = [];
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
    if (pixel.length && Math.floor(x) !== Math.floor(pixel[0][0])) flush();
    pixel.push([x, value]);
  }
  flush();
  return { runs, spans, gaps };
}

function meanOf(points) {
  return [0, 1].map((k) => points.reduce((sum, point) => sum + point[k], 0) / points.length);
}

function spanOf(points) {
  const values = points.map(([, value]) => value);
  return [meanOf(points)[0], Math.min(...values), Math.max(...values)];
}

/** The numbers of at most `most` of `count` things, evenly, the first and the last among them. */
export function evenly(count, most) {
  if (count <= most) return Array.from({ length: count }, (_, k) => k);
  return Array.from({ length: most }, (_, k) => Math.round((k * (count - 1)) / (most - 1)));
}
