// People, channels and addresses inside text.
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { world, canSee, userOf } from "./world.js";
import { place, goTo, insideLink, follow } from "./place.js";

const SAFE = /^(https?:|mailto:|tel:)/i;

/** A link; one to a message of this workspace stays in the page. */
export function outsideLink(url, label, props = {}) {
  const inside = insideLink(url);
  if (inside) {
    const go = (event) => {
      if (follow(inside)) event.preventDefault();
    };
    return h("a", { ...props, href: url, onclick: go }, label);
  }
  if (!SAFE.test(url)) return h("span", props, label);
  return h("a", { ...props, href: url, target: "_blank", rel: "noopener noreferrer" }, label);
}

export function mention(id) {
  const user = userOf(id.split("|")[0]);
  const mine = user.id && user.id === place.me;
  return h("span", { class: mine ? "mention mine" : "mention" }, `@${user.real_name}`);
}

export function channelLink(id, label) {
  const channel = world.channels.get(id);
  const seen = channel && canSee(userOf(place.me), channel);
  if (!seen) {
    const hidden = channel?.kind === "private" || !label;
    return h("span", { class: "mention" }, hidden ? "private channel" : `#${label}`);
  }
  const props = { class: "mention", type: "button", onclick: () => goTo(id) };
  const sign = channel.kind === "private" ? icon("lock", 13) : "#";
  return h("button", props, sign, channel.name || label);
}

export function broadcast(name, label) {
  const [kind] = name.split("^");
  const shown = label || (kind === "subteam" ? "group" : kind);
  return h("span", { class: "mention mine" }, `@${shown.replace(/^@/, "")}`);
}
