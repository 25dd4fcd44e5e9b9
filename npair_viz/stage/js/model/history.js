// Undo and redo: the states before and after the present one. One drag, slide or run is one entry.

/** An empty history at a first state. */
export function historyOf(state) {
  return { past: [], present: state, future: [], origin: null };
}

/** Begin an act: all that is shown until the next one is one entry; the ghost shows where it began. */
export function begun(history) {
  return { ...history, past: [...history.past, history.present], future: [], origin: history.present };
}

/** Replace the present state, within the act. */
export function shown(history, present) {
  return { ...history, present };
}

/** End the act; without a change it is no entry. */
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
