// A select that can be typed into: fixed options, people and places, or options from the bot.
import { attr, fill, h, newId } from "./dom.js";
import { icon } from "./icons.js";
import { showBeside, hide, put } from "./floating.js";

const PAUSE_MS = 120; // between keystrokes, before the bot is asked

/**
 * spec: {chosen: [{value, label}], many, placeholder, focus, props, find(query), least, pick(values)}
 * find answers groups, [{label, options: [{value, label, hint}]}], at once or as a promise.
 */
export function combobox(spec) {
  const listId = newId("options");
  const list = h("div", { class: "options", role: "listbox", id: listId });
  const state = { open: false, options: [], active: -1, asked: 0, typed: false };
  const input = h("input", {
    type: "text",
    role: "combobox",
    autocomplete: "off",
    spellcheck: "false",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": listId,
    "data-focus": spec.focus,
    placeholder: spec.many && spec.chosen.length ? "" : spec.placeholder,
    value: spec.many ? "" : (spec.chosen[0]?.label ?? ""),
    ...spec.props,
  });
  const chips = spec.many ? spec.chosen.map(chip) : [];
  const clears = !spec.many && spec.clearable && spec.chosen.length;
  const clear = clears
    ? h(
        "button",
        { type: "button", class: "clear", "aria-label": "Clear", onclick: () => spec.pick([]) },
        icon("close", 14),
      )
    : null;
  const box = h(
    "div",
    { class: "combo", onclick: () => input.focus() },
    chips,
    input,
    clear,
    h("span", { class: "combo-mark" }, icon("down", 16)),
  );

  function chip(option) {
    const drop = () =>
      spec.pick(spec.chosen.filter((c) => c.value !== option.value).map((c) => c.value));
    const label = `Remove ${option.label}`;
    return h(
      "span",
      { class: "chip" },
      option.label,
      h("button", { type: "button", "aria-label": label, onclick: drop }, icon("close", 12)),
    );
  }

  async function look() {
    const query = state.typed ? input.value.trim() : "";
    const asked = ++state.asked;
    if (query.length < (spec.least ?? 0)) return note(`Type at least ${spec.least} letters.`);
    const found = spec.find(query);
    if (found instanceof Promise) {
      if (!state.options.length) note("Loading…");
      const answer = await found;
      if (asked !== state.asked || !state.open) return undefined;
      return show(answer);
    }
    return show(found);
  }

  function note(text) {
    state.options = [];
    state.active = -1;
    attr(input, "aria-activedescendant", null);
    fill(list, h("div", { class: "options-note", role: "option", "aria-disabled": "true" }, text));
    lay();
  }

  function show(groups) {
    if (!groups) return note("The options could not be loaded.");
    state.options = groups.flatMap((group) => group.options);
    if (!state.options.length) return note("No results.");
    let n = 0;
    fill(
      list,
      groups.map((group) => {
        const rows = group.options.map((option) => row(option, n++));
        if (!group.label) return rows;
        const named = { role: "group", "aria-label": group.label };
        return h("div", named, h("div", { class: "options-heading" }, group.label), rows);
      }),
    );
    const chosen = spec.chosen[0]?.value;
    const at = state.options.findIndex((option) => option.value === chosen);
    move(state.typed ? 0 : Math.max(at, 0));
    return lay();
  }

  function row(option, n) {
    const selected = spec.chosen.some((c) => c.value === option.value);
    const props = {
      class: "option",
      role: "option",
      id: `${listId}-${n}`,
      "aria-selected": String(selected),
      onpointerdown: (event) => event.preventDefault(),
      onclick: () => choose(n),
      onpointermove: () => state.active !== n && move(n, false),
    };
    const hint = option.hint ? h("span", { class: "option-hint" }, option.hint) : null;
    return h(
      "div",
      props,
      h("span", { class: "option-words" }, h("span", {}, option.label), hint),
      selected ? icon("check", 16) : null,
    );
  }

  function move(n, scroll = true) {
    state.active = n;
    list.querySelectorAll(".option").forEach((node, i) => {
      node.classList.toggle("active", i === n);
      if (i === n && scroll) node.scrollIntoView({ block: "nearest" });
    });
    attr(input, "aria-activedescendant", `${listId}-${n}`);
  }

  function lay() {
    if (!state.open) return;
    if (!list.isConnected) showBeside(box, list, { match: true });
    else put(box, list, "start", true);
  }

  function choose(n) {
    const option = state.options[n];
    if (!option) return;
    const before = spec.chosen.map((c) => c.value);
    const has = before.includes(option.value);
    const many = has ? before.filter((v) => v !== option.value) : [...before, option.value];
    if (!spec.many) input.value = option.label;
    close();
    spec.pick(spec.many ? many : [option.value], option);
  }

  function openList() {
    if (state.open || input.disabled) return;
    state.open = true;
    state.typed = false;
    input.setAttribute("aria-expanded", "true");
    look();
  }

  function close() {
    state.open = false;
    state.asked++;
    state.options = [];
    input.setAttribute("aria-expanded", "false");
    attr(input, "aria-activedescendant", null);
    hide(list);
  }

  let timer = 0;
  input.addEventListener("click", openList);
  input.addEventListener("focus", () => input.select());
  input.addEventListener("blur", () => {
    close();
    input.value = spec.many ? "" : (spec.chosen[0]?.label ?? "");
  });
  input.addEventListener("input", () => {
    if (!state.open) openList();
    state.typed = true;
    clearTimeout(timer);
    timer = setTimeout(look, spec.slow ? PAUSE_MS : 0);
  });
  input.addEventListener("keydown", (event) => {
    const { key } = event;
    const last = state.options.length - 1;
    if (!state.open && ["ArrowDown", "ArrowUp", "Enter"].includes(key)) openList();
    else if (key === "ArrowDown") move(state.active >= last ? 0 : state.active + 1);
    else if (key === "ArrowUp") move(state.active <= 0 ? last : state.active - 1);
    else if (key === "Enter" && state.open) choose(state.active);
    else if (key === "Escape" && state.open) close();
    else if (key === "Backspace" && spec.many && !input.value && spec.chosen.length) {
      spec.pick(spec.chosen.slice(0, -1).map((c) => c.value));
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  return box;
}
