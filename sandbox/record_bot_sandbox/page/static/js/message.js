// One message, as it stands in a channel or a thread.
import { fill, h } from "./dom.js";
import { Acting } from "./acting.js";
import { slackTold } from "./api.js";
import { blocks } from "./blocks.js";
import { dateOf, day, exact, time } from "./dates.js";
import { fileCard } from "./files.js";
import { icon } from "./icons.js";
import { openMenu } from "./menu.js";
import { asText, mrkdwn } from "./mrkdwn.js";
import { avatar } from "./people.js";
import { openThread, place } from "./place.js";
import { dismiss, isReply, userOf, world } from "./world.js";

const SPOKEN_MOST = 300;

/** `compact`: right after another one of the same person; `inThread`: no thread line below. */
export function messageNode(message, { compact = false, inThread = false } = {}) {
  if (message.grave) return grave(message, inThread);
  const trouble = h("p", { class: "trouble", role: "alert" });
  const show = (text) => fill(trouble, text && icon("warning", 15), text);
  const where = { channel: message.channel, ts: message.ts };
  const acting = new Acting("message", where, { trouble: show });
  const classes = ["message", compact && "compact", message.viewer && "ephemeral"];
  const files = message.files?.map(fileCard) ?? [];
  const body = h(
    "div",
    { class: "message-body" },
    compact ? null : heading(message),
    h("div", { class: "content", dir: "auto" }, content(acting, message)),
    message.attachments?.map((attachment) => unfurl(acting, attachment)),
    files.length ? h("div", { class: "files" }, files) : null,
    trouble,
    inThread ? broadcastNote(message) : threadLine(message),
  );
  const about = { "aria-label": spokenLabel(message) };
  const onlyYou = message.viewer ? onlyVisible(message) : null;
  const more = message.local || message.viewer ? null : tools(message, inThread);
  return h(
    "li",
    { class: classes.filter(Boolean).join(" "), "data-ts": message.ts },
    h("article", about, onlyYou, gutter(message, compact), body, more),
  );
}

function spokenLabel(message) {
  const name = userOf(message.user).real_name;
  const only = message.viewer ? ", only visible to you" : "";
  const text = asText(message.text).slice(0, SPOKEN_MOST);
  return `${name}, ${time(dateOf(message.ts))}${only}: ${text || "a message"}`;
}

function heading(message) {
  const at = dateOf(message.ts);
  const when = { class: "stamp", title: exact(at), datetime: at.toISOString() };
  const isApp = message.bot_id || message.local;
  return h(
    "div",
    { class: "message-head" },
    h("span", { class: "name" }, userOf(message.user).real_name),
    isApp ? h("span", { class: "badge" }, "App") : null,
    h("time", when, time(at)),
  );
}

function gutter(message, compact) {
  const stamp = () =>
    h("span", { class: "stamp", "aria-hidden": "true" }, time(dateOf(message.ts)));
  return h("div", { class: "gutter" }, compact ? stamp() : avatar(message.user));
}

function content(acting, message) {
  if (message.blocks?.length) return blocks(acting, message.blocks);
  if (!message.text) return null;
  const edited = message.edited ? h("span", { class: "edited" }, " (edited)") : null;
  return h("div", { class: "block" }, mrkdwn(message.text), edited);
}

/** What the app shows below a link. */
function unfurl(acting, attachment) {
  const name = userOf(world.bot.user).real_name;
  return h(
    "section",
    { class: "unfurl", "aria-label": `Preview by ${name}` },
    h("div", { class: "content", dir: "auto" }, blocks(acting, attachment.blocks)),
    h("p", { class: "note" }, `Added by ${name}`),
  );
}

function onlyVisible(message) {
  const gone = h(
    "button",
    { type: "button", class: "link", onclick: () => dismiss(message) },
    "Dismiss",
  );
  return h("p", { class: "private" }, icon("eye", 15), h("span", {}, "Only visible to you"), gone);
}

function grave(message, inThread) {
  const node = h(
    "div",
    { class: "message-body" },
    h("p", { class: "gone" }, "This message was deleted."),
    inThread ? null : threadButton(message, "View thread"),
  );
  return h(
    "li",
    { class: "message", "data-ts": message.ts },
    h(
      "article",
      {},
      h("div", { class: "gutter" }, h("span", { class: "avatar gone-avatar" }, icon("close", 16))),
      node,
    ),
  );
}

function threadLine(message) {
  if (isReply(message))
    return threadButton({ ...message, ts: message.thread_ts }, "Replied to a thread");
  if (!message.reply_count) return null;
  const n = message.reply_count;
  const at = dateOf(message.latest_reply);
  const last = h(
    "span",
    { class: "thread-last" },
    `Last reply ${day(at).toLowerCase()} at ${time(at)}`,
  );
  return threadButton(message, `${n} ${n === 1 ? "reply" : "replies"}`, last);
}

function threadButton(message, label, ...more) {
  const open = () => openThread(message.ts);
  const face = message.user ? avatar(message.user, "tiny") : null;
  return h(
    "button",
    { type: "button", class: "thread-line", onclick: open, "data-focus": `thread-${message.ts}` },
    face,
    h("span", { class: "thread-count" }, label),
    more,
  );
}

function broadcastNote(message) {
  return message.subtype === "thread_broadcast"
    ? h("p", { class: "note" }, "Also sent to the channel")
    : null;
}

function tools(message, inThread) {
  const buttons = [];
  if (!inThread) {
    const reply = () => openThread(isReply(message) ? message.thread_ts : message.ts);
    buttons.push(
      h(
        "button",
        {
          type: "button",
          class: "icon-button",
          "aria-label": "Reply in thread",
          title: "Reply in thread",
          onclick: reply,
        },
        icon("thread", 18),
      ),
    );
  }
  const mine = message.user === place.me || userOf(place.me).is_admin;
  const more = (event) =>
    openMenu(event.currentTarget, "Message", entries(message, mine), { align: "end" });
  buttons.push(
    h(
      "button",
      {
        type: "button",
        class: "icon-button",
        "aria-label": "More actions",
        "aria-haspopup": "menu",
        onclick: more,
      },
      icon("more", 18),
    ),
  );
  return h("div", { class: "tools" }, buttons);
}

function entries(message, mine) {
  const address = `archives/${message.channel}/p${message.ts.replace(".", "")}`;
  const link = `https://${world.team.domain}.slack.com/${address}`;
  const copy = () => navigator.clipboard?.writeText(link);
  const remove = () =>
    slackTold("delete", { user: place.me, channel: message.channel, ts: message.ts });
  const shortcuts = world.app.shortcuts.filter((shortcut) => shortcut.type === "message");
  const all = shortcuts.map((shortcut) => ({
    label: shortcut.name,
    hint: userOf(world.bot.user).real_name,
    icon: icon("bolt", 16),
    run: () =>
      slackTold("shortcut", {
        user: place.me,
        callback_id: shortcut.callback_id,
        channel: message.channel,
        ts: message.ts,
      }),
  }));
  all.push({ label: "Copy link", icon: icon("link", 16), run: copy });
  if (mine)
    all.push({ label: "Delete message", icon: icon("close", 16), danger: true, run: remove });
  return all;
}
