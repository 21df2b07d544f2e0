"""Every listener there is. Bolt tries one after the other: what people wait for comes first."""

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
        commands,
        forms,
        actions,
        checkup,
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
