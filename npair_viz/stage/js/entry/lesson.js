// A lesson as a page: interactive stages, questions that show their answers after a guess, exercises with checks.

import { checkedAnswer, unsealed } from "../model/exercise_check.js";
import { guessOf, revealed } from "../model/guesses.js";
import { stateFrom } from "../model/state.js";
import { element, put } from "../view/elements.js";
import { Stage } from "./stage.js";

/** Make everything on the page interactive; `given`: the state and options of each stage, and the scenes for all. */
export function openLesson({ stages, scenes }) {
  stages.forEach(({ state, options }, k) => {
    const root = document.querySelector(`[data-stage="${k}"]`);
    root.stage = new Stage(root, stateFrom(state, scenes), { ...options, scenes });
  });
  for (const form of document.querySelectorAll("form[data-question]")) ask(form);
  for (const form of document.querySelectorAll("form[data-exercise]")) examine(form);
  unfoldToPrint();
  letKeysScroll();
  addEventListener("resize", letKeysScroll);
}

function ask(form) {
  const [says, shows] = ["[role=alert]", "[role=status]"].map((role) => form.querySelector(role));
  const { ruler, number } = form.elements;
  const drawing = drawingIn(form);
  ruler?.addEventListener("input", () => (number.value = ruler.value));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const question = unsealed(form.dataset.question);
    const chosen = new FormData(form);
    try {
      const given = { choice: chosen.get("guess"), number: number?.value, arrow: form.drawn }[question.kind];
      const guess = guessOf(question, given);
      if (!chosen.get("reason")) throw new Error("A guess needs a reason: choose one.");
      says.textContent = "";
      shows.replaceChildren(...revealed(question, guess, chosen.get("reason")).map((line) => element("p", {}, line)));
      for (const input of form.elements) input.disabled = true;
      drawing?.draft("done", guess);
    } catch (error) {
      says.textContent = error.message;
    }
  });
}

// An arrow is drawn on its own stage, which hides the forces until the guess is committed.
function drawingIn(form) {
  const root = form.querySelector("[data-drawing]");
  if (!root) return null;
  const { state, hide } = JSON.parse(root.dataset.drawing);
  const onDrawn = (drawn) => (form.drawn = drawn);
  root.stage = new Stage(root, stateFrom(state), { hide, lock: ["move"], drawing: "open", onDrawn });
  return root.stage;
}

function examine(form) {
  const says = form.querySelector("[role=status]");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const { passed, text } = checkedAnswer(unsealed(form.dataset.exercise), form.elements.answer.value);
    says.textContent = text;
    put(says, { "data-kind": passed ? "done" : "hint" });
  });
}

// Anything wider than the window scrolls, also by the arrow keys.
function letKeysScroll() {
  for (const box of document.querySelectorAll(".formula, .wide")) {
    put(box, { tabindex: box.scrollWidth > box.clientWidth ? 0 : null });
  }
}

// In print everything that can be unfolded is open.
function unfoldToPrint() {
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open])")];
    for (const one of folded) one.open = true;
  });
  addEventListener("afterprint", () => {
    for (const one of folded) one.open = false;
  });
}
