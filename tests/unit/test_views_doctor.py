"""`/record doctor`: what one person reads, and what they must not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from inline_snapshot import snapshot

from bot.core.deliveries import Kind, State
from bot.features.doctor.model import (
    DoctorReport,
    Ends,
    LocalReport,
    MissingScope,
    Place,
    Received,
    Stuck,
    Undelivered,
)
from bot.features.doctor.views import doctor_reply, local_reply
from bot.kit.rate_limits import Shut
from bot.store.values import Owed
from bot.ui.message import Message
from tests.unit.doctor_samples import ILL, WELL
from tests.unit.views_extremes import CHANNELS, TEXTS, TIMES, USERS
from tests.unit.views_samples import NAME, assert_accepted, at, dates, folded, shown


def reply(found: DoctorReport) -> str:
    return shown(doctor_reply(found, bot="recorder"))


def read(message: Message) -> str:
    return message.text + str(message.blocks)


def test_all_is_well() -> None:
    assert reply(WELL) == snapshot("""\
*Webhooks of 100ms*
✅ The last one came 22 Nov 2026, 14:03 UTC. In the last 24 hours 12 were about
    recordings of this bot, 3 about none.
✅ 100ms knows of none that it could not deliver in the last 24 hours.
*What waits*
✅ Nothing waits.
*This channel*
✅ @recorder is in <#C1> and may post.
*What Slack lets the bot do*
✅ Everything it needs.
~ recorder, version `0.1.0`\
""")


def test_what_a_screen_reader_says() -> None:
    assert folded(dates(doctor_reply(WELL).text)) == snapshot("""\
Webhooks of 100ms: The last one came 22 Nov 2026, 14:03 UTC. In the last 24
    hours 12 were about recordings of this bot, 3 about none. 100ms knows of
    none that it could not deliver in the last 24 hours.
What waits: Nothing waits.
This channel: @record-bot is in <#C1> and may post.
What Slack lets the bot do: Everything it needs.
record-bot, version `0.1.0`\
""")


def test_without_webhooks() -> None:
    assert reply(replace(WELL, webhooks=False)).splitlines()[:4] == snapshot(
        [
            "*Webhooks of 100ms*",
            "100ms does not call this bot: it asks 100ms instead, so news comes a little",
            "    later.",
            "To hear at once, whoever runs it sets `HMS_WEBHOOK_SECRET`.",
        ]
    )


def test_before_the_first_recording() -> None:
    fresh = replace(WELL, received=Received(None), ends=Ends())
    assert "None has come yet; none was due." in reply(fresh)
    assert "None has come yet." in reply(replace(fresh, ends=Ends(1)))


MINE = Stuck(NAME, "U1", "C1", True, Kind.CARD, State.PARKED, "not_in_channel", until=at(90))
TRYING = Stuck(NAME, "U1", "C1", True, Kind.RESULTS, State.WAITING, "HTTP 500", until=at(60))
HELD = Stuck(NAME, "U1", "C1", True, step="Start", until=at(30))
SECRET = "Layoffs 2027"
THEIRS = [
    Stuck(SECRET, "U2", "C0SECRET", False, Kind.CARD, State.PARKED, "is_archived"),
    Stuck(SECRET, "U2", "C0SECRET", False, Kind.RESULTS, State.PARKED, "is_archived"),
    Stuck(SECRET, "U2", "C0SECRET", False, Kind.CARD, State.WAITING, "HTTP 500", until=at(9)),
    Stuck(SECRET, "U2", "U2", False, Kind.TELL, State.PARKED, "cannot_dm_bot"),
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
*Webhooks of 100ms*
The last one came 22 Nov 2026, 12:03 UTC. In the last 24 hours 2 were about
    recordings of this bot.
1 webhook waits: it is not clear yet which recording it is about. The bot asks
    100ms.
⚠️ Of 5 recordings that ended in the last 24 hours, 3 ended without a webhook:
    the bot learnt of it by asking.
⚠️ 100ms could not deliver more than 300 webhooks in the last 24 hours. It says:
    “timeout” 200×, “status &lt;503&gt;” 100×.
The bot was away after 22 Nov 2026, 12:03 UTC. At 14:03 UTC it has 100ms send
    again what could not be delivered meanwhile.
Nothing gets lost, for the bot asks. Whoever runs it sees the cause with
    `record-bot doctor`.
*What waits*
⚠️ Slack asked for a pause of `chat.update` until 14:03 UTC.
⚠️ 100ms asked for a pause of `GET /recordings/{id}` until 14:03 UTC.
⚠️ Slack does not accept the bot's token (it says `token_revoked`) since 22 Nov
    2026, 13:53 UTC. Recordings go on, what is to be posted is kept, and the bot
    tries again 14:03 UTC. If the app was removed, whoever runs the bot installs
    it again.
⚠️ 100ms gave no answer about 2 recordings when last asked. The bot asks again.
• *\u2068Q&amp;A &lt;weekly&gt; 🎉 שלום\u2069*: the card for <#C1> waits. @recorder is not
    in <#C1>. Type `/invite @recorder` in the channel, then try again. The bot
    tries again by itself, at 14:04 UTC at the latest.
• *\u2068Q&amp;A &lt;weekly&gt; 🎉 שלום\u2069*: the results for <#C1> did not get through
    (HTTP 500), next try 14:04 UTC.
• *\u2068Q&amp;A &lt;weekly&gt; 🎉 שלום\u2069*: starting it at 100ms failed, next try 14:03
    UTC.
• 2 messages for <#C0SECRET> cannot be posted. <#C0SECRET> is archived.
    Unarchive it, or use another channel.
• 1 message for <#C0SECRET> did not get through; being tried again.
• 1 direct message cannot be posted. Slack does not let @recorder write in this
    direct message (it says `cannot_dm_bot`). Start it from a channel that
    @recorder is in.
• 1 step of other recordings failed; being tried again.
*This channel*
⚠️ @recorder is not in <#C1>. Type `/invite @recorder` in the channel, then try
    again.
*What Slack lets the bot do*
⚠️ `files:write` is missing. Put the transcript into the thread.
Whoever runs the bot pastes `record-bot manifest` into the Slack app's manifest
    and installs it again.
~ recorder, version `0.1.0`\
""")


def test_nobody_answers() -> None:
    dark = replace(WELL, undelivered=None, missing_scopes=None, place=None)
    assert reply(dark).splitlines()[3:] == snapshot(
        [
            "⚠️ 100ms did not answer what it could not deliver. Ask again in a minute.",
            "*What waits*",
            "✅ Nothing waits.",
            "*This channel*",
            "⚠️ Slack did not answer. Ask again in a minute.",
            "*What Slack lets the bot do*",
            "Slack did not say. Ask again in a minute.",
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
*What waits*
• *\u2068Q&amp;A &lt;weekly&gt; 🎉 שלום\u2069*: waiting to post the card.
• *\u2068Q&amp;A &lt;weekly&gt; 🎉 שלום\u2069*: waiting to post the results.
• *\u2068Q&amp;A &lt;weekly&gt; 🎉 שלום\u2069*: starting it at 100ms is being tried again.
*This channel*
⚠️ @recorder is not in <#C1>. Type `/invite @recorder` in the channel, then try
    again.
~ The members of recorder's workspace see more.\
""")
    for word in ("C0SECRET", "500", "U1", "webhook", "version"):
        assert word not in read(message)


def test_nothing_waits_for_people_of_another_organisation() -> None:
    assert shown(local_reply(LocalReport((), Place("C1"), "U9"))) == snapshot("""\
*What waits*
✅ Nothing waits.
*This channel*
✅ @record-bot is in <#C1> and may post.
~ The members of record-bot's workspace see more.\
""")


def test_what_whoever_runs_the_bot_has_to_change() -> None:
    found = replace(WELL, org_wide=True, short_secrets=("METRICS_TOKEN",))
    assert reply(found).splitlines()[-7:] == snapshot(
        [
            "⚠️ The app's token is of an app installed for a whole organisation, which is not",
            "    supported yet. Install the app in one workspace and copy the new token.",
            "✅ Everything it needs.",
            "*Settings*",
            "⚠️ `METRICS_TOKEN` has less than 16 characters. The next version refuses it. Set",
            "    a longer one.",
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
    st.none() | st.sampled_from(State),
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
    undelivered=st.none()
    | st.builds(
        Undelivered,
        COUNTS,
        st.lists(st.tuples(TEXTS, COUNTS), max_size=3).map(tuple),
        st.booleans(),
    ),
    owed=st.none() | st.builds(Owed, TIMES, TIMES, TIMES),
    stuck=st.lists(STUCK, max_size=30).map(tuple),
    unanswered=COUNTS,
    shut=st.lists(
        st.builds(Shut, TEXTS, TIMES, st.none() | TIMES, st.none() | TEXTS), max_size=9
    ).map(tuple),
    missing_scopes=st.none()
    | st.lists(st.builds(MissingScope, TEXTS, st.just("It is needed.")), max_size=6).map(tuple),
    place=st.none() | st.builds(Place, CHANNELS, st.none() | TEXTS),
    asker=USERS,
    version=TEXTS,
    short_secrets=st.lists(st.just("METRICS_TOKEN"), max_size=2).map(tuple),
    org_wide=st.booleans(),
)


@settings(max_examples=150, deadline=None)
@given(REPORTS, TEXTS)
def test_slack_takes_it_whatever_is_found(found: DoctorReport, bot: str) -> None:
    assert_accepted(doctor_reply(found, bot=bot))
    assert_accepted(local_reply(LocalReport(found.stuck, found.place, found.asker), bot=bot))
