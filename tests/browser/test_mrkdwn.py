"""Slack's markup as it is shown: one table, read by the page's own module.

The page itself runs all of them as one script, so this one is a second world that knows nobody.
"""

import pytest

from tests.browser.screen import Screen

pytestmark = pytest.mark.asyncio(loop_scope="package")

SHOWN = {
    "plain": "plain",
    "*bold* _it_ ~no~": "<strong>bold</strong> <em>it</em> <s>no</s>",
    "*a _b_ c*": "<strong>a <em>b</em> c</strong>",
    "2*3*4 snake_case_name": "2*3*4 snake_case_name",
    "* not bold *": "* not bold *",
    "`*code*` ok": "<code>*code*</code> ok",
    "```x *y*\nz``` after": "<pre>x *y*\nz</pre> after",
    "a\nb": "a<br>b",
    "&gt; quoted": "<blockquote>quoted</blockquote>",
    "> one\n> two\nthree": "<blockquote>one<br>two</blockquote>three",
    "&lt;b&gt; &amp;lt;": "&lt;b&gt; &amp;lt;",
    "<!here> <!channel>": '<span class="mention mine">@here</span> '
    '<span class="mention mine">@channel</span>',
    "<@U0ADMIN001>": '<span class="mention">@Amara Okafor</span>',
    "<@U0STARTER1>": '<span class="mention mine">@Ines Moreau</span>',
    "<#C0NOWHERE1|>": '<span class="mention">private channel</span>',
    "<https://a.example/?x=1&amp;y=2|a & b>": '<a href="https://a.example/?x=1&amp;y=2" '
    'target="_blank" rel="noopener noreferrer">a &amp; b</a>',
    "<javascript:alert(1)|x>": "&lt;javascript:alert(1)|x&gt;",
    "see https://a.example/b.": 'see <a href="https://a.example/b" target="_blank" '
    'rel="noopener noreferrer">https://a.example/b</a>.',
    ":tada: :no_such_name:": "🎉 :no_such_name:",
    "a < b and <": "a &lt; b and &lt;",
    "<!date^0^{nonsense}|once>": '<time title="Thursday, 1 January 1970, 00:00:00" '
    'class="date">once</time>',
    "<!date^1735732800^{date_num} {time_secs}|x>": '<time title="Wednesday, 1 January 2025, '
    '12:00:00" class="date">2025-01-01 12:00:00</time>',
}

SCRIPT = """async (texts) => {
    const styles = document.querySelector("link[rel=stylesheet]").href;
    const from = (name) => import(new URL(`js/${name}.js`, styles));
    const [{ mrkdwn }, { world }, { place }] = await Promise.all(
        ["mrkdwn", "world", "place"].map(from));
    const state = await (await fetch("/page/state.json")).json();
    world.users = new Map(state.users.map((user) => [user.id, user]));
    place.me = state.users[0].id;
    return texts.map((text) => {
        const box = document.createElement("div");
        box.append(...mrkdwn(text));
        return box.innerHTML.replace("1 January 1970 at", "1 January 1970,");
    });
}"""


async def test_mrkdwn_is_shown_as_slack_shows_it(screen: Screen) -> None:
    session = await screen.page.context.new_cdp_session(screen.page)
    await session.send("Emulation.setTimezoneOverride", {"timezoneId": "UTC"})
    shown = await screen.run(SCRIPT, list(SHOWN))
    assert dict(zip(SHOWN, shown, strict=True)) == SHOWN
