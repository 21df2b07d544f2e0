"""Slack's responses, reduced to what the bot needs."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self

from slack_sdk.web.async_slack_response import AsyncSlackResponse


@dataclass(frozen=True, slots=True)
class Posted:
    """A posted message. `channel` is a D… channel for a message sent to a person."""

    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class Identity:
    """The bot's identity. `scopes` are those granted to the token.

    `is_org_wide`: the token is for a whole organisation (Enterprise Grid), not for one workspace.
    """

    enterprise_id: str
    team_id: str
    team: str
    bot_user_id: str
    bot_id: str
    name: str
    scopes: frozenset[str]
    is_org_wide: bool = False

    @classmethod
    def read(cls, answer: AsyncSlackResponse) -> Self:
        """From the answer of auth.test."""
        granted = next((v for k, v in answer.headers.items() if k.lower() == "x-oauth-scopes"), "")
        return cls(
            enterprise_id=answer.get("enterprise_id") or "",
            team_id=answer["team_id"],
            team=answer.get("team") or "",
            bot_user_id=answer["user_id"],
            bot_id=answer.get("bot_id") or "",
            name=answer.get("user") or "record-bot",
            scopes=frozenset(s.strip() for s in granted.split(",") if s.strip()),
            is_org_wide=bool(answer.get("is_enterprise_install"))
            or str(answer["team_id"]).startswith("E"),
        )


@dataclass(frozen=True, slots=True)
class Member:
    """A user. `member` means in the home workspace and neither guest nor bot."""

    standing: Literal["member", "guest", "external"]
    admin: bool
    name: str = ""
    zone: str = ""  # IANA name; "" where Slack does not say

    @classmethod
    def read(cls, info: Mapping[str, Any], *, home_team: str) -> Self:
        """From the `user` of users.info.

        In an organisation with several workspaces `team_id` may name a sister of the home
        workspace; `enterprise_user.teams` has all that the person belongs to.
        """
        at_home = info.get("team_id") in (None, home_team)
        outside = info.get("is_stranger") or not (at_home or home_team in _teams(info))
        guest = info.get("is_restricted") or info.get("is_ultra_restricted")
        gone = info.get("deleted") or info.get("is_bot")
        profile: Mapping[str, Any] = info.get("profile") or {}
        return cls(
            standing="external" if outside or gone else "guest" if guest else "member",
            # Slack does not say which workspace the person administers: only trusted at home.
            admin=at_home and bool(info.get("is_admin") or info.get("is_owner")),
            name=profile.get("display_name") or info.get("real_name") or info.get("name") or "",
            zone=str(info.get("tz") or ""),
        )


def _teams(info: Mapping[str, Any]) -> Collection[str]:
    in_organisation = info.get("enterprise_user")
    teams = in_organisation.get("teams") if isinstance(in_organisation, dict) else None
    return teams if isinstance(teams, list) else ()


@dataclass(frozen=True, slots=True)
class SeenChannel:
    """A channel that the bot can see."""

    member: bool
    archived: bool
    public: bool
    shared: bool  # with another organisation

    @classmethod
    def read(cls, info: Mapping[str, Any]) -> Self:
        """From the `channel` of conversations.info."""
        private = info.get("is_private") or info.get("is_im") or info.get("is_mpim")
        return cls(
            bool(info.get("is_member")),
            bool(info.get("is_archived")),
            public=not private,
            shared=bool(info.get("is_ext_shared") or info.get("is_pending_ext_shared")),
        )
