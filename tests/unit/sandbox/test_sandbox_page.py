"""The page's own copy of what Slack's client knows of the app is that of the manifest."""

import re
from typing import Any

import pytest
from inline_snapshot import snapshot
from record_bot_sandbox.page.bot_app import BOT_APP
from record_bot_sandbox.page.bundle import NotUnderstoodError, bundled
from record_bot_sandbox.page.files import SCRIPT, STATIC, script

from bot.manifest import manifest

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


def test_the_page_gets_its_modules_as_one_script() -> None:
    """Asked for one by one, they take longer than everything else."""
    texts = {p.relative_to(STATIC).as_posix(): p.read_text("utf-8") for p in STATIC.rglob("*.js")}
    whole = script()
    for text in texts.values():
        for line in text.splitlines():
            if not line.startswith(("import ", "} from ", "export ")):
                assert line in whole
    assert not re.search(r"^(import|export)\b", whole, re.MULTILINE)
    index = (STATIC / "index.html").read_text("utf-8")
    assert re.findall(r'<script[^>]* src="([^"]+)"', index) == [f"/page/VERSION/{SCRIPT}"]


def test_modules_come_in_the_order_in_which_they_need_each_other() -> None:
    modules = {
        "main.js": 'import { b as c } from "./in/b.js";\nc();',
        "in/b.js": 'import { a } from "../a.js";\nexport async function b() {\n  a;\n}',
        "a.js": "export const a = 1;",
    }
    assert bundled(modules, "main.js") == snapshot("""\
const $a_js = (() => {
const a = 1;
return { a };
})();
const $in_b_js = (() => {
const { a } = $a_js;
async function b() {
  a;
}
return { b };
})();
const $main_js = (() => {
const { b: c } = $in_b_js;
c();
return {  };
})();\
""")


@pytest.mark.parametrize(
    "text",
    [
        'import { a } from "./main.js";',
        'import a from "./a.js";',
        "export default 1;",
        "export { a };",
        "export let a = 1;",
    ],
)
def test_what_is_not_understood_is_said(text: str) -> None:
    with pytest.raises(NotUnderstoodError):
        bundled({"main.js": text}, "main.js")
