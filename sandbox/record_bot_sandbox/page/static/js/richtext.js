// rich_text blocks: no markup in them, only structure.
import { h } from "./dom.js";
import { slackDate, exact } from "./dates.js";
import { emojiOf } from "./emoji.js";
import { broadcast, channelLink, mention, outsideLink } from "./refs.js";

export function richText(block) {
  return h("div", { class: "rich" }, block.elements.map(part));
}

function part(element) {
  switch (element.type) {
    case "rich_text_section":
      return h("div", { class: "line" }, leaves(element));
    case "rich_text_quote":
      return h("blockquote", {}, leaves(element));
    case "rich_text_preformatted":
      return h("pre", {}, leaves(element));
    case "rich_text_list":
      return list(element);
    default:
      return unknown(element);
  }
}

function list(element) {
  const ordered = element.style === "ordered";
  const level = Math.min(element.indent ?? 0, 8);
  const props = { class: `indent-${level}`, start: ordered ? (element.offset ?? 0) + 1 : null };
  const items = element.elements.map((item) => h("li", {}, leaves(item)));
  return h(ordered ? "ol" : "ul", props, items);
}

const leaves = (element) => element.elements.map((leaf) => styled(leaf, bare(leaf)));

function bare(leaf) {
  switch (leaf.type) {
    case "text":
      return leaf.text.split("\n").flatMap((line, i) => (i ? [h("br"), line] : [line]));
    case "link":
      return outsideLink(leaf.url, leaf.text || leaf.url);
    case "user":
      return mention(leaf.user_id);
    case "channel":
      return channelLink(leaf.channel_id, "");
    case "usergroup":
      return broadcast("subteam", "");
    case "broadcast":
      return broadcast(leaf.range, "");
    case "emoji":
      return emojiOf(leaf.name) ?? `:${leaf.name}:`;
    case "color":
      return leaf.value;
    case "date":
      return date(leaf);
    default:
      return unknown(leaf);
  }
}

function date(leaf) {
  const shown = slackDate(leaf.timestamp, leaf.format) ?? leaf.fallback ?? "";
  return h("time", { class: "date", title: exact(new Date(leaf.timestamp * 1000)) }, shown);
}

function styled(leaf, content) {
  const style = leaf.style ?? {};
  let node = content;
  if (style.code) node = h("code", {}, node);
  if (style.bold) node = h("strong", {}, node);
  if (style.italic) node = h("em", {}, node);
  if (style.strike) node = h("s", {}, node);
  return node;
}

const unknown = (element) => h("span", { class: "unknown" }, `[${element.type}]`);
