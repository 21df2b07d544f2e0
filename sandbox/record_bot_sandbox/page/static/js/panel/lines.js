// Lines of what happened, newest first, each opening to its details.
import { h, reconcile } from "../dom.js";
import { seconds } from "../dates.js";

/** rows: {key, at: Date, mark, title, about, state, tone, tags: [], details} */
export function drawLines(box, rows, { empty }) {
  const shown = rows.length ? rows : [{ key: "empty", empty }];
  reconcile(box, shown, {
    key: (row) => row.key,
    same: (a, b) => a.sign === b.sign,
    make: (row) => (row.empty ? h("p", { class: "quiet panel-empty" }, row.empty) : line(row)),
  });
}

function line(row) {
  const state = row.state ? h("span", { class: `result ${row.tone ?? ""}` }, row.state) : null;
  const tags = (row.tags ?? []).map((tag) => h("span", { class: "fault-tag" }, tag));
  const mark = row.mark ? h("span", { class: `line-mark ${row.mark.kind}` }, row.mark.text) : null;
  const about = h("span", { class: "line-about" }, mark, h("span", { dir: "auto" }, row.about));
  const summary = h(
    "summary",
    { "data-focus": row.key },
    h("time", { class: "line-time" }, seconds(row.at)),
    h("span", { class: "line-title" }, row.title),
    state,
    about,
    tags,
  );
  const node = h("details", { class: "event" }, summary);
  node.addEventListener("toggle", () => {
    if (node.open && node.childElementCount === 1)
      node.append(h("div", { class: "details" }, row.details()));
  });
  return node;
}

export const json = (value) => h("pre", { class: "json" }, JSON.stringify(value, null, 2));
