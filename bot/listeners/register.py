"""Every listener there is."""

from slack_bolt.async_app import AsyncApp

from bot.listeners import actions, bot, commands, events, following, forms
from bot.listeners.bot import Bot


def register_all(app: AsyncApp, parts: Bot) -> None:
    for module in (bot, commands, forms, actions, events, following):
        module.register(app, parts)
