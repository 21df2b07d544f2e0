// Buttons that make the world behave badly, until they are pressed again.
import { h, reconcile } from "../dom.js";
import { hms as call, slackForget, slackTold } from "../api.js";
import { icon } from "../icons.js";
import { world } from "../world.js";

const ALWAYS = 100_000; // Slack's faults count down; this is "until it is cleared"

const HMS = {
  "Webhooks from 100ms": [
    ["Drop them", "None of them arrive.", { kind: "drop" }],
    ["Delay them", "Each one arrives two minutes late.", { kind: "delay", delay_s: 120 }],
    ["Repeat them", "Each one arrives three times.", { kind: "repeat", repeat: 3 }],
    ["Reorder them", "Each one arrives after the next one.", { kind: "reorder" }],
  ],
  "100ms API": [
    ["Down", "Every call answers 503.", { kind: "status", status: 503 }],
    [
      "Too many requests",
      "429 and “retry after 5 s”.",
      { kind: "status", status: 429, retry_after_s: 5 },
    ],
    ["Very slow", "Every call takes 20 s.", { kind: "hang", hang_s: 20 }],
    [
      "Answers get lost",
      "The call takes effect, but its answer never arrives.",
      { kind: "reset", after_work: true },
    ],
  ],
  "Future recordings": [
    ["Start fails", "The recorder does not start.", { kind: "start_fails" }],
    ["Storage misconfigured", "The upload fails.", { kind: "upload_error" }],
    ["Transcript fails", "100ms reports it.", { kind: "transcript_failed" }],
    ["Transcript empty", "The file has no words.", { kind: "transcript_empty" }],
    ["Transcript never comes", "100ms does not report it.", { kind: "transcript_never" }],
    ["Summary fails", "The transcript is fine.", { kind: "summary_failed" }],
  ],
};
const SLACK = [
  [
    "Rate-limited",
    "Every call answers 429 and “retry after 5 s”.",
    { method: "*", retry_after: 5, times: ALWAYS },
  ],
  ["Slow", "Every call takes 4 s longer.", { method: "*", delay_s: 4, times: ALWAYS }],
  ["Down", "Every call answers 503.", { method: "*", http_status: 503, times: ALWAYS }],
  [
    "Posts get lost",
    "The message is posted, but the answer never arrives.",
    { method: "chat.postMessage", reset: true, after: true, times: ALWAYS },
  ],
];

export function drawTrouble(box, { state }) {
  const rows = [
    { id: "all", sign: `${state.faults.length + world.faults.length}`, node: () => summary(state) },
    ...Object.entries(HMS).map(([title, faults]) =>
      group(title, faults, (f) => hmsButton(state, f)),
    ),
    group("Slack", SLACK, slackButton, [limits()]),
  ];
  reconcile(box, rows, {
    key: (row) => row.id,
    same: (a, b) => a.sign === b.sign,
    make: (row) => row.node(),
  });
}

function group(title, faults, button, more = []) {
  const buttons = [...faults.map(button), ...more];
  const sign = JSON.stringify(buttons.map((b) => [b.on, b.used]));
  const node = () =>
    h(
      "section",
      { class: "card", "aria-label": title },
      h("h3", {}, title),
      h("div", { class: "switches" }, buttons.map(drawSwitch)),
    );
  return { id: title, sign, node };
}

function summary(state) {
  const n = state.faults.length + world.faults.length;
  const text = n
    ? `${n} ${n === 1 ? "fault is" : "faults are"} active.`
    : "Everything works. Switch on a fault.";
  const clear = async () => {
    await Promise.all([
      call("faults", { clear: true }),
      slackForget("faults"),
      slackTold("rate-limits", { enforce: false }),
    ]);
  };
  const button = n
    ? h(
        "button",
        { type: "button", class: "button", onclick: clear },
        icon("check", 16),
        "Back to normal",
      )
    : null;
  return h(
    "div",
    { class: n ? "trouble-now on" : "trouble-now", role: "status" },
    h("span", {}, text),
    button,
  );
}

const fits = (wanted) => (fault) =>
  Object.entries(wanted).every(([key, value]) => key === "times" || fault[key] === value);

function hmsButton(state, [label, hint, wanted]) {
  const found = state.faults.find(fits(wanted));
  const press = () => (found ? call("faults", { clear: found.id }) : call("faults", wanted));
  return { label, hint, on: Boolean(found), used: found?.used, press };
}

function slackButton([label, hint, wanted]) {
  const found = world.faults.find(fits(wanted));
  const used = found ? ALWAYS - found.times : 0;
  const press = () =>
    found
      ? slackForget(`faults?method=${encodeURIComponent(wanted.method)}`)
      : slackTold("faults", wanted);
  return { label, hint, on: Boolean(found), used, press };
}

function limits() {
  const press = () => slackTold("rate-limits", { enforce: !world.limits });
  return {
    label: "Slack's real limits",
    hint: "One message per second in a channel, and so on.",
    on: world.limits,
    used: 0,
    press,
  };
}

function drawSwitch({ label, hint, on, used, press }) {
  const count = on && used ? h("span", { class: "used" }, `${used}×`) : null;
  const words = h(
    "span",
    { class: "switch-words" },
    h("span", { class: "switch-label" }, label),
    h("span", { class: "switch-hint" }, hint),
  );
  return h(
    "button",
    {
      type: "button",
      class: "switch",
      "aria-pressed": String(on),
      "data-focus": `switch-${label}`,
      onclick: press,
    },
    words,
    count,
    h("span", { class: "knob", "aria-hidden": "true" }),
  );
}
