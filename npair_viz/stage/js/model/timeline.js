// The axis of steps: a step is a place on it, and where a run starts again at a lower step the axis goes on.

const STRIDES = [1, 2, 5];

/** The places of samples by their steps, null where a sample has none, and the parts between two starts of the run. */
export function timelineOf(steps) {
  const [at, parts] = [[], []];
  let former = null;
  for (const [k, given] of steps.entries()) {
    const step = Number.isFinite(given) ? given : (former ?? -1) + 1;
    if (former === null || step < former) {
      const begins = former === null ? step : at[k - 1] + ((at[k - 1] - at[0]) / (k - 1) || 1);
      parts.push({ shift: begins - step, first: step, last: step });
    }
    const part = parts.at(-1);
    part.last = step;
    at.push(step + part.shift);
    former = step;
  }
  const timeline = { at, parts, first: at[0] ?? 0, last: at.at(-1) ?? 0 };
  return {
    ...timeline,
    placed: (ones) => placedIn(parts, ones),
    placedLast: (ones) => ones.map((one) => ({ ...one, at: one.step + lastPartOf(parts, one.step).shift })),
  };
}

// Things in the order of time, each with its place.
function placedIn(parts, ones) {
  let [k, former] = [0, -Infinity];
  return ones.map((one) => {
    const isPast = () => one.step < former || one.step > parts[k].last || one.step < parts[k].first;
    if (k + 1 < parts.length && isPast()) k += 1;
    former = one.step;
    return { ...one, at: one.step + (parts[k]?.shift ?? 0) };
  });
}

function lastPartOf(parts, step) {
  return parts.findLast(({ first, last }) => first <= step && step <= last) ?? parts.at(-1) ?? { shift: 0 };
}

/** The number of the sample nearest to a place; -1 if there is none. */
export function sampleAt({ at }, place) {
  let [low, high] = [0, at.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at[middle] < place) low = middle + 1;
    else high = middle;
  }
  return low > 0 && place - at[low - 1] <= at[low] - place ? low - 1 : low < at.length ? low : -1;
}

/** Round steps for an axis on which there is room for `room` of them: their places and themselves. */
export function stepTicks({ parts, first, last }, room) {
  const width = last - first || 1;
  return parts.flatMap(({ shift, first: from, last: to }) => {
    const most = Math.max(1, Math.floor((room * (to - from)) / width));
    const stride = roundStride((to - from) / most);
    const ticks = [];
    for (let step = Math.ceil(from / stride) * stride; step <= to; step += stride)
      ticks.push({ at: step + shift, step });
    return ticks.length ? ticks : [{ at: from + shift, step: from }];
  });
}

// The least round whole number that is no smaller.
function roundStride(least) {
  const power = 10 ** Math.max(0, Math.floor(Math.log10(least || 1)));
  return Math.ceil((STRIDES.find((one) => one * power >= least) ?? 10) * power);
}
