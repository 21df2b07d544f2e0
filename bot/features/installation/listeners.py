"""The Events API: Home opened, the bot added to a channel, the app removed."""

from slack_bolt.async_app import AsyncApp
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.listeners.app import Bot, listener


def register(app: AsyncApp, bot: Bot) -> None:
    app.event("member_joined_channel")(listener(bot, joined))
    app.event("app_uninstalled")(listener(bot, removed))
    app.event("tokens_revoked")(listener(bot, revoked))


async def joined(args: AsyncArgs, bot: Bot) -> None:
    """The bot itself was added: what waited for this channel may go out."""
    event = args.body["event"]
    if event.get("user") == bot.deps.identity.bot_user_id:
        await bot.deps.store.queue.wake_parked(event["channel"])


async def removed(args: AsyncArgs, bot: Bot) -> None:
    """No call can work now: spare Slack the tries until it takes the token again."""
    await bot.deps.slack.shut(args.body["event"]["type"])


async def revoked(args: AsyncArgs, bot: Bot) -> None:
    """The same, if it is the bot's token; people have tokens too."""
    tokens = args.body["event"].get("tokens") or {}
    if bot.deps.identity.bot_user_id in (tokens.get("bot") or ()):
        await removed(args, bot)
