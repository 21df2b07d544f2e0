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
`/record`  Open the start form.
`/record start [room] [options]`  Start recording a room, at once or at a time:
    in 10m, at 15:00, for 30m, until 16:00. Without a room, open the form.
`/record schedule [room] [when] [options]`  Record a room at a time, once or
    repeatedly. Without a room, list what is scheduled.
`/record schedules`  List what is scheduled and which rooms are recorded
    automatically.
`/record auto [room] [on|off]`  Record every session of a room, and stop when
    the last person leaves. Say on, on 2 (once two people are there), end (only
    stop), or off.
`/record stop [room]`  Stop the recording of a room.
`/record pause [room]`  Pause the recording of a room.
`/record resume [room]`  Continue a paused recording.
`/record status`  Show what is being recorded now.
`/record list [room] [n]`  List past recordings, 10 by default.
`/record find &lt;words&gt;`  Find what was said: words, then in &lt;room&gt;,
    from &lt;person&gt;, since &lt;date&gt;.
`/record follow [room]`  Show a card here for every recording of a room. Without
    a room, list followed rooms.
`/record unfollow [room]`  Stop following a room in this channel.
`/record doctor`  Show what is waiting and why, and check the connections to
    Slack and 100ms.
`/record settings`  Set this channel's default room, who can start and stop, and
    where results go.
`/record presets`  Show, edit and delete presets.
`/record help [command]`  Explain all commands, or one of them.
~ `/record help start` explains one command and its options.
[*Start a recording -> form_open]\
""")
    assert shown(help_reply("stop")) == snapshot("""\
`/record stop [room]`  Stop the recording of a room.
For example:
/record stop "design review"\
""")
    assert outline(help_reply("nonsense").payload()) == outline(help_reply().payload())
    assert shown(help_reply("start")).count("--") > 10
