// The stage as a widget of a notebook: its traits and the stage's state are kept equal in both directions.

import { Stage } from "./stage.js";

const PAUSE = 100; // milliseconds between two messages to the kernel while something moves

/** anywidget's entry: show the model in `el`, and return the function that removes it. */
export function render({ model, el }) {
  const root = document.createElement("div");
  el.append(root);
  let [last, isSending] = [0, false];
  let [seen, act] = [0, model.get("act")]; // all views of a model share one count of acts
  const traits = Object.keys(model.get("state")).filter((name) => model.get(name) !== undefined);
  const given = () => ({ ...model.get("state"), ...Object.fromEntries(traits.map((name) => [name, model.get(name)])) });
  const stage = new Stage(root, given(), {
    ...model.get("options"),
    landscape: model.get("landscape"),
    drawing: model.get("drawing"),
    drawn: model.get("drawn"),
    onChange: (state, isSettled, mine, hasLandscape, drawn) => {
      if (mine !== seen) [seen, act] = [mine, model.get("act") + 1];
      const now = performance.now();
      if (!isSettled && now - last < PAUSE) return;
      last = now;
      isSending = true;
      for (const name of traits) model.set(name, state[name]);
      model.set("act", act);
      model.set("landscape", hasLandscape);
      model.set("drawn", drawn);
      model.set("state", state);
      isSending = false;
      model.save_changes();
    },
  });
  const isMirror = model.get("options").mirror;
  const mirror = () => isSending || stage.mirror(model.get("state"));
  const compare = () => stage.compare(model.get("before"));
  const colour = () => isSending || stage.colour(model.get("landscape"));
  const draft = () => isSending || stage.draft(model.get("drawing"), model.get("drawn"));
  const follow = () => isSending || stage.take(given());
  const listeners = {
    ...(isMirror
      ? { "change:state": mirror, "change:before": compare }
      : Object.fromEntries(traits.map((name) => [`change:${name}`, follow]))),
    "change:landscape": colour,
    "change:drawing": draft,
    "change:drawn": draft,
    "change:trouble": () => stage.say(model.get("trouble")),
  };
  for (const [event, listener] of Object.entries(listeners)) model.on(event, listener);
  if (isMirror) compare();
  root.stage = stage;
  return () => {
    for (const [event, listener] of Object.entries(listeners)) model.off(event, listener);
    stage.close();
  };
}
