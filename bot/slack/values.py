"""What Slack answers, reduced to what the bot needs."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Posted:
    """`channel` is where it really is: a message to a person is in a D… channel."""

    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the bot is. `scopes` is what the token was granted."""

    enterprise_id: str
    team_id: str
    team: str
    bot_user_id: str
    bot_id: str
    name: str
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Member:
    """`member`: of the home workspace, and neither guest nor bot. `name` is what people see."""

    user_id: str
    standing: Literal["member", "guest", "external"]
    admin: bool
    name: str = ""


@dataclass(frozen=True, slots=True)
class SeenChannel:
    """A channel that the bot can see."""

    member: bool
    archived: bool
    public: bool
