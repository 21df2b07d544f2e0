"""The Home tab."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from bot.features.commands.views import help_reply
from bot.features.doctor.checks import permissions
from bot.features.home.model import HomeHealth, HomePage
from bot.features.home.views import home_view
from bot.features.presets.model import WORKSPACE, Preset
from tests.unit.doctor_samples import GRANTED
from tests.unit.examples import examples
from tests.unit.views_extremes import CHANNELS, OPTIONS_OF_ALL_KINDS, ROWS, TEXTS, TIMES, USERS
from tests.unit.views_samples import (
    NAME,
    NOW,
    OPTIONS,
    assert_accepted,
    at,
    ended_row,
    row,
    shown,
)


def test_home() -> None:
    running, recent = [row(started_at=at(-720))], [ended_row(key="key-2")]
    page = HomePage(running=tuple(running), recent=tuple(recent))
    above, commands = shown(home_view(page, NOW)).split("\n---\n~ ")
    assert above == snapshot("""\
[*Start a recording -> form_open] [Schedules -> schedules] [Search transcripts
    -> find_open]
# Recording now
🔴 *\u2068Q&amp;A &lt;weekly&gt; 🎉 שלום\u2069* · Recording for 12 min
<@U1> · 22 Nov 2026, 13:51 UTC · <#C1> ·
    <https://acme.slack.com/archives/C1/p1?a=1&amp;b=2|open card> [!Stop ->
    recording_stop.0]
# Recent
✅ *\u2068Q&amp;A &lt;weekly&gt; 🎉 שלום\u2069* · Ready
<@U1> · 22 Nov 2026, 14:03 UTC · 1 h 7 min · <#C1> ·
    <https://acme.slack.com/archives/C1/p1?a=1&amp;b=2|open card>
[Watch -> recording_watch.20] [Transcript -> recording_transcript.20] [Details
    -> recording_details.20]
# Presets
No presets yet. To make one, fill in the start form and choose Save as preset.
# Settings
For each channel: the default room and preset, who can start and stop
    recordings, and where results go. [Choose a channel -> settings_pick.0]\
""")
    assert commands in shown(help_reply())
    assert shown(home_view(HomePage(), NOW)).splitlines()[:5] == snapshot(
        [
            "[*Start a recording -> form_open] [Schedules -> schedules] [Search transcripts",
            "    -> find_open]",
            "# Recording now",
            "Nothing that you can see is being recorded.",
            "# Recent",
        ]
    )


PRESET = Preset("p1", WORKSPACE, NAME, OPTIONS, "U1", NOW)
HEALTH = HomeHealth(
    webhooks=True,
    last_webhook_at=None,
    unanswered=2,
    cooldowns=("chat.update",),
    permissions=permissions(GRANTED - {"groups:read"}),
)


def test_home_of_an_admin() -> None:
    page = HomePage(presets=(PRESET,), more_presets=3, opened_ms=77, health=HEALTH)
    told = shown(home_view(page, NOW))
    assert told[told.index("# Presets") : told.index("---")] == snapshot("""\
# Presets
*\u2068Q&amp;A &lt;weekly&gt; 🎉 שלום\u2069* · whole workspace
720p, transcript (txt, srt), summary (1 section)
<@U1>, 22 Nov 2026, 14:03 UTC [Edit -> preset_edit.0]
[All presets (3 more) -> presets_all]
# Settings
For each channel: the default room and preset, who can start and stop
    recordings, and where results go. [Choose a channel -> settings_pick.77]
# For admins
*Setup*
No webhook from 100ms has arrived yet.
See Developer → Webhooks in the 100ms dashboard.
⚠️ `groups:read` is missing. The bot needs it to check private channels that the
    bot is in. Only their members may see what is recorded there.
The person who runs the bot can fix this: paste the output of `record-bot
    manifest` into the Slack app's “App Manifest”, then install the app again.
*Waiting*
100ms does not answer requests about 2 recordings.
Calls to `chat.update` are on hold: Slack or 100ms is limiting them.
[Doctor -> checkup]
""")
    well = HomeHealth(True, NOW, 0, (), permissions(GRANTED))
    told = shown(home_view(HomePage(health=well), NOW))
    assert told[told.index("# Presets") : told.index("---")] == snapshot("""\
# Presets
No presets yet. To make one, fill in the start form and choose Save as preset.
# Settings
For each channel: the default room and preset, who can start and stop
    recordings, and where results go. [Choose a channel -> settings_pick.0]
# For admins
*Setup*
Last webhook from 100ms: 22 Nov 2026, 14:03 UTC.
✅ The bot has all Slack permissions it needs.
*Waiting*
100ms and Slack are answering.
[Doctor -> checkup]
""")


def test_home_of_a_guest() -> None:
    told = shown(home_view(HomePage(member=False), NOW))
    assert told[: told.index("---")] == snapshot("""\
This tab shows the recordings in your channels. To start one in a channel that
    allows it, type `/record` there.
[Search transcripts -> find_open]
# Recording now
Nothing that you can see is being recorded.
# Recent
Recordings that you can see will appear here.
""")


HEALTHS = st.builds(
    HomeHealth,
    webhooks=st.booleans(),
    last_webhook_at=st.none() | TIMES,
    unanswered=st.integers(0, 10**6),
    cooldowns=st.lists(TEXTS, max_size=30).map(tuple),
    permissions=st.sets(st.sampled_from(sorted(GRANTED))).map(permissions),
)
PRESETS = st.builds(
    Preset,
    preset_id=st.just("p" * 32),
    scope=CHANNELS,
    name=TEXTS,
    options=OPTIONS_OF_ALL_KINDS,
    by=USERS,
    changed_at=TIMES,
)
HOMES = st.builds(
    HomePage,
    running=st.lists(ROWS, max_size=40).map(tuple),
    more_running=st.integers(0, 50),
    recent=st.lists(ROWS, max_size=40).map(tuple),
    page=st.integers(0, 40),
    older=st.booleans(),
    member=st.booleans(),
    presets=st.lists(PRESETS, max_size=5).map(tuple),
    more_presets=st.integers(0, 500),
    opened_ms=st.integers(0, 2**40),
    health=st.none() | HEALTHS,
)


@given(HOMES)
@examples(60)
def test_slack_takes_any_home(home: HomePage) -> None:
    assert_accepted(home_view(home, NOW))


def test_the_fullest_home_fits() -> None:
    rows = tuple(row(key=f"key-{n}") for n in range(20))
    home = HomePage(
        running=rows,
        more_running=9,
        recent=tuple(ended_row(key=f"old-{n}") for n in range(20)),
        page=3,
        older=True,
        presets=(PRESET,) * 5,
        more_presets=95,
        health=HEALTH,
    )
    view = home_view(home, NOW)
    assert_accepted(view)
    assert len(view["blocks"]) <= 100
