// What floats above the page: lists of options and menus, beside what opened them.

/** Shows `box` under (or over) `anchor`. In the tree it stands where no redraw takes it away; in a
 * dialog, for what is outside of that is inert. */
export function showBeside(anchor, box, { align = "start", match = false } = {}) {
  if (!box.isConnected) (anchor.closest("dialog") ?? document.body).append(box);
  box.setAttribute("popover", "manual");
  box.showPopover();
  put(anchor, box, align, match);
}

export function put(anchor, box, align, match) {
  const at = anchor.getBoundingClientRect();
  const gap = 4;
  const edge = 8;
  box.style.minWidth = match ? `${at.width}px` : "";
  box.style.maxWidth = `${Math.min(innerWidth - 2 * edge, match ? Math.max(at.width, 280) : 360)}px`;
  const below = innerHeight - at.bottom - gap - edge;
  const above = at.top - gap - edge;
  box.style.maxHeight = "";
  const wanted = Math.min(box.scrollHeight + 2, 320);
  const up = below < wanted && above > below;
  const height = Math.min(wanted, up ? above : below);
  box.style.maxHeight = `${Math.max(height, 80)}px`;
  const width = box.offsetWidth;
  const left = align === "end" ? at.right - width : at.left;
  box.style.left = `${Math.max(edge, Math.min(left, innerWidth - width - edge))}px`;
  box.style.top = `${up ? at.top - gap - box.offsetHeight : at.bottom + gap}px`;
}

export function hide(box) {
  if (box.isConnected && box.matches(":popover-open")) box.hidePopover();
  box.remove();
}
