"""auth.test, bots.info, users.*, conversations.*, apps.connections.open"""

import secrets

from record_bot_sandbox.slack import access, seed
from record_bot_sandbox.slack.errors import SlackError, missing_scope
from record_bot_sandbox.slack.model import JSON, Channel, User
from record_bot_sandbox.slack.sim import Sim

PAGE = 100
CREATED_AT = 1_700_000_000


def auth_test(sim: Sim, args: JSON) -> JSON:  # noqa: ARG001 - every method is called alike
    of_organisation: JSON = {"team_id": seed.ENTERPRISE_ID, "enterprise_id": seed.ENTERPRISE_ID}
    return {
        "url": f"https://{seed.TEAM_DOMAIN}.slack.com/",
        "team": seed.TEAM_NAME,
        "user": sim.users[seed.BOT_USER].name,
        "team_id": seed.TEAM_ID,
        "user_id": seed.BOT_USER,
        "bot_id": seed.BOT_ID,
        "is_enterprise_install": sim.org_wide,
        **(of_organisation if sim.org_wide else {}),
    }


def users_info(sim: Sim, args: JSON) -> JSON:
    user = sim.users.get(args["user"])
    if user is None:
        raise SlackError("user_not_found")
    return {"user": user_object(user)}


def bots_info(sim: Sim, args: JSON) -> JSON:
    if args["bot"] != seed.BOT_ID:
        raise SlackError("bot_not_found")
    return {
        "bot": {
            "id": seed.BOT_ID,
            "deleted": False,
            "name": sim.users[seed.BOT_USER].name,
            "updated": CREATED_AT,
            "app_id": seed.APP_ID,
            "user_id": seed.BOT_USER,
        }
    }


def usergroups_list(sim: Sim, args: JSON) -> JSON:  # noqa: ARG001 - every method is called alike
    return {
        "usergroups": [
            {
                "id": group.id,
                "team_id": seed.TEAM_ID,
                "is_usergroup": True,
                "name": group.name,
                "handle": group.handle,
                "description": "",
                "date_delete": 0,
                "user_count": len(group.users),
            }
            for group in seed.GROUPS
        ]
    }


def usergroups_users_list(sim: Sim, args: JSON) -> JSON:  # noqa: ARG001
    for group in seed.GROUPS:
        if group.id == args["usergroup"]:
            return {"users": sorted(group.users)}
    raise SlackError("no_such_subteam")


def conversations_info(sim: Sim, args: JSON) -> JSON:
    channel = access.readable_channel(sim, args["channel"])
    body = channel_object(channel)
    if is_true(args.get("include_num_members")):
        body["num_members"] = len(channel.members)
    return {"channel": body}


def conversations_members(sim: Sim, args: JSON) -> JSON:
    channel = access.readable_channel(sim, args["channel"])
    start, limit = str(args.get("cursor") or "0"), str(args.get("limit") or PAGE)
    members = sorted(channel.members)
    if not start.isdecimal() or int(start) > len(members):
        raise SlackError("invalid_cursor")
    if not limit.isdecimal() or not 1 <= int(limit) <= 1000:
        raise SlackError("invalid_limit")
    end = int(start) + int(limit)
    following = str(end) if end < len(members) else ""
    return {
        "members": members[int(start) : end],
        "response_metadata": {"next_cursor": following},
    }


def users_conversations(sim: Sim, args: JSON) -> JSON:
    """What a bot's token shows of a person: public channels, and private ones that it is in.

    Each type that is asked for needs its own scope.
    """
    user = sim.users.get(args["user"])
    if user is None:
        raise SlackError("user_not_found")
    kinds = {"public_channel": "public", "private_channel": "private"}
    wanted = {kinds[t] for t in str(args.get("types") or "public_channel").split(",") if t in kinds}
    for kind in sorted(wanted, reverse=True):
        if access.READ_SCOPE[kind] not in sim.config.scopes:
            raise missing_scope(access.READ_SCOPE[kind], sim.config.scopes)
    theirs = sorted(
        channel.id
        for channel in sim.channels.values()
        if user.id in channel.members
        and channel.kind in wanted
        and (channel.kind == "public" or seed.BOT_USER in channel.members)
        and not (is_true(args.get("exclude_archived")) and channel.is_archived)
    )
    start, limit = str(args.get("cursor") or "0"), str(args.get("limit") or PAGE)
    if not start.isdecimal() or int(start) > len(theirs):
        raise SlackError("invalid_cursor")
    if not limit.isdecimal() or not 1 <= int(limit) <= 999:
        raise SlackError("invalid_limit")
    end = int(start) + int(limit)
    return {
        "channels": [channel_object(sim.channels[c]) for c in theirs[int(start) : end]],
        "response_metadata": {"next_cursor": str(end) if end < len(theirs) else ""},
    }


def connections_open(sim: Sim, args: JSON) -> JSON:  # noqa: ARG001 - every method is called alike
    ticket = secrets.token_urlsafe(24)
    sim.sockets.tickets.add(ticket)
    host = sim.base_url.replace("http", "ws", 1)
    return {"url": f"{host}/link/?ticket={ticket}&app_id={seed.APP_ID}"}


def is_true(value: object) -> bool:
    return str(value) in {"True", "true", "1"}


def user_object(user: User) -> JSON:
    organisation: JSON = {
        "id": user.id,
        "enterprise_id": seed.ENTERPRISE_ID,
        "teams": list(user.teams),
        "is_admin": False,
        "is_owner": False,
    }
    return {
        "id": user.id,
        "team_id": user.team_id,
        "name": user.name,
        "deleted": user.is_deleted,
        "real_name": user.real_name,
        "tz": user.tz,
        "tz_label": "Central European Time",
        "tz_offset": user.tz_offset,
        "profile": {
            "real_name": user.real_name,
            "real_name_normalized": user.real_name,
            "display_name": user.name,
            "display_name_normalized": user.name,
            "team": user.team_id,
        },
        "is_admin": user.is_admin,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": user.is_restricted,
        "is_ultra_restricted": False,
        "is_stranger": user.is_stranger,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "updated": CREATED_AT,
        **({"enterprise_user": organisation} if user.teams else {}),
    }


def channel_object(channel: Channel) -> JSON:
    common: JSON = {
        "id": channel.id,
        "created": CREATED_AT,
        "is_archived": channel.is_archived,
        "is_im": channel.kind == "im",
        "is_mpim": False,
        "context_team_id": seed.TEAM_ID,
    }
    if channel.kind == "im":
        return common | {"user": channel.im_user, "is_user_deleted": False, "is_open": True}
    return common | {
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": True,
        "is_group": False,
        "is_private": channel.kind == "private",
        "is_general": False,
        "is_shared": channel.is_ext_shared,
        "is_ext_shared": channel.is_ext_shared,
        "is_org_shared": False,
        "is_member": seed.BOT_USER in channel.members,
        "creator": seed.ADMIN,
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }
