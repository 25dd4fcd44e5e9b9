// What an eye would check on a page. Each function takes the root of an explorer; looking.py calls them.
(() => {
  const isSeen = (one) => {
    const style = getComputedStyle(one),
      box = one.getBoundingClientRect();
    return box.width > 0 && box.height > 0 && style.visibility !== "hidden" && style.opacity !== "0";
  };
  const seen = (root, selector) => [...new Set(root.querySelectorAll(selector))].filter(isSeen);
  const called = (one) => one.textContent.trim() || one.ariaLabel || one.title || one.getAttribute("class");
  const parents = (one) => (one.parentElement ? [one.parentElement, ...parents(one.parentElement)] : []);

  const overlapping = (root, selector, slack) => {
    const all = seen(root, selector).map((one) => [one, one.getBoundingClientRect()]);
    const touch = ([one, a], [other, b]) =>
      !one.contains(other) &&
      !other.contains(one) &&
      Math.min(a.right, b.right) - Math.max(a.left, b.left) > slack &&
      Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > slack;
    return all.flatMap((a, i) =>
      all
        .slice(0, i)
        .filter((b) => touch(a, b))
        .map((b) => [called(b[0]), called(a[0])]),
    );
  };

  // A box that hides part of `one` and has no scroll bar to bring it back.
  const isHidden = (one) => {
    const right = one.getBoundingClientRect().right;
    const box = parents(one).find(
      (box) => getComputedStyle(box).overflowX !== "visible" && right > box.getBoundingClientRect().right + 1,
    );
    return (
      box !== undefined && !(/auto|scroll/.test(getComputedStyle(box).overflowX) && box.scrollWidth > box.clientWidth)
    );
  };
  const isShort = (one) => one.tagName === "BUTTON" && one.scrollWidth > one.clientWidth;
  const cutOff = (root, selector) =>
    seen(root, selector)
      .filter((one) => isHidden(one) || isShort(one))
      .map(called);

  const outside = (root, selector) => {
    const frame = root.querySelector(".js-plotly-plot").getBoundingClientRect();
    return seen(root, selector)
      .filter((one) => {
        const box = one.getBoundingClientRect();
        return (
          box.left < frame.left - 1 ||
          box.right > frame.right + 1 ||
          box.top < frame.top - 1 ||
          box.bottom > frame.bottom + 1
        );
      })
      .map(called);
  };

  const numbers = (colour) => {
    const found = colour.match(/[\d.]+/g).map(Number);
    return colour.startsWith("color(srgb") ? found.map((one, k) => (k < 3 ? 255 * one : one)) : found; // a mixed one
  };
  const linear = (c) => (c <= 10.31 ? c / 3294.6 : ((c / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const over = ([r, g, b, alpha = 1], back) => [r, g, b].map((c, i) => alpha * c + (1 - alpha) * back[i]);
  const behind = (one) => {
    const own = one instanceof SVGElement ? [] : [one];
    const grounds = [...own, ...parents(one)].map((box) => numbers(getComputedStyle(box).backgroundColor));
    const floor = grounds.findIndex(([, , , alpha = 1]) => alpha === 1);
    return grounds.slice(0, floor).reduceRight((back, ground) => over(ground, back), grounds[floor]);
  };
  const contrast = (one) => {
    const style = getComputedStyle(one),
      back = behind(one);
    const ink = over(numbers(one instanceof SVGElement ? style.fill : style.color), back);
    const [dark, bright] = [luminance(ink), luminance(back)].sort((a, b) => a - b);
    return (bright + 0.05) / (dark + 0.05);
  };
  const pale = (root, selector, least) =>
    seen(root, selector)
      .filter((one) => one.textContent.trim() && contrast(one) < least)
      .map((one) => [called(one), contrast(one)]);

  return { overlapping, cutOff, outside, pale };
})();
