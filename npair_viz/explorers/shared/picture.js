// A plotly figure that a kernel changes. Its parts are in the model `sheet`, of which the newest state is drawn.

const LIVE = 4; // pictures drawn by WebGL that are kept at a time; each takes three contexts, and browsers give 16
const NEAR = "500px"; // how far from the window a picture is drawn
const ARRAYS = { float32: Float32Array, float64: Float64Array, int32: Int32Array };

globalThis.npairPictures ??= { plotly: new Map(), byWebGL: new Set() };
const shared = globalThis.npairPictures; // each picture has its own copy of this script

async function loadPlotly(script) {
  const around = ["globalThis.PlotlyConfig = {MathJaxConfig: 'local'}; const module = {exports: {}};\n"];
  const source = [...around, script.get("text"), "\nexport default module.exports;"];
  const url = URL.createObjectURL(new Blob(source, { type: "text/javascript" }));
  try {
    return (await import(url)).default;
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** Plotly, which is started once for all pictures of the page. */
async function startedPlotly(manager, id) {
  const script = await manager.get_model(id);
  const version = script.get("version");
  if (!shared.plotly.has(version)) {
    const starting = loadPlotly(script);
    shared.plotly.set(version, starting);
    starting.catch(() => shared.plotly.delete(version)); // another picture may have more luck
  }
  return shared.plotly.get(version);
}

function readPart(raw) {
  if (typeof raw === "string") return JSON.parse(raw);
  const { buffer, byteOffset, byteLength } = raw.values;
  return new ARRAYS[raw.type](buffer.slice(byteOffset, byteOffset + byteLength));
}

/** A part, read again only if it has changed: plotly takes the same array for the same data. */
function partOf(view, name, raw) {
  const known = view.parts.get(name);
  if (known?.raw === raw) return known.value;
  const value = readPart(raw);
  view.parts.set(name, { raw, value });
  return value;
}

function isPlain(value) {
  return value !== null && typeof value === "object" && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

/** The traces and the layout; objects that plotly changes in place are copies. */
function figureOf(view) {
  const figure = { data: [], layout: {} };
  for (const [name, raw] of Object.entries(view.sheet.attributes)) {
    const [, index, property] = /^(?:trace (\d+)|layout) (\w+)$/.exec(name) ?? [];
    if (!property || raw === null) continue;
    const value = partOf(view, name, raw);
    if (index === undefined) {
      figure.layout[property] = structuredClone(value);
      continue;
    }
    figure.data[index] ??= {};
    figure.data[index][property] = isPlain(value) ? structuredClone(value) : value;
  }
  return figure;
}

function say(view, words) {
  view.said.textContent = words;
  view.said.hidden = !words;
}

function contextsOf(view) {
  return [...view.board.querySelectorAll(".gl-canvas")].map((canvas) => canvas.getContext("webgl"));
}

/** Take the drawing away and give its WebGL contexts back. */
function release(view) {
  for (const context of contextsOf(view)) context?.getExtension("WEBGL_lose_context")?.loseContext();
  view.plotly?.purge(view.board);
  view.shown = 0;
  shared.byWebGL.delete(view);
}

/** Keep few pictures drawn by WebGL: those drawn longest ago and out of sight are drawn again when they are seen. */
function keepFew() {
  for (const one of shared.byWebGL) {
    if (shared.byWebGL.size <= LIVE) return;
    if (!one.isNear) release(one);
  }
}

function onLost(view) {
  if (!contextsOf(view).some((context) => context?.isContextLost())) return; // those of an earlier drawing
  release(view);
  say(view, "The browser draws no more clouds at a time. Close another one; a click here draws this one again.");
}

/** What belongs to the marks within a lasso or a box, by the names of their traces; their outline goes, and the kernel marks them. */
function tellSelected(view, points) {
  const marks = {};
  for (const { data, customdata } of points) {
    marks[data.name] ??= [];
    marks[data.name].push(customdata);
  }
  view.sheet.set("selected", { marks, at: Date.now() });
  view.sheet.save_changes();
  view.plotly.update(view.board, { selectedpoints: [null] }, { selections: [] });
}

function connect(view) {
  view.board.on("plotly_click", ({ points: [point] }) => {
    view.sheet.set("clicked", { trace: point.data.name, data: point.customdata ?? null, at: Date.now() });
    view.sheet.save_changes();
  });
  view.board.on("plotly_selected", (chosen) => chosen?.points.length && tellSelected(view, chosen.points));
  view.board.on("plotly_webglcontextlost", () => onLost(view));
}

async function drawOnce(view, number) {
  const { data, layout } = figureOf(view);
  view.el.style.minHeight = `${layout.height ?? 360}px`;
  await view.plotly.react(view.board, data, layout, JSON.parse(view.sheet.get("config")));
  if (view.shown === 0) connect(view);
  view.shown = number;
  say(view, "");
  if (contextsOf(view).length === 0) return;
  shared.byWebGL.delete(view);
  shared.byWebGL.add(view);
  keepFew();
}

/** Draw the newest state, and tell the kernel so; states that come meanwhile are drawn as one. */
async function draw(view) {
  view.isAsked = true;
  if (view.isDrawing || !view.plotly) return;
  view.isDrawing = true;
  try {
    while (view.isAsked && !view.isGone) {
      view.isAsked = false;
      const number = view.sheet.get("number");
      if (view.isNear) await drawOnce(view, number);
      view.sheet.set("drawn", number);
      view.sheet.save_changes();
    }
  } catch (error) {
    say(view, `The picture can't be drawn: ${error.message}. Run the cell again.`);
    console.error(error);
  } finally {
    view.isDrawing = false;
  }
}

function onSight(view, entries) {
  view.isNear = entries.at(-1).isIntersecting;
  if (view.isNear && view.shown !== view.sheet?.get("number")) draw(view);
}

async function begin(view, model) {
  view.sheet = await model.widget_manager.get_model(model.get("sheet").replace("IPY_MODEL_", ""));
  view.el.style.minHeight = `${JSON.parse(view.sheet.get("layout height") ?? "360")}px`; // the page does not jump
  view.sheet.on("change:number", view.onChange);
  view.plotly = await startedPlotly(model.widget_manager, model.get("script"));
  await draw(view);
}

function end(view) {
  view.isGone = true;
  view.sight.disconnect();
  view.sheet?.off("change:number", view.onChange);
  release(view);
}

function render({ model, el }) {
  const [board, said] = [document.createElement("div"), document.createElement("div")];
  said.setAttribute("role", "status");
  el.append(said, board);
  const view = { el, board, said, parts: new Map(), isNear: false, shown: 0, isDrawing: false, isGone: false };
  say(view, "Drawing starts…");
  view.onChange = () => draw(view);
  view.sight = new IntersectionObserver((entries) => onSight(view, entries), { rootMargin: NEAR });
  view.sight.observe(el);
  said.addEventListener("click", view.onChange);
  begin(view, model).catch((error) => {
    say(view, `The picture can't be drawn: ${error.message}. Reload the page.`);
    console.error(error);
  });
  return () => end(view);
}

export default { render };
