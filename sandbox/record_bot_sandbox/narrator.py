"""Tells what happens in the simulated Slack as it happens: a transcript of its channels."""

from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from record_bot_sandbox.readable import Line, Names, buttons_of, clean, fields_of, lines_of, words
from record_bot_sandbox.screen import Screen
from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.model import JSON
from record_bot_sandbox.slack.seen import SeenMessage, SeenView
from record_bot_sandbox.slack.sim import Sim

WIDEST = 110
NAME_WIDTH = 8
STYLES = {"heading": "bold", "text": "", "quiet": "dim", "code": "cyan", "error": "bold red"}
STORY, ACT, GOOD, BAD = "italic", "magenta", "green", "bold red"
MARGIN = "   "
REPLY = "└ "
SEPARATOR = " · "


class Narrator:
    """Prints changes in their order; of what was shown before, only what is new in it."""

    def __init__(self, console: Console, sim: Sim) -> None:
        self._console = console
        self._sim = sim
        self._eyes = Screen(sim)
        self._seq = sim.changes.seq
        self._place = ""
        self._last = ""  # the message that was told of last
        self._shown: dict[str, list[Line]] = {}
        self.headings: dict[str, list[str]] = {}  # of each message, one after the other

    # -- what the tour says

    def chapter(self, title: str, number: int | None = None) -> None:
        self._place = ""
        self._console.print()
        self._put(f"{number}. " if number else "", Text(title, "bold cyan"))

    def tell(self, text: str) -> None:
        self.catch_up()
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
        lines = [*_lines(message.blocks, message.text, self._eyes.names), *_files(message)]
        before = self._shown.get(message.ts)
        if not lines or lines == before:
            return
        self._shown[message.ts] = lines
        headings = self.headings.setdefault(message.ts, [])
        headings.append(lines[0].text)
        if before is None:
            self._go_to(message.channel)
            self._say(message, lines, self._speaker(message.user, _margin(message)))
        elif not self._is_told_elsewhere(message.ts, lines):
            self._go_on(message, lines, before)

    def _go_on(self, message: SeenMessage, lines: list[Line], before: list[Line]) -> None:
        """The heading, unless it was just told; and what is new below it."""
        heading, news = lines[:1], _news(lines, before)
        follows = message.ts == self._last and heading == before[:1]
        self._go_to(message.channel)
        prefix = self._speaker(message.user, _margin(message))
        if follows:
            heading, prefix = [], " " * len(prefix)
        self._say(message, [*heading, *news], prefix)

    def _is_told_elsewhere(self, ts: str, lines: list[Line]) -> bool:
        """A card that is shown in several channels is told of once."""
        return any(other == lines for key, other in self._shown.items() if key != ts)

    def _say(self, message: SeenMessage, lines: list[Line], prefix: str) -> None:
        if message.viewer:
            who = self._eyes.names.user(message.viewer)
            lines = [Line(f"(only visible to {who})", "quiet"), *lines]
        for line in lines:
            self._put(prefix, Text(line.text, STYLES[line.kind]))
            prefix = " " * len(prefix)
        self._last = message.ts

    def _view(self, view: SeenView) -> None:
        title, lines = clean(view.title), _view_lines(view, self._eyes.names)
        before = self._shown.get(f"{view.id} {title}")
        self._shown[f"{view.id} {title}"] = lines
        if before is None:
            who = self._eyes.names.user(view.user)
            heading = Text.assemble((title, "bold"), (f"  (only visible to {who})", "dim"))
            self._put(f"{MARGIN}╭ ", heading, "dim")
        for line in _new(lines, before or []):
            self._put(f"{MARGIN}│ ", Text(line.text, STYLES[line.kind]), "dim")

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
        self._last = ""
        for part in parts:
            console.print(Text.assemble((prefix, prefix_style), part), soft_wrap=True)
            prefix = prefix if "│" in prefix else " " * len(prefix)


def _margin(message: SeenMessage) -> str:
    return f"{MARGIN}{REPLY}" if message.is_reply else MARGIN


def _lines(blocks: list[JSON], text: str, names: Names, submit: str = "") -> list[Line]:
    """What is to be read, and one line of buttons; of what has no blocks, the text."""
    lines = list(lines_of(blocks, names))
    if not blocks and text:
        lines = [Line(line) for line in words(text, names).split("\n")]
    labels = [*(button.label for button in buttons_of(blocks)), *([submit] if submit else [])]
    return [*lines, Line(" ".join(f"[{label}]" for label in labels), "code")] if labels else lines


def _view_lines(view: SeenView, names: Names) -> list[Line]:
    fields = {field.block_id: field for field in fields_of(view.blocks, view.values, names)}
    lines: list[Line] = []
    for block in view.blocks:
        field = fields.get(block["block_id"])
        lines += [Line(f"{field.label}: {field.shown}")] if field else lines_of([block], names)
        if field and field.block_id in view.errors:
            lines.append(Line(f"⚠ {view.errors[field.block_id]}", "error"))
    submit = (view.raw.get("submit") or {}).get("text", "")
    buttons = [line for line in _lines(view.blocks, "", names, submit) if line.text[:1] == "["]
    return [*lines, *buttons[-1:]]


def _files(message: SeenMessage) -> Iterable[Line]:
    for file in message.raw.get("files", []):
        yield Line(f"📎 {file['name']} ({file['size']:,} bytes)")


def _news(lines: list[Line], before: list[Line]) -> list[Line]:
    """Below the heading; of a line of details that has grown, nothing."""
    known = {part for line in before for part in line.text.split(SEPARATOR)}
    new = _new(lines[1:], before)
    return [x for x in new if x.kind != "quiet" or known.isdisjoint(x.text.split(SEPARATOR))]


def _new(lines: list[Line], before: list[Line]) -> list[Line]:
    return [line for line in lines if line not in before]
