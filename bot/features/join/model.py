"""Personal links to join a room, and the domain of rooms. Pure.

Source: 100ms docs, common/meeting-url and get-started/security-and-tokens.
"""

from dataclasses import dataclass
from enum import StrEnum, auto
from urllib.parse import quote, urlencode, urlsplit

from bot.features.rooms.model import room_code_of_link, room_id_of_link


class WhyNot(StrEnum):
    """Why there is no link."""

    GONE = auto()  # the recording was forgotten
    OVER = auto()
    NO_ROLE = auto()
    NO_DOMAIN = auto()
    NO_CODE = auto()


@dataclass(frozen=True, slots=True)
class JoinLink:
    """A link for one person. `personal`: anybody who uses it joins under that person's name."""

    url: str
    name: str
    personal: bool


def domain_of(meeting_url: str | None, room_id: str) -> str | None:
    """Return the host at which a room is joined, from a link to that room."""
    if not meeting_url:
        return None
    ours = room_id_of_link(meeting_url) == room_id or room_code_of_link(meeting_url) is not None
    return urlsplit(meeting_url).hostname if ours else None


def user_id_of(team: str, user: str) -> str:
    """Return the 100ms user id of a Slack user."""
    return f"slack:{team}:{user}"


def link_with_token(domain: str, room_id: str, role: str, *, token: str, name: str) -> str:
    query = urlencode({"auth_token": token, "name": name})
    return f"https://{domain}/preview/{quote(room_id, safe='')}/{quote(role, safe='')}?{query}"


def link_with_code(domain: str, code: str) -> str:
    return f"https://{domain}/meeting/{quote(code, safe='')}"
