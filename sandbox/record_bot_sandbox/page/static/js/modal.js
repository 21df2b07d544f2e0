// Modals: the front view of the person's stack, in a dialog that keeps the focus.
import { attr, fill, h, reconcile, say } from "./dom.js";
import { Acting, troubleOf } from "./acting.js";
import { slack } from "./api.js";
import { oneBlock } from "./blocks.js";
import { icon } from "./icons.js";
import { closeMenu } from "./menu.js";
import { avatar } from "./people.js";
import { place } from "./place.js";
import { changed, stackOf, world } from "./world.js";

const FIELDS = "input:not([type=hidden]), textarea, select, button, a[href]";
const ASKED = ".input input:not([type=hidden]), .input textarea";
let dialog = null;
let parts = null;
let acting = null;
let shown = { id: "", kind: "" };

export function drawModal() {
  const stack = stackOf(place.me);
  const view = stack.at(-1);
  if (!view) return shut();
  if (!dialog) build();
  const kind = `${view.callback_id} ${view.title.text}`;
  const isNew = shown.id !== view.id || shown.kind !== kind;
  if (shown.id !== view.id) acting = actingIn(view);
  if (!acting.busy || acting.hash !== view.hash) acting.values = view.state.values;
  Object.assign(acting, { hash: view.hash, errors: view.errors });
  drawFrame(view, stack.length > 1);
  const at = focusedBlock();
  drawBlocks(view);
  if (!dialog.open) dialog.showModal();
  if (isNew) enter(view);
  else keepFocus(at);
  shown = { id: view.id, kind };
  return undefined;
}

function build() {
  const title = h("h2", { id: "modal-title" });
  const back = h(
    "button",
    { type: "button", class: "icon-button", "aria-label": "Back", onclick: () => close(false) },
    icon("back"),
  );
  const shutAll = h(
    "button",
    { type: "button", class: "icon-button", "aria-label": "Close", onclick: () => close(true) },
    icon("close"),
  );
  const trouble = h("div", { class: "modal-trouble", role: "alert" });
  const body = h("div", { class: "modal-body", tabindex: "-1" });
  const cancel = h("button", { type: "button", class: "button", onclick: () => close(false) });
  const submit = h("button", { type: "submit", class: "button primary" });
  const footer = h("footer", {}, cancel, submit);
  const form = h(
    "form",
    { novalidate: true, onsubmit: send, onkeydown: keys },
    h("header", {}, back, avatar(world.bot.user, "small"), title, shutAll),
    trouble,
    body,
    footer,
  );
  dialog = h("dialog", { class: "modal", "aria-labelledby": "modal-title" }, form);
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    close(false);
  });
  parts = { title, back, trouble, body, cancel, submit, footer };
  document.body.append(dialog);
}

function actingIn(view) {
  fill(parts.trouble);
  const trouble = (text) => fill(parts.trouble, text && icon("warning", 16), text);
  const made = new Acting("modal", { view_id: view.id }, { trouble });
  made.settled = () => changed();
  return made;
}

function drawFrame(view, stacked) {
  const { title, back, cancel, submit, footer } = parts;
  title.textContent = view.title.text;
  back.hidden = !stacked;
  cancel.textContent = view.close?.text ?? (view.submit ? "Cancel" : "Close");
  submit.hidden = !view.submit;
  submit.textContent = view.submit?.text ?? "";
  footer.hidden = !view.submit && !view.close;
}

function drawBlocks(view) {
  const rows = view.blocks.map((block) => {
    const { block_id: id } = block;
    return { block, sign: JSON.stringify([view.id, block, acting.values[id], acting.errors[id]]) };
  });
  reconcile(parts.body, rows, {
    key: (row) => row.block.block_id,
    same: (a, b) => a.sign === b.sign,
    make: (row) => oneBlock(acting, row.block),
  });
}

function enter(view) {
  parts.body.scrollTop = 0;
  const found = (selector) => parts.body.querySelector(selector);
  const first = found("[autofocus]") ?? found(ASKED) ?? found(FIELDS);
  (first ?? parts.body).focus({ preventScroll: !first });
  say(`${view.title.text}, dialog`);
}

const focusedBlock = () =>
  [...parts.body.children].findIndex((node) => node.contains(document.activeElement));

/** What had the focus is gone: go on where it was. */
function keepFocus(at) {
  if (at < 0 || parts.body.contains(document.activeElement)) return;
  const nodes = [...parts.body.children].slice(at);
  const next = nodes.map((node) => node.querySelector(FIELDS)).find(Boolean);
  (next ?? parts.body).focus();
}

async function send(event) {
  event.preventDefault();
  const { submit } = parts;
  if (submit.hidden || submit.getAttribute("aria-busy") === "true") return;
  const using = acting;
  submit.setAttribute("aria-busy", "true");
  try {
    await using.flush();
    await using.line;
    const reply = await slack("submit", { view_id: using.where.view_id });
    using.trouble(troubleOf(reply));
    const errors = reply.saw.find((seen) => seen.kind === "errors")?.errors;
    if (errors) showErrors(using, errors);
  } catch (error) {
    using.trouble(error.message);
  } finally {
    attr(submit, "aria-busy", null);
  }
}

function showErrors(using, errors) {
  const view = world.views.get(using.where.view_id);
  if (!view) return;
  view.errors = errors;
  drawModal();
  const first = parts.body.querySelector(".invalid");
  first?.scrollIntoView({ block: "center" });
  first?.querySelector(FIELDS)?.focus({ preventScroll: true });
  const n = Object.keys(errors).length;
  say(
    `${n} ${n === 1 ? "field needs" : "fields need"} your attention. ${Object.values(errors)[0]}`,
  );
}

/** Enter sends a form from its one-line fields; with Ctrl or ⌘ also from larger ones. */
function keys(event) {
  if (event.key !== "Enter" || event.defaultPrevented) return;
  const isArea = event.target.matches("textarea");
  const isLine = event.target.matches("input:not([role=combobox])");
  const command = event.ctrlKey || event.metaKey;
  if ((isArea && command) || isLine) {
    event.preventDefault();
    parts.submit.form.requestSubmit();
  }
}

async function close(whole) {
  try {
    await slack("close", { view_id: shown.id, whole_stack: whole });
  } catch (error) {
    acting.trouble(error.message);
  }
}

function shut() {
  if (!dialog) return;
  closeMenu();
  dialog.close();
  dialog.remove();
  dialog = null;
  shown = { id: "", kind: "" };
  if (document.activeElement === document.body) document.getElementById("composer")?.focus();
}
