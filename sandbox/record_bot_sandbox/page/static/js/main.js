// The page: parts, put together and drawn whenever something changed.
import { say } from "./dom.js";
import { buildConversation, drawConversation, focusComposer } from "./conversation.js";
import { homeOpened } from "./home.js";
import { closeMenu } from "./menu.js";
import { drawModal } from "./modal.js";
import { asText } from "./mrkdwn.js";
import { buildPanel, drawPanel } from "./panel/panel.js";
import { followPlace, place, readAddress } from "./place.js";
import { drawSidebar } from "./sidebar.js";
import { restoreTheme } from "./theme.js";
import { drawThread } from "./thread.js";
import { connect, follow, isReply, userOf, world } from "./world.js";

const app = document.getElementById("app");
const [sidebar, main, thread, panel] = ["sidebar", "main", "thread", "panel"].map((id) =>
  document.getElementById(id),
);

restoreTheme();
const closeSidebar = () => (app.dataset.sidebar = "closed");
buildConversation(main, {
  toggleSidebar: () => (app.dataset.sidebar = app.dataset.sidebar === "open" ? "closed" : "open"),
  togglePanel: () => panelShown.toggle(),
});
const panelShown = buildPanel(panel);
main.addEventListener("pointerdown", (event) => {
  if (!event.target.closest(".only-narrow")) closeSidebar();
});

function draw() {
  if (!world.ready) return;
  drawSidebar(sidebar, { close: closeSidebar });
  drawConversation();
  drawThread(thread);
  drawModal();
  drawPanel();
  app.dataset.ready = "true";
}

let last = "";
followPlace(() => {
  closeMenu();
  const now = `${place.me} ${place.channel}`;
  if (now !== last) homeOpened();
  draw();
  if (
    now !== last &&
    matchMedia("(min-width: 760px)").matches &&
    !document.querySelector("dialog[open]")
  )
    focusComposer();
  last = now;
});

follow((news) => {
  if (!place.me && world.ready) readAddress();
  draw();
  for (const message of news.arrived) announce(message);
});

/** For those who do not see it: what others say where they are. */
function announce(message) {
  const hidden = message.viewer && message.viewer !== place.me;
  const elsewhere =
    message.channel !== place.channel || (isReply(message) && message.thread_ts !== place.thread);
  if (hidden || elsewhere || message.user === place.me) return;
  const only = message.viewer ? ", only visible to you" : "";
  say(`${userOf(message.user).real_name}${only}: ${asText(message.text)}`);
}

addEventListener("popstate", readAddress);
connect();
