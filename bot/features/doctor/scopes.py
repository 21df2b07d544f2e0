"""The bot's Slack scopes and their reasons: the table behind the manifest, doctors and docs.

Source: Slack's page of each method and event.
"""

from collections.abc import Container
from dataclasses import dataclass

from bot.ui.ids import COMMAND


@dataclass(frozen=True, slots=True)
class Scope:
    """A scope of the bot's token and its purpose.

    `optional`: without it the bot works, except for the purpose in `reason`.
    """

    name: str
    reason: str
    optional: bool = False


SCOPES: tuple[Scope, ...] = (
    Scope(
        "app_mentions:read",
        "Take commands from a message that begins with its name, for threads, where Slack takes "
        "no slash command.",
    ),
    Scope(
        "channels:read",
        "Check whether the bot is in a public channel, notice when it is added to one, and find "
        "out which public channels a person is in: lists show them what belongs there.",
    ),
    Scope(
        "chat:write",
        "Post, update and delete cards and results where the bot is a member, answer one person, "
        "and write to people directly.",
    ),
    Scope(
        "commands",
        f"Offer {COMMAND} and the two shortcuts that open the start form.",
    ),
    Scope(
        "files:write",
        "Upload the transcript and the chat to the recording's thread, and delete them when "
        "the recording is forgotten.",
    ),
    Scope(
        "groups:read",
        "Check private channels that the bot is in. Only their members may see what is "
        "recorded there.",
    ),
    Scope(
        "im:history",
        "Answer what people write to the bot in its direct messages. Without it, everything else "
        "works.",
        optional=True,
    ),
    Scope(
        "links:read",
        "Notice links to 100ms rooms in messages; the bot sees nothing else of those messages.",
    ),
    Scope(
        "links:write",
        "Show a room's name and state, with a button, below a message that links to it.",
    ),
    Scope(
        "usergroups:read",
        "Let a channel's settings name user groups that may start or stop recordings.",
    ),
    Scope(
        "users:read",
        "Tell full members from guests and from people of other organisations, "
        "who get no links to the files; link from a meeting page to the app's Home.",
    ),
)


def missing_scopes(granted: Container[str]) -> tuple[Scope, ...]:
    """Return the scopes that the bot needs and its token lacks."""
    return tuple(scope for scope in SCOPES if scope.name not in granted)
