// The thread pane beside the channel.
import { fill, h } from "./dom.js";
import { Composer } from "./composer.js";
import { icon } from "./icons.js";
import { MessageList } from "./messages.js";
import { closeThread, place } from "./place.js";
import { repliesTo, world } from "./world.js";

let composer = null;
let list = null;
let shownFor = "";

export function drawThread(pane) {
  const channel = world.channels.get(place.channel);
  const open = Boolean(place.thread && channel);
  pane.hidden = !open;
  document.getElementById("app").dataset.thread = open ? "open" : "closed";
  if (!open) {
    shownFor = "";
    return;
  }
  const key = `${place.me} ${channel.id} ${place.thread}`;
  if (shownFor !== key) build(pane, channel);
  const arrived = shownFor !== key;
  shownFor = key;
  const parent = channel.messages.get(place.thread) ?? {
    ts: place.thread,
    channel: channel.id,
    user: "",
    text: "",
    grave: true,
  };
  list.show([parent, ...repliesTo(channel, place.thread, place.me)]);
  composer.turnTo(key, "Reply…", channel.is_archived ? "This channel is archived." : "");
  if (arrived) pane.querySelector(".icon-button").focus({ preventScroll: true });
}

function build(pane, channel) {
  composer ??= new Composer({ id: "reply", thread: () => place.thread });
  list = new MessageList("Replies", { inThread: true });
  const where = channel.kind === "im" ? "" : `#${channel.name}`;
  const shut = () => {
    closeThread();
    document.getElementById("composer")?.focus();
  };
  const close = h(
    "button",
    { type: "button", class: "icon-button", "aria-label": "Close thread", onclick: shut },
    icon("close"),
  );
  const header = h("header", { class: "top" }, h("h2", {}, "Thread", h("small", {}, where)), close);
  pane.onkeydown = (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) shut();
  };
  fill(pane, header, list.box, composer.node);
}
