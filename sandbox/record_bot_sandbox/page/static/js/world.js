// What the simulated Slack shows, kept up to date by its stream.

export const world = {
  ready: false,
  team: { name: "", domain: "" },
  bot: { user: "", app: "" },
  app: { commands: [], shortcuts: [] },
  users: new Map(),
  channels: new Map(),
  views: new Map(),
  stacks: {},
  homes: {},
  calls: [],
  deliveries: [],
  faults: [],
  problems: [],
  connected: false,
};

const LINES = 200;
const followers = new Set();
const hmsFollowers = new Set();
let local = 0;

/** `fn(news)` after every change; news.arrived lists the new messages. */
export const follow = (fn) => followers.add(fn);

/** `fn()` whenever something changed at the 100ms. */
export const followHms = (fn) => hmsFollowers.add(fn);

export function changed(news = { arrived: [] }) {
  for (const fn of followers) fn(news);
}

/** The newest is on its way since the page began to load; then come the rest and the changes. */
export async function connect() {
  const answer = await fetch("/page/state.json");
  const state = await answer.json();
  world.connected = true;
  replace(state);
  const source = new EventSource(`/page/stream?since=${state.at}`);
  source.addEventListener("open", () => setConnected(true));
  source.addEventListener("error", () => setConnected(false));
  source.addEventListener("state", (event) => replace(JSON.parse(event.data)));
  source.addEventListener("patch", (event) => merge(JSON.parse(event.data)));
  source.addEventListener("hms", () => hmsFollowers.forEach((fn) => fn()));
}

function setConnected(connected) {
  if (world.connected === connected) return;
  world.connected = connected;
  changed();
}

function replace(state) {
  world.team = state.team;
  world.bot = state.bot;
  world.app = state.app;
  world.users = new Map(state.users.map((user) => [user.id, user]));
  world.channels = new Map();
  world.calls = [];
  world.deliveries = [];
  for (const channel of state.channels) mergeChannel(channel, []);
  mergeRest(state);
  world.ready = true;
  changed();
}

function merge(patch) {
  const arrived = [];
  for (const channel of patch.earlier ?? []) mergeChannel(channel, []);
  for (const channel of patch.channels) mergeChannel(channel, arrived);
  if (patch.calls) world.calls = [...world.calls, ...patch.calls.map(numbered)].slice(-LINES);
  if (patch.deliveries) world.deliveries = [...world.deliveries, ...patch.deliveries].slice(-LINES);
  mergeRest(patch);
  for (const notice of patch.notices) {
    arrived.push(addNotice(notice.channel, notice.user, notice.text));
  }
  changed({ arrived });
}

let serial = 0;
const numbered = (call) => ({ ...call, n: ++serial });

function mergeChannel(channel, arrived) {
  const { messages, gone = [], ...about } = channel;
  const kept = world.channels.get(channel.id) ?? { messages: new Map() };
  const merged = { ...kept, ...about };
  for (const message of messages) {
    if (!merged.messages.has(message.ts)) arrived.push(message);
    merged.messages.set(message.ts, message);
  }
  for (const ts of gone) merged.messages.delete(ts);
  world.channels.set(channel.id, merged);
}

function mergeRest(told) {
  if (told.views) {
    world.views = new Map(told.views.map((view) => [view.id, view]));
    world.stacks = told.stacks;
    world.homes = told.homes;
  }
  world.faults = told.faults;
  world.limits = told.limits;
  world.problems = told.problems;
  world.speed = told.speed;
}

/** What Slackbot tells one person; it is nowhere but on this page. */
export function addNotice(channelId, viewer, text) {
  const ts = `${(Date.now() / 1000).toFixed(3)}${String(++local).padStart(3, "0")}`;
  const notice = { ts, channel: channelId, user: "USLACKBOT", viewer, text, local: true };
  world.channels.get(channelId)?.messages.set(ts, notice);
  return notice;
}

export function dismiss(message) {
  world.channels.get(message.channel)?.messages.delete(message.ts);
  changed();
}

// -- questions

const SLACKBOT = { id: "USLACKBOT", name: "slackbot", real_name: "Slackbot", is_bot: true };
const NOBODY = { id: "", name: "someone", real_name: "Someone" };

export const userOf = (id) => (id === SLACKBOT.id ? SLACKBOT : (world.users.get(id) ?? NOBODY));
export const isReply = (message) => message.thread_ts && message.thread_ts !== message.ts;

export function canSee(user, channel) {
  if (channel.members.includes(user.id)) return true;
  return channel.kind === "public" && !user.is_restricted && !user.is_stranger;
}

/** Oldest first: messages, what only this person sees, and what Slackbot told them. */
function visible(channel, me) {
  const found = [...channel.messages.values()].filter((m) => !m.viewer || m.viewer === me);
  return found.sort((a, b) => a.ts - b.ts);
}

export function mainMessages(channel, me) {
  const found = visible(channel, me).filter((m) => !isReply(m) || m.reply_broadcast || m.subtype);
  const graves = channel.deleted.filter((ts) => repliesTo(channel, ts, me).length);
  if (!graves.length) return found;
  const shown = graves.map((ts) => ({ ts, channel: channel.id, user: "", grave: true, text: "" }));
  return [...found, ...shown].sort((a, b) => a.ts - b.ts);
}

export function repliesTo(channel, ts, me) {
  return visible(channel, me).filter((m) => m.thread_ts === ts && m.ts !== ts);
}

/** The modals of a person, front last. */
export function stackOf(me) {
  const stack = world.stacks[me]?.at(-1) ?? [];
  return stack.map((id) => world.views.get(id)).filter(Boolean);
}

export function directMessage(me) {
  return [...world.channels.values()].find((c) => c.kind === "im" && c.im_user === me);
}
