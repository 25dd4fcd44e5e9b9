// A lesson as a page: its stages live, its questions hold their answers back until a guess, its exercises check.

import { checkedAnswer, unsealed } from "./answering.js";
import { element, put } from "./board.js";
import { guessOf, revealed } from "./guessing.js";
import { Stage } from "./stage.js";

/** Bring everything on the page to life; `given`: the state and the options of each stage, and the scenes that all share. */
export function openLesson({ stages, scenes }) {
  stages.forEach(({ state, options }, k) => {
    const root = document.querySelector(`[data-stage="${k}"]`);
    root.stage = new Stage(root, state, { ...options, scenes });
  });
  for (const form of document.querySelectorAll("form[data-question]")) ask(form);
  for (const form of document.querySelectorAll("form[data-exercise]")) examine(form);
  unfoldToPrint();
}

function ask(form) {
  const [says, shows] = ["[role=alert]", "[role=status]"].map((role) => form.querySelector(role));
  const { ruler, number, dx, dy } = form.elements;
  ruler?.addEventListener("input", () => (number.value = ruler.value));
  if (dx) draws(form);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const question = unsealed(form.dataset.question);
    const chosen = new FormData(form);
    try {
      const given = { choice: chosen.get("guess"), number: number?.value, arrow: [dx?.value, dy?.value] }[question.kind];
      const guess = guessOf(question, given);
      if (!chosen.get("reason")) throw new Error("A guess needs a reason: choose one.");
      says.textContent = "";
      shows.replaceChildren(...revealed(question, guess, chosen.get("reason")).map((line) => element("p", {}, line)));
      for (const input of form.elements) input.disabled = true;
      form.dataset.committed = "";
      if (dx) point(form.querySelector(".true"), question.truth);
    } catch (error) {
      says.textContent = error.message;
    }
  });
}

// An arrow from the middle of a small board, by pointer or by its angle.
function draws(form) {
  const { dx, dy, angle } = form.elements;
  const pad = form.querySelector("svg");
  const set = (x, y) => {
    [dx.value, dy.value] = [x, y];
    point(pad.querySelector(".drawn"), [x, y]);
  };
  const aim = ({ clientX, clientY }) => {
    const box = pad.getBoundingClientRect();
    const [x, y] = [(clientX - box.left) / box.width - 0.5, 0.5 - (clientY - box.top) / box.height];
    if (form.dataset.committed !== undefined || Math.hypot(x, y) < 0.02) return;
    set(x, y);
    angle.value = Math.round((Math.atan2(y, x) * 180) / Math.PI);
  };
  pad.addEventListener("pointerdown", (event) => {
    pad.setPointerCapture(event.pointerId);
    aim(event);
  });
  pad.addEventListener("pointermove", (event) => event.buttons && aim(event));
  angle.addEventListener("input", () => set(Math.cos((angle.value * Math.PI) / 180), Math.sin((angle.value * Math.PI) / 180)));
}

function point(arrow, [x, y]) {
  const turn = (-Math.atan2(y, x) * 180) / Math.PI;
  put(arrow, { transform: `rotate(${turn})`, visibility: "visible" });
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

// Paper can't be unfolded.
function unfoldToPrint() {
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open])")];
    for (const one of folded) one.open = true;
  });
  addEventListener("afterprint", () => folded.forEach((one) => (one.open = false)));
}
