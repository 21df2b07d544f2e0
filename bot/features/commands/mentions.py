"""`@record-bot stop`: the commands, where Slack takes no slash command, as in threads."""

import re

from slack_bolt.async_app import AsyncApp
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.features.commands.listeners import obey
from bot.features.commands.parser import parse
from bot.listeners.app import Bot, listener
from bot.listeners.payloads import Asked


def register(app: AsyncApp, bot: Bot) -> None:
    app.event("app_mention")(listener(bot, mentioned))


async def mentioned(args: AsyncArgs, bot: Bot) -> None:
    """Only what begins with the name is said to the bot; anything else is about it."""
    event = args.body["event"]
    words = said_to(bot.deps.identity.bot_user_id, event.get("text") or "")
    if words is None or event.get("bot_id") or event.get("subtype"):
        return
    asked = Asked.of_mention(event)
    await bot.told_if_it_fails(asked, obey(args, bot, asked, parse(words)))


def said_to(bot_user: str, text: str) -> str | None:
    """What follows the mention; None if the message does not begin with it."""
    name = rf"\s*(?:<@{re.escape(bot_user)}(?:\|[^>]*)?>[\s,:]*)+"
    found = re.match(name, text)
    return text[found.end() :] if found else None
