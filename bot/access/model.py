"""Who may do what. One pure function; who may not is told who can."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, assert_never

from bot.core.channel_settings import Allowed, ChannelSettings

Standing = Literal["member", "guest", "external"]


class Act(StrEnum):
    START = "start"
    STEER = "steer"  # stop, pause, resume
    LINK = "link"  # open a file
    FOLLOW = "follow"  # show a card in one more channel
    FORGET = "forget"
    SETTINGS = "settings"  # of a channel, and its presets
    PRESET = "preset"  # change or delete one of the whole workspace


@dataclass(frozen=True, slots=True)
class Person:
    """`member`: of the home workspace, neither guest nor bot. `groups` as far as they matter."""

    user: str
    standing: Standing
    admin: bool = False
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Who could instead: the starter, where there is one, those `allowed`, and admins."""

    act: Act
    allowed: Allowed
    starter: str | None = None

    def unnamed(self) -> "Refusal":
        """For people who may not know of the recording: it names nobody."""
        return Refusal(self.act, ADMINS if self.allowed.who == "some" else self.allowed)


MEMBERS = Allowed(who="everyone")
ADMINS = Allowed(who="admins")


def refusal(
    person: Person, act: Act, settings: ChannelSettings, *, starter: str | None = None
) -> Refusal | None:
    """None: they may. `settings` are those of the channel that it is about."""
    if person.admin and person.standing == "member":
        return None
    match act:
        case Act.START:
            return _unless(_is_among(person, settings.may_start), act, settings.may_start)
        case Act.STEER:
            may = person.user == starter or _is_among(person, settings.may_stop)
            return _unless(may, act, settings.may_stop, starter)
        case Act.LINK:
            return _unless(settings.outside_links or _is_among(person, MEMBERS), act, MEMBERS)
        case Act.FORGET | Act.PRESET:
            may = person.user == starter and person.standing == "member"
            return _unless(may, act, ADMINS, starter)
        case Act.FOLLOW | Act.SETTINGS:
            return _unless(_is_among(person, MEMBERS), act, MEMBERS)
        case _:
            assert_never(act)


def _unless(may: bool, act: Act, allowed: Allowed, starter: str | None = None) -> Refusal | None:
    return None if may else Refusal(act, allowed, starter)


def _is_among(person: Person, allowed: Allowed) -> bool:
    match allowed.who:
        case "everyone":
            return person.standing == "member"
        case "some":
            return person.user in allowed.people or bool(person.groups & set(allowed.groups))
        case "admins":
            return False


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the link stands. Whoever is there reads the same, so all of them must be allowed to.

    `shared`: with another organisation. `can_follow`: a card may be shown there, too.
    """

    channel: str
    shared: bool
    can_follow: bool
