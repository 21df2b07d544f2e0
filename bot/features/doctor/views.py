"""`/record doctor`: what works, what waits and why, and what to do about each."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from bot.core.deliveries import Kind, State
from bot.features.doctor.model import (
    DoctorReport,
    LocalReport,
    MissingScope,
    Place,
    Received,
    Stuck,
    Undelivered,
)
from bot.kit.rate_limits import Shut
from bot.settings import ONE_WORKSPACE, ORG_WIDE, SECRET_CHARS
from bot.store.values import Owed
from bot.ui.message import FALLBACK_MOST, Message, context, lines, section, spoken
from bot.ui.problems import BOT, slack_refusal
from bot.ui.text import clock, code, count, esc, place, when

TITLE = "Check-up"
GOOD, BAD = "✅", "⚠️"
LINES = 8
CLI = code("record-bot doctor")
CAUSE = f"Nothing gets lost, for the bot asks. Whoever runs it sees the cause with {CLI}."
NO_WEBHOOKS = (
    "100ms does not call this bot: it asks 100ms instead, so news comes a little later.",
    f"To hear at once, whoever runs it sets {code('HMS_WEBHOOK_SECRET')}.",
)
_MESSAGES = {
    Kind.CARD: "the card",
    Kind.RESULTS: "the results",
    Kind.TRANSCRIPT: "the transcript file",
    Kind.CHAT: "the chat file",
    Kind.OUTCOME: "the answer to the request",
    Kind.TELL: "the message to whoever started it",
    Kind.STOP_WISH: "the request to stop, to whoever started it",
    Kind.ROOM: "the notice in the room's chat",
    Kind.RECEIPT: "the receipt of what was forgotten",
}
_STEPS = {
    "Start": "starting it at 100ms",
    "Stop": "stopping it at 100ms",
    "Pause": "pausing it",
    "Resume": "resuming it",
    "UpdateCard": "the card's latest state",
    "FetchTranscript": "reading its transcript",
    "PostSummary": "reading its summary",
    "UploadFile": "fetching its file",
    "Outcome": "the answer to the request",
    "Erase": "deleting it in Slack",
}


def doctor_reply(found: DoctorReport, *, bot: str = BOT) -> Message:
    """Ephemeral. Rooms are named where the person may know: theirs, and those shown here."""
    on_home = found.place is not None and found.place.channel == found.asker
    parts = [
        ("Webhooks of 100ms", list(_webhooks(found))),
        ("What waits", list(_waiting(found, bot))),
        *([] if on_home else [("This channel", list(_channel(found.place, bot)))]),
        ("What Slack lets the bot do", list(_slack(found))),
        *([("Settings", list(_short_secrets(found)))] if found.short_secrets else []),
    ]
    return _reply(parts, f"{esc(bot, 80)}, version {code(found.version, 40)}")


def local_reply(found: LocalReport, *, bot: str = BOT) -> Message:
    """Ephemeral, for people of another organisation: without numbers, errors and version."""
    waiting = _few([_waits(stuck) for stuck in found.waiting], "more")
    on_home = found.place is not None and found.place.channel == found.asker
    parts = [
        ("What waits", waiting or [f"{GOOD} Nothing waits."]),
        *([] if on_home else [("This channel", list(_channel(found.place, bot)))]),
    ]
    return _reply(parts, f"The members of {esc(bot, 80)}'s workspace see more.")


def _reply(parts: Sequence[tuple[str, Sequence[str]]], last: str) -> Message:
    blocks = [section(lines([f"*{title}*", *told])) for title, told in parts]
    told = [f"{title}: {' '.join(map(_aloud, said))}" for title, said in parts]
    return Message(spoken(lines([*told, last], FALLBACK_MOST)), [*blocks, context(last)])


def looking() -> Message:
    text = "Asking 100ms and Slack…"
    return Message(text, [section(text)])


def _aloud(line: str) -> str:
    """Without the marks: the sentences say it, too."""
    return line.removeprefix(f"{GOOD} ").removeprefix(f"{BAD} ").removeprefix("• ")


def _webhooks(found: DoctorReport) -> Iterator[str]:
    if not found.webhooks:
        yield from NO_WEBHOOKS
        return
    ends, undelivered = found.ends, found.undelivered
    missed = bool(undelivered and undelivered.count)
    silent = found.received.last_at is None and ends.total > 0
    yield _last(found.received, silent=silent, gaps=ends.by_asking > 0)
    if found.received.waiting:
        several = found.received.waiting > 1
        waiting = f"{count(found.received.waiting, 'webhook')} wait{'' if several else 's'}"
        meant = "which recordings they are about" if several else "which recording it is about"
        yield f"{waiting}: it is not clear yet {meant}. The bot asks 100ms."
    if ends.by_asking:
        ended = count(ends.total, "recording")
        told = f"Of {ended} that ended in the last 24 hours, {ends.by_asking:,} ended without a"
        yield f"{BAD} {told} webhook: the bot learnt of it by asking."
    yield _undelivered(undelivered)
    if found.owed:
        yield _owed(found.owed)
    if missed or silent or ends.by_asking:
        yield CAUSE


def _last(received: Received, *, silent: bool, gaps: bool) -> str:
    if received.last_at is None:
        return f"{BAD} None has come yet." if silent else "None has come yet; none was due."
    lately = f"In the last 24 hours {received.matched:,} were about recordings of this bot"
    others = f", {received.ignored:,} about none" if received.ignored else ""
    mark = "" if gaps else f"{GOOD} "
    return f"{mark}The last one came {when(received.last_at)}. {lately}{others}."


def _undelivered(undelivered: Undelivered | None) -> str:
    if undelivered is None:
        return f"{BAD} 100ms did not answer what it could not deliver. Ask again in a minute."
    if not undelivered.count:
        return f"{GOOD} 100ms knows of none that it could not deliver in the last 24 hours."
    more = "more than " if undelivered.more else ""
    events = count(undelivered.count, "webhook")
    reasons = ", ".join(f"“{esc(why, 60)}” {n:,}×" for why, n in undelivered.reasons)
    said = f" It says: {reasons}." if reasons else ""
    return f"{BAD} 100ms could not deliver {more}{events} in the last 24 hours.{said}"


def _owed(owed: Owed) -> str:
    return (
        f"The bot was away after {when(owed.since)}. At {clock(owed.due_at)} it has 100ms send "
        "again what could not be delivered meanwhile."
    )


def _waiting(found: DoctorReport, bot: str) -> Iterator[str]:
    yield from map(_gate, found.shut)
    if found.unanswered:
        asked = count(found.unanswered, "recording")
        yield f"{BAD} 100ms gave no answer about {asked} when last asked. The bot asks again."
    mine = [s for s in found.stuck if s.here or s.starter == found.asker]
    yield from _few([_stuck(s, bot) for s in mine], "more")
    yield from _few(list(_elsewhere((s for s in found.stuck if s not in mine), bot)), "more places")
    if not (found.shut or found.unanswered or found.stuck):
        yield f"{GOOD} Nothing waits."


def _few(told: Sequence[str], rest: str) -> list[str]:
    more = len(told) - LINES
    return [*told[:LINES], *([f"… and {more:,} {rest}."] if more > 0 else [])]


def _gate(gate: Shut) -> str:
    if gate.since is None:
        who = "100ms" if gate.by_hms else "Slack"
        return f"{BAD} {who} asked for a pause of {code(gate.method)} until {clock(gate.until)}."
    said = f"(it says {code(gate.why or 'no', 60)})"
    return (
        f"{BAD} Slack does not accept the bot's token {said} since {when(gate.since)}. Recordings "
        f"go on, what is to be posted is kept, and the bot tries again {clock(gate.until)}. If the "
        "app was removed, whoever runs the bot installs it again."
    )


def _stuck(stuck: Stuck, bot: str) -> str:
    name = f"• *{esc(stuck.room_name, 80)}*"
    again = f"next try {clock(stuck.until)}" if stuck.until else "next try soon"
    if stuck.kind is None:
        return f"{name}: {_STEPS.get(stuck.step.split(':')[0], 'a step')} failed, {again}."
    where = f" for {place(stuck.target)}" if _is_channel(stuck.target) else ""
    what = f"{name}: {_MESSAGES[stuck.kind]}{where}"
    if stuck.state is State.PARKED:
        why, fix = slack_refusal(stuck.error or "", stuck.target, bot=bot)
        later = (
            f" The bot tries again by itself, at {clock(stuck.until)} at the latest."
            if stuck.until
            else ""
        )
        return f"{what} waits. {why} {fix}{later}"
    said = f" ({esc(stuck.error, 60)})" if stuck.error else ""
    return f"{what} did not get through{said}, {again}."


def _waits(stuck: Stuck) -> str:
    """Neither where to nor why: the reasons name places and errors of the workspace."""
    name = f"• *{esc(stuck.room_name, 80)}*"
    if stuck.kind is None:
        return f"{name}: {_STEPS.get(stuck.step.split(':')[0], 'a step')} is being tried again."
    return f"{name}: waiting to post {_MESSAGES[stuck.kind]}."


def _is_channel(target: str) -> bool:
    return target.startswith(("C", "G"))


def _elsewhere(others: Iterable[Stuck], bot: str) -> Iterator[str]:
    """Counted by place and reason: what is recorded there is not everybody's business."""
    alike: Counter[tuple[str, str | None]] = Counter()
    steps = 0
    for stuck in others:
        if stuck.kind is None:
            steps += 1
        else:
            channel = stuck.target if _is_channel(stuck.target) else ""
            parked = stuck.state is State.PARKED
            alike[(channel, (stuck.error or "") if parked else None)] += 1
    for (channel, refused), n in alike.most_common():
        what = (
            f"{count(n, 'message')} for {place(channel)}" if channel else count(n, "direct message")
        )
        if refused is None:
            yield f"• {what} did not get through; being tried again."
        else:
            why, fix = slack_refusal(refused, channel, bot=bot)
            yield f"• {what} cannot be posted. {why} {fix}"
    if steps:
        yield f"• {count(steps, 'step')} of other recordings failed; being tried again."


def _channel(here: Place | None, bot: str) -> Iterator[str]:
    if here is None:
        yield f"{BAD} Slack did not answer. Ask again in a minute."
    elif here.error:
        why, fix = slack_refusal(here.error, here.channel, bot=bot)
        yield f"{BAD} {why} {fix}"
    elif _is_channel(here.channel):
        yield f"{GOOD} @{esc(bot, 80)} is in {place(here.channel)} and may post."
    else:
        yield "This is a direct message. Start recordings from a channel, so that others see them."


def _slack(found: DoctorReport) -> Iterator[str]:
    if found.org_wide:
        yield f"{BAD} The app's token is of {ORG_WIDE}. {ONE_WORKSPACE}."
    yield from scope_lines(found.missing_scopes)


def _short_secrets(found: DoctorReport) -> Iterator[str]:
    for name in found.short_secrets:
        yield (
            f"{BAD} {code(name)} has less than {SECRET_CHARS} characters. The next version refuses "
            "it. Set a longer one."
        )


def scope_lines(missing: Sequence[MissingScope] | None) -> Iterator[str]:
    """None: Slack did not say."""
    if missing is None:
        yield "Slack did not say. Ask again in a minute."
    elif not missing:
        yield f"{GOOD} Everything it needs."
    else:
        yield from (f"{BAD} {code(s.name)} is missing. {s.reason}" for s in missing)
        yield (
            f"Whoever runs the bot pastes {code('record-bot manifest')} into the Slack app's "
            "manifest and installs it again."
        )
