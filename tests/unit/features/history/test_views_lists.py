"""What runs and what was recorded, as one person reads it."""

from __future__ import annotations

from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from bot.core.recording import Phase
from bot.features.commands.table import MAX_LIST_COUNT
from bot.features.history import views as lists
from bot.features.history.model import Row
from tests.unit.examples import examples
from tests.unit.views_extremes import ROWS, TIMES
from tests.unit.views_samples import (
    NAME,
    NOW,
    assert_accepted,
    at,
    dates,
    ended_row,
    folded,
    row,
    shown,
)


def test_status() -> None:
    here = [row(started_at=at(-720)), row(key="key-2", phase=Phase.STOPPING)]
    elsewhere = [row(key="key-3", channel="C2", name="b")]
    assert shown(lists.status_reply(here, elsewhere, NOW)) == snapshot("""\
🔴 *\u2068Q&amp;A &lt;weekly&gt; 🎉 שלום\u2069* · Recording for 12 min
<@U1> · 22 Nov 2026, 13:51 UTC ·
    <https://acme.slack.com/archives/C1/p1?a=1&amp;b=2|open card> [!Stop ->
    recording_stop.0]
*\u2068Q&amp;A &lt;weekly&gt; 🎉 שלום\u2069* · Stopping
<@U1> · 22 Nov 2026, 14:03 UTC ·
    <https://acme.slack.com/archives/C1/p1?a=1&amp;b=2|open card> [Details ->
    recording_details.1]
~ Elsewhere: 1 recording
<https://acme.slack.com/archives/C1/p1?a=1&amp;b=2|b> · <#C2> · <@U1>\
""")
    assert shown(lists.status_reply([], elsewhere, NOW)) == snapshot("""\
Nothing is being recorded in this channel.
~ Elsewhere: 1 recording
<https://acme.slack.com/archives/C1/p1?a=1&amp;b=2|b> · <#C2> · <@U1>\
""")
    assert shown(lists.status_reply([], [], NOW)) == snapshot("""\
Nothing is being recorded here.
[Start a recording -> form_open]\
""")


def test_status_read_aloud() -> None:
    message = lists.status_reply([row(started_at=at(-720))], [], NOW)
    assert folded(dates(message.text)) == snapshot(
        """\
\u2068Q&amp;A &lt;weekly&gt; 🎉 שלום\u2069: Recording for 12 min. <@U1>, 22 Nov 2026, 13:51
    UTC.\
"""
    )


def test_status_of_what_has_only_just_begun() -> None:
    message = lists.status_reply([row(started_at=NOW)], [], NOW)
    assert ": Recording. " in message.text
    assert "Recording\n" in message.blocks[0]["text"]["text"]


def test_as_many_as_may_be_asked_for_are_shown() -> None:
    message = lists.list_reply([ended_row(key=f"key-{n}") for n in range(MAX_LIST_COUNT)])
    assert sum(block["type"] == "section" for block in message.blocks) == MAX_LIST_COUNT


def test_list() -> None:
    rows = [ended_row(), ended_row(key="key-2", phase=Phase.FAILED, has_video=False)]
    assert shown(lists.list_reply(rows)) == snapshot("""\
✅ *\u2068Q&amp;A &lt;weekly&gt; 🎉 שלום\u2069* · Ready
<@U1> · 22 Nov 2026, 14:03 UTC · 1 h 7 min · <#C1> ·
    <https://acme.slack.com/archives/C1/p1?a=1&amp;b=2|open card>
[Watch -> recording_watch.0] [Transcript -> recording_transcript.0] [Details ->
    recording_details.0]
⚠️ *\u2068Q&amp;A &lt;weekly&gt; 🎉 שלום\u2069* · Failed
<@U1> · 22 Nov 2026, 14:03 UTC · 1 h 7 min · <#C1> ·
    <https://acme.slack.com/archives/C1/p1?a=1&amp;b=2|open card>
[Transcript -> recording_transcript.1] [Details -> recording_details.1]\
""")
    assert shown(lists.list_reply([], NAME)) == snapshot("""\
No recordings of *\u2068Q&amp;A &lt;weekly&gt; 🎉 שלום\u2069* yet.
[Start a recording -> form_open]\
""")


def test_a_row_has_the_buttons_for_the_files_that_the_person_may_open() -> None:
    def offered(**more: bool) -> list[str]:
        reply = folded(shown(lists.list_reply([ended_row(**{"has_transcript": False, **more})])))
        return [word for word in ("Watch", "Listen", "Transcript") if f"[{word} " in reply]

    assert offered() == ["Watch"]
    assert offered(audio_only=True) == ["Listen"]
    assert offered(opens=False) == []
    assert offered(has_transcript=True) == ["Watch", "Transcript"]


def test_what_is_being_stopped_has_no_stop() -> None:
    stopping = row(state="Stopping", mark="", stops=False)
    assert "[!Stop" not in shown(lists.status_reply([stopping], [], NOW))


@given(st.lists(ROWS, max_size=30), st.lists(ROWS, max_size=60), TIMES)
@examples(40)
def test_slack_takes_any_rows(here: list[Row], elsewhere: list[Row], now: datetime) -> None:
    assert_accepted(lists.status_reply(here, elsewhere, now))
    assert_accepted(lists.list_reply(here, "<!here>"))
