// Files in messages: a card for each, and a window that shows its text.
import { fill, h, newId, toast } from "./dom.js";
import { icon } from "./icons.js";

const PICTURE = /\.(png|jpe?g|gif)$/i;
const SHOWN_MOST = 200_000;

export function fileCard(file) {
  const words = [
    h("span", { class: "file-title" }, file.title || file.name),
    h("span", { class: "file-about" }, `${file.name} · ${sizeOf(file.size)}`),
  ];
  return h(
    "div",
    { class: "file" },
    h(
      "button",
      { type: "button", class: "file-open", onclick: () => openFile(file) },
      h("span", { class: "file-icon" }, icon("file", 22)),
      h("span", { class: "file-words" }, words),
    ),
    h(
      "a",
      {
        class: "icon-button",
        href: address(file),
        download: file.name,
        "aria-label": `Download ${file.name}`,
      },
      icon("download", 18),
    ),
  );
}

const address = (file) => `/sim/files/${encodeURIComponent(file.id)}`;

function sizeOf(bytes) {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} KB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

async function openFile(file) {
  const titleId = newId("title");
  const body = h("div", { class: "file-body", tabindex: "0" }, "Loading…");
  const dialog = h("dialog", { class: "file-window", "aria-labelledby": titleId });
  const close = h(
    "button",
    { type: "button", class: "icon-button", "aria-label": "Close", onclick: () => dialog.close() },
    icon("close"),
  );
  const save = h("a", { class: "button", href: address(file), download: file.name }, "Download");
  const title = h("h2", { id: titleId }, file.title || file.name, h("small", {}, file.name));
  fill(dialog, h("header", {}, title, save, close), body);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  dialog.showModal();
  try {
    await show(file, body);
  } catch (error) {
    toast(error.message);
    fill(body, "This file could not be loaded.");
  }
}

async function show(file, body) {
  const answer = await fetch(address(file));
  if (!answer.ok) throw new Error(`The file request returned ${answer.status}.`);
  const bytes = await answer.arrayBuffer();
  if (PICTURE.test(file.name)) {
    fill(body, h("img", { src: URL.createObjectURL(new Blob([bytes])), alt: file.alt_txt ?? "" }));
    return;
  }
  const text = new TextDecoder("utf-8", { fatal: true });
  try {
    fill(body, h("pre", { dir: "auto" }, text.decode(bytes).slice(0, SHOWN_MOST)));
  } catch {
    fill(body, "No preview for this kind of file. Download it instead.");
  }
}
