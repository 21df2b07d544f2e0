// Slack's mrkdwn as DOM nodes. Whatever is not markup stays text.
import { h } from "./dom.js";
import { slackDate, exact } from "./dates.js";
import { withEmoji } from "./emoji.js";
import { outsideLink, mention, channelLink, broadcast } from "./refs.js";

const STYLES = { "*": "strong", _: "em", "~": "s" };
const URL_AT = /https?:\/\/[^\s<>|`*]+[^\s<>|`*.,;:!?)'"\]]/y;
const WORD = /[\p{L}\p{N}]/u;

export function mrkdwn(text, { verbatim = false } = {}) {
  const nodes = [];
  text.split(/```/).forEach((part, i, parts) => {
    const closed = i % 2 === 1 && i < parts.length - 1;
    if (closed) nodes.push(h("pre", {}, decode(part.replace(/^\n/, ""))));
    else if (part) nodes.push(...lines((i % 2 ? "```" : "") + part, verbatim));
  });
  return nodes;
}

function lines(text, verbatim) {
  const nodes = [];
  let quote = null;
  text.split("\n").forEach((line, i) => {
    const quoted = /^(?:>|&gt;) ?(.*)$/.exec(line);
    if (quoted) {
      if (!quote) nodes.push((quote = h("blockquote", {})));
      else quote.append(h("br"));
      quote.append(...inline(quoted[1], verbatim));
      return;
    }
    if (i > 0 && !quote) nodes.push(h("br"));
    quote = null;
    nodes.push(...inline(line, verbatim));
  });
  return nodes;
}

/** One line. */
export function inline(text, verbatim = false) {
  const nodes = [];
  let plain = "";
  const flush = () => {
    if (plain) nodes.push(...withEmoji(decode(plain)));
    plain = "";
  };
  for (let i = 0; i < text.length;) {
    const found = at(text, i, verbatim);
    if (found) {
      flush();
      nodes.push(found.node);
      i = found.end;
    } else plain += text[i++];
  }
  flush();
  return nodes;
}

function at(text, i, verbatim) {
  const char = text[i];
  if (char === "<") return angle(text, i);
  if (char === "`") return code(text, i);
  if (char in STYLES) return styled(text, i, verbatim);
  if (char === "h" && !verbatim) return address(text, i);
  return null;
}

function angle(text, i) {
  const end = text.indexOf(">", i);
  const node = end > i + 1 ? reference(text.slice(i + 1, end)) : null;
  return node && { node, end: end + 1 };
}

function code(text, i) {
  const end = text.indexOf("`", i + 1);
  if (end <= i + 1) return null;
  return { node: h("code", {}, decode(text.slice(i + 1, end))), end: end + 1 };
}

/** `*bold*`: at the edge of a word, without space inside its marks. */
function styled(text, i, verbatim) {
  const mark = text[i];
  if (i > 0 && WORD.test(text[i - 1])) return null;
  if (!text[i + 1] || /\s/.test(text[i + 1]) || text[i + 1] === mark) return null;
  for (let end = i + 2; (end = text.indexOf(mark, end)) > 0; end++) {
    const open = text.slice(i, end).lastIndexOf("<") > text.slice(i, end).lastIndexOf(">");
    const inside = /\s/.test(text[end - 1]) || (text[end + 1] && WORD.test(text[end + 1]));
    if (open || inside) continue;
    const node = h(STYLES[mark], {}, inline(text.slice(i + 1, end), verbatim));
    return { node, end: end + 1 };
  }
  return null;
}

function address(text, i) {
  if (i > 0 && WORD.test(text[i - 1])) return null;
  URL_AT.lastIndex = i;
  const found = URL_AT.exec(text);
  if (!found) return null;
  const url = decode(found[0]);
  return { node: outsideLink(url, url), end: i + found[0].length };
}

/** What stands between < and >. */
function reference(inside) {
  const [first, ...rest] = inside.split("|");
  const label = rest.join("|");
  if (first.startsWith("@")) return mention(first.slice(1));
  if (first.startsWith("#")) return channelLink(first.slice(1), decode(label));
  if (first.startsWith("!date^")) return date(first, label);
  if (first.startsWith("!")) return broadcast(first.slice(1), decode(label));
  const url = decode(first);
  return /^(https?:\/\/|mailto:|tel:)/.test(url) ? outsideLink(url, decode(label) || url) : null;
}

function date(first, fallback) {
  const [, unix, format, link] = first.split("^");
  const shown = slackDate(unix, decode(format ?? "")) ?? decode(fallback);
  const title = exact(new Date(Number(unix) * 1000));
  const node = h("time", { title, class: "date" }, shown);
  return link ? outsideLink(decode(link), node) : node;
}

export const decode = (text) =>
  text.replace(/&(lt|gt|amp);/g, (_, name) => ({ lt: "<", gt: ">", amp: "&" })[name]);

/** For screen readers and short lines: the same, as text alone. */
export function asText(text) {
  return h("span", {}, mrkdwn(text)).textContent;
}
