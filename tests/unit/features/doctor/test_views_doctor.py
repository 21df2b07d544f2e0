"""`/record doctor`: what one person reads, and what they must not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from bot.core import steps
from bot.core.deliveries import Delivery, DeliveryState, Kind
from bot.core.retry import Retry
from bot.features.details.views import ViewerAccess, details_view
from bot.features.doctor.checks import Collected, findings
from bot.features.doctor.model import (
    DoctorReport,
    Ends,
    LocalReport,
    NotReported,
    Place,
    Received,
    Stuck,
    Undelivered,
)
from bot.features.doctor.views import doctor_reply, local_reply
from bot.kit.cooldowns import Cooldown
from bot.store.values import DeadLetterCount, Owed
from bot.ui.message import Message
from bot.ui.text import esc
from tests.unit.doctor_samples import GRANTED, ILL, WELL
from tests.unit.examples import examples
from tests.unit.rows import each_row
from tests.unit.views_extremes import CHANNELS, TEXTS, TIMES, USERS
from tests.unit.views_samples import (
    NAME,
    READ,
    assert_accepted,
    at,
    dates,
    folded,
    recording,
    shown,
)

ALL = ViewerAccess(frozenset({"C1"}))


def reply(found: DoctorReport) -> str:
    return shown(doctor_reply(found, bot="recorder"))


def read(message: Message) -> str:
    return message.text + str(message.blocks)


def test_all_is_well() -> None:
    assert reply(WELL) == snapshot("""\
*Webhooks from 100ms*
✅ The last one arrived 22 Nov 2026, 14:03 UTC. In the last 24 hours: 12 about
    this bot's recordings, 3 about others.
✅ No failed webhook deliveries in the last 24 hours.
*Waiting*
✅ Nothing is waiting.
*This channel*
✅ @recorder is in <#C1> and can post.
*Slack permissions*
✅ The bot has all Slack permissions it needs.
*Meeting pages*
✅ Available at https://record.example.
~ recorder, version `0.1.0`\
""")


@each_row("kind", get_args(steps.Action), ids=lambda kind: kind.__name__)
def test_every_step_that_is_held_up_has_a_name(kind: type) -> None:
    """But for the notice in a room, which the doctor leaves out."""
    held = Stuck(NAME, "U1", "C1", True, step=kind.__name__, until=at(60))
    told = reply(replace(WELL, stuck=(held,)))
    assert ("a step failed" in told) is (kind is steps.SayInRoom)


@each_row("kind", Kind)
def test_every_message_that_waits_has_a_name(kind: Kind) -> None:
    """A new kind needs a row in the doctor's `_MESSAGES`, and in Details in `_KINDS`."""
    waits = Stuck(NAME, "U1", "C1", True, kind=kind, state=DeliveryState.WAITING, until=at(60))
    assert esc(NAME) in reply(replace(WELL, stuck=(waits,)))
    assert esc(NAME) in read(local_reply(LocalReport((waits,), None, "U1"), bot="recorder"))
    delivery = Delivery(kind, "C1", DeliveryState.SENT, changed_at=at(1))
    assert_accepted(details_view(recording(*READ), [delivery], viewer=ALL))


def test_what_a_screen_reader_says() -> None:
    assert folded(dates(doctor_reply(WELL).text)) == snapshot("""\
Webhooks from 100ms: The last one arrived 22 Nov 2026, 14:03 UTC. In the last 24
    hours: 12 about this bot's recordings, 3 about others. No failed webhook
    deliveries in the last 24 hours.
Waiting: Nothing is waiting.
This channel: @record-bot is in <#C1> and can post.
Slack permissions: The bot has all Slack permissions it needs.
Meeting pages: Available at https://record.example.
record-bot, version `0.1.0`\
""")


def test_without_webhooks() -> None:
    assert reply(replace(WELL, webhooks=False)).splitlines()[:4] == snapshot(
        [
            "*Webhooks from 100ms*",
            "100ms does not send webhooks to this bot. It polls 100ms, so updates arrive a",
            "    little later.",
            "For immediate updates, ask the person who runs it to set `HMS_WEBHOOK_SECRET`.",
        ]
    )


def test_before_the_first_recording() -> None:
    fresh = replace(WELL, received=Received(None), ends=Ends())
    assert "No webhooks yet, and none expected." in reply(fresh)
    assert "No webhooks yet." in reply(replace(fresh, ends=Ends(1)))


MINE = Stuck(
    NAME, "U1", "C1", True, Kind.CARD, DeliveryState.PARKED, "not_in_channel", until=at(90)
)
TRYING = Stuck(
    NAME, "U1", "C1", True, Kind.RESULTS, DeliveryState.WAITING, "HTTP 500", until=at(60)
)
HELD = Stuck(NAME, "U1", "C1", True, step="Start", until=at(30))
SECRET = "Layoffs 2027"
THEIRS = [
    Stuck(SECRET, "U2", "C0SECRET", False, Kind.CARD, DeliveryState.PARKED, "is_archived"),
    Stuck(SECRET, "U2", "C0SECRET", False, Kind.RESULTS, DeliveryState.PARKED, "is_archived"),
    Stuck(
        SECRET, "U2", "C0SECRET", False, Kind.CARD, DeliveryState.WAITING, "HTTP 500", until=at(9)
    ),
    Stuck(SECRET, "U2", "U2", False, Kind.TELL, DeliveryState.PARKED, "cannot_dm_bot"),
    Stuck(SECRET, "U2", "C0SECRET", False, step="Start", until=at(9)),
]


def test_all_is_ill() -> None:
    ill = replace(
        ILL,
        undelivered=Undelivered(300, (("timeout", 200), ("status <503>", 100)), more=True),
        stuck=(MINE, TRYING, HELD, *THEIRS),
        place=Place("C1", "not_in_channel"),
    )
    assert reply(ill) == snapshot("""\
*Webhooks from 100ms*
The last one arrived 22 Nov 2026, 12:03 UTC. In the last 24 hours: 2 about this
    bot's recordings.
1 webhook is waiting: it is not yet clear which recording it is about. The bot
    is checking with 100ms.
⚠️ Of 5 recordings that ended in the last 24 hours, 3 ended without a webhook;
    the bot noticed by polling.
⚠️ 100ms failed to deliver more than 300 webhooks in the last 24 hours. Reasons:
    “timeout” 200×, “status &lt;503&gt;” 100×.
The bot was down after 22 Nov 2026, 12:03 UTC. At 14:03 UTC it asks 100ms to
    resend the webhooks that failed in the meantime.
Nothing is lost: the bot polls 100ms. To find the cause, run `record-bot doctor`
    on its host.
*Waiting*
⚠️ Slack rate-limits `chat.update` until 14:03 UTC.
⚠️ 100ms rate-limits `GET /recordings/{id}` until 14:03 UTC.
⚠️ Slack has rejected the bot's token since 22 Nov 2026, 13:53 UTC (error
    `token_revoked`). Recordings continue. The bot keeps pending posts and tries
    again at 14:03 UTC. If the app was removed, ask the person who runs the bot
    to reinstall it.
⚠️ 100ms gave no usable answer about 2 recordings. The bot keeps checking.
• *\u2068Q&amp;A &lt;weekly&gt; 🎉 שלום\u2069*: the card for <#C1> is waiting. @recorder is
    not in <#C1>. Type `/invite @recorder` in the channel. The bot retries
    automatically, by 14:04 UTC at the latest.
• *\u2068Q&amp;A &lt;weekly&gt; 🎉 שלום\u2069*: the results for <#C1> failed, next try
    14:04 UTC. Slack had an internal error (HTTP 500).
• *\u2068Q&amp;A &lt;weekly&gt; 🎉 שלום\u2069*: starting it at 100ms failed, next try 14:03
    UTC.
• 2 messages for <#C0SECRET> cannot be posted. <#C0SECRET> is archived.
    Unarchive it, or use another channel.
• 1 message for <#C0SECRET> failed; the bot is retrying.
• 1 direct message cannot be posted. Slack does not let @recorder post in this
    direct message (error `cannot_dm_bot`). Start it from a channel that
    @recorder is in.
• 1 step of other recordings failed; the bot is retrying.
*This channel*
⚠️ @recorder is not in <#C1>. Type `/invite @recorder` in the channel.
*Set aside*
⚠️ The bot cannot read 2 webhooks and 1 recording (`ValidationError` 2×,
    `unknown phase` 1×). The others are not affected, and the bot tries again by
    itself. This is normal during an upgrade.
The person who runs the bot can fix this: finish the upgrade, or look in the log
    for `webhook_unreadable` and `recording_unreadable`.
*Slack permissions*
⚠️ `files:write` is missing. The bot needs it to upload the transcript and the
    chat to the recording's thread, and delete them when the recording is
    forgotten.
The person who runs the bot can fix this: paste the output of `record-bot
    manifest` into the Slack app's “App Manifest”, then install the app again.
*Meeting pages*
⚠️ https://record.example/m/ answers 502, not the bot's page.
The person who runs the bot can fix this: start the bot, and let the proxy in
    front of it pass `/m/*`.
~ recorder, version `0.1.0`\
""")


def test_nobody_answers() -> None:
    dark = replace(
        WELL, undelivered=NotReported("error", 503), findings=findings(Collected(())), place=None
    )
    assert reply(dark).splitlines()[3:] == snapshot(
        [
            "⚠️ 100ms did not report its failed deliveries. 100ms had an internal error (HTTP",
            "    503). Try again in a minute.",
            "*Waiting*",
            "✅ Nothing is waiting.",
            "*This channel*",
            "⚠️ Slack did not answer. Run this again in a minute.",
            "*Slack permissions*",
            "Slack did not report the bot's permissions.",
            "~ recorder, version `0.1.0`",
        ]
    )


def test_what_is_recorded_elsewhere_is_not_told() -> None:
    message = doctor_reply(replace(WELL, stuck=tuple(THEIRS)))
    assert SECRET not in read(message)
    assert "U2" not in read(message)
    assert "<#C0SECRET>" in read(message)
    starter = doctor_reply(replace(WELL, stuck=tuple(THEIRS), asker="U2"))
    assert SECRET in read(starter)


def test_people_of_another_organisation_read_of_their_channel_only() -> None:
    errors = replace(TRYING, error="HTTP 500", target="C0SECRET")
    there = LocalReport((MINE, errors, HELD), Place("C1", "not_in_channel"), "U9")
    message = local_reply(there, bot="recorder")
    assert shown(message) == snapshot("""\
*Waiting*
• *\u2068Q&amp;A &lt;weekly&gt; 🎉 שלום\u2069*: waiting to post the card.
• *\u2068Q&amp;A &lt;weekly&gt; 🎉 שלום\u2069*: waiting to post the results.
• *\u2068Q&amp;A &lt;weekly&gt; 🎉 שלום\u2069*: starting it at 100ms failed; the bot is
    retrying.
*This channel*
⚠️ @recorder is not in <#C1>. Type `/invite @recorder` in the channel.
~ Members of recorder's workspace see more.\
""")
    for word in ("C0SECRET", "500", "U1", "webhook", "version"):
        assert word not in read(message)


def test_nothing_waits_for_people_of_another_organisation() -> None:
    assert shown(local_reply(LocalReport((), Place("C1"), "U9"))) == snapshot("""\
*Waiting*
✅ Nothing is waiting.
*This channel*
✅ @record-bot is in <#C1> and can post.
~ Members of record-bot's workspace see more.\
""")


def test_what_whoever_runs_the_bot_has_to_change() -> None:
    found = replace(
        WELL, findings=findings(Collected(GRANTED, org_wide=True, short_secrets=("METRICS_TOKEN",)))
    )
    assert reply(found).splitlines()[-7:] == snapshot(
        [
            "✅ The bot has all Slack permissions it needs.",
            "*Settings*",
            "⚠️ `METRICS_TOKEN` has fewer than 16 characters. The next version will refuse",
            "    it.",
            "The person who runs the bot can fix this: use any random text of at least 16",
            "    characters.",
            "~ recorder, version `0.1.0`",
        ]
    )


def test_of_very_many_the_rest_is_counted() -> None:
    many = doctor_reply(replace(WELL, stuck=(MINE,) * 30))
    assert_accepted(many)
    assert "… and 22 more." in many.text


def test_in_a_direct_message() -> None:
    assert "This is a direct message." in reply(replace(WELL, place=Place("D1")))


KINDS: Any = st.none() | st.sampled_from(Kind)
STUCK = st.builds(
    Stuck,
    TEXTS,
    USERS,
    CHANNELS | USERS,
    st.booleans(),
    KINDS,
    st.none() | st.sampled_from(DeliveryState),
    st.none() | TEXTS,
    step=st.sampled_from(["Start", "UploadFile:chat:C1", "Unheard", ""]),
    until=st.none() | TIMES,
)
COUNTS = st.integers(0, 10**7)
REPORTS = st.builds(
    DoctorReport,
    webhooks=st.booleans(),
    received=st.builds(Received, st.none() | TIMES, COUNTS, COUNTS, COUNTS),
    ends=st.builds(Ends, COUNTS, COUNTS),
    undelivered=st.just(NotReported("refused", 403, "no right"))
    | st.builds(
        Undelivered,
        COUNTS,
        st.lists(st.tuples(TEXTS, COUNTS), max_size=3).map(tuple),
        st.booleans(),
    ),
    owed=st.none() | st.builds(Owed, TIMES, TIMES, st.builds(Retry, COUNTS, st.none() | TIMES)),
    stuck=st.lists(STUCK, max_size=30).map(tuple),
    unanswered=COUNTS,
    cooldowns=st.lists(
        st.builds(Cooldown, TEXTS, TIMES, st.none() | TIMES, st.none() | TEXTS), max_size=9
    ).map(tuple),
    findings=st.builds(
        Collected,
        scopes=st.sets(st.sampled_from(sorted(GRANTED)) | TEXTS),
        org_wide=st.booleans(),
        short_secrets=st.lists(st.just("METRICS_TOKEN"), max_size=2).map(tuple),
        dead=st.builds(
            DeadLetterCount, COUNTS, COUNTS, st.lists(st.tuples(TEXTS, COUNTS), max_size=3)
        ),
    ).map(findings),
    place=st.none() | st.builds(Place, CHANNELS, st.none() | TEXTS),
    asker=USERS,
    version=TEXTS,
)


@examples(150)
@given(REPORTS, TEXTS)
def test_slack_takes_it_whatever_is_found(found: DoctorReport, bot: str) -> None:
    assert_accepted(doctor_reply(found, bot=bot))
    assert_accepted(local_reply(LocalReport(found.stuck, found.place, found.asker), bot=bot))
