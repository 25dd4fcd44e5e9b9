// The stage as a widget of a notebook: its traits are the state's parts, both ways.

import { Stage } from "./stage.js";

const TRAITS = ["points", "labels", "tao", "l2_reg", "normalize", "objective", "surface", "selected"];
const PAUSE = 100; // milliseconds between two messages to the kernel while something moves

/** anywidget's entry: show the model in `el`, and return how to end it. */
export function render({ model, el }) {
  const root = document.createElement("div");
  el.append(root);
  let [last, isSending] = [0, false];
  const given = () => ({ ...model.get("state"), ...Object.fromEntries(TRAITS.map((name) => [name, model.get(name)])) });
  const stage = new Stage(root, given(), {
    ...model.get("options"),
    onChange: (state, isSettled) => {
      const now = performance.now();
      if (!isSettled && now - last < PAUSE) return;
      last = now;
      isSending = true;
      for (const name of TRAITS) model.set(name, state[name]);
      model.set("state", state);
      isSending = false;
      model.save_changes();
    },
  });
  const follow = () => {
    if (!isSending) stage.take(given());
  };
  const warn = () => stage.say(model.get("trouble"));
  for (const name of TRAITS) model.on(`change:${name}`, follow);
  model.on("change:trouble", warn);
  root.stage = stage;
  return () => {
    for (const name of TRAITS) model.off(`change:${name}`, follow);
    model.off("change:trouble", warn);
    stage.close();
  };
}
