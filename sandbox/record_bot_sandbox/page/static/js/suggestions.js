// What the message box offers while something is typed: commands, people, channels.
import { h, fill, attr } from "./dom.js";
import { avatar, channelIcon } from "./people.js";
import { icon } from "./icons.js";
import { place } from "./place.js";
import { canSee, userOf, world } from "./world.js";

export const BUILT_IN = [
  { command: "/invite", usage_hint: "@record", description: "Add the app to this channel" },
  { command: "/remove", usage_hint: "@record", description: "Remove the app from this channel" },
];

/** What could stand where the caret is: {from, options: [{insert, label, hint, icon}]}. */
export function offers(text, caret, { commands }) {
  const before = text.slice(0, caret);
  const command = /^\/\S*$/.exec(before);
  if (command && commands) return { from: 0, options: commandOptions(command[0]) };
  const found = /(?:^|\s)([@#])([\p{L}\p{N}._-]*)$/u.exec(before);
  if (!found) return { from: 0, options: [] };
  const from = caret - found[2].length - 1;
  const options = found[1] === "@" ? people(found[2]) : channels(found[2]);
  const written = options.length === 1 && options[0].insert.trim() === found[1] + found[2];
  return { from, options: written ? [] : options };
}

function commandOptions(typed) {
  const own = world.app.commands.map((entry) => ({ ...entry, app: true }));
  return [...own, ...BUILT_IN]
    .filter((entry) => entry.command.startsWith(typed.toLowerCase()))
    .map((entry) => ({
      insert: `${entry.command} `,
      label: entry.command,
      usage: entry.usage_hint,
      hint: entry.description,
      icon: entry.app
        ? avatar(world.bot.user, "small")
        : h("span", { class: "avatar small" }, icon("bolt", 13)),
    }));
}

const starts = (name, typed) => name.toLowerCase().includes(typed.toLowerCase());

function people(typed) {
  return [...world.users.values()]
    .filter((user) => starts(user.name, typed) || starts(user.real_name, typed))
    .map((user) => ({
      insert: `@${user.name} `,
      label: user.real_name,
      hint: `@${user.name}`,
      icon: avatar(user.id, "small"),
    }));
}

function channels(typed) {
  const me = userOf(place.me);
  return [...world.channels.values()]
    .filter(
      (channel) => channel.kind !== "im" && canSee(me, channel) && starts(channel.name, typed),
    )
    .map((channel) => ({
      insert: `#${channel.name} `,
      label: channel.name,
      icon: channelIcon(channel),
    }));
}

/** What Slack's client makes of typed text: escaped, with names as ids. */
export function encoded(text) {
  const users = new Map([...world.users.values()].map((user) => [user.name, user.id]));
  const places = new Map(
    [...world.channels.values()].filter((c) => c.kind !== "im").map((c) => [c.name, c.id]),
  );
  const safe = text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  return safe
    .replace(/(^|\s)@([\w.-]+)/g, (all, gap, name) =>
      users.has(name) ? `${gap}<@${users.get(name)}>` : all,
    )
    .replace(/(^|\s)#([\w-]+)/g, (all, gap, name) =>
      places.has(name) ? `${gap}<#${places.get(name)}|${name}>` : all,
    );
}

/** The list above the message box. */
export class Offered {
  constructor(input, id, take) {
    this.input = input;
    this.id = id;
    this.take = take;
    this.options = [];
    this.active = 0;
    this.node = h("div", {
      class: "offers",
      role: "listbox",
      id,
      "aria-label": "Suggestions",
      hidden: true,
    });
  }

  show(options) {
    this.options = options;
    this.active = 0;
    this.node.hidden = !options.length;
    attr(this.input, "aria-expanded", options.length ? "true" : "false");
    fill(
      this.node,
      options.map((option, n) => this.row(option, n)),
    );
    this.point();
  }

  row(option, n) {
    const props = {
      class: "offer",
      role: "option",
      id: `${this.id}-${n}`,
      onpointerdown: (event) => event.preventDefault(),
      onclick: () => this.take(option),
    };
    const usage = option.usage ? h("span", { class: "offer-usage" }, option.usage) : null;
    const hint = option.hint ? h("span", { class: "offer-hint" }, option.hint) : null;
    const label = h("span", { class: "offer-label" }, option.label);
    return h("div", props, option.icon, h("span", { class: "offer-words" }, label, hint, usage));
  }

  point() {
    [...this.node.children].forEach((row, n) =>
      attr(row, "aria-selected", n === this.active ? "true" : "false"),
    );
    attr(
      this.input,
      "aria-activedescendant",
      this.options.length ? `${this.id}-${this.active}` : null,
    );
    this.node.children[this.active]?.scrollIntoView({ block: "nearest" });
  }

  /** True if the key was meant for the list. */
  key(event) {
    const count = this.options.length;
    if (!count) return false;
    if (event.key === "ArrowDown") this.active = (this.active + 1) % count;
    else if (event.key === "ArrowUp") this.active = (this.active - 1 + count) % count;
    else if (event.key === "Escape") this.show([]);
    else if (event.key === "Tab" || event.key === "Enter") this.take(this.options[this.active]);
    else return false;
    if (this.options.length) this.point();
    return true;
  }
}
