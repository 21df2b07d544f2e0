// Pressing, choosing and typing in a message or a view: what becomes a call of the control API.
import { slack } from "./api.js";
import { ask } from "./confirm.js";
import { place } from "./place.js";
import { stateKey } from "./state_keys.js";

export const TROUBLE = "We had some trouble connecting. Try again?";
const WHY = {
  operation_timeout: "The app did not respond in time (operation_timeout).",
  dispatch_failed: "The app could not be reached (dispatch_failed).",
};

/** What went wrong, for a person; nothing if nothing did. */
export function troubleOf(reply) {
  if (!reply || reply.ok || reply.outcome === "not_sent") return "";
  return `${TROUBLE} ${WHY[reply.outcome] ?? ""}`.trim();
}

/** One message or view in which a person acts. `values` is a view's state. */
export class Acting {
  constructor(surface, where, { values = {}, errors = {}, trouble = () => {} } = {}) {
    this.surface = surface;
    this.where = where;
    this.values = values;
    this.errors = errors;
    this.trouble = trouble;
    this.typed = new Map(); // texts that were not sent yet
    this.line = Promise.resolve();
    this.busy = 0; // calls on their way
    this.settled = () => {};
  }

  valueOf(block, element) {
    const [key, initial] = stateKey(element.type);
    const state = this.values[block.block_id]?.[element.action_id];
    return state ? state[key] : element[initial];
  }

  textOf(block, element) {
    const name = nameOf(block, element);
    return this.typed.has(name) ? this.typed.get(name).text : (this.valueOf(block, element) ?? "");
  }

  /** Press a button or pick from an overflow menu; `busy` runs once it is really sent. */
  async click(block, element, value = null, busy = () => {}) {
    if (element.confirm && !(await ask(element.confirm))) return;
    busy();
    await this.flush();
    const body = { value, confirm: Boolean(element.confirm) };
    await this.send("click", block, element, body);
  }

  /** A new value of a field; `option` is what it looks like. */
  async enter(block, element, value, state) {
    this.keep(block, element, state);
    if (block.type === "input") return this.send("input", block, element, { value });
    if (element.confirm && !(await ask(element.confirm))) return undefined;
    const list = Array.isArray(value);
    const body = list ? { selected_options: value } : { value };
    return this.send("click", block, element, { ...body, confirm: Boolean(element.confirm) });
  }

  type(block, element, text) {
    this.typed.set(nameOf(block, element), { block, element, text });
  }

  /** Send what was typed, so that the bot sees it with whatever is done next. */
  async flush() {
    for (const [name, { block, element, text }] of this.typed) {
      await this.enter(block, element, text, { value: text || null });
      if (this.typed.get(name)?.text === text) this.typed.delete(name);
    }
  }

  async suggest(block, element, query) {
    await this.line;
    const names = { block_id: block.block_id, action_id: element.action_id };
    const who = this.where.view_id ? {} : { user: place.me };
    try {
      const reply = await slack("suggest", { ...this.where, ...who, ...names, query });
      if (reply.outcome !== "ok" && reply.outcome !== "not_sent") return null;
      const groups = reply.ack?.option_groups;
      if (groups?.length) return groups.map((g) => ({ label: g.label.text, options: g.options }));
      return [{ options: reply.saw.find((seen) => seen.kind === "options")?.options ?? [] }];
    } catch {
      return null;
    }
  }

  keep(block, element, state) {
    const actions = (this.values[block.block_id] ??= {});
    actions[element.action_id] = { ...actions[element.action_id], type: element.type, ...state };
  }

  /** One after the other: the order in which a person did it is the order in which it counts. */
  send(path, block, element, body) {
    const names = { block_id: block.block_id, action_id: element.action_id };
    const who = path === "click" ? { user: place.me } : {};
    const work = async () => {
      try {
        const reply = await slack(path, { ...this.where, ...who, ...names, ...body });
        this.trouble(troubleOf(reply));
        return reply;
      } catch (error) {
        this.trouble(error.message);
        return undefined;
      } finally {
        this.busy -= 1;
        if (!this.busy) this.settled();
      }
    };
    this.busy += 1;
    const done = this.line.then(work);
    this.line = done;
    return done;
  }
}

const nameOf = (block, element) => `${block.block_id}/${element.action_id}`;
