// The app's Home tab, as the bot publishes it for each person.
import { fill, h, reconcile } from "./dom.js";
import { Acting } from "./acting.js";
import { slackTold } from "./api.js";
import { oneBlock } from "./blocks.js";
import { icon } from "./icons.js";
import { HOME, place } from "./place.js";
import { world } from "./world.js";

let acting = null;
let openedFor = "";
const trouble = h("p", { class: "trouble", role: "alert" });
const list = h("div", { class: "home-blocks" });
const waiting = h("p", { class: "quiet" }, "Loading…");

/** Slack tells the app each time that the tab is opened. */
export function homeOpened() {
  const key = place.channel === HOME ? place.me : "";
  if (key && key !== openedFor) slackTold("home", { user: place.me });
  openedFor = key;
}

export function drawHome(box) {
  const view = world.homes[place.me];
  if (!list.isConnected) fill(box, trouble, waiting, list);
  waiting.hidden = Boolean(view);
  if (acting?.where.view_id !== view?.id) fill(trouble);
  if (!view) return reconcile(list, [], { key: () => "", make: () => list });
  if (acting?.where.view_id !== view.id) {
    const show = (text) => fill(trouble, text && icon("warning", 15), text);
    acting = new Acting("home", { view_id: view.id }, { trouble: show });
  }
  acting.values = view.state.values;
  const rows = view.blocks.map((block) => ({ block, sign: JSON.stringify([view.id, block]) }));
  return reconcile(list, rows, {
    key: (row) => row.block.block_id,
    same: (a, b) => a.sign === b.sign,
    make: (row) => oneBlock(acting, row.block),
  });
}
