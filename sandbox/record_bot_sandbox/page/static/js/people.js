// How people and channels look: avatars, names, roles.
import { h } from "./dom.js";
import { dot, icon } from "./icons.js";
import { userOf, world } from "./world.js";

const HUES = 8;

export function avatar(id, size = "") {
  const user = userOf(id);
  const app = id === world.bot.user;
  const kind = app ? "app-avatar" : `hue-${hueOf(id)}`;
  const props = { class: `avatar ${size} ${kind}`, "aria-hidden": "true" };
  return h("span", props, app ? dot(size === "small" ? 12 : 18) : initials(user.real_name));
}

const hueOf = (id) => [...id].reduce((sum, c) => sum + c.charCodeAt(0), 0) % HUES;

function initials(name) {
  const words = name.match(/[\p{L}\p{N}]+/gu) ?? ["?"];
  return words
    .slice(0, 2)
    .map((word) => [...word][0].toUpperCase())
    .join("");
}

export function roleOf(user) {
  if (user.is_admin) return "Admin";
  if (user.is_restricted) return "Guest";
  if (user.is_stranger) return "From another organisation";
  return "Member";
}

export function channelIcon(channel, size = 16) {
  if (channel.kind === "private") return icon("lock", size);
  return icon(channel.is_ext_shared ? "shared" : "hash", size);
}

export function channelKind(channel) {
  const shared = channel.is_ext_shared ? ", shared with another organisation" : "";
  const archived = channel.is_archived ? ", archived" : "";
  return `${channel.kind} channel${shared}${archived}`;
}
