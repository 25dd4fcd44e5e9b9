// The living picture of a run, in a notebook and as a page.

import { RecordingView } from "./recording_view.js";

/**
 * anywidget's view of a model in `el`; returns the function that removes it. What is shown is the state of another model,
 * a core widget: to that no message is lost, however late this script starts.
 */
export function renderRecording({ model, el }) {
  const root = document.createElement("div");
  el.append(root);
  const view = new RecordingView(root, { canGrow: true });
  root.recording = view;
  let end = () => {};
  let isGone = false;
  const begin = async () => {
    const parts = await model.widget_manager.get_model(model.get("parts").replace("IPY_MODEL_", ""));
    if (isGone) return;
    const take = () => view.take(parts.attributes);
    parts.on("change:number", take);
    end = () => parts.off("change:number", take);
    take();
  };
  begin().catch((error) => {
    root.append(`The picture can't be drawn: ${error.message}. Run the cell again.`);
    console.error(error);
  });
  return () => {
    isGone = true;
    end();
    view.close();
    delete root.recording; // the host may keep `el`
    root.remove();
  };
}

/** The picture of a whole recording in `root`. */
export function openRecording(root, parts) {
  root.recording = new RecordingView(root);
  root.recording.take(parts);
}
