// The box in which people write messages and commands.
import { attr, fill, h, newId } from "./dom.js";
import { slack } from "./api.js";
import { icon } from "./icons.js";
import { openMenu } from "./menu.js";
import { place } from "./place.js";
import { BUILT_IN, encoded, offers, Offered } from "./suggestions.js";
import { addNotice, changed, world } from "./world.js";

const SLOW_MS = 300;

export class Composer {
  constructor({ id, thread = () => "" }) {
    this.thread = thread;
    this.drafts = new Map();
    this.hint = h("p", { class: "composer-hint", "aria-live": "polite" });
    const listId = newId("offers");
    this.input = h("textarea", {
      id,
      rows: 1,
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": listId,
      oninput: () => this.typed(),
      onkeydown: (event) => this.key(event),
      onblur: () => this.offered.show([]),
    });
    this.offered = new Offered(this.input, listId, (option) => this.insert(option));
    this.send = h(
      "button",
      { type: "button", class: "send", "aria-label": "Send", onclick: () => this.submit() },
      icon("send", 18),
    );
    const shortcuts = thread === undefined ? null : this.shortcutButton();
    const bar = h("div", { class: "composer-bar" }, shortcuts, this.hint, this.send);
    this.box = h("div", { class: "composer-box" }, this.input, bar);
    this.node = h("div", { class: "composer" }, this.offered.node, this.box);
    this.closed = h("p", { class: "composer-closed", hidden: true });
    this.node.append(this.closed);
  }

  shortcutButton() {
    const open = (event) =>
      openMenu(event.currentTarget, "Shortcuts", [
        { heading: "Shortcuts" },
        ...world.app.shortcuts
          .filter((shortcut) => shortcut.type === "global")
          .map((shortcut) => ({
            label: shortcut.name,
            hint: shortcut.description,
            icon: icon("bolt", 18),
            run: () =>
              this.run(() =>
                slack("shortcut", { user: place.me, callback_id: shortcut.callback_id }),
              ),
          })),
      ]);
    return h(
      "button",
      {
        type: "button",
        class: "icon-button",
        "aria-label": "Shortcuts",
        "aria-haspopup": "menu",
        onclick: open,
      },
      icon("bolt", 18),
    );
  }

  /** For another channel or thread: its own draft. */
  turnTo(key, label, closed = "") {
    if (this.at !== key) {
      if (this.at !== undefined) this.drafts.set(this.at, this.input.value);
      this.at = key;
      this.input.value = this.drafts.get(key) ?? "";
      this.typed();
      this.offered.show([]);
    }
    attr(this.input, "placeholder", label);
    attr(this.input, "aria-label", label);
    this.box.hidden = Boolean(closed);
    this.closed.hidden = !closed;
    this.closed.textContent = closed;
  }

  typed() {
    const { input } = this;
    input.style.height = "auto";
    input.style.height = `${Math.min(input.scrollHeight, 200)}px`;
    const { options } = offers(input.value, input.selectionStart, { commands: !this.thread() });
    this.offered.show(document.activeElement === input ? options : []);
    const known = [...world.app.commands, ...BUILT_IN];
    const command = known.find((entry) => input.value.startsWith(`${entry.command} `));
    fill(this.hint, command ? [h("b", {}, command.command), ` ${command.usage_hint}`] : null);
    attr(this.send, "data-ready", input.value.trim() ? "true" : null);
  }

  insert(option) {
    const { input } = this;
    const { from } = offers(input.value, input.selectionStart, { commands: !this.thread() });
    input.setRangeText(option.insert, from, input.selectionStart, "end");
    input.focus();
    this.typed();
    this.offered.show([]);
  }

  key(event) {
    if (event.isComposing) return;
    const bare =
      event.key === "Enter" &&
      BUILT_IN.concat(world.app.commands).some((e) => e.command === this.input.value.trim());
    if (bare) this.offered.show([]); // a whole command is run, not completed
    if (this.offered.key(event)) event.preventDefault();
    else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.submit();
    }
  }

  submit() {
    const text = this.input.value.trim();
    if (!text) return undefined;
    this.input.value = "";
    this.typed();
    this.offered.show([]);
    return text.startsWith("/") ? this.command(text) : this.say(text);
  }

  say(text) {
    const body = { user: place.me, channel: place.channel, text: encoded(text) };
    return this.run(() => slack("say", { ...body, thread_ts: this.thread() || null }), text);
  }

  async command(text) {
    const { me, channel } = place;
    const [command] = text.split(/\s/);
    if (this.thread()) {
      return this.tell(channel, me, `${command} is not supported in threads. Sorry!`);
    }
    if (BUILT_IN.some((entry) => entry.command === command)) return this.builtIn(command, text);
    const reply = await this.run(() => slack("command", { user: me, channel, text }), text);
    const error = reply?.outcome === "not_sent" && reply.saw.find((seen) => seen.kind === "error");
    if (error) this.tell(channel, me, error.text);
    return undefined;
  }

  async builtIn(command, text) {
    const { me, channel } = place;
    if (!/\s@?record\b/.test(text)) return this.tell(channel, me, `Write ${command} @record.`);
    const body = { bot_member: command === "/invite", by: me };
    return this.run(() => slack(`channels/${channel}`, body), text);
  }

  /** While it takes long, say so; if it cannot be done, give the text back. */
  async run(work, text) {
    const timer = setTimeout(() => (this.node.dataset.busy = "true"), SLOW_MS);
    try {
      return await work();
    } catch (error) {
      if (text && !this.input.value) this.input.value = text;
      this.tell(place.channel, place.me, error.message);
      return undefined;
    } finally {
      clearTimeout(timer);
      delete this.node.dataset.busy;
    }
  }

  tell(channel, me, text) {
    const notice = addNotice(channel, me, text.replace(/&/g, "&amp;").replace(/</g, "&lt;"));
    if (this.thread()) notice.thread_ts = this.thread();
    changed({ arrived: [notice] });
  }
}
