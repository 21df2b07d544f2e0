"""Every listener there is. Bolt tries one after the other: what people wait for comes first."""

from slack_bolt.async_app import AsyncApp

from bot.features.channel_settings import listeners as settings
from bot.features.commands import listeners as commands
from bot.features.commands import mentions
from bot.features.doctor import listeners as checkup
from bot.features.follow import listeners as following
from bot.features.forget import listeners as forgetting
from bot.features.presets import listeners as presets
from bot.features.results import listeners as links
from bot.features.start import listeners as forms
from bot.features.start import shortcuts
from bot.features.unfurl import listeners as unfurls
from bot.listeners import actions, events
from bot.listeners import app as bot
from bot.listeners.app import Bot


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
