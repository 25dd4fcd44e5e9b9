// What a hand does with a run that is watched: buttons, the slider, a pointer on the charts and on the rows.

import { BOARD } from "../model/constants.js";
import { rowAt } from "../view/recording_board.js";
import { placeAtPixel } from "../view/recording_charts.js";

/** Listen to everything in the view's root. */
export function listenToRecording(view) {
  const { root, charts, plane, player } = view.layout;
  const on = (target, kind, handle) => target.addEventListener(kind, handle, { signal: view.listener.signal });
  on(root, "keydown", (event) => event.stopPropagation()); // JupyterLab listens, too: 'a' would insert a cell
  on(root, "click", ({ target }) => {
    const { action, place } = target.closest("[data-action], [data-place]")?.dataset ?? {};
    if (action)
      view[action](); // a button has the name of its method
    else if (place !== undefined) view.go(Number(place), true);
  });
  on(player.slider, "input", () => view.go(view.recording.timeline.at[Number(player.slider.value)]));
  const placeUnder = ({ clientX, target }) => {
    const flag = target.closest("[data-place]");
    const { left, width } = charts.axis.getBoundingClientRect();
    return flag ? Number(flag.dataset.place) : placeAtPixel(view.recording.timeline, width, clientX - left);
  };
  const isOnChart = ({ clientX }) => {
    const { left, right } = charts.axis.getBoundingClientRect();
    return clientX >= left && clientX <= right;
  };
  on(charts.all, "pointermove", (event) => {
    view.point(view.recording.count && isOnChart(event) ? placeUnder(event) : null);
    if (event.buttons && isOnChart(event) && event.pointerType === "mouse") view.go(placeUnder(event));
  });
  on(charts.all, "pointerleave", () => view.point(null));
  on(charts.all, "click", (event) => {
    view.point(null);
    if (isOnChart(event) && !event.target.closest("[data-place]")) view.go(placeUnder(event));
  });
  const lightUnder = ({ clientX, clientY }) => {
    if (!view.shown) return;
    const { left, top, width } = plane.svg.getBoundingClientRect();
    const row = rowAt(view.shown, { x: ((clientX - left) * BOARD) / width, y: ((clientY - top) * BOARD) / width });
    view.light(row < 0 ? null : view.picture.classes[row]);
  };
  on(plane.svg, "pointermove", lightUnder);
  on(plane.svg, "click", lightUnder);
  on(plane.svg, "pointerleave", ({ pointerType }) => pointerType === "mouse" && view.light(null));
}
