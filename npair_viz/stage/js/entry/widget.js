// The stage as a widget of a notebook: a model holds one store, which Python shares, and its views draw it.

import { changed, withPoint } from "../model/acts.js";
import { isAlike } from "../model/history.js";
import { chosenPoint, savedState, stateFrom } from "../model/state.js";
import { Store } from "../model/store.js";
import { historyFrom, knownWith } from "../model/wire.js";
import { Stage } from "./stage.js";

const SILENCE = 5000; // milliseconds without an answer after which Python counts as busy or gone
const BUSY = "Python does not answer: it is busy or gone. The picture goes on, and Python hears of it later.";
const TRAITS = "tao l2_reg normalize objective surface landscape selected points labels state".split(" "); // that Python and linked widgets know
globalThis.npairLinks ??= new Map();
const links = globalThis.npairLinks; // by the model's key: each call has another proxy of a model, perhaps another copy of this script

/** anywidget's start of a model: its store, until the function that is returned is called. */
export function initialize({ model }) {
  return linkOf(model).leave;
}

/** anywidget's view of a model in `el`; returns the function that removes it. */
export function render({ model, el }) {
  const { link, leave } = linkOf(model); // some hosts only render
  const { store } = link;
  const root = document.createElement("div");
  el.append(root);
  const stage = new Stage(root, store, {
    ...model.get("options"),
    canAsk: true,
    drawing: model.get("drawing"),
    drawn: model.get("drawn"),
    onDrawn: (way, isSettled) => {
      if (!isSettled || String(way) === String(model.get("drawn"))) return;
      model.set("drawn", way);
      model.save_changes();
    },
  });
  root.stage = stage;
  const say = (message, kind) => stage.say(message, kind);
  const events = {
    "change:drawing": () => stage.draft(model.get("drawing"), model.get("drawn")),
    "change:drawn": () => stage.draft(model.get("drawing"), model.get("drawn")),
    "change:trouble": () => {
      say(model.get("trouble"));
      stage.schedule(); // what was typed in vain goes
    },
  };
  link.says.add(say);
  link.hear();
  const stop = listening(model, events);
  return () => {
    stop();
    link.says.delete(say);
    stage.close();
    delete root.stage; // the host may keep `el`
    root.remove();
    leave();
  };
}

// The link of a model, which the first to join makes and the last to leave ends.
function linkOf(model) {
  const key = model.get("key");
  const link = links.get(key) ?? { ...linked(model), users: 0 };
  links.set(key, link);
  link.users += 1;
  const leave = () => {
    link.users -= 1;
    if (link.users > 0) return;
    link.end();
    links.delete(key);
  };
  return { link, leave };
}

// The store of a model and what keeps it equal to Python's and to linked widgets.
function linked(model) {
  const says = new Set();
  const silence = silenceOf((...said) => {
    for (const say of says) say(...said);
  });
  const put = model.get("put");
  const { history } = historyFrom(put, knownWith(put, new Map()));
  const store = new Store(history.present, (message, tables) => {
    silence.begins();
    model.send?.(message, undefined, tables); // some hosts have no messages
  });
  const takeNews = () => model.get("news").states && store.takePut(model.get("news"));
  store.takePut(put);
  takeNews(); // what Python did since the model was opened
  let isMine = false;
  const leave = store.watch({
    letGo() {},
    follow(_isSettled, isPut) {
      if (isPut) return;
      isMine = true;
      for (const [name, value] of Object.entries(traitsOf(store.state))) model.set(name, value);
      isMine = false;
    },
  });
  const follow = (name) => () => {
    if (isMine) return;
    takeNews();
    if (!(name in traitsOf(store.state))) return; // of points in their own span only Python knows what it says
    const after = stateWith(store.state, name, model.get(name), model.get("options").scenes);
    if (isAlike(after, store.state) && after.landscape === store.state.landscape) return;
    store.take(after);
    store.flush();
  };
  const attempt = (act) => () => {
    try {
      act();
    } catch (error) {
      for (const say of says) say(error.message);
    }
  };
  const traits = TRAITS.map((name) => [`change:${name}`, attempt(follow(name))]);
  const stop = listening(model, {
    "change:news": takeNews,
    "msg:custom": ({ kind, client, seq }) => {
      if (kind !== "heard" || client !== store.client) return;
      store.heard = seq ?? store.heard;
      silence.ends();
    },
    ...Object.fromEntries(traits),
  });
  let isHeard = false;
  const hear = async () => {
    if (isHeard) return;
    isHeard = true;
    await hearLate(model).catch(() => {}); // a host without a manager hears by itself
    store.send({ kind: "hello", client: store.client, epoch: store.epoch }, []);
  };
  return {
    ...{ store, says, hear },
    end: () => {
      stop();
      leave();
      silence.ends();
    },
  };
}

// anywidget drops for ever what Python sends to a model that did not start within two seconds. With this a model hears
// without anywidget's wait, which is over when it has a view.
async function hearLate(model) {
  const own = await model.widget_manager.get_model(model.get("key"));
  const waiting = Object.getPrototypeOf(own);
  if (!Object.hasOwn(waiting, "_handle_comm_msg")) return;
  own.comm?.on_msg(Object.getPrototypeOf(waiting)._handle_comm_msg.bind(own));
}

// Tells after a while that Python does not answer, and takes it back when it does.
function silenceOf(tell) {
  let [timer, isTold] = [null, false];
  return {
    begins: () => {
      timer ??= setTimeout(() => {
        isTold = true;
        tell(BUSY, "busy");
      }, SILENCE);
    },
    ends: () => {
      clearTimeout(timer);
      timer = null;
      if (isTold) tell("");
      isTold = false;
    },
  };
}

// The traits that Python and linked widgets know, at a state.
function traitsOf(state) {
  const { tao, l2_reg, normalize, objective, surface, landscape, points, labels, base } = state;
  const settings = { tao, l2_reg, normalize, objective, surface, landscape, selected: chosenPoint(state) };
  return base?.isSpan ? settings : { ...settings, points, labels, state: savedState(state) };
}

function stateWith(state, name, value, scenes) {
  if (name === "state") return stateFrom(value, scenes);
  return name === "selected" ? withPoint(state, value) : changed(state, { [name]: value });
}

function listening(model, events) {
  for (const [event, listener] of Object.entries(events)) model.on(event, listener);
  return () => {
    for (const [event, listener] of Object.entries(events)) model.off(event, listener);
  };
}
