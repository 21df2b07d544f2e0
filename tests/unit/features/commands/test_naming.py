"""Every verb that may be done has its handler, and every intent ends in words."""

from bot.features.commands.doing import DO
from bot.features.commands.words import DEEDS


def test_each_order_has_its_handler() -> None:
    assert set(DO) == DEEDS
