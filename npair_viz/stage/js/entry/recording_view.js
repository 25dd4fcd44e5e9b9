// A view of a run that is watched: it takes parts, holds the moment that is looked at, and draws at most once a frame.

import { listenToRecording } from "../input/recording_hands.js";
import { MOVE } from "../model/constants.js";
import { begun, followed, newest, newSince, paused, replayed, wentTo } from "../model/moments.js";
import { isMotionBetween, pictureAt, recordingReader, rowsBetween } from "../model/recording.js";
import { momentWords, newWords, pictureWords, restWords } from "../model/recording_words.js";
import { sampleAt } from "../model/timeline.js";
import { put, putWords } from "../view/elements.js";
import { eased } from "../view/motion.js";
import { drawnRows, drawPlane } from "../view/recording_board.js";
import { drawCharts, drawCursor } from "../view/recording_charts.js";
import { drawAlerts, makeRecordingLayout } from "../view/recording_layout.js";

/** A recording in `root`. `canGrow`: whether a kernel may send more of it. */
export class RecordingView {
  constructor(root, { canGrow = false } = {}) {
    this.canGrow = canGrow;
    this.read = recordingReader();
    this.recording = this.read({});
    this.moment = newest(this.recording);
    this.layout = makeRecordingLayout(root, canGrow);
    Object.assign(this, {
      pointed: null,
      lit: null,
      picture: null,
      shown: null,
      leaps: false,
      glided: null,
      frame: 0,
      width: 0,
      isNew: true,
    });
    this.listener = new AbortController();
    listenToRecording(this);
    this.sizes = new ResizeObserver(() => this.schedule());
    this.sizes.observe(this.layout.charts.axis);
  }

  get isStill() {
    return matchMedia("(prefers-reduced-motion: reduce)").matches;
  }

  /** Take the newest parts. */
  take(parts) {
    this.recording = this.read(parts);
    this.isNew = true;
    this.moment = followed(this.moment, this.recording);
    this.leaps = this.moment.mode === "live";
    this.schedule();
  }

  /** Play from here or from the start; with reduced motion show the end. */
  play() {
    this.moment = this.isStill ? newest(this.recording) : begun(this.moment, this.recording);
    this.drawnAt = performance.now();
    this.schedule();
  }

  pause() {
    this.moment = paused(this.moment, this.recording);
    this.schedule();
  }

  /** The newest moment, and those that come. */
  live() {
    this.leaps = true;
    this.moment = newest(this.recording);
    this.schedule();
  }

  /** Go to the sample nearest to a place on the axis; `leaps`: rows move there. */
  go(place, leaps = false) {
    const { timeline } = this.recording;
    this.leaps = leaps;
    this.moment = wentTo(this.moment, this.recording, timeline.at[sampleAt(timeline, place)] ?? place);
    this.schedule();
  }

  /** Read the numbers at a place on the axis, null for those of the moment. */
  point(place) {
    this.pointed = place;
    this.schedule();
  }

  /** Let the rows of a class stand out, null for none. */
  light(one) {
    this.lit = one;
    this.schedule();
  }

  schedule() {
    this.frame ||= requestAnimationFrame((now) => {
      this.frame = 0;
      this.draw(now);
    });
  }

  close() {
    cancelAnimationFrame(this.frame);
    this.frame = -1; // nothing is drawn any more
    this.listener.abort();
    this.sizes.disconnect();
  }

  draw(now) {
    const { moment, recording } = this;
    if (moment.mode === "played") {
      this.moment = replayed(moment, recording, Math.max(0, now - this.drawnAt));
      this.drawnAt = now;
      if (this.moment.mode === "played") this.schedule();
    }
    this.drawRows(now);
    this.drawNumbers();
    this.drawPlayer();
  }

  drawRows(now) {
    const { layout, moment, recording } = this;
    const found = pictureAt(recording.pictures, moment.place);
    putWords(layout.caption, pictureWords(found?.picture ?? null, found ? drawnRows(found.picture) : 0));
    put(layout.plane.svg, { "aria-label": layout.caption.textContent });
    if (!found) return;
    const { picture, next, part } = found;
    const isBetween = moment.mode === "played" && isMotionBetween(picture, next);
    const wanted = isBetween ? rowsBetween(picture, next, part) : picture;
    if (this.picture !== picture) this.startGlide(picture, now);
    this.picture = picture;
    this.shown = this.glided ? this.gliding(wanted, now) : wanted;
    if (this.lit !== null && !picture.classes.includes(this.lit)) this.lit = null;
    drawPlane(layout.plane, picture, this.shown, this.lit);
    const rows = this.lit === null ? 0 : picture.classes.filter((one) => one === this.lit).length;
    putWords(layout.lit, rows ? `class ${this.lit}: ${rows} ${rows === 1 ? "row" : "rows"}` : "");
  }

  // Rows that a new picture or an act puts elsewhere go there; a hand on the slider never waits.
  startGlide(picture, now) {
    const goes = this.leaps && !this.isStill && this.moment.mode !== "played" && isMotionBetween(this.picture, picture);
    this.glided = goes && this.shown ? { from: this.shown, begun: now } : null;
  }

  gliding(wanted, now) {
    const { from, begun: start } = this.glided;
    const part = Math.min(Math.max((now - start) / MOVE, 0), 1);
    if (part === 1) this.glided = null;
    else this.schedule();
    return rowsBetween(from, wanted, eased(part));
  }

  drawNumbers() {
    const { layout, moment, recording, pointed } = this;
    const { timeline } = recording;
    const index = sampleAt(timeline, pointed ?? moment.place);
    putWords(layout.name, recording.name);
    layout.name.hidden = recording.name === "";
    putWords(layout.sentence, momentWords(recording, index));
    putWords(layout.rest, restWords(recording, index));
    putWords(layout.notes, recording.leftOut ? `This page leaves ${recording.leftOut} pictures of rows out.` : "");
    drawAlerts(layout, recording.alerts);
    const width = Math.round(layout.charts.axis.getBoundingClientRect().width);
    if (!width) return; // out of sight: the size will be told
    if (this.isNew || width !== this.width) drawCharts(layout.charts, recording, width);
    Object.assign(this, { isNew: false, width });
    drawCursor(layout.charts, recording, width, {
      place: moment.place,
      pointed: pointed === null ? null : timeline.at[index],
      index,
    });
  }

  drawPlayer() {
    const { moment, recording, canGrow } = this;
    const { play, live, badge, slider } = this.layout.player;
    const goesOn = moment.mode === "played" || (moment.mode === "live" && canGrow);
    put(play, { "data-action": goesOn ? "pause" : "play" });
    putWords(play, goesOn ? "Pause" : "Play");
    put(live, { "aria-pressed": moment.mode === "live" });
    putWords(badge, newWords(canGrow ? newSince(moment, recording) : 0));
    const index = sampleAt(recording.timeline, moment.place);
    put(slider, { max: Math.max(0, recording.count - 1), "aria-valuetext": momentWords(recording, index) });
    if (Number(slider.value) !== index) slider.value = index;
    for (const one of [play, slider]) one.disabled = recording.count < 2;
  }
}
