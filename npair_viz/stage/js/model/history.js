// Undo and redo: a pile of states on either side of the present. One drag, one slide, one run is one entry.

/** An empty history at a first state. */
export function historyOf(state) {
  return { past: [], present: state, future: [], origin: null };
}

/** An act begins: what follows until the next beginning is one entry, and leaves a ghost of where it began. */
export function begun(history) {
  return { ...history, past: [...history.past, history.present], future: [], origin: history.present };
}

/** The present moves on within the act. */
export function shown(history, present) {
  return { ...history, present };
}

/** The act that began led nowhere: it is no entry. */
export function settled(history) {
  const { past, present } = history;
  if (past.length && JSON.stringify(past.at(-1)) === JSON.stringify(present)) {
    return { ...history, past: past.slice(0, -1), origin: null };
  }
  return history;
}

export function undone({ past, present, future }) {
  if (!past.length) return { past, present, future, origin: null };
  return { past: past.slice(0, -1), present: past.at(-1), future: [present, ...future], origin: null };
}

export function redone({ past, present, future }) {
  if (!future.length) return { past, present, future, origin: null };
  return { past: [...past, present], present: future[0], future: future.slice(1), origin: null };
}
