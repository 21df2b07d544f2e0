// Blocks of Block Kit, as Slack shows them.
import { h, newId } from "./dom.js";
import { textOf } from "./confirm.js";
import { element, picture, plain } from "./elements.js";
import { icon } from "./icons.js";
import { mrkdwn } from "./mrkdwn.js";
import { richText } from "./richtext.js";

const ALERTS = { error: "warning", warning: "warning", success: "check" };

export const blocks = (acting, list) => list.map((block) => oneBlock(acting, block));

export function oneBlock(acting, block) {
  const draw = DRAW[block.type];
  return draw ? draw(acting, block) : h("div", { class: "unknown" }, `[${block.type}]`);
}

const DRAW = {
  section,
  context,
  actions,
  header: (_, block) =>
    h(`h${Math.min(4, 2 + (block.level ?? 1))}`, { class: "block header" }, plain(block.text)),
  divider: () => h("hr", { class: "block" }),
  image: (_, block) => image(block),
  rich_text: (_, block) => h("div", { class: "block" }, richText(block)),
  markdown: (_, block) => h("div", { class: "block" }, mrkdwn(block.text)),
  input,
  alert,
};

function section(acting, block) {
  const text = block.text ? h("div", { class: "section-text" }, richly(block.text)) : null;
  const fields = block.fields?.length
    ? h(
        "div",
        { class: "fields" },
        block.fields.map((field) => h("div", {}, richly(field))),
      )
    : null;
  const accessory = block.accessory
    ? h("div", { class: "accessory" }, element(acting, block, block.accessory))
    : null;
  return h(
    "div",
    { class: "block section" },
    h("div", { class: "section-body" }, text, fields),
    accessory,
  );
}

const richly = (text) => (text.type === "mrkdwn" ? textOf(text) : plain(text));

function context(_, block) {
  const items = block.elements.map((item) =>
    item.type === "image" ? picture(item) : h("span", {}, richly(item)),
  );
  return h("div", { class: "block context" }, items);
}

function actions(acting, block) {
  return h(
    "div",
    { class: "block actions" },
    block.elements.map((item) => element(acting, block, item)),
  );
}

function image(block) {
  const title = block.title ? h("figcaption", {}, plain(block.title)) : null;
  return h("figure", { class: "block image" }, title, picture(block));
}

function alert(_, block) {
  const level = block.level ?? "default";
  const sign = icon(ALERTS[level] ?? "info", 18);
  return h(
    "div",
    { class: `block alert ${level}`, role: "note" },
    sign,
    h("div", {}, richly(block.text)),
  );
}

function input(acting, block) {
  const what = block.element;
  const [fieldId, labelId, hintId, errorId] = ["field", "label", "hint", "error"].map(newId);
  const error = acting.errors[block.block_id];
  const described = [error && errorId, block.hint && hintId].filter(Boolean).join(" ") || null;
  const group = what.type === "radio_buttons" || what.type === "checkboxes";
  const control = element(acting, block, what, {
    id: fieldId,
    "aria-labelledby": labelId,
    "aria-describedby": described,
    "aria-invalid": error ? "true" : null,
    "aria-required": block.optional || group ? null : "true",
  });
  const optional = block.optional ? h("span", { class: "optional" }, " (optional)") : null;
  const label = h(
    group ? "div" : "label",
    { class: "label", id: labelId, for: group ? null : fieldId },
    plain(block.label),
    optional,
  );
  const told = error
    ? h("p", { class: "field-error", id: errorId }, icon("warning", 15), error)
    : null;
  const hint = block.hint ? h("p", { class: "hint", id: hintId }, plain(block.hint)) : null;
  const props = {
    class: error ? "block input invalid" : "block input",
    "data-block": block.block_id,
  };
  return h("div", props, label, control, told, hint);
}
