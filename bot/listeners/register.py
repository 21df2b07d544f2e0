"""Every listener there is."""

from slack_bolt.async_app import AsyncApp

from bot.listeners import (
    actions,
    bot,
    checkup,
    commands,
    events,
    following,
    forgetting,
    forms,
    links,
    mentions,
    presets,
    settings,
    shortcuts,
    unfurls,
)
from bot.listeners.bot import Bot


def register_all(app: AsyncApp, parts: Bot) -> None:
    modules = (
        bot,
        checkup,
        commands,
        forms,
        actions,
        events,
        following,
        forgetting,
        links,
        mentions,
        presets,
        settings,
        shortcuts,
        unfurls,
    )
    for module in modules:
        module.register(app, parts)
