// The picture as a file, for slides: SVG, or PNG with Shift.

const STYLES = [
  "fill",
  "stroke",
  "stroke-width",
  "stroke-dasharray",
  "opacity",
  "font-size",
  "font-weight",
  "visibility",
];
const SHARP = 3; // pixels of a PNG for one of the board

/** Save the board with its sentence. */
export async function savePicture(stage, isPng) {
  const text = new XMLSerializer().serializeToString(copyOf(stage));
  const blob = new Blob([text], { type: "image/svg+xml" });
  const name = `${stage.state.scene || "points"}, tao ${stage.state.tao}`.replaceAll(" ", "_");
  if (isPng) download(await pngOf(blob, stage), `${name}.png`);
  else download(blob, `${name}.svg`);
  stage.say(isPng ? "Saved as PNG." : "Saved as SVG; with Shift it is a PNG.", "done");
}

// A copy of the board's drawing that needs no style sheet, on its paper.
function copyOf({ board, root }) {
  const copy = board.svg.cloneNode(true);
  const [ours, theirs] = [board.svg, copy].map((svg) => [...svg.querySelectorAll("*")]);
  ours.forEach((one, k) => {
    const style = getComputedStyle(one);
    for (const name of STYLES) theirs[k].style.setProperty(name, style.getPropertyValue(name));
  });
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  const { width, height } = board.svg.viewBox.baseVal;
  copy.setAttribute("width", width);
  copy.setAttribute("height", height);
  copy.style.setProperty("background", getComputedStyle(root).backgroundColor);
  copy.style.setProperty("font-family", "sans-serif");
  return copy;
}

async function pngOf(blob, { board }) {
  const { width, height } = board.svg.viewBox.baseVal;
  const image = new Image();
  const address = URL.createObjectURL(blob);
  image.src = address;
  await image.decode();
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: SHARP * width, height: SHARP * height });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(address);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
