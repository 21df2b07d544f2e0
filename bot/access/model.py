"""Permissions: one pure function decides, and a refusal names the people who can."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, assert_never

from bot.core.channel_settings import Allowed, ChannelSettings

Standing = Literal["member", "guest", "external"]


class Act(StrEnum):
    START = "start"
    CONTROL = "control"  # stop, pause or resume a recording
    SCHEDULE = "schedule"  # change a schedule or a rule for a room
    LINK = "link"  # open a file
    FOLLOW = "follow"  # show a card in one more channel
    FORGET = "forget"
    SETTINGS = "settings"  # change a channel's settings and presets
    PRESET = "preset"  # change or delete a workspace preset
    SHARE = "share"  # show a recording in one more channel
    JOIN = "join"  # get a personal link to a room
    DOCTOR = "doctor"  # see the bot's health


@dataclass(frozen=True, slots=True)
class Person:
    """A user. `member` means in the home workspace and neither guest nor bot.

    `groups` has only those user groups that were asked for.
    """

    user: str
    standing: Standing
    admin: bool = False
    groups: frozenset[str] = frozenset()
    zone: str = ""  # as Slack names it; '' if Slack does not say


@dataclass(frozen=True, slots=True)
class Refusal:
    """The people who can instead: the starter, if any, those `allowed`, and admins."""

    act: Act
    allowed: Allowed
    starter: str | None = None


MEMBERS = Allowed(who="everyone")
ADMINS = Allowed(who="admins")


def refusal(
    person: Person, act: Act, settings: ChannelSettings, *, starter: str | None = None
) -> Refusal | None:
    """Decide; None if allowed. `settings` are those of the channel concerned."""
    if person.admin and person.standing == "member":
        return None
    match act:
        case Act.START:
            return _unless(_is_among(person, settings.may_start), act, settings.may_start)
        case Act.CONTROL | Act.SCHEDULE:
            may = person.user == starter or _is_among(person, settings.may_stop)
            return _unless(may, act, settings.may_stop, starter)
        case Act.LINK:
            return _unless(settings.outside_links or _is_among(person, MEMBERS), act, MEMBERS)
        case Act.FORGET | Act.PRESET:
            may = person.user == starter and person.standing == "member"
            return _unless(may, act, ADMINS, starter)
        case Act.FOLLOW | Act.SETTINGS | Act.SHARE | Act.JOIN | Act.DOCTOR:
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
    """The channel of a message with a link. Everyone there sees the unfurl, so all need access.

    `shared`: with another organisation. `can_follow`: a card can be shown there.
    """

    channel: str
    shared: bool
    can_follow: bool
