"""The Events API: Home opened, the bot added to a channel, the app removed."""

from slack_bolt.async_app import AsyncApp
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.features.home.service import Homes
from bot.listeners.app import Bot, listener
from bot.listeners.payloads import Asked, Click
from bot.ui import ids


def register(app: AsyncApp, bot: Bot) -> None:
    app.event("app_home_opened")(listener(bot, home_opened))
    app.action(ids.matching(ids.HOME_PAGE))(listener(bot, turn_page))


async def home_opened(args: AsyncArgs, bot: Bot, homes: Homes) -> None:
    event = args.body["event"]
    if event.get("tab") == "home":
        asked = Asked(user=event["user"], channel=None, response_url=None, trigger_id="")
        bot.after_ack(asked, homes.open(event["user"]))


async def turn_page(args: AsyncArgs, bot: Bot, homes: Homes) -> None:
    click = Click.of(args.body)
    await args.ack()
    page = int(click.value) if click.value.isdecimal() else 0
    bot.after_ack(click.asked, homes.open(click.asked.user, page))
