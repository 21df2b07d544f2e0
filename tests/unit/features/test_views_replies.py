"""What one person is told, where they asked."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from bot.access import views as access_views
from bot.features.commands import views as commands_views
from bot.features.commands.stored_orders import StoredOrder
from bot.features.control import views as control_views
from bot.features.results import views as results_views
from bot.features.rooms.model import RoomEntry
from bot.features.share import views as share_views
from bot.features.start import views as start_views
from bot.ui import ids, replies
from bot.ui import replies as ui_replies
from tests.unit.examples import examples
from tests.unit.views_extremes import TEXTS, TIMES, USERS
from tests.unit.views_samples import (
    NAME,
    NOW,
    assert_accepted,
    shown,
)

PERMALINK = "https://acme.slack.com/archives/C1/p1"
ROOMS = [RoomEntry("65f0c0ffee00000000000001", NAME), RoomEntry("b" * 24, "weekly", live=True)]


SIMPLE = [
    start_views.starting_reply(NAME),
    share_views.following(NAME, "C1"),
    control_views.stopping(NAME),
    control_views.pausing(NAME),
    control_views.resuming(NAME),
    replies.nothing_running(),
    replies.nothing_running(NAME),
    start_views.already_recording(
        NAME, "U1", NOW, permalink=PERMALINK, key="key-1", can_follow=True
    ),
    start_views.already_recording(NAME, "U1", None, permalink=None, key="key-1", can_follow=False),
    start_views.recorded_elsewhere(NAME),
    access_views.not_open(),
    results_views.link_reply("https://files.example/v.mp4?a=1&b=2", f"Video of {NAME}", NOW),
    results_views.link_reply("gopher://x", f"Video of {NAME}", NOW),
    results_views.no_file("transcript"),
    results_views.no_file("video", gone=True),
    ui_replies.expired_trigger(),
    replies.something_broke("9f3a"),
    *(replies.hms_failed("refused", status, "no <b>") for status in (401, 403, 404, 409, 422, 418)),
    replies.hms_failed("error", 503),
    *(replies.hms_failed(cause) for cause in ("limited", "timeout", "network", "unreadable")),
    replies.slack_silent(),
    replies.slack_refused("internal_error"),
    replies.permission_missing("users:read"),
    replies.permission_missing(None),
    replies.use_a_channel(),
    replies.store_silent(),
    replies.disk_full(),
    replies.took_too_long(),
]


def test_the_short_ones() -> None:
    assert "\n\n".join(map(shown, SIMPLE)) == snapshot("""\
Starting to record *\u2068Q&amp;A &lt;weekly&gt; 🎉 שלום\u2069*.

*\u2068Q&amp;A &lt;weekly&gt; 🎉 שלום\u2069* is now also shown in <#C1>.

Stopping *\u2068Q&amp;A &lt;weekly&gt; 🎉 שלום\u2069*.

Pausing *\u2068Q&amp;A &lt;weekly&gt; 🎉 שלום\u2069*.

Resuming *\u2068Q&amp;A &lt;weekly&gt; 🎉 שלום\u2069*.

Nothing is being recorded here.
[Start a recording -> form_open]

*\u2068Q&amp;A &lt;weekly&gt; 🎉 שלום\u2069* is not being recorded.
[Start a recording -> form_open]

*\u2068Q&amp;A &lt;weekly&gt; 🎉 שלום\u2069* is already being recorded (started by <@U1>,
    22 Nov 2026, 14:03 UTC).
[Open its card -> link.0] [Follow here -> recording_follow]

*\u2068Q&amp;A &lt;weekly&gt; 🎉 שלום\u2069* is already being recorded (started by <@U1>).

*\u2068Q&amp;A &lt;weekly&gt; 🎉 שלום\u2069* is already being recorded, in a channel that
    you cannot access. That recording must end before another can start.

You have to be in that channel, and so does the bot. Join it, invite the bot,
    then try again.

The *\u2068video of Q&amp;A &lt;weekly&gt; 🎉 שלום\u2069* is ready to open. The link works
    until 22 Nov 2026, 14:03 UTC. Anyone with the link can open it.
[Open -> link.0]

100ms did not return a usable link to the *\u2068video of Q&amp;A &lt;weekly&gt; 🎉
    שלום\u2069*. Try again in a minute.

100ms has no transcript to open, at least not yet. Open Details to see the
    files.

100ms no longer has the video: it keeps files for 15 days in its own storage.
    Search the saved transcript with `/record find`.

Slack took too long to open the form. Open it here.
[Open the form -> form_open]

Something went wrong in the bot. Try again. If this keeps happening, give the
    person who runs the bot this reference: `9f3a`.

100ms does not accept this bot's keys (HTTP 401). 100ms said: “no &lt;b&gt;”.
    Ask the person who runs the bot to check them.

100ms does not let the bot do this (HTTP 403). 100ms said: “no &lt;b&gt;”. Check
    in the 100ms dashboard that the room is enabled and in its workspace.

100ms cannot find what the bot asked for (HTTP 404). 100ms said: “no &lt;b&gt;”.
    It may have been deleted there.

100ms says that something else is going on in the room (HTTP 409). 100ms said:
    “no &lt;b&gt;”. Try again once that has ended.

100ms does not accept the request (HTTP 422). 100ms said: “no &lt;b&gt;”. If
    this keeps happening, tell the person who runs the bot.

100ms refused the request (HTTP 418). 100ms said: “no &lt;b&gt;”. Try again. If
    this keeps happening, tell the person who runs the bot.

100ms had an internal error (HTTP 503). Try again in a minute.

100ms allows only so many requests at a time, so the bot has to wait. Try again
    in a minute.

100ms did not answer in time. Try again in a minute.

100ms cannot be reached. Try again in a minute.

100ms gave an answer that the bot cannot read. Try again in a minute.

Slack is not answering the bot right now. Try again in a minute.

Slack refused the bot's request (error `internal_error`). If this keeps
    happening, tell the person who runs the bot.

The bot's Slack app lacks the permission `users:read`, which this needs. Ask the
    person who runs the bot to paste the output of `record-bot manifest` into
    the app's manifest and to reinstall the app.

The bot's Slack app lacks a permission. Ask the person who runs the bot to paste
    the output of `record-bot manifest` into the app's manifest and to reinstall
    the app.

The bot cannot post in a group direct message. Use a channel that everybody is
    in, or a direct message with the bot.

The bot's own database is not answering right now. Try again in a minute.

The bot's own disk is full, so it cannot save anything. Tell the person who runs
    the bot, and try again once there is space.

The bot could not do this in the time that Slack allows. Try again in a minute.\
""")


def test_a_link_too_long_for_a_button() -> None:
    long = "https://files.example/" + "a" * 4000
    message = results_views.link_reply(long, "Video", NOW)
    assert_accepted(message)
    assert message.blocks[0]["elements"][0]["elements"][0]["url"] == long


@given(TEXTS, TEXTS, USERS, TIMES, st.none() | TEXTS)
@examples(40)
def test_slack_takes_any_words(
    text: str, other: str, user: str, time: datetime, maybe: str | None
) -> None:
    order = StoredOrder(verb="start", room_id="a", room_name=text, label=other, preset=maybe)
    stops = [order.model_copy(update={"verb": "stop"}) for _ in range(25)]
    answers = {**{str(n): (order,) for n in range(20)}, "all": stops}
    messages: list[Any] = [
        commands_views.answer(text),
        commands_views.question(text, commands_views.choices("c", answers)),
        start_views.starting_reply(text),
        replies.nothing_running(text),
        start_views.already_recording(text, user, time, permalink=maybe, key="k", can_follow=True),
        start_views.recorded_elsewhere(text),
        results_views.link_reply(other, text, time),
        results_views.link_reply(f"https://a.example/{other}", text, time),
        replies.something_broke(text),
    ]
    for message in messages:
        assert_accepted(message)


@pytest.mark.parametrize("action", [ids.STOP, ids.LINK, ids.WATCH])
def test_a_numbered_action_is_heard_by_its_listener(action: str) -> None:
    heard = ids.matching(f"{action}_more", action)
    for one in (action, ids.numbered(action, 12)):
        found = heard.search(one)
        assert found
        assert found[1] == action
    assert not heard.search(f"{action}.x")
    assert not heard.search(f"x{action}")
    assert not heard.search(f"{action}_less.1")
