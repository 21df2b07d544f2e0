// Beside the conversation: the simulated 100ms, what the bot does, and ways to make trouble.
import { attr, fill, h } from "../dom.js";
import { hmsRequests, hmsState } from "../api.js";
import { icon } from "../icons.js";
import { closeThread } from "../place.js";
import { followHms } from "../world.js";
import { drawRooms, tick } from "./rooms.js";
import { drawTraffic } from "./traffic.js";
import { drawTrouble } from "./trouble.js";
import { drawWebhooks } from "./webhooks.js";

const TABS = [
  ["rooms", "Rooms", drawRooms],
  ["webhooks", "Webhooks", drawWebhooks],
  ["traffic", "The bot", drawTraffic],
  ["trouble", "Trouble", drawTrouble],
];
const REST_MS = 120; // between two looks at the state
const hms = { state: null, requests: [], at: 0 };
let ui = null;
let tab = "rooms";
let looking = false;
let again = false;

export function buildPanel(panel) {
  const shut = () => {
    turn(false);
    document.getElementById("panel-toggle").focus();
  };
  const close = h(
    "button",
    { type: "button", class: "icon-button", "aria-label": "Close the 100ms panel", onclick: shut },
    icon("close"),
  );
  const title = h("h2", {}, icon("camera", 19), "Simulated 100ms");
  const tabs = TABS.map(([id, label]) =>
    h(
      "button",
      {
        type: "button",
        role: "tab",
        id: `tab-${id}`,
        "aria-controls": "panel-body",
        onclick: () => choose(id),
      },
      label,
    ),
  );
  const bar = h(
    "div",
    { class: "tabs", role: "tablist", "aria-label": "Simulated 100ms", onkeydown: arrows },
    tabs,
  );
  const body = h("div", {
    class: "panel-body scroll",
    role: "tabpanel",
    id: "panel-body",
    tabindex: "0",
  });
  const views = Object.fromEntries(TABS.map(([id]) => [id, h("div", { class: `panel-${id}` })]));
  fill(panel, h("header", { class: "top" }, title, close), bar, body);
  ui = { panel, tabs, body, views };
  setInterval(() => isOpen() && tab === "rooms" && tick(hms), 1000);
  const roomy = matchMedia("(min-width: 1200px)").matches;
  matchMedia("(max-width: 1000px)").addEventListener(
    "change",
    (narrow) => narrow.matches && toggle(false),
  );
  toggle(load("open", roomy ? "yes" : "no") === "yes");
  choose(load("tab", "rooms"));
  followHms(look);
  return { toggle: () => turn(!inSight()) };
}

/** By a person: to be remembered. */
function turn(open) {
  toggle(open);
  if (open && !inSight()) closeThread();
  save("open", open ? "yes" : "no");
}

const isOpen = () => !ui.panel.hidden;
const inSight = () => ui.panel.getClientRects().length > 0; // a thread may have taken its place

function toggle(open) {
  ui.panel.hidden = !open;
  document.getElementById("app").dataset.panel = open ? "open" : "closed";
  attr(document.getElementById("panel-toggle"), "aria-expanded", String(open));
  if (open) look();
}

function choose(id) {
  tab = TABS.some(([name]) => name === id) ? id : "rooms";
  save("tab", tab);
  for (const node of ui.tabs) {
    const chosen = node.id === `tab-${tab}`;
    attr(node, "aria-selected", String(chosen));
    attr(node, "tabindex", chosen ? "0" : "-1");
  }
  attr(ui.body, "aria-labelledby", `tab-${tab}`);
  fill(ui.body, ui.views[tab]);
  drawPanel();
  look();
}

function arrows(event) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const now = ui.tabs.findIndex((node) => node.getAttribute("aria-selected") === "true");
  const next = ui.tabs[(now + step + ui.tabs.length) % ui.tabs.length];
  next.focus();
  next.click();
}

export function drawPanel() {
  attr(document.getElementById("panel-toggle"), "aria-expanded", String(inSight()));
  if (!isOpen() || !hms.state) return;
  const [, , draw] = TABS.find(([id]) => id === tab);
  draw(ui.views[tab], hms);
}

/** The whole state, at most once in a while: it is small, and drawing touches what changed. */
async function look() {
  if (!isOpen()) return;
  if (looking) {
    again = true;
    return;
  }
  looking = true;
  try {
    const [state, requests] = await Promise.all([
      hmsState(),
      tab === "traffic" ? hmsRequests() : null,
    ]);
    hms.state = state;
    hms.at = Date.now();
    if (requests) hms.requests = requests.requests;
    drawPanel();
  } catch {
    // the stream reconnects by itself, and looks again then
  }
  setTimeout(() => {
    looking = false;
    if (again) {
      again = false;
      look();
    }
  }, REST_MS);
}

function save(name, value) {
  try {
    localStorage.setItem(`sandbox-panel-${name}`, value);
  } catch {
    // no storage: nothing to remember
  }
}

function load(name, otherwise) {
  try {
    return localStorage.getItem(`sandbox-panel-${name}`) ?? otherwise;
  } catch {
    return otherwise;
  }
}
