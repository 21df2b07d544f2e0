"""Acknowledge clicks on URL buttons, which Slack also sends."""

from bot.listeners.registry import Ack, Listeners
from bot.ui import ids

on = Listeners()


@on.action(ids.LINK, needs_no_proof="Slack opens the page by itself")
async def link(ack: Ack) -> None:
    await ack()
