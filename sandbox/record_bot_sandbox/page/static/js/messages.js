// A list of messages that stays at its end while its end is in sight.
import { h, reconcile } from "./dom.js";
import { dateOf, day, dayKey } from "./dates.js";
import { messageNode } from "./message.js";

const TOGETHER_S = 300;
const NEAR_PX = 90;
const AT_ONCE = 30; // older messages are drawn when somebody scrolls up to them
const EARLIER_PX = 600;

export class MessageList {
  constructor(label, { inThread = false } = {}) {
    this.inThread = inThread;
    this.list = h("ol", { class: "messages", "aria-label": label });
    this.box = h("div", { class: "scroll", tabindex: "-1" }, this.list);
    this.atEnd = true;
    this.all = [];
    this.first = null; // the oldest message that is shown
    this.box.addEventListener("scroll", () => this.scrolled(), { passive: true });
    new ResizeObserver(() => this.atEnd && this.toEnd()).observe(this.box);
    new ResizeObserver(() => this.atEnd && this.toEnd()).observe(this.list);
  }

  show(messages) {
    this.all = messages;
    this.first ??= messages.at(-AT_ONCE)?.ts ?? messages[0]?.ts ?? null;
    const from = messages.findIndex((message) => message.ts === this.first);
    reconcile(this.list, this.rows(from > 0 ? messages.slice(from) : messages), {
      key: (row) => row.key,
      same: (a, b) => a.message === b.message && a.compact === b.compact,
      make: (row) =>
        row.message
          ? messageNode(row.message, { compact: row.compact, inThread: this.inThread })
          : dayLine(row),
    });
    if (this.atEnd) this.toEnd();
  }

  rows(messages) {
    const rows = [];
    let before = null;
    for (const message of messages) {
      const at = dateOf(message.ts);
      const newDay = !before || dayKey(dateOf(before.ts)) !== dayKey(at);
      if (newDay && !this.inThread) rows.push({ key: `day-${dayKey(at)}`, at });
      const compact = !newDay && together(before, message);
      rows.push({ key: `${message.viewer ? "e" : "m"}${message.ts}`, message, compact });
      before = message;
    }
    return rows;
  }

  scrolled() {
    this.atEnd = this.nearEnd();
    if (this.box.scrollTop < EARLIER_PX) this.earlier(AT_ONCE);
  }

  /** Show so many more of the older messages, without moving what is in sight. */
  earlier(count) {
    const from = this.all.findIndex((message) => message.ts === this.first);
    if (from <= 0) return;
    this.first = this.all[Math.max(0, from - count)].ts;
    const below = this.box.scrollHeight - this.box.scrollTop;
    this.show(this.all);
    this.box.scrollTop = this.box.scrollHeight - below;
  }

  nearEnd() {
    return this.box.scrollHeight - this.box.scrollTop - this.box.clientHeight < NEAR_PX;
  }

  toEnd() {
    this.box.scrollTop = this.box.scrollHeight;
  }

  /** Bring one message into sight, and point at it. */
  reveal(ts) {
    const at = this.all.findIndex((message) => message.ts === ts);
    if (at < 0) return false;
    if (ts < this.first) this.earlier(this.all.length);
    const node = this.list.querySelector(`[data-ts="${CSS.escape(ts)}"]`);
    if (!node) return false;
    this.atEnd = false;
    node.scrollIntoView({ block: "center" });
    node.classList.add("revealed");
    setTimeout(() => node.classList.remove("revealed"), 2500);
    return true;
  }
}

function together(before, message) {
  if (before.user !== message.user || before.grave || message.grave) return false;
  if (message.viewer || before.viewer) return false;
  return message.ts - before.ts < TOGETHER_S;
}

const dayLine = (row) => h("li", { class: "day" }, h("span", {}, day(row.at)));
