"""Home: opening it, and turning its pages."""

from dataclasses import dataclass
from typing import Self

from bot.features.home.service import Homes
from bot.listeners.app import Bot
from bot.listeners.payloads import Body, Caller, Click, Payload
from bot.listeners.registry import Ack, Listeners
from bot.ui import ids

on = Listeners()
LOOKED_UP = "what Home shows is looked up for the person who looks at it"


@dataclass(frozen=True, slots=True)
class HomeOpened(Payload):
    user: str
    tab: str

    @classmethod
    def of(cls, body: Body) -> Self:
        event = body["event"]
        return cls(event["user"], event.get("tab") or "")


@on.event("app_home_opened", needs_no_proof=LOOKED_UP)
async def home_opened(opened: HomeOpened, bot: Bot, homes: Homes) -> None:
    if opened.tab == "home":
        caller = Caller(user=opened.user, channel=None, response_url=None, trigger_id="")
        bot.after_ack(caller, homes.open(opened.user))


@on.action(ids.HOME_PAGE, needs_no_proof=LOOKED_UP)
async def turn_page(click: Click, ack: Ack, bot: Bot, homes: Homes) -> None:
    await ack()
    page = int(click.value) if click.value.isdecimal() else 0
    bot.after_ack(click.caller, homes.open(click.caller.user, page))
