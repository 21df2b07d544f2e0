"""Tells what happens in the simulated Slack as it happens: a transcript of its channels."""

from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from bot.sandbox.eyes import Eyes
from bot.sandbox.readable import Line, buttons_of, clean, fields_of, lines_of, words
from bot.sandbox.slack import seed
from bot.sandbox.slack.model import JSON
from bot.sandbox.slack.seen import SeenMessage, SeenView
from bot.sandbox.slack.sim import Sim

WIDEST = 110
NAME_WIDTH = 8
STYLES = {"heading": "bold", "text": "", "quiet": "dim", "code": "cyan", "error": "bold red"}
STORY, ACT, GOOD, BAD = "italic", "magenta", "green", "bold red"
MARGIN = "   "
REPLY = "└ "


class Narrator:
    """Prints changes in their order; of what was shown before, only what is new in it."""

    def __init__(self, console: Console, sim: Sim) -> None:
        self._console = console
        self._sim = sim
        self._eyes = Eyes(sim)
        self._seq = sim.changes.seq
        self._place = ""
        self._shown: dict[str, list[Line]] = {}
        self.headings: dict[str, list[str]] = {}  # of each message, one after the other

    # -- what the tour says

    def chapter(self, number: int, title: str) -> None:
        self._place = ""
        self._console.print()
        self._put(f"{number}. ", Text(title, "bold cyan"))

    def tell(self, text: str) -> None:
        self._put(MARGIN, Text(text, STORY))

    def types(self, user: str, channel: str, text: str) -> None:
        self.catch_up()
        self._go_to(channel)
        self._put(self._speaker(user), Text(text, ACT))

    def does(self, user: str, what: str, channel: str = "") -> None:
        self.catch_up()
        if channel:
            self._go_to(channel)
        self._put(self._speaker(user), Text(what, ACT))

    def good(self, what: str) -> None:
        self.catch_up()
        self._put(f"{MARGIN}✓ ", Text(what, GOOD), GOOD)

    def bad(self, what: str) -> None:
        self.catch_up()
        self._put(f"{MARGIN}✗ ", Text(what, BAD), BAD)

    # -- what happens in Slack

    async def follow(self) -> None:
        async for _ in self._sim.changes.follow(self._seq, idle_s=60.0):
            self.catch_up()

    def catch_up(self) -> None:
        """Everything that has happened and was not told yet."""
        for change in self._sim.changes.since(self._seq):
            self._seq = change["seq"]
            self._happened(change)

    def _happened(self, change: JSON) -> None:
        match change["type"]:
            case "message" | "message_updated" | "ephemeral" | "ephemeral_updated" | "file_shared":
                if message := self._eyes.message(change["channel"], change["ts"]):
                    self._message(message)
            case "view_opened" | "view_updated" | "view_errors" | "view_state":
                if view := self._eyes.view(change["view_id"]):
                    self._view(view)
            case "channel" if change["bot_member"]:
                self._go_to(change["channel"])
                self._put(MARGIN, Text("record was added to the channel.", "dim"))

    def _message(self, message: SeenMessage) -> None:
        if message.user != seed.BOT_USER:
            return  # told by whoever made them speak
        lines = [*self._lines(message.blocks, message.text), *_files(message)]
        before = self._shown.get(message.ts)
        if lines == before:
            return
        self._shown[message.ts] = lines
        self.headings.setdefault(message.ts, []).append(lines[0].text if lines else "")
        self._go_to(message.channel)
        if message.is_reply:
            self._say(f"{MARGIN}{REPLY}", message, lines)
        else:
            self._say(MARGIN, message, _news(lines, before))

    def _say(self, margin: str, message: SeenMessage, lines: list[Line]) -> None:
        if message.viewer:
            who = self._eyes.names.user(message.viewer)
            lines = [Line(f"(only visible to {who})", "quiet"), *lines]
        prefix = self._speaker(message.user, margin)
        for line in lines:
            self._put(prefix, Text(line.text, STYLES[line.kind]))
            prefix = " " * len(prefix)

    def _view(self, view: SeenView) -> None:
        title = Line(clean(view.title), "heading")
        names = self._eyes.names
        fields = [Line(f"{f.label}: {f.shown}") for f in fields_of(view.blocks, view.values, names)]
        labels = {f.block_id: f.label for f in fields_of(view.blocks, view.values, names)}
        errors = [Line(f"⚠ {labels[b]}: {text}", "error") for b, text in view.errors.items()]
        lines = [title, *self._lines(view.blocks, "", view.raw), *fields, *errors]
        before = self._shown.get(view.id)
        self._shown[view.id] = lines
        if before is None or before[0] != title:
            who = self._eyes.names.user(view.user)
            self._put(f"{MARGIN}╭ ", Text(f"{title.text} (a form that {who} sees)", "bold"), "dim")
            before = []
        for line in _new(lines[1:], before):
            self._put(f"{MARGIN}│ ", Text(line.text, STYLES[line.kind]), "dim")

    def _lines(self, blocks: list[JSON], text: str, view: JSON | None = None) -> list[Line]:
        """The readable lines, and one with the buttons; of what has no blocks, the text."""
        names = self._eyes.names
        lines = list(lines_of(blocks, names))
        if not blocks and text:
            lines = [Line(line) for line in words(text, names).split("\n")]
        labels = [button.label for button in buttons_of(blocks)]
        if view and view.get("submit"):
            labels.append(view["submit"]["text"])
        if labels:
            lines.append(Line(" ".join(f"[{label}]" for label in labels), "code"))
        return lines

    # -- on paper

    def _go_to(self, channel: str) -> None:
        if channel == self._place:
            return
        self._place = channel
        self._put(f"{MARGIN}", Text(f"── {self._eyes.names.place(channel)} ──", "bold blue"))

    def _speaker(self, user: str, margin: str = MARGIN) -> str:
        return f"{margin}{self._eyes.names.user(user):<{NAME_WIDTH}}"

    def _put(self, prefix: str, text: Text, prefix_style: str = "bold") -> None:
        """Long lines go on under their beginning; in a file or a pipe they stay whole."""
        console, parts = self._console, [text]
        if console.is_terminal:
            width = min(console.width, WIDEST) - len(prefix)
            parts = list(text.wrap(console, max(20, width))) or [text]
        for part in parts:
            console.print(Text(prefix, prefix_style) + part, soft_wrap=True)
            prefix = prefix if "│" in prefix else " " * len(prefix)


def _files(message: SeenMessage) -> Iterable[Line]:
    for file in message.raw.get("files", []):
        yield Line(f"📎 {file['name']} ({file['size']:,} bytes)")


def _news(lines: list[Line], before: list[Line] | None) -> list[Line]:
    """All of a new message; of a changed one its heading, and what was not there before."""
    return lines if before is None else [*lines[:1], *_new(lines[1:], before)]


def _new(lines: list[Line], before: list[Line]) -> list[Line]:
    return [line for line in lines if line not in before]
