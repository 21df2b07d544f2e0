// Making and keeping DOM nodes. Data only ever becomes text or a vetted attribute, never markup.

const SVG = "http://www.w3.org/2000/svg";

/** h("p", {class: "x", onclick: f, "aria-label": "…"}, "text", node, [more]) */
export function h(tag, props, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) set(node, name, value);
  append(node, children);
  return node;
}

function set(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
  else if (name === "value" || name === "checked") node[name] = value;
  else node.setAttribute(name, value === true ? "" : String(value));
}

export function append(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : String(child));
  }
  return node;
}

export function fill(node, ...children) {
  node.replaceChildren();
  return append(node, children);
}

/** Changes an attribute only if it differs; null removes it. */
export function attr(node, name, value) {
  if (value === null || value === undefined || value === false) node.removeAttribute(name);
  else if (node.getAttribute(name) !== String(value)) node.setAttribute(name, String(value));
}

export function svg(path, { size = 20, filled = false } = {}) {
  const node = document.createElementNS(SVG, "svg");
  const outline = { fill: "none", stroke: "currentColor", "stroke-width": 1.8 };
  const paint = filled ? { fill: "currentColor" } : outline;
  const round = { "stroke-linecap": "round", "stroke-linejoin": "round" };
  const all = { viewBox: "0 0 24 24", width: size, height: size, "aria-hidden": "true" };
  for (const [k, v] of Object.entries({ ...all, ...paint, ...round })) node.setAttribute(k, v);
  const shape = document.createElementNS(SVG, "path");
  shape.setAttribute("d", path);
  node.append(shape);
  return node;
}

const kept = new WeakMap();

/**
 * Make the children of `box` show `items`, touching only what changed.
 * `key` names an item, `same` says whether the node made for it still holds, `make` makes it.
 */
export function reconcile(box, items, { key, same = Object.is, make }) {
  const before = kept.get(box) ?? new Map();
  const after = new Map();
  let place = box.firstChild;
  for (const item of items) {
    const name = key(item);
    let entry = before.get(name);
    before.delete(name);
    if (!entry) entry = { item, node: make(item) };
    else if (!same(entry.item, item)) {
      const node = make(item);
      if (place === entry.node) place = node;
      replaceKeepingFocus(entry.node, node);
      entry = { item, node };
    }
    after.set(name, entry);
    if (entry.node === place) place = place.nextSibling;
    else box.insertBefore(entry.node, place);
  }
  for (const { node } of before.values()) node.remove();
  kept.set(box, after);
}

/** The node in place of the old one; who worked inside the old one goes on in the new one. */
export function replaceKeepingFocus(old, node) {
  const active = document.activeElement;
  const inside = active && old.contains(active) ? active : null;
  const name = inside?.closest("[data-focus]")?.dataset.focus;
  const [from, to] = inside ? selectionOf(inside) : [null, null];
  old.replaceWith(node);
  if (name === undefined) return;
  const found = node.querySelector(`[data-focus="${CSS.escape(name)}"]`) ?? node;
  if (!found.matches("input, textarea, button, a, [tabindex]")) return;
  found.focus({ preventScroll: true });
  if (from !== null && "setSelectionRange" in found && selectionOf(found)[0] !== null) {
    found.setSelectionRange(from, to);
  }
}

function selectionOf(input) {
  try {
    return [input.selectionStart ?? null, input.selectionEnd ?? null];
  } catch {
    return [null, null];
  }
}

let serial = 0;
export const newId = (what) => `${what}-${++serial}`;

/** For screen readers: said once, politely. */
export function say(text) {
  const line = h("p", {}, text);
  const said = document.getElementById("said");
  said.append(line);
  while (said.childElementCount > 5) said.firstElementChild.remove();
}

let toastTimer = 0;
export function toast(text) {
  const box = document.getElementById("toast");
  box.textContent = text;
  box.hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => (box.hidden = true), 5000);
}
