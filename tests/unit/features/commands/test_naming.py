"""Every verb that may be done has its handler, and every intent ends in words."""

from bot.features.commands.do_orders import DO
from bot.features.commands.vocabulary import ORDERS, Intent


def test_each_order_has_its_handler() -> None:
    assert set(DO) == ORDERS | {Intent.RENAME, Intent.LIST}
