// A menu of actions: overflow menus, who acts, shortcuts, a channel's own menu.
import { h, fill } from "./dom.js";
import { showBeside, hide } from "./floating.js";

let open = null;

export function closeMenu() {
  if (!open) return;
  const { box, anchor, leave } = open;
  open = null;
  document.removeEventListener("pointerdown", leave, true);
  anchor.setAttribute("aria-expanded", "false");
  const inside = box.contains(document.activeElement);
  hide(box);
  if (inside) anchor.focus();
}

/** items: {label, hint, icon, checked, danger, run} or {heading}. */
export function openMenu(anchor, label, items, { align = "start" } = {}) {
  if (open?.anchor === anchor) return closeMenu();
  closeMenu();
  const box = h("div", { class: "menu", role: "menu", "aria-label": label, onkeydown: keys });
  fill(box, items.map(entry));
  const leave = (event) => {
    if (!box.contains(event.target) && !anchor.contains(event.target)) closeMenu();
  };
  open = { box, anchor, leave };
  document.addEventListener("pointerdown", leave, true);
  anchor.setAttribute("aria-expanded", "true");
  showBeside(anchor, box, { align });
  (box.querySelector('[aria-checked="true"]') ?? box.querySelector("button"))?.focus();
  return undefined;
}

function entry(item) {
  if (item.heading) return h("div", { class: "menu-heading", role: "presentation" }, item.heading);
  const radio = item.checked !== undefined;
  const run = () => {
    closeMenu();
    item.run();
  };
  const props = {
    type: "button",
    class: item.danger ? "menu-item danger" : "menu-item",
    role: radio ? "menuitemradio" : "menuitem",
    "aria-checked": radio ? String(item.checked) : null,
    tabindex: "-1",
    onclick: run,
  };
  const words = [h("span", { class: "menu-label" }, item.label)];
  if (item.hint) words.push(h("span", { class: "menu-hint" }, item.hint));
  return h("button", props, item.icon, h("span", { class: "menu-words" }, words));
}

function keys(event) {
  const items = [...event.currentTarget.querySelectorAll("button")];
  const now = items.indexOf(document.activeElement);
  const next = {
    ArrowDown: (now + 1) % items.length,
    ArrowUp: (now - 1 + items.length) % items.length,
    Home: 0,
    End: items.length - 1,
  }[event.key];
  if (next !== undefined) items[next].focus();
  else if (event.key === "Escape" || event.key === "Tab") closeMenu();
  else return;
  event.preventDefault();
  event.stopPropagation();
}
