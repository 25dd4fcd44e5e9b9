// What tests read of a state by its name: the readings of experiments.json.

import { dot, norm, plus } from "../../npair_viz/stage/js/model/loss.js";
import { readingOf } from "../../npair_viz/stage/js/model/reading.js";

/** One number or word of a state: ["loss of", "3"], ["share", "3", "8"], ["net on", "a3", "x"]. */
export function valueOf(state, [name, ...of], reading = readingOf(state)) {
  const pair = (label) => reading.names.indexOf(label);
  const [one, other] = of;
  return {
    loss: () => reading.loss,
    "loss of": () => reading.losses[pair(one)],
    share: () => reading.weights[pair(one)][pair(other)],
    "share of push": () => reading.pushShares[pair(one)][pair(other)],
    "effective negatives": () => reading.effective[pair(one)],
    "push from": () => norm(pushFrom(reading, pair(one), pair(other))),
    pick: () => reading.names[picked(reading, pair(one))],
    right: () => reading.names.filter((_, i) => picked(reading, i) === i).length,
    "pull on": () => forceOn(reading, "pull", one, other),
    "net on": () => forceOn(reading, "net", one, other),
    "mean norm": () => reading.norms.reduce((sum, x) => sum + x, 0) / reading.norms.length,
    floor: () => reading.ruler.floor,
    chance: () => reading.ruler.chance,
  }[name]();
}

function picked({ similarities }, i) {
  return similarities[i].indexOf(Math.max(...similarities[i]));
}

function forceOn(reading, kind, point, axis) {
  const side = point[0] === "a" ? reading.onAnchors : reading.onPositives;
  const force = side[kind][reading.names.indexOf(point.slice(1))];
  return axis === undefined ? norm(force) : force["xyz".indexOf(axis)];
}

// What the other's positive adds to an anchor's push, as the anchor feels it.
function pushFrom({ n, tao, weights, seen, held, norms }, i, j) {
  const way = seen.positives[j].map((x) => (-weights[i][j] * x) / (n * tao));
  if (!held) return way;
  const anchor = seen.anchors[i];
  return plus(way, anchor, -dot(way, anchor)).map((x) => x / norms[i]);
}
