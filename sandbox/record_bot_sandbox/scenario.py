"""What the tour's steps are made of: people who act on what they see, and expectations."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from record_bot_sandbox.narrator import Narrator
from record_bot_sandbox.readable import Button, buttons_of, fields_of, lines_of
from record_bot_sandbox.screen import Screen
from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.person import CannotError, Person
from record_bot_sandbox.slack.seen import Answer, SeenMessage, SeenView
from record_bot_sandbox.stage import Stage

PATIENCE_S = 30.0  # for what takes no time
LONGEST_S = 1800.0  # simulated, for what 100ms takes its time for
Found = TypeVar("Found")


class NotAsExpected(Exception):
    """An expectation of the tour that did not come true, in words."""


@dataclass
class Cast:
    """Who plays: two colleagues and a guest."""

    ines: Person
    tariq: Person
    guus: Person


@dataclass
class Scenario:
    stage: Stage
    cast: Cast
    narrator: Narrator
    screen: Screen
    checks: int = field(default=0, init=False)
    card: SeenMessage | None = field(default=None, init=False)  # the one the story is about

    @property
    def longest_s(self) -> float:
        return PATIENCE_S + LONGEST_S / self.stage.slack_config.speed

    # -- expecting

    def check(self, what: str, holds: object) -> None:
        """It is so now."""
        if not holds:
            raise NotAsExpected(what)
        self.checks += 1
        self.narrator.good(what)

    async def see(
        self, what: str, look: Callable[[], Found | None], within_s: float | None = None
    ) -> Found:
        """It comes true in time."""
        patience_s = within_s or self.longest_s
        try:
            found = await self.screen.until(look, patience_s)
        except TimeoutError:
            raise NotAsExpected(f"{what} (not within {patience_s:.0f} s)") from None
        self.check(what, holds=True)
        return found

    async def wait(
        self, what: str, look: Callable[[], Found | None], within_s: float | None = None
    ) -> Found:
        """The same, without a word: the next line of the story says it anyway."""
        patience_s = within_s or self.longest_s
        try:
            return await self.screen.until(look, patience_s)
        except TimeoutError:
            raise NotAsExpected(f"{what} (not within {patience_s:.0f} s)") from None

    # -- acting

    async def types(self, person: Person, channel: str, text: str) -> Answer:
        self.narrator.types(person.user, channel, text)
        return _taken(f"the bot answers {text}", await person.command(channel, text))

    async def presses(
        self, person: Person, where: SeenMessage | SeenView, label: str, *, confirm: bool = False
    ) -> Answer:
        button = self.button(where, label)
        channel = where.channel if isinstance(where, SeenMessage) else ""
        sure = " and confirms" if confirm else ""
        self.narrator.does(person.user, f"presses [{label}]{sure}", channel)
        alike = [b for b in buttons_of(where.blocks) if b.action_id == button.action_id]
        block_id = button.block_id if alike[1:] else None  # an edit gives blocks new ids
        try:
            answer = await person.click(where, button.action_id, block_id=block_id, confirm=confirm)
        except CannotError as error:
            raise NotAsExpected(f"{label} can be pressed: {error}") from None
        return _taken(f"the bot accepts the click on {label}", answer)

    async def fills(self, person: Person, view: SeenView, label: str, value: Any) -> SeenView:
        """Enter a value into the field of that name; the view as it is then."""
        wanted = [f for f in self.fields(view) if f.label == label]
        if not wanted:
            raise NotAsExpected(f"the form has a field “{label}”")
        block_id, action_id = wanted[0].block_id, wanted[0].action_id
        answer = await person.enter(view, block_id, value, action_id=action_id)
        _taken(f"the bot accepts the value for {label}", answer)
        return await person.view(view.id)

    # -- looking

    def fields(self, view: SeenView) -> list[Any]:
        return fields_of(view.blocks, view.values, self.screen.names)

    def button(self, where: SeenMessage | SeenView, label: str) -> Button:
        for button in buttons_of(where.blocks):
            if button.label == label:
                return button
        raise NotAsExpected(f"there is a button [{label}]")

    def text(self, message: SeenMessage | SeenView) -> str:
        """All of its lines, in one."""
        return " ".join(line.text for line in lines_of(message.blocks, self.screen.names))

    def heading(self, message: SeenMessage) -> str:
        return next((line.text for line in lines_of(message.blocks, self.screen.names)), "")

    def cards(self, channel: str, room: str) -> list[SeenMessage]:
        """The cards of that room in the channel, oldest first."""
        return [
            m
            for m in self.screen.messages(channel)
            if m.user == seed.BOT_USER and not m.is_reply and f"{room} · " in self.heading(m)
        ]

    def showing(
        self, channel: str, room: str, *states: str, after: str = ""
    ) -> Callable[[], SeenMessage | None]:
        """Finds the newest card of the room, younger than `after`, if it is in such a state."""

        def look() -> SeenMessage | None:
            found = [card for card in self.cards(channel, room) if card.ts > after]
            if not found:
                return None
            state = self.heading(found[-1]).partition(" · ")[2]
            return found[-1] if state in states else None

        return look

    def told(self, person: Person, channel: str, *parts: str) -> Callable[[], SeenMessage | None]:
        """Finds the newest ephemeral message to that person, if it contains these parts."""

        def look() -> SeenMessage | None:
            found = self.screen.ephemerals(channel, person.user)
            text = self.text(found[-1]) if found else ""
            return found[-1] if found and all(part in text for part in parts) else None

        return look

    def replies(self, card: SeenMessage, *names: str) -> Callable[[], list[SeenMessage]]:
        """Finds the thread, once it has the results and files of these kinds; the results first."""

        def look() -> list[SeenMessage]:
            thread = self.screen.thread(card)
            files = [file["name"] for m in thread for file in m.raw.get("files", [])]
            results = [m for m in thread if not m.raw.get("files")]
            there = bool(results) and all(any(name in file for file in files) for name in names)
            return [*results, *(m for m in thread if m not in results)] if there else []

        return look


def _taken(what: str, answer: Answer) -> Answer:
    if answer.outcome != "ok":
        raise NotAsExpected(f"{what} (Slack says: {answer.outcome}, status {answer.status})")
    return answer
