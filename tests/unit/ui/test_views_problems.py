"""Every way to fail has words: what happened, why, and what to do next."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from bot.core.facts import CallFailed, Cause
from bot.core.options import RecordingOptions
from bot.core.recording import FailureReason, Problem
from bot.ui import replies
from bot.ui.problems import explain, hms_failure, slack_refusal
from tests.unit.rows import each, each_row
from tests.unit.views_extremes import TEXTS
from tests.unit.views_samples import RUNS, assert_only_our_markup, at, folded, recording

CASES = [
    *(
        Problem(
            FailureReason.EXPIRED,
            after=CallFailed(at=at(9), call="start", cause=cause, status=status),
        )
        for cause, status in (
            ("refused", 409),
            ("refused", 404),
            ("limited", 429),
            ("limited", None),
            ("error", 503),
            ("timeout", None),
            ("network", None),
            ("unreadable", 200),
        )
    ),
    *(
        Problem(why)
        for why in FailureReason
        if why not in (FailureReason.REFUSED, FailureReason.CANNOT_POST)
    ),
    *(
        Problem(FailureReason.REFUSED, "said", status)
        for status in (400, 401, 403, 404, 409, 422, 500)
    ),
    Problem(FailureReason.REFUSED, "room is disabled", 403),
    Problem(FailureReason.REFUSED, "meeting_url is required", 400),
    Problem(FailureReason.REFUSED, "multiple destinations found", 400),
    Problem(FailureReason.REFUSED),
    *(
        Problem(FailureReason.CANNOT_POST, error)
        for error in (
            "not_in_channel",
            "channel_not_found",
            "is_archived",
            "restricted_action",
            "restricted_action_read_only_channel",
            "missing_scope",
            "messages_tab_disabled",
            "some_new_error",
            "",
        )
    ),
]


def test_all_the_words() -> None:
    running = recording(*RUNS)
    said = [f"{p.why} {p.status or ''} {p.detail}: {explain(p, running).text}" for p in CASES]
    assert folded("\n".join(said)) == snapshot("""\
expired  : The recording did not start. 100ms says that the room is in use (HTTP
    409), but no recording is running there: a live stream may be using it. The
    request expired. If you still want the recording, try again.
expired  : The recording did not start. 100ms cannot find what the bot asked for
    (HTTP 404). The request expired. If you still want the recording, try again.
expired  : The recording did not start. 100ms asks the bot to wait: too many
    requests (HTTP 429). The request expired. If you still want the recording,
    try again.
expired  : The recording did not start. 100ms allows only so many requests at a
    time, so the bot has to wait. The request expired. If you still want the
    recording, try again.
expired  : The recording did not start. 100ms had an internal error (HTTP 503).
    The request expired. If you still want the recording, try again.
expired  : The recording did not start. 100ms did not answer in time. The
    request expired. If you still want the recording, try again.
expired  : The recording did not start. 100ms cannot be reached. The request
    expired. If you still want the recording, try again.
expired  : The recording did not start. 100ms gave an answer that the bot cannot
    read. The request expired. If you still want the recording, try again.
cancelled  : The recording did not start. It was stopped before it started. Try
    again whenever you like.
expired  : The recording did not start. The bot itself was down or too busy to
    start it in time. The request expired. If you still want the recording, try
    again.
INTERNAL_ERROR  : The recording failed. 100ms had an internal error. Try again.
    If this keeps happening, tell 100ms support about recording `hms-1`.
MAX_RETRIES_REACHED  : The recording failed. 100ms could not open the meeting
    URL. The room's own link must join the room without a click or a login.
UPLOAD_ERROR  : The recording failed. 100ms could not store the files. Check the
    template's storage in the 100ms dashboard, then try again.
BEAM_STOPPED  : The recording failed. It was stopped before it started. Try
    again, and stop it only after the card says Recording.
vanished  : The recording is gone. 100ms no longer shows this recording to the
    bot. Look for recording `hms-1` in the 100ms dashboard.
given_up  : The recording never finished. 100ms has reported nothing new for too
    long, so the bot stopped checking. Look for recording `hms-1` in the 100ms
    dashboard.
unknown  : The recording failed. 100ms did not give a reason that the bot
    understands. Try again. If this keeps happening, tell 100ms support about
    recording `hms-1`.
refused 400 said: The recording did not start. 100ms does not accept these
    settings for this room. 100ms said: “said”. Change the settings. A room
    whose template has no subdomain needs a meeting URL.
refused 401 said: The recording did not start. 100ms does not accept this bot's
    keys. 100ms said: “said”. Ask the person who runs the bot to check them,
    then try again.
refused 403 said: The recording did not start. 100ms does not let the bot see or
    record this room. 100ms said: “said”. Check that the room is in this 100ms
    workspace.
refused 404 said: The recording did not start. 100ms cannot find this room.
    100ms said: “said”. Check that it still exists, or choose another room.
refused 409 said: The recording did not start. The room is already being
    recorded, but the bot cannot find that recording. 100ms said: “said”. Wait
    until it ends, or stop it in 100ms, then try again.
refused 422 said: The recording did not start. 100ms does not accept these
    settings for this room. 100ms said: “said”. Change the settings. A room
    whose template has no subdomain needs a meeting URL.
refused 500 said: The recording did not start. 100ms refused the request (HTTP
    500). 100ms said: “said”. Try again. If this keeps happening, tell the
    person who runs the bot.
refused 403 room is disabled: The recording did not start. The room is disabled
    in 100ms. 100ms said: “room is disabled”. Enable it in the 100ms dashboard,
    then try again.
refused 400 meeting_url is required: The recording did not start. 100ms needs a
    meeting URL for this room, or cannot use the one given. 100ms said:
    “meeting_url is required”. Change the settings: enter a URL that joins the
    room without a click.
refused 400 multiple destinations found: The recording did not start. 100ms
    cannot use the destination. 100ms said: “multiple destinations found”.
    Change the settings: enter a destination from the room's template.
refused  : The recording did not start. 100ms refused the request. Try again. If
    this keeps happening, tell the person who runs the bot.
cannot_post  not_in_channel: The recording did not start. @record-bot is not in
    <#C1>. Type `/invite @record-bot` in the channel, then try again.
cannot_post  channel_not_found: The recording did not start. @record-bot cannot
    see this channel. It may be private. Type `/invite @record-bot` in the
    channel, then try again.
cannot_post  is_archived: The recording did not start. <#C1> is archived.
    Unarchive it, or use another channel.
cannot_post  restricted_action: The recording did not start. Only some people
    can post in <#C1>. Ask an admin to let @record-bot post there, or use
    another channel.
cannot_post  restricted_action_read_only_channel: The recording did not start.
    Only some people can post in <#C1>. Ask an admin to let @record-bot post
    there, or use another channel.
cannot_post  missing_scope: The recording did not start. @record-bot is not
    fully installed in Slack (error `missing_scope`). Ask the person who runs
    the bot to reinstall it, then try again.
cannot_post  messages_tab_disabled: The recording did not start. Slack does not
    let @record-bot post in <#C1> (error `messages_tab_disabled`). Start it from
    a channel that @record-bot is in.
cannot_post  some_new_error: The recording did not start. Slack does not let
    @record-bot post in <#C1> (error `some_new_error`). Type `/invite
    @record-bot` in the channel, then try again.
cannot_post  : The recording did not start. Slack does not let @record-bot post
    in <#C1>. Type `/invite @record-bot` in the channel, then try again.\
""")


@each_row("problem", CASES)
@each_row("channel", ["C1", "D1"])
def test_every_why_has_a_cause_and_a_fix(problem: Problem, channel: str) -> None:
    words = explain(problem, recording(channel_id=channel))
    for sentence in (words.what, words.why, words.fix):
        assert sentence.endswith(".")
        assert sentence[:1].isupper() or sentence[:1] in "1<@"
        assert "!" not in sentence
        assert_only_our_markup(sentence)


def test_an_invitation_is_ready_to_paste() -> None:
    _, fix = slack_refusal("not_in_channel", "C1", bot="my_recorder")
    assert "`/invite @my_recorder`" in fix
    _, direct = slack_refusal("channel_not_found", "D1")
    assert "/invite" not in direct


@pytest.mark.parametrize(
    "error", ["not_in_channel", "channel_not_found", "invalid_auth", "internal_error"]
)
def test_only_where_the_person_repeats_it_are_they_told_to_try_again(error: str) -> None:
    assert "ry again" in slack_refusal(error, "C1")[1]
    assert "ry again" not in slack_refusal(error, "C1", again=False)[1]


def test_settings_that_cannot_work_are_not_to_be_tried_again() -> None:
    assert not explain(Problem(FailureReason.REFUSED, "invalid input", 400), recording()).can_retry
    assert explain(Problem(FailureReason.REFUSED, "", 401), recording()).can_retry


@given(st.sampled_from(FailureReason), TEXTS, st.sampled_from([None, 400, 403, 409, 418]))
def test_what_others_said_is_quoted_as_data(
    why: FailureReason, detail: str, status: int | None
) -> None:
    words = explain(Problem(why, detail, status), recording(*RUNS))
    assert_only_our_markup(words.text)
    assert len(words.text) < 900


def test_a_room_that_is_not_found_is_not_tried_again_but_changed() -> None:
    words = explain(Problem(FailureReason.REFUSED, "room not found", 404), recording())
    assert (words.can_retry, words.can_change) == (False, True)


CALLS: list[tuple[Cause, int | None]] = [
    *(("refused", status) for status in (400, 401, 403, 404, 409, 422, 418, None)),
    ("error", 503),
    ("error", None),
    ("limited", 429),
    ("timeout", None),
    ("network", None),
    ("unreadable", 200),
]


def test_every_failed_call_to_100ms_has_its_words() -> None:
    said = [
        f"{cause} {status or ''}: {' | '.join(hms_failure(cause, status, 'said'))}"
        for cause, status in CALLS
    ]
    assert folded("\n".join(said)) == snapshot("""\
refused 400: 100ms does not accept the request (HTTP 400). 100ms said: “said”. |
    If this keeps happening, tell the person who runs the bot.
refused 401: 100ms does not accept this bot's keys (HTTP 401). 100ms said:
    “said”. | Ask the person who runs the bot to check them.
refused 403: 100ms does not let the bot do this (HTTP 403). 100ms said: “said”.
    | Check in the 100ms dashboard that the room is enabled and in its
    workspace.
refused 404: 100ms cannot find what the bot asked for (HTTP 404). 100ms said:
    “said”. | It may have been deleted there.
refused 409: 100ms says that something else is going on in the room (HTTP 409).
    100ms said: “said”. | Try again once that has ended.
refused 422: 100ms does not accept the request (HTTP 422). 100ms said: “said”. |
    If this keeps happening, tell the person who runs the bot.
refused 418: 100ms refused the request (HTTP 418). 100ms said: “said”. | Try
    again. If this keeps happening, tell the person who runs the bot.
refused : 100ms refused the request. 100ms said: “said”. | Try again. If this
    keeps happening, tell the person who runs the bot.
error 503: 100ms had an internal error (HTTP 503). | Try again in a minute.
error : 100ms had an internal error. | Try again in a minute.
limited 429: 100ms asks the bot to wait: too many requests (HTTP 429). | Try
    again in a minute.
timeout : 100ms did not answer in time. | Try again in a minute.
network : 100ms cannot be reached. | Try again in a minute.
unreadable 200: 100ms gave an answer that the bot cannot read. | Try again in a
    minute.\
""")


# What the person may do about it: try again with these settings, or change them.
REMEDIES: list[tuple[Problem, bool, bool]] = [
    (Problem(FailureReason.CANCELLED), True, False),
    (Problem(FailureReason.EXPIRED), True, False),
    (Problem(FailureReason.CANNOT_POST, "not_in_channel"), True, False),
    (Problem(FailureReason.REFUSED, "meeting_url is required", 400), False, True),
    (Problem(FailureReason.REFUSED, "no subdomain", 422), False, True),
    (Problem(FailureReason.REFUSED, "no such destination", 400), False, True),
    (Problem(FailureReason.REFUSED, "invalid", 422), False, True),
    (Problem(FailureReason.REFUSED, "", 401), True, False),
    (Problem(FailureReason.REFUSED, "Room is DISABLED", 403), True, False),
    (Problem(FailureReason.REFUSED, "", 403), True, False),
    (Problem(FailureReason.REFUSED, "", 404), False, True),
    (Problem(FailureReason.REFUSED, "", 409), True, False),
    (Problem(FailureReason.REFUSED, "", 500), True, False),
    (Problem(FailureReason.REFUSED), True, False),
    (Problem(FailureReason.INTERNAL_ERROR), True, False),
    (Problem(FailureReason.MAX_RETRIES_REACHED), True, False),
    (Problem(FailureReason.UPLOAD_ERROR), True, False),
    (Problem(FailureReason.BEAM_STOPPED), True, False),
    (Problem(FailureReason.VANISHED), True, False),
    (Problem(FailureReason.GIVEN_UP), True, False),
    (Problem(FailureReason.UNKNOWN), True, False),
]


def test_every_problem_can_be_tried_again_or_changed() -> None:
    def check(row: tuple[Problem, bool, bool]) -> None:
        words = explain(row[0], recording(*RUNS))
        assert (words.can_retry, words.can_change) == row[1:]

    each(REMEDIES, check, name=lambda row: f"{row[0].why} {row[0].status} {row[0].detail}")


def test_a_url_of_ones_own_that_could_not_be_opened_can_be_changed() -> None:
    own = RecordingOptions(meeting_url="https://meet.example/x")
    words = explain(Problem(FailureReason.MAX_RETRIES_REACHED), recording(*RUNS, options=own))
    assert (words.can_retry, words.can_change) == (True, True)
    assert words.fix == (
        "Change the settings: the URL must join the room without a click or a login. "
        "If it does now, try again."
    )


def test_names_of_errors_are_cut_where_they_are_too_long() -> None:
    for reply, limit in (
        (replies.slack_refused, 60),
        (replies.permission_missing, 80),
        (replies.something_broke, 80),
    ):
        assert f"`{'x' * limit}`" in reply("x" * limit).text
        assert f"`{'x' * (limit - 1)}…`" in reply("x" * (limit + 1)).text
