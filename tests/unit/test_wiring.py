"""What `wiring` puts together."""

from pathlib import Path

from bot import features
from bot.wiring import FEATURES

ROOT = Path(features.__file__).parent


def test_every_feature_with_listeners_is_registered() -> None:
    declaring = [
        p for p in ROOT.glob("*/listeners.py") if "on = Listeners()" in p.read_text("utf-8")
    ]
    assert {one.__name__ for one in FEATURES if one.__name__.startswith("bot.features.")} == {
        f"bot.features.{path.parent.name}.listeners" for path in declaring
    }
