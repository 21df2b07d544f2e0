// The interactive elements of Block Kit: what can be pressed, picked, ticked and typed.
import { h, newId } from "./dom.js";
import { combobox } from "./combobox.js";
import { textOf } from "./confirm.js";
import { icon } from "./icons.js";
import { openMenu } from "./menu.js";
import { outsideLink } from "./refs.js";
import { withEmoji } from "./emoji.js";
import { world, canSee, userOf } from "./world.js";
import { place } from "./place.js";
import { stateKey } from "./state_keys.js";

const TEXTS = { number_input: "text", url_text_input: "url", email_text_input: "email" };
const PICKERS = { datepicker: "date", timepicker: "time", datetimepicker: "datetime-local" };

/** `props` carries what ties a field to its label and its error. */
export function element(acting, block, what, props = {}) {
  const all = { ...props, "data-focus": `${block.block_id}/${what.action_id}` };
  if (what.type === "button") return button(acting, block, what, all);
  if (what.type === "overflow") return overflow(acting, block, what, all);
  if (what.type === "image") return picture(what);
  if (what.type === "radio_buttons" || what.type === "checkboxes")
    return ticks(acting, block, what, all);
  if (what.type.endsWith("_select")) return select(acting, block, what, all);
  if (what.type in PICKERS) return picker(acting, block, what, all);
  if (what.type === "plain_text_input" || what.type in TEXTS) return text(acting, block, what, all);
  return h("span", { class: "unknown" }, `[${what.type}]`);
}

export const plain = (text) => (text.emoji === false ? [text.text] : withEmoji(text.text));

function button(acting, block, what, props) {
  const style = what.style ? ` ${what.style}` : "";
  const all = { ...props, class: `button${style}`, "aria-label": what.accessibility_label };
  if (what.url) {
    const link = outsideLink(what.url, plain(what.text), all);
    link.addEventListener("click", () => acting.click(block, what));
    return link;
  }
  const press = async (event) => {
    const pressed = event.currentTarget;
    if (pressed.getAttribute("aria-busy") === "true") return;
    await acting.click(block, what, null, () => pressed.setAttribute("aria-busy", "true"));
    pressed.removeAttribute("aria-busy");
  };
  return h("button", { type: "button", ...all, onclick: press }, plain(what.text));
}

function overflow(acting, block, what, props) {
  const items = what.options.map((option) => ({
    label: option.text.text,
    hint: option.description?.text,
    run: () => acting.click(block, what, option.value),
  }));
  const open = (event) => openMenu(event.currentTarget, "More actions", items, { align: "end" });
  const all = {
    ...props,
    type: "button",
    class: "icon-button",
    "aria-haspopup": "menu",
    "aria-expanded": "false",
  };
  return h("button", { ...all, "aria-label": "More actions", onclick: open }, icon("more"));
}

export function picture(what) {
  return h("img", {
    src: what.image_url,
    alt: what.alt_text,
    loading: "lazy",
    title: what.title?.text,
  });
}

function ticks(acting, block, what, props) {
  const many = what.type === "checkboxes";
  const value = acting.valueOf(block, what);
  const chosen = (many ? (value ?? []) : value ? [value] : []).map((option) => option.value);
  const name = newId("choice");
  const change = (option) => (event) => {
    if (!many) return acting.enter(block, what, option.value, { selected_option: option });
    const on = what.options.filter((o) =>
      o === option ? event.target.checked : chosen.includes(o.value),
    );
    chosen.splice(0, chosen.length, ...on.map((o) => o.value));
    return acting.enter(block, what, [...chosen], { selected_options: on });
  };
  const rows = what.options.map((option) => {
    const input = h("input", {
      type: many ? "checkbox" : "radio",
      name,
      checked: chosen.includes(option.value),
      onchange: change(option),
      "data-focus": `${props["data-focus"]}/${option.value}`,
    });
    const hint = option.description
      ? h("span", { class: "tick-hint" }, textOf(option.description))
      : null;
    return h("label", { class: "tick" }, input, h("span", {}, textOf(option.text), hint));
  });
  const { "data-focus": _, id: __, ...rest } = props;
  return h("div", { role: many ? "group" : "radiogroup", class: "ticks", ...rest }, rows);
}

function select(acting, block, what, props) {
  const many = what.type.startsWith("multi_");
  const kind = what.type.replace(/^multi_/, "");
  const external = kind === "external_select";
  const places = ["users_select", "conversations_select", "channels_select"].includes(kind);
  const value = acting.valueOf(block, what);
  const values = many ? (value ?? []) : value ? [value] : [];
  const [key] = stateKey(what.type);
  const named = (id) => ({ value: id, label: placeName(id) });
  const shown = (option) => ({
    value: option.value,
    label: option.text.text,
    hint: option.description?.text,
  });
  let known = new Map(values.map((v) => (places ? [v, v] : [v.value, v])));
  const groups = () => {
    if (places) return [{ options: candidates(kind, what).map(named) }];
    if (what.option_groups)
      return what.option_groups.map((g) => ({
        label: g.label.text,
        options: g.options.map(shown),
      }));
    return [{ options: (what.options ?? []).map(shown) }];
  };
  const raw = () => [
    ...(what.options ?? []),
    ...(what.option_groups ?? []).flatMap((g) => g.options),
  ];
  if (!places && !external) known = new Map([...known, ...raw().map((o) => [o.value, o])]);
  const ask = async (query) => {
    const found = await acting.suggest(block, what, query);
    for (const group of found ?? [])
      for (const option of group.options) known.set(option.value, option);
    return found?.map((g) => ({ label: g.label, options: g.options.map(shown) }));
  };
  return combobox({
    chosen: values.map(places ? named : shown),
    many,
    clearable: block.optional,
    placeholder: what.placeholder?.text ?? "Choose…",
    focus: props["data-focus"],
    props,
    slow: external,
    least: external ? (what.min_query_length ?? 3) : 0,
    find: external ? ask : (query) => filtered(groups(), query),
    pick: (picked) => {
      const full = picked.map((v) => (places ? v : known.get(v)));
      const state = { [key]: many ? full : (full[0] ?? null) };
      acting.enter(block, what, many ? picked : (picked[0] ?? null), state);
    },
  });
}

function filtered(groups, query) {
  const wanted = query.toLowerCase();
  const fits = (option) => option.label.toLowerCase().includes(wanted);
  const kept = groups.map((group) => ({ ...group, options: group.options.filter(fits) }));
  return kept.filter((group) => group.options.length);
}

function placeName(id) {
  if (world.users.has(id)) return userOf(id).real_name;
  const channel = world.channels.get(id);
  if (!channel) return id;
  return channel.kind === "im" ? userOf(world.bot.user).real_name : `#${channel.name}`;
}

function candidates(kind, what) {
  if (kind === "users_select") return [...world.users.keys()];
  const me = userOf(place.me);
  const include =
    kind === "channels_select"
      ? ["public"]
      : (what.filter?.include ?? ["im", "mpim", "private", "public"]);
  const fits = (channel) =>
    canSee(me, channel) &&
    include.includes(channel.kind) &&
    !(channel.is_ext_shared && what.filter?.exclude_external_shared_channels);
  return [...world.channels.values()].filter(fits).map((channel) => channel.id);
}

function picker(acting, block, what, props) {
  const kind = PICKERS[what.type];
  const seconds = what.type === "datetimepicker";
  const value = acting.valueOf(block, what);
  const [key] = stateKey(what.type);
  const local = (unix) => {
    const at = new Date(unix * 1000);
    return new Date(at - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
  };
  const change = (event) => {
    const given = event.target.value;
    const picked = given ? (seconds ? Math.floor(new Date(given) / 1000) : given) : null;
    acting.enter(block, what, picked, { [key]: picked });
  };
  const all = { ...props, type: kind, class: "text-input", onchange: change };
  return h("input", { ...all, value: value ? (seconds ? local(value) : value) : "" });
}

function text(acting, block, what, props) {
  const all = {
    ...props,
    class: "text-input",
    placeholder: what.placeholder?.text,
    value: acting.textOf(block, what),
    autofocus: what.focus_on_load,
    oninput: (event) => acting.type(block, what, event.target.value),
    onchange: () => acting.flush(),
  };
  if (what.multiline) return h("textarea", { ...all, rows: 4 });
  const mode =
    what.type === "number_input" ? (what.is_decimal_allowed ? "decimal" : "numeric") : null;
  return h("input", {
    ...all,
    type: TEXTS[what.type] ?? "text",
    inputmode: mode,
    autocomplete: "off",
  });
}
