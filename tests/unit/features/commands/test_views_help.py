"""`/record help`."""

from __future__ import annotations

from inline_snapshot import snapshot

from bot.features.commands.views import help_reply
from tests.unit.views_samples import (
    outline,
    shown,
)


def test_help() -> None:
    assert shown(help_reply()) == snapshot("""\
[*Start a recording -> form_open] [Search -> find_open] [Schedules -> schedules]
`/record start standup` now, or “at 15:00”
`/record stop standup` or pause, resume
`/record status` what is being recorded
`/record list standup` past recordings
`/record find budget` what was said
`/record share standup #team` also there
`/record rename standup Retro` a title
`/record schedule standup monday 9:30` also schedules, auto
`/record follow standup` its cards here; or unfollow
`/record presets` also doctor
`/record help start` its options
~ In a card’s thread, mention me and write “stop” or “what was decided?” In a
    direct message, just write.\
""")
    assert shown(help_reply("start", brief=True)) == snapshot("""\
Start recording a room, at once or at a time: in 10m, at 15:00, for 30m, until
    16:00. Without a room, open the form.
For example: `/record start "design review" --res 720p --section
    "Agenda:bullets"` Its options: `/record help start`
[*Start a recording -> form_open]\
""")
    assert shown(help_reply("stop")) == snapshot("""\
`/record stop [room]`  Stop the recording of a room.
For example:
/record stop "design review"\
""")
    assert outline(help_reply("nonsense").payload()) == outline(help_reply().payload())
    assert shown(help_reply("start")).count("--") > 10
