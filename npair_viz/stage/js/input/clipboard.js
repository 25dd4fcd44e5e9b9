// A stage as Python, on the clipboard.

import { pythonOf } from "../model/python_call.js";
import { put } from "../view/elements.js";

/** Put a stage as Python on the clipboard, or where that is not allowed in a box from which a person can copy it. */
export async function copyPython(stage) {
  const { python } = stage.layout.texts;
  python.value = pythonOf(stage.state, stage.scenes);
  try {
    await navigator.clipboard.writeText(python.value);
    put(python, { hidden: "" });
    stage.say("Copied as Python.", "done");
  } catch {
    put(python, { hidden: null });
    python.select();
    stage.say("Press Ctrl+C, or ⌘C, to copy it.", "hint");
  }
}
