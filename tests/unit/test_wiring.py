"""What `wiring` puts together."""

from pathlib import Path

from bot import features
from bot.wiring import FEATURES

ROOT = Path(features.__file__).parent


def test_every_feature_with_listeners_is_registered() -> None:
    found = {f"bot.features.{p.parent.name}.listeners" for p in ROOT.glob("*/listeners.py")}
    assert {one.__name__ for one in FEATURES if one.__name__.startswith("bot.features.")} == found
