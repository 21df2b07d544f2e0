// The middle of the page: a channel with its header, messages and message box.
import { attr, fill, h } from "./dom.js";
import { slackTold } from "./api.js";
import { Composer } from "./composer.js";
import { icon } from "./icons.js";
import { openMenu } from "./menu.js";
import { MessageList } from "./messages.js";
import { avatar, channelIcon, channelKind } from "./people.js";
import { goTo, HOME, place } from "./place.js";
import { drawHome } from "./home.js";
import { directMessage, mainMessages, userOf, world } from "./world.js";

let parts = null;
let list = null;
let shownFor = "";

export function buildConversation(main, { toggleSidebar, togglePanel }) {
  const title = h("div", { class: "title" });
  const aside = h("div", { class: "title-side" });
  const burger = h(
    "button",
    {
      type: "button",
      class: "icon-button only-narrow",
      "aria-label": "Channels",
      onclick: toggleSidebar,
    },
    icon("menu"),
  );
  const panel = h(
    "button",
    {
      type: "button",
      class: "button panel-toggle",
      id: "panel-toggle",
      "aria-controls": "panel",
      "aria-expanded": "false",
      onclick: togglePanel,
    },
    icon("camera", 17),
    "100ms",
  );
  const header = h("header", { class: "top" }, burger, title, aside, panel);
  const tabs = h("div", { class: "tabs", role: "tablist", "aria-label": "record" });
  const body = h("div", { class: "conversation" });
  const home = h("div", {
    class: "home scroll",
    role: "tabpanel",
    "aria-label": "Home",
    tabindex: "0",
  });
  const composer = new Composer({ id: "composer" });
  parts = { title, aside, tabs, body, home, composer };
  fill(main, header, tabs, body);
}

export function drawConversation() {
  const isHome = place.channel === HOME;
  const channel = world.channels.get(place.channel);
  const isApp = isHome || channel?.kind === "im";
  drawTitle(isApp ? null : channel);
  parts.tabs.hidden = !isApp;
  if (isApp) drawTabs(isHome);
  if (isHome) return showHome();
  return showMessages(channel);
}

function showHome() {
  if (shownFor !== `home ${place.me}`) fill(parts.body, parts.home);
  shownFor = `home ${place.me}`;
  drawHome(parts.home);
}

function showMessages(channel) {
  const key = `${place.me} ${channel.id}`;
  if (shownFor !== key) {
    list = new MessageList(`Messages in ${nameOf(channel)}`);
    fill(parts.body, list.box, parts.composer.node);
    shownFor = key;
  }
  const messages = mainMessages(channel, place.me);
  list.show(messages);
  const empty = !messages.length;
  if (empty && !list.box.querySelector(".empty")) list.box.prepend(emptyNote(channel));
  if (!empty) list.box.querySelector(".empty")?.remove();
  if (place.target && list.reveal(place.target)) place.target = "";
  const closed = channel.is_archived ? "This channel is archived: nobody can post in it." : "";
  parts.composer.turnTo(key, `Message ${nameOf(channel)}`, closed);
}

const nameOf = (channel) =>
  channel.kind === "im" ? userOf(world.bot.user).real_name : `#${channel.name}`;

function emptyNote(channel) {
  const sign =
    channel.kind === "im"
      ? avatar(world.bot.user, "large")
      : h("span", { class: "empty-sign" }, channelIcon(channel, 26));
  const bot = `@${userOf(world.bot.user).name}`;
  const hint = channel.bot_member
    ? "Type /record to record a room, or use the shortcut under the message box."
    : `The app is not in this channel. Type /invite ${bot} to add it.`;
  return h("div", { class: "empty" }, sign, h("h2", {}, nameOf(channel)), h("p", {}, hint));
}

function drawTitle(channel) {
  const bot = userOf(world.bot.user);
  const key = channel
    ? `${channel.id} ${channel.is_archived} ${channel.bot_member} ${place.me}`
    : "app";
  if (parts.title.dataset.key === key) return;
  parts.title.dataset.key = key;
  if (!channel) {
    fill(
      parts.title,
      avatar(bot.id, "small"),
      h("h1", {}, bot.real_name),
      h("span", { class: "badge" }, "App"),
    );
    fill(parts.aside);
    return;
  }
  const open = (event) => openMenu(event.currentTarget, "Channel", channelMenu(channel));
  const about = `${channelKind(channel)}; channel menu`;
  fill(
    parts.title,
    h(
      "h1",
      {},
      h(
        "button",
        {
          type: "button",
          class: "title-button",
          "aria-haspopup": "menu",
          title: about,
          onclick: open,
        },
        channelIcon(channel, 19),
        channel.name,
        icon("down", 14),
      ),
    ),
  );
  const archived = channel.is_archived ? h("span", { class: "pill" }, "Archived") : null;
  const missing = channel.bot_member
    ? null
    : h(
        "span",
        { class: "pill quiet", title: "The app is not in this channel" },
        `without ${bot.name}`,
      );
  const members = h(
    "span",
    { class: "members", title: channel.members.map((id) => userOf(id).real_name).join(", ") },
    icon("people", 17),
    h("span", {}, channel.members.length, h("span", { class: "unseen" }, " members")),
  );
  fill(parts.aside, archived, missing, members);
}

function channelMenu(channel) {
  const bot = userOf(world.bot.user).name;
  const change = (body) => () => slackTold(`channels/${channel.id}`, { ...body, by: place.me });
  return [
    { heading: channelKind(channel) },
    channel.bot_member
      ? {
          label: `Remove ${bot} from this channel`,
          icon: icon("exit", 16),
          run: change({ bot_member: false }),
        }
      : {
          label: `Add ${bot} to this channel`,
          icon: icon("plus", 16),
          run: change({ bot_member: true }),
        },
    channel.is_archived
      ? {
          label: "Unarchive this channel",
          icon: icon("file", 16),
          run: change({ archived: false }),
        }
      : {
          label: "Archive this channel",
          icon: icon("file", 16),
          danger: true,
          run: change({ archived: true }),
        },
  ];
}

function drawTabs(isHome) {
  const tab = (label, chosen, go) =>
    h(
      "button",
      {
        type: "button",
        role: "tab",
        "aria-selected": String(chosen),
        "data-focus": `tab-${label}`,
        onclick: go,
      },
      label,
    );
  const key = `${isHome} ${place.me}`;
  if (parts.tabs.dataset.key === key) return;
  parts.tabs.dataset.key = key;
  const again = document.activeElement?.closest?.(".tabs [data-focus]")?.dataset.focus;
  fill(
    parts.tabs,
    tab("Home", isHome, () => goTo(HOME)),
    tab("Messages", !isHome, () => goTo(directMessage(place.me).id)),
  );
  if (again) parts.tabs.querySelector(`[data-focus="${again}"]`)?.focus();
  attr(parts.tabs, "data-home", String(isHome));
}

export const focusComposer = () => parts.composer.input.focus();
