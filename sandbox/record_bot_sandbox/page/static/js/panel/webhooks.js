// Every webhook of the 100ms, with its attempts.
import { h } from "../dom.js";
import { seconds } from "../dates.js";
import { drawLines, json } from "./lines.js";

const TONES = {
  delivered: "good",
  failed: "bad",
  dropped: "bad",
  held: "late",
  waiting: "late",
  no_target: "off",
};
const WORDS = { no_target: "no address" };

export function drawWebhooks(box, { state }) {
  const names = new Map(state.rooms.map((room) => [room.id, room.name]));
  const rows = state.webhooks.map((event) => row(event, names.get(event.room_id))).reverse();
  drawLines(box, rows, { empty: "No webhooks yet." });
}

function row(event, room) {
  const n = event.attempts.length;
  const times = n > 1 ? [`${n} attempts`] : [];
  return {
    key: `hook-${event.n}`,
    sign: `${event.n} ${event.state} ${n} ${event.attempts.at(-1)?.status}`,
    at: new Date(event.created_at),
    title: event.type,
    about: room,
    state: WORDS[event.state] ?? event.state,
    tone: TONES[event.state],
    tags: event.is_replay ? ["replay", ...times] : times,
    details: () => [attempts(event), json(event.envelope)],
  };
}

function attempts(event) {
  if (!event.attempts.length) return h("p", { class: "quiet" }, "It was not sent.");
  const rows = event.attempts.map((attempt) =>
    h(
      "li",
      {},
      `${seconds(new Date(attempt.at))} → ${attempt.status ?? attempt.error ?? "on its way"}`,
    ),
  );
  return [h("p", { class: "quiet" }, event.url ?? ""), h("ol", { class: "attempts" }, rows)];
}
