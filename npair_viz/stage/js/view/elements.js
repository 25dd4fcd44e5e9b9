// Elements of the page: created with attributes, and changed only where they differ.

const SVG = "http://www.w3.org/2000/svg";

/** An element with attributes. */
export function element(name, attributes = {}, ...children) {
  const isSvg = [
    "svg",
    "g",
    "path",
    "circle",
    "text",
    "line",
    "rect",
    "ellipse",
    "title",
    "image",
    "pattern",
    "linearGradient",
    "stop",
  ].includes(name);
  const made = isSvg ? document.createElementNS(SVG, name) : document.createElement(name);
  put(made, attributes);
  made.append(...children);
  return made;
}

/** Set attributes where they differ; null removes one. */
export function put(target, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null) target.removeAttribute(name);
    else if (target.getAttribute(name) !== String(value)) target.setAttribute(name, value);
  }
}

/** Write words into an element that holds nothing else, where they differ: other text nodes would cost a layout. */
export function putWords(target, words) {
  const text = target.firstChild;
  if (text === null) target.append(words);
  else if (text.data !== words) text.data = words;
}
