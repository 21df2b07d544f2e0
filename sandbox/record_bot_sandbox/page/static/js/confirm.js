// Slack's own question before a button does something, and other small dialogs of the client.
import { h, newId } from "./dom.js";
import { mrkdwn } from "./mrkdwn.js";

export const textOf = (text) =>
  text.type === "mrkdwn" ? mrkdwn(text.text, { verbatim: text.verbatim }) : [text.text];

/** Asks; true for yes. Esc and the other button are no. */
export function ask(question) {
  const [titleId, textId] = [newId("title"), newId("text")];
  const danger = question.style === "danger";
  const yes = h(
    "button",
    { value: "yes", class: danger ? "button danger" : "button primary" },
    question.confirm.text,
  );
  const no = h("button", { value: "", class: "button", autofocus: true }, question.deny.text);
  const form = h(
    "form",
    { method: "dialog" },
    h("h2", { id: titleId }, question.title.text),
    h("p", { id: textId }, textOf(question.text)),
    h("div", { class: "dialog-buttons" }, no, yes),
  );
  const dialog = h(
    "dialog",
    {
      class: "confirm",
      role: "alertdialog",
      "aria-labelledby": titleId,
      "aria-describedby": textId,
    },
    form,
  );
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}
