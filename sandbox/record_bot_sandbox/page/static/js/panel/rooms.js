// Rooms: who is in them, and their recordings.
import { h, reconcile, toast } from "../dom.js";
import { hms as call } from "../api.js";
import { icon } from "../icons.js";
import { openMenu } from "../menu.js";

const NAMES = ["Ana", "Ben", "Chloé", "Dora", "Emil", "ליאת", "ليلى", "Noor", "Kofi", "Mei"];
const LINES = [
  "Let us begin.",
  "The launch stays on Tuesday.",
  "Can everybody hear me?",
  "I will send the numbers on Thursday.",
  "Who takes the notes?",
  "That is all from me.",
];
const ON_AIR = ["starting", "running", "stopping"];
const any = (list) => list[Math.floor(Math.random() * list.length)];

export function drawRooms(box, hms) {
  const { rooms, recordings } = hms.state;
  const rows = rooms.map((room) => {
    const own = recordings.filter((recording) => recording.room_id === room.id);
    const shown = own.slice(-3).reverse();
    return { room, recordings: shown, sign: JSON.stringify([room, shown.map(signOf)]) };
  });
  const busy = (row) => (row.recordings.length ? 2 : 0) + (row.room.session_id ? 1 : 0);
  rows.sort((a, b) => busy(b) - busy(a));
  reconcile(box, [...rows, { room: { id: "new" }, sign: "new" }], {
    key: (row) => row.room.id,
    same: (a, b) => a.sign === b.sign,
    make: (row) => (row.room.id === "new" ? newRoom() : card(row)),
  });
  tick(hms);
}

const signOf = ({ duration, ...rest }) => rest;

function card({ room, recordings }) {
  const live = room.session_id ? h("span", { class: "live" }, "live") : null;
  const off = room.enabled ? null : h("span", { class: "pill" }, "disabled");
  const menu = (event) => openMenu(event.currentTarget, room.name, actions(room), { align: "end" });
  const head = h(
    "header",
    {},
    h("h3", { dir: "auto" }, room.name),
    live,
    off,
    h("span", { class: "room-template" }, room.template),
    h(
      "button",
      {
        type: "button",
        class: "icon-button",
        "aria-haspopup": "menu",
        "aria-label": `More for room ${room.name}`,
        "data-focus": `more-${room.id}`,
        onclick: menu,
      },
      icon("more", 18),
    ),
  );
  const chat = room.chat.slice(-2).map((said) => h("p", { class: "chat", dir: "auto" }, said.text));
  const list = recordings.map((recording) => recordingRow(recording));
  return h(
    "section",
    { class: "card", "aria-label": `Room ${room.name}` },
    head,
    people(room),
    chat,
    list,
  );
}

function people(room) {
  const chips = room.peers.map((peer) => {
    const open = (event) => openMenu(event.currentTarget, peer.name, ofPerson(room, peer));
    return h(
      "button",
      {
        type: "button",
        class: "peer",
        dir: "auto",
        "aria-haspopup": "menu",
        "data-focus": `peer-${peer.id}`,
        onclick: open,
      },
      peer.name,
    );
  });
  const join = () => call(`rooms/${room.id}/join`, { name: nextName(room) });
  const add = room.enabled
    ? h(
        "button",
        {
          type: "button",
          class: "peer add",
          "aria-label": `Somebody joins ${room.name}`,
          "data-focus": `join-${room.id}`,
          onclick: join,
        },
        icon("plus", 14),
        room.peers.length ? null : "join",
      )
    : null;
  return h("div", { class: "peers" }, chips, add);
}

function nextName(room) {
  const there = new Set(room.peers.map((peer) => peer.name));
  return any(NAMES.filter((name) => !there.has(name))) ?? `Guest ${room.peers.length + 1}`;
}

function ofPerson(room, peer) {
  return [
    { heading: `${peer.name} · ${peer.role}` },
    {
      label: "Say something",
      icon: icon("thread", 16),
      run: () => call(`rooms/${room.id}/say`, { message: `${peer.name}: ${any(LINES)}` }),
    },
    {
      label: "Leave",
      icon: icon("exit", 16),
      run: () => call(`rooms/${room.id}/leave`, { peer_id: peer.id }),
    },
  ];
}

function actions(room) {
  const copy = () => navigator.clipboard?.writeText(room.id).then(() => toast("Copied."));
  return [
    {
      label: "Start a recording elsewhere",
      hint: "From the dashboard, not by the bot",
      icon: icon("camera", 16),
      run: () => call(`rooms/${room.id}/start-recording`),
    },
    {
      label: "End the room for everyone",
      icon: icon("close", 16),
      danger: true,
      run: () => call(`rooms/${room.id}/end`, { reason: "ended in the panel" }),
    },
    { label: "Copy the room's id", hint: room.id, icon: icon("link", 16), run: copy },
  ];
}

function recordingRow(recording) {
  const state = recording.paused && recording.status === "running" ? "paused" : recording.status;
  const length = h("span", { class: "length", "data-recording": recording.id });
  const { stop_reason: reason, error_type: error } = recording;
  const notes = [reason, reason?.includes(error) ? "" : error].filter(Boolean).join(" · ");
  const assets = (recording.recording_assets ?? []).map((asset) =>
    h(
      "span",
      { class: `asset ${asset.status}`, title: `${asset.path} (${asset.status})` },
      asset.type.replace("room-composite", "video"),
    ),
  );
  const on = ON_AIR.includes(recording.status) || recording.status === "post_processing";
  const menu = (event) =>
    openMenu(event.currentTarget, "Recording", ofRecording(recording), { align: "end" });
  const more = on
    ? h(
        "button",
        {
          type: "button",
          class: "icon-button",
          "aria-haspopup": "menu",
          "aria-label": "More for this recording",
          "data-focus": `rec-${recording.id}`,
          onclick: menu,
        },
        icon("more", 16),
      )
    : null;
  return h(
    "div",
    { class: "recording" },
    h("span", { class: `state ${state}` }, state.replace("_", "-")),
    length,
    h("span", { class: "assets" }, assets),
    notes ? h("span", { class: "quiet recording-note" }, notes) : null,
    more,
  );
}

function ofRecording(recording) {
  const fail = (error_type, label) => ({
    label,
    icon: icon("warning", 16),
    danger: true,
    run: () => call(`recordings/${recording.id}/fail`, { error_type }),
  });
  return [
    { heading: `Recording ${recording.id.slice(-6)}` },
    {
      label: "Do the next step now",
      icon: icon("bolt", 16),
      run: () => call(`recordings/${recording.id}/finish`),
    },
    fail("INTERNAL_ERROR", "Fail inside 100ms"),
    fail("UPLOAD_ERROR", "Fail the upload"),
  ];
}

/** Running times, between two looks. */
export function tick(hms) {
  const since = (Date.now() - hms.at) / 1000;
  for (const recording of hms.state?.recordings ?? []) {
    const node = document.querySelector(`[data-recording="${recording.id}"]`);
    if (!node) continue;
    const runs = recording.status === "running" && !recording.paused;
    const s = Math.round(recording.duration + (runs ? since * hms.state.speed : 0));
    const text = s || runs ? clock(s) : "";
    if (node.textContent !== text) node.textContent = text;
  }
}

function clock(s) {
  const [hours, minutes] = [Math.floor(s / 3600), Math.floor(s / 60) % 60];
  const two = (n) => String(n).padStart(2, "0");
  return `${hours ? `${hours}:` : ""}${two(minutes)}:${two(s % 60)}`;
}

function newRoom() {
  const input = h("input", {
    class: "text-input",
    placeholder: "A new room",
    "aria-label": "Name of the new room",
  });
  const make = async (event) => {
    event.preventDefault();
    const name = input.value.trim();
    if (name && (await call("rooms", { name }))) input.value = "";
  };
  return h(
    "form",
    { class: "new-room", onsubmit: make },
    input,
    h("button", { class: "button" }, "Add"),
  );
}
