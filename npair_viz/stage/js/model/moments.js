// Which moment of a run is looked at. A moment is a place on the axis of steps, so it stays where it is though samples
// are added or thinned.

const SHORTEST_REPLAY = 3000; // milliseconds of a replay from the first moment to the last
const LONGEST_REPLAY = 20000;
const PER_PICTURE = 420;

/** The newest moment, which moves with the run. */
export function newest({ timeline }) {
  return { mode: "live", place: timeline.last, seen: timeline.last };
}

/** The moment after a recording has grown. */
export function followed(moment, recording) {
  return moment.mode === "live" ? newest(recording) : moment;
}

/** The same moment, held. */
export function paused(moment, { timeline }) {
  return { mode: "held", place: moment.place, seen: moment.mode === "held" ? moment.seen : timeline.last };
}

/** Another moment, held; at the end it is the newest one, which moves. */
export function wentTo(moment, recording, place) {
  const { last } = recording.timeline;
  return place >= last ? newest(recording) : { ...paused(moment, recording), place };
}

/** A replay from a moment, or from the first one if it is at the end. */
export function begun(moment, { timeline }) {
  const { first, last } = timeline;
  return { mode: "played", place: moment.place >= last ? first : moment.place, seen: last };
}

/** A replay after some milliseconds; it ends with the newest moment. */
export function replayed(moment, recording, milliseconds) {
  const { first, last } = recording.timeline;
  const length = Math.min(Math.max(PER_PICTURE * recording.pictures.length, SHORTEST_REPLAY), LONGEST_REPLAY);
  const place = moment.place + ((last - first) * milliseconds) / length;
  return place >= last ? newest(recording) : { ...moment, place };
}

/** How many samples have come since a moment is held. */
export function newSince({ mode, seen }, { timeline }) {
  return mode === "live" ? 0 : timeline.at.length - timeline.at.findLastIndex((at) => at <= seen) - 1;
}
