// What goes in and out of the bot: from Slack, to Slack, to 100ms.
import { h } from "../dom.js";
import { dateOf } from "../dates.js";
import { userOf, world } from "../world.js";
import { drawLines, json } from "./lines.js";

const SHOWN = 250;
const FROM_SLACK = { kind: "in", text: "Slack → bot" };
const TO_SLACK = { kind: "out", text: "bot → Slack" };
const TO_HMS = { kind: "hms", text: "bot → 100ms" };

export function drawTraffic(box, { requests }) {
  const rows = [
    ...world.deliveries.map(delivery),
    ...world.calls.map(call),
    ...requests.filter(({ query }) => !query.includes("via=page")).map(request),
  ];
  rows.sort((a, b) => b.at - a.at);
  drawLines(box, rows.slice(0, SHOWN), { empty: "Nothing yet." });
}

function delivery(item) {
  const good = !item.failure;
  const who = item.by ? userOf(item.by).real_name : "";
  return {
    key: `in-${item.id}`,
    sign: item.id,
    at: dateOf(item.at),
    mark: FROM_SLACK,
    title: item.about || item.type,
    about: [item.type === item.about ? "" : item.type, who].filter(Boolean).join(" · "),
    state: good ? `${Math.round(item.latency_ms)} ms` : item.failure,
    tone: good ? "good" : "bad",
    tags: item.retry_num ? [`retry ${item.retry_num}`] : [],
    details: () => json({ ...item, at: undefined }),
  };
}

function call(item) {
  return {
    key: `out-${item.n}`,
    sign: String(item.n),
    at: dateOf(item.at),
    mark: TO_SLACK,
    title: item.method,
    about: placeOf(item.args),
    state: item.ok ? "ok" : item.error,
    tone: item.ok ? "good" : "bad",
    tags: item.fault ? [item.fault] : [],
    details: () => json(item.args),
  };
}

function placeOf(args) {
  const channel = world.channels.get(args.channel ?? args.channel_id);
  if (channel) return channel.kind === "im" ? "direct message" : `#${channel.name}`;
  return args.user ? userOf(args.user).real_name : "";
}

const short = (path) => path.replace("/v2/", "").replace(/[0-9a-f]{20}([0-9a-f]{4})/g, "…$1");

function request(item) {
  const name = `${item.at} ${item.method} ${item.path}`;
  return {
    key: `hms-${name}`,
    sign: name,
    at: new Date(item.at),
    mark: TO_HMS,
    title: `${item.method} ${short(item.path)}`,
    about: "",
    state: String(item.status ?? "lost"),
    tone: item.status && item.status < 400 ? "good" : "bad",
    tags: item.fault
      ? [typeof item.fault === "string" ? item.fault : JSON.stringify(item.fault)]
      : [],
    details: () => [
      h("p", { class: "quiet" }, item.path),
      json({ query: item.query, body: item.body }),
    ],
  };
}
