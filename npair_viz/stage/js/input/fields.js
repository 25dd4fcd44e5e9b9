// The user's input by lists, sliders, typed fields and buttons: each change is an act of the stage.

import { changed, moved } from "../model/acts.js";
import { SLIDER_L2_REGS, SLIDER_TAOS } from "../model/constants.js";
import { placed, placeTaken, typedCount, typedNumber, typedPlace } from "../model/typed.js";

/** Listen to the controls; `on(target, kind, handle)` adds a listener. */
export function listenToFields(stage, on) {
  const { controls } = stage.layout;
  const set = (name, act) => on(controls[name], "change", ({ target }) => stage.attempt(() => act(target)));
  set("scene", ({ value }) => stage.open(value));
  set("selected", ({ value }) => stage.change({ selected: Number(value), point: "anchor" }));
  set("surface", ({ value }) => setLengths(stage, { surface: value }));
  set("normalize", ({ checked }) => stage.change({ normalize: checked, surface: stage.state.surface }));
  set("objective", ({ value }) => stage.change({ objective: value }));
  set("view", ({ value }) => stage.look({ view: value }));
  set("landscape", ({ checked }) => stage.look({ landscape: checked }));
  for (const name of ["best", "ground"]) set(name, () => stage.schedule());
  set("relabel", ({ value }) => stage.change({ same: value ? [stage.mission.relabel.label, Number(value)] : [] }));
  set("same", ({ selectedOptions }) =>
    stage.change({ same: Array.from(selectedOptions, ({ value }) => Number(value)) }),
  );
  set("dtype", ({ value }) => (stage.state.base?.isSpan ? stage.ask : stage.change).call(stage, { dtype: value }));
  set("policy", ({ value }) => stage.ask({ policy: value }));
  set("n_classes", ({ value }) => stage.ask({ n_classes: typedCount("classes", value) }));
  set("seed", ({ value }) => stage.ask({ seed: typedCount("seed", value) }));
  set("typed tao", ({ value }) => stage.change({ tao: typedNumber("tao", value) }));
  set("typed l2_reg", ({ value }) => stage.change({ l2_reg: typedNumber("l2_reg", value) }));
  set("place", ({ value }) => place(stage, value));
  set("point", () => stage.schedule());
  slide(stage, on, "tao", SLIDER_TAOS);
  slide(stage, on, "l2_reg", SLIDER_L2_REGS);
  for (const field of stage.root.querySelectorAll("input[type=text]")) {
    on(field, "input", () => (field.dataset.typing = "yes"));
    on(field, "change", () => delete field.dataset.typing);
    on(field, "blur", () => {
      delete field.dataset.typing;
      stage.schedule();
    });
  }
}

/** Free the lengths, or hold them at 1; points in their own span that are rounded are Python's to change. */
export function setLengths(stage, changes) {
  const { base, dtype } = stage.state;
  if (base?.isSpan && dtype !== "float64") stage.ask(changes);
  else stage.change(changes);
}

// Put the point that is chosen in the list at a typed place, and say what was taken if that is not what was typed.
function place(stage, text) {
  const { state, layout, reading } = stage;
  const { point } = layout.controls;
  const index = Number(point.value.slice(1)) + (point.value[0] === "p" ? reading.n : 0);
  const isHeld = state.surface === "sphere";
  const numbers = typedPlace(text);
  const after = changed(moved(state, index, placed(reading.rows[index], numbers, isHeld)), {});
  stage.begin();
  stage.show(after);
  stage.settle();
  const note = placeTaken(numbers, after.points[index], isHeld);
  if (note) stage.say(note, "hint");
}

// One move of a slider is one act: it begins with the first input event and ends with the change event. A finger that
// turns out to scroll the page moves none.
function slide(stage, on, name, values) {
  const slider = stage.layout.controls[name];
  let before = null; // where the slider stood
  on(slider, "input", () => {
    if (before === null) {
      stage.begin();
      before = stage.state[name];
    }
    stage.show({ ...stage.state, [name]: values[slider.value] });
  });
  const end = () => {
    if (before !== null) stage.settle();
    before = null;
  };
  on(slider, "change", end);
  on(slider, "pointercancel", () => {
    if (before === null) return;
    stage.show({ ...stage.state, [name]: before });
    end();
  });
}
