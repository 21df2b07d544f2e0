"""The workspace everyone starts in. These ids are fixed: tests and tours may name them."""

from record_bot_sandbox.slack.model import Channel, User, UserGroup

TEAM_ID = "T0SANDBOX1"
TEAM_NAME = "Sandbox"
TEAM_DOMAIN = "sandbox"
OTHER_TEAM_ID = "T0ELSEWHR1"
ENTERPRISE_ID = "E0SANDBOX1"
SISTER_TEAM_ID = "T0SISTER01"  # another workspace of the same organisation
APP_ID = "A0RECORD01"
BOT_ID = "B0RECORD01"
BOT_USER = "U0RECORD01"
TOKEN = "verification-token-is-deprecated"

STARTER = "U0STARTER1"
MEMBER = "U0MEMBER01"
ADMIN = "U0ADMIN001"
GUEST = "U0GUEST001"
STRANGER = "U0STRANGR1"
SISTER = "W0SISTER01"  # a member here and in the sister workspace, which Slack names first

STANDUP = "C0STANDUP1"  # public, the bot is in
LOBBY = "C0LOBBY001"  # public, without the bot
DESIGN = "C0DESIGN01"  # private, the bot is in
BOARD = "C0BOARD001"  # private, without the bot
PARTNERS = "C0PARTNER1"  # shared with another organisation, the bot is in


CREW = "S0CREW0001"
GROUPS = (UserGroup(CREW, "Recording crew", "crew", frozenset({MEMBER})),)


def users() -> dict[str, User]:
    people = [
        User(STARTER, "ines", "Ines Moreau", TEAM_ID),
        User(MEMBER, "tariq", "Tariq <Haddad> & Co", TEAM_ID),
        User(ADMIN, "amara", "Amara Okafor", TEAM_ID, is_admin=True),
        User(GUEST, "guus", "Guus (guest)", TEAM_ID, is_restricted=True),
        User(STRANGER, "sol", "Sol Partner", OTHER_TEAM_ID, is_stranger=True),
        User(SISTER, "lena", "Lena Sister", SISTER_TEAM_ID, teams=(SISTER_TEAM_ID, TEAM_ID)),
        User(BOT_USER, "record", "record", TEAM_ID, is_bot=True),
    ]
    return {person.id: person for person in people}


def dm_id(user: str) -> str:
    return f"D{user[1:]}"


def direct_message(user: str) -> Channel:
    return Channel(dm_id(user), "", "im", {user, BOT_USER}, im_user=user)


def channels() -> dict[str, Channel]:
    team = {STARTER, MEMBER, ADMIN}
    rooms = [
        Channel(STANDUP, "standup", "public", team | {GUEST, SISTER, BOT_USER}),
        Channel(LOBBY, "lobby", "public", set(team)),
        Channel(DESIGN, "design", "private", {STARTER, MEMBER, BOT_USER}),
        Channel(BOARD, "board", "private", {STARTER, ADMIN}),
        Channel(PARTNERS, "partners", "public", team | {STRANGER, BOT_USER}, is_ext_shared=True),
    ]
    rooms += [direct_message(user) for user in users() if user != BOT_USER]
    return {room.id: room for room in rooms}
