"""The page's own copy of what Slack's client knows of the app is that of the manifest."""

import re
from pathlib import Path
from typing import Any

from bot.manifest import manifest
from bot.sandbox import page
from bot.sandbox.page.bot_app import BOT_APP
from bot.sandbox.page.files import STATIC

LINES_MOST = 300
COLUMNS_MOST = 120


def test_commands_and_shortcuts_are_those_of_the_manifest() -> None:
    features: Any = manifest(None)["features"]
    shown = ("command", "description", "usage_hint")
    assert BOT_APP["commands"] == [{k: c[k] for k in shown} for c in features["slash_commands"]]
    assert BOT_APP["shortcuts"] == features["shortcuts"]


def test_the_pages_files_stay_small_and_never_make_markup_from_data() -> None:
    for path in STATIC.rglob("*.*"):
        text = path.read_text("utf-8")
        assert len(text.splitlines()) <= LINES_MOST, path
        assert max(map(len, text.splitlines())) <= COLUMNS_MOST, path
        for risky in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
            assert risky not in text, path


def test_the_page_asks_for_all_its_modules_at_once() -> None:
    """Found one by one, as they import each other, they would cost a tenth of a second more."""
    static = Path(page.__file__).parent / "static"
    asked = re.findall(
        r'rel="modulepreload" href="/page/VERSION/([^"]+)"', (static / "index.html").read_text()
    )
    assert asked == sorted(p.relative_to(static).as_posix() for p in static.rglob("js/**/*.js"))
