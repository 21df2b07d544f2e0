// The left side: where one can go, and as whom.
import { fill, h } from "./dom.js";
import { dot, icon } from "./icons.js";
import { openMenu } from "./menu.js";
import { avatar, channelIcon, channelKind, roleOf } from "./people.js";
import { become, goTo, HOME, place } from "./place.js";
import { setTheme, themeNow } from "./theme.js";
import { canSee, directMessage, isReply, userOf, world } from "./world.js";

const read = new Map(); // person and channel → the last message that was seen
let drawn = "";

export function drawSidebar(nav, { close }) {
  const me = userOf(place.me);
  markRead();
  const shown = [...world.channels.values()].filter((c) => c.kind !== "im" && canSee(me, c));
  const unread = (channel) =>
    channel.id !== place.channel &&
    newest(channel) > (read.get(keyOf(channel)) ?? startOf(channel));
  const dm = directMessage(me.id);
  const state = JSON.stringify([
    place.me,
    place.channel,
    world.connected,
    themeNow(),
    shown.map((c) => [c.id, unread(c), c.is_archived, c.bot_member]),
    dm && unread(dm),
  ]);
  if (state === drawn) return;
  drawn = state;
  const focus = nav.contains(document.activeElement) && document.activeElement.dataset.focus;
  const go = (id) => () => {
    goTo(id);
    close();
  };
  const entry = (id, sign, label, extra) => {
    const here = place.channel === id;
    const props = {
      type: "button",
      class: `entry ${extra?.unread ? "unread" : ""}`,
      "aria-current": here ? "page" : null,
      "data-focus": id,
      title: extra?.title,
      "aria-label": extra?.unread ? `${label}, unread` : null,
      onclick: go(id),
    };
    const news = extra?.unread ? h("span", { class: "dot" }) : null;
    return h(
      "li",
      {},
      h("button", props, sign, h("span", { class: "entry-name" }, label), extra?.tag, news),
    );
  };
  const rows = shown.map((channel) =>
    entry(channel.id, channelIcon(channel), channel.name, {
      unread: unread(channel),
      title: channelKind(channel),
      tag: channel.bot_member
        ? null
        : h("span", { class: "tag", title: "The app is not in this channel" }, "no app"),
    }),
  );
  const app = [
    entry(HOME, icon("home", 16), "Home"),
    dm
      ? entry(dm.id, avatar(world.bot.user, "tiny"), "Direct message", { unread: unread(dm) })
      : null,
  ];
  fill(
    nav,
    header(close),
    h(
      "div",
      { class: "places" },
      section("Channels", rows),
      section(userOf(world.bot.user).real_name, app),
    ),
    footer(me),
  );
  if (focus) nav.querySelector(`[data-focus="${CSS.escape(focus)}"]`)?.focus();
}

function header(close) {
  const state = world.connected
    ? ""
    : h("span", { class: "offline", role: "status" }, "Reconnecting…");
  const x = h(
    "button",
    {
      type: "button",
      class: "icon-button only-narrow",
      "aria-label": "Close the list of channels",
      onclick: close,
    },
    icon("close"),
  );
  return h(
    "div",
    { class: "workspace" },
    h("span", { class: "logo", "aria-hidden": "true" }, dot(18)),
    h("span", { class: "workspace-name" }, world.team.name, state),
    x,
  );
}

function section(title, rows) {
  return h("section", { "aria-label": title }, h("h2", {}, title), h("ul", {}, rows));
}

function footer(me) {
  const people = [...world.users.values()].filter((user) => !user.is_bot);
  const choose = (event) =>
    openMenu(event.currentTarget, "Act as", [
      { heading: "Act as" },
      ...people.map((user) => ({
        label: user.real_name,
        hint: roleOf(user),
        icon: avatar(user.id, "small"),
        checked: user.id === me.id,
        run: () => become(user.id),
      })),
    ]);
  const words = h(
    "span",
    { class: "me-words" },
    h("span", { class: "me-name" }, me.real_name),
    h("span", { class: "me-role" }, roleOf(me)),
  );
  const who = h(
    "button",
    {
      type: "button",
      class: "me",
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      "aria-label": `Acting as ${me.real_name}, ${roleOf(me)}. Change`,
      "data-focus": "me",
      onclick: choose,
    },
    avatar(me.id, "small"),
    words,
    icon("down", 14),
  );
  const names = { system: "System theme", light: "Light theme", dark: "Dark theme" };
  const signs = { system: "system", light: "sun", dark: "moon" };
  const now = themeNow();
  const themes = (event) =>
    openMenu(
      event.currentTarget,
      "Theme",
      Object.entries(names).map(([theme, label]) => ({
        label,
        icon: icon(signs[theme], 16),
        checked: theme === now,
        run: () => setTheme(theme),
      })),
      { align: "end" },
    );
  const theme = h(
    "button",
    {
      type: "button",
      class: "icon-button",
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      "aria-label": `Theme: ${names[now]}`,
      "data-focus": "theme",
      onclick: themes,
    },
    icon(signs[now], 18),
  );
  return h("div", { class: "foot" }, who, theme);
}

const keyOf = (channel) => `${place.me} ${channel.id}`;
const starts = new Map();

/** What was there when this person first looked counts as read. */
function startOf(channel) {
  const key = keyOf(channel);
  if (!starts.has(key)) starts.set(key, newest(channel));
  return starts.get(key);
}

function newest(channel) {
  let last = 0;
  for (const message of channel.messages.values()) {
    const seen = !message.viewer || message.viewer === place.me;
    if (seen && !isReply(message) && message.user !== place.me) last = Math.max(last, message.ts);
  }
  return last;
}

function markRead() {
  const channel = world.channels.get(place.channel);
  if (channel) read.set(keyOf(channel), newest(channel));
}
