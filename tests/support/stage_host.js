// What a notebook gives a widget's script, without a notebook: a model that several callers share, and what it was told.

globalThis.hostOf = async (script, traits, { canSend = true } = {}) => {
  const [listeners, told] = [new Map(), []];
  const of = (event) => listeners.get(event) ?? listeners.set(event, new Set()).get(event);
  const fire = (event) => {
    for (const listener of [...of(event)]) listener();
  };
  const proxy = () => ({
    get: (name) => traits[name],
    set(name, value) {
      if (JSON.stringify(traits[name]) === JSON.stringify(value)) return;
      traits[name] = value;
      fire(`change:${name}`);
    },
    on: (event, listener) => of(event).add(listener),
    off: (event, listener) => of(event).delete(listener),
    save_changes() {},
    ...(canSend && { send: (message) => told.push(message) }),
  });
  const load = async () => {
    const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
    return (await import(url)).default;
  };
  const show = async (widget) => {
    const el = document.createElement("div");
    document.body.append(el);
    return widget.render({ model: proxy(), el });
  };
  const count = () => [...listeners.values()].reduce((sum, { size }) => sum + size, 0);
  return { proxy, load, show, count, told };
};
