// Draws samples of the bot's voice with the page's own modules; answers what can be read of each.
async ({ samples, me, bot }) => {
  const load = (name) => import(new URL(`/page/voice/js/${name}.js`, location.href));
  const names = ["world", "place", "message", "modal", "home", "confirm"];
  const [{ world }, { place }, { messageNode }, { drawModal }, { drawHome }, { ask }] =
    await Promise.all(names.map(load));
  const state = await (await fetch("/page/state.json")).json();
  for (const key of ["users", "channels"])
    world[key] = new Map(state[key].map((item) => [item.id, item]));
  Object.assign(world, { team: state.team, bot: state.bot, app: state.app });
  place.me = me;

  /** A dialog as it stands before the page, put among the others. */
  const still = (dialog) => {
    const copy = dialog.cloneNode(true);
    copy.classList.add("still");
    copy.querySelectorAll("[autofocus]").forEach((node) => node.removeAttribute("autofocus"));
    return copy;
  };
  const DRAW = {
    modal({ view }) {
      world.views = new Map([[view.id, view]]);
      world.stacks = { [me]: [[view.id]] };
      drawModal();
      const copy = still(document.querySelector("dialog.modal:not(.still)"));
      world.stacks = {};
      drawModal();
      return copy;
    },
    home({ view }) {
      world.homes = { [me]: view };
      const box = document.createElement("div");
      box.className = "home";
      document.body.append(box);
      drawHome(box);
      const copy = box.cloneNode(true);
      box.remove();
      return copy;
    },
    question({ question }) {
      ask(question);
      const dialog = document.querySelector("dialog.confirm:not(.still)");
      const copy = still(dialog);
      dialog.close();
      dialog.remove();
      return copy;
    },
    message({ message }) {
      const list = document.createElement("ol");
      list.append(messageNode({ ...message, user: bot, bot_id: "B" }, { inThread: true }));
      return list;
    },
  };

  // All of them before any is read: each reading lays out whatever has changed.
  const drawn = samples.map((sample) => {
    const figure = document.createElement("figure");
    const caption = document.createElement("figcaption");
    caption.textContent = sample.caption;
    const node = DRAW[sample.kind](sample);
    for (const n of [node, ...node.querySelectorAll("dialog")]) if (n.tagName === "DIALOG") n.open = true;
    figure.append(caption, node);
    return { figure, node };
  });
  document.getElementById(samples[0].group).append(...drawn.map(({ figure }) => figure));
  return drawn.map(({ node }) => {
    const typed = [...node.querySelectorAll("input, textarea")].map((field) => field.value);
    const unknown = node.querySelectorAll(".unknown").length;
    return { text: `${node.innerText} ${typed.join(" ")}`, unknown };
  });
};
