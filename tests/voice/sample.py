"""What the bot can show, one by one: who made it, when people see it, and where."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from record_bot_sandbox.slack import seed

from bot.core import facts as f
from bot.core.derive import derive
from bot.core.recording import Recording
from bot.ui.message import Message
from tests.unit.views_samples import requested, row

Json = dict[str, Any]
Place = Literal[
    "channel",
    "thread",
    "only you",
    "direct message",
    "modal",
    "home",
    "room's chat",
    "below a link",
]
PEOPLE = {"U1": seed.STARTER, "U2": seed.ADMIN}
ROOM = "Weekly sync"
BOT = "record"  # as the sandbox names it
PERMALINK = f"https://{seed.TEAM_DOMAIN}.slack.com/archives/{seed.STANDUP}/p1795442580000100"


@dataclass(frozen=True, slots=True)
class Sample:
    """`when` is what a caption says: people see it when…"""

    when: str
    builder: str
    place: Place
    shown: Message | Json | str


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    about: str
    samples: tuple[Sample, ...]

    @property
    def slug(self) -> str:
        return "-".join(self.title.lower().split())


def name_of(builder: Callable[..., object]) -> str:
    return f"{builder.__module__}.{builder.__name__}"


class Shown:
    """Makes samples of one place."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def __call__(
        self, when: str, builder: Callable[..., Message | Json | str], *args: Any, **more: Any
    ) -> Sample:
        return Sample(when, name_of(builder), self._place, builder(*args, **more))


channel, thread, only_you = Shown("channel"), Shown("thread"), Shown("only you")
direct, modal, home = Shown("direct message"), Shown("modal"), Shown("home")
in_the_room = Shown("room's chat")


def story(*facts: f.Fact, **more: Any) -> Recording:
    """A recording of the sandbox's people, told by the facts of the other tests."""
    told = {"room_name": ROOM, "by": seed.STARTER, "channel_id": seed.STANDUP, **more}
    return derive("key-1", [requested(**told), *map(_named, facts)])


def _named(fact: f.Fact) -> f.Fact:
    by = getattr(fact, "by", None)
    return fact.model_copy(update={"by": PEOPLE[by]}) if by in PEOPLE else fact


def line(**more: Any) -> Any:
    """A row of a list."""
    known = {"name": ROOM, "starter": seed.STARTER, "channel": seed.STANDUP}
    return row(**{**known, "permalink": PERMALINK, **more})
