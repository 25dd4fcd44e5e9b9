// The picture as a file, for slides: SVG, or PNG with Shift.

import { BOARD } from "../model/constants.js";
import { element, put } from "../view/elements.js";

const STYLES = [
  ...[
    "fill",
    "fill-opacity",
    "stroke",
    "stroke-width",
    "stroke-dasharray",
    "stroke-opacity",
    "stroke-linejoin",
    "stroke-linecap",
    "paint-order",
  ],
  ...["opacity", "visibility", "display", "font-size", "font-weight", "font-style", "text-anchor", "image-rendering"],
];
const SHARP = 3; // pixels of a PNG for one of the board
const [FONT, LINE, ROOM] = ["sans-serif", 20, BOARD - 16]; // of the sentence; a line's height and width in pixels
const SIZE = 15; // pixels of the sentence's letters
const SAVED = 10_000; // milliseconds after which a browser has saved a file

/** Save the board with its sentence. */
export async function savePicture(stage, isPng) {
  const copy = copyOf(stage);
  const blob = new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml" });
  const name = `${stage.state.scene || "points"}, tao ${stage.state.tao}`.replaceAll(" ", "_");
  if (isPng) download(await pngOf(blob, copy), `${name}.png`);
  else download(blob, `${name}.svg`);
  stage.say(isPng ? "Saved as PNG." : "Saved as SVG; with Shift it is a PNG.", "done");
}

// A copy of the board's drawing that needs no style sheet, on its paper, above its sentence.
function copyOf({ board, root, layout }) {
  const copy = board.svg.cloneNode(true);
  const [ours, theirs] = [board.svg, copy].map((svg) => [...svg.querySelectorAll("*")]);
  ours.forEach((one, k) => {
    const style = getComputedStyle(one);
    for (const name of STYLES) theirs[k].style.setProperty(name, style.getPropertyValue(name));
  });
  const { color, backgroundColor } = getComputedStyle(root);
  const { sentence, badge } = layout.texts;
  const lines = [badge, sentence].flatMap((one) => (one.hidden ? [] : wrapped(one.textContent)));
  const height = BOARD + LINE * (lines.length + 1);
  const size = { width: BOARD, height };
  copy.prepend(element("rect", { ...size, fill: backgroundColor }), ...[layout.ground, layout.field].flatMap(imageOf));
  const under = (words, k) =>
    element("text", { x: 8, y: BOARD + LINE * (k + 1), fill: color, "font-size": SIZE }, words);
  copy.append(...lines.map(under));
  put(copy, { ...size, xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 ${BOARD} ${height}` });
  copy.style.setProperty("font-family", FONT);
  return copy;
}

// What a canvas shows behind the points: the ground, or the landscape.
function imageOf(canvas) {
  if (canvas.hidden) return [];
  const { opacity } = getComputedStyle(canvas);
  return [element("image", { href: canvas.toDataURL(), width: BOARD, height: BOARD, opacity })];
}

function wrapped(words) {
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = `${SIZE}px ${FONT}`;
  const lines = [];
  for (const word of words.split(" ")) {
    const longer = lines.length ? `${lines.at(-1)} ${word}` : word;
    if (lines.length && pen.measureText(longer).width <= ROOM) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

async function pngOf(blob, { width, height }) {
  const image = new Image();
  const address = URL.createObjectURL(blob);
  image.src = address;
  await image.decode();
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: SHARP * width.baseVal.value, height: SHARP * height.baseVal.value });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(address);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), SAVED);
}
