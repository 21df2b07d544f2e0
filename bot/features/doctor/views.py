"""The reply to `/record doctor`: findings, waiting work with its reasons, and fixes."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from bot.core.deliveries import DeliveryState, Kind
from bot.core.places import is_channel
from bot.features.doctor.model import (
    DoctorReport,
    Finding,
    LocalReport,
    NotReported,
    Place,
    Received,
    Stuck,
    Undelivered,
    Verdict,
)
from bot.kit.cooldowns import Cooldown
from bot.store.values import Owed
from bot.ui.message import FALLBACK_MOST, Message, context, lines, section, spoken
from bot.ui.problems import BOT, edit_refusal, hms_failure, slack_failure, slack_refusal
from bot.ui.text import clock, code, count, esc, own, place, when

TITLE = "Doctor"
GOOD, BAD = "✅", "⚠️"
LINES = 8
CLI = code("record-bot doctor")
CAUSE = f"Nothing is lost: the bot polls 100ms. To find the cause, run {CLI} on its host."
NO_WEBHOOKS = (
    "100ms does not send webhooks to this bot. It polls 100ms, so updates arrive a little later.",
    f"For immediate updates, ask the person who runs it to set {code('HMS_WEBHOOK_SECRET')}.",
)
LATE = "100ms is taking longer than usual. The bot is still checking."
_MESSAGES = {
    Kind.CARD: "the card",
    Kind.RESULTS: "the results",
    Kind.TRANSCRIPT: "the transcript file",
    Kind.SRT: "the transcript file (srt)",
    Kind.JSON: "the transcript file (json)",
    Kind.CHAT: "the chat file",
    Kind.OUTCOME: "the answer to the request",
    Kind.TELL: "the message to the person who started it",
    Kind.SILENT_START: "the message that 100ms did not answer the start",
    Kind.SILENT_STOP: "the message that 100ms did not answer the stop",
    Kind.STOP_SUGGESTION: "the request to stop, to the person who started it",
    Kind.ENDING: "the warning before the end",
    Kind.ROOM: "the notice in the room's chat",
    Kind.MOMENT: "a shared moment",
    Kind.KEPT: "the transcript for search",
    Kind.RECEIPT: "the receipt for a forgotten recording",
}
_STEPS = {
    "Start": "starting it at 100ms",
    "Stop": "stopping it at 100ms",
    "Pause": "pausing it",
    "Resume": "resuming it",
    "Poll": "asking 100ms how it is",
    "ListAttendees": "asking 100ms who was there",
    "PostCard": "the card",
    "UpdateCard": "the card's latest state",
    "Withdraw": "taking back its card",
    "UpdateResults": "the latest state of its results",
    "Tell": "the message to the person who started it",
    "TellSilence": "the message that 100ms did not answer",
    "AskToStop": "the request to stop, to the person who started it",
    "SayItEnds": "the warning before the end",
    "GiveUp": "asking 100ms one last time",
    "Receipt": "the receipt for a forgotten recording",
    "AskPlace": "asking Slack whether its channel is private",
    "FetchTranscript": "reading its transcript",
    "PostSummary": "reading its summary",
    "UploadFile": "fetching its file",
    "PostMoment": "the moment that was shared",
    "KeepTranscript": "keeping its transcript for search",
    "Outcome": "the answer to the request",
    "Erase": "deleting it in Slack",
}


def doctor_reply(found: DoctorReport, *, bot: str = BOT) -> Message:
    """Build the ephemeral reply. It names only the asker's rooms, and rooms shown here."""
    on_home = found.place is not None and found.place.channel == found.asker
    parts = [
        ("Webhooks from 100ms", list(_webhooks(found))),
        ("Waiting", list(_waiting(found, bot))),
        *([] if on_home else [("This channel", list(_channel(found.place, bot)))]),
        *_by_check(found.findings),
    ]
    return _reply(parts, f"{esc(bot, 80)}, version {code(found.version, 40)}")


def local_reply(found: LocalReport, *, bot: str = BOT) -> Message:
    """Build the reply for people of another organisation: no numbers, errors or version."""
    waiting = _few([_waits(stuck) for stuck in found.waiting], "more")
    on_home = found.place is not None and found.place.channel == found.asker
    parts = [
        ("Waiting", waiting or [f"{GOOD} Nothing is waiting."]),
        *([] if on_home else [("This channel", list(_channel(found.place, bot)))]),
        *_by_check(found.findings),
    ]
    return _reply(parts, f"Members of {esc(bot, 80)}'s workspace see more.")


def _reply(parts: Sequence[tuple[str, Sequence[str]]], last: str) -> Message:
    blocks = [section(lines([f"*{title}*", *told])) for title, told in parts]
    sentences = [f"{title}: {' '.join(map(_aloud, said))}" for title, said in parts]
    return Message(spoken(lines([*sentences, last], FALLBACK_MOST)), [*blocks, context(last)])


def looking() -> Message:
    text = "Checking 100ms and Slack…"
    return Message(text, [section(text)])


def _aloud(line: str) -> str:
    """Remove the symbols; the sentences say the same."""
    return line.removeprefix(f"{GOOD} ").removeprefix(f"{BAD} ").removeprefix("• ")


def _webhooks(found: DoctorReport) -> Iterator[str]:
    if not found.webhooks:
        yield from NO_WEBHOOKS
        if isinstance(found.undelivered, NotReported):
            yield _not_reported(found.undelivered)
        return
    ends, undelivered = found.ends, found.undelivered
    missed = isinstance(undelivered, Undelivered) and bool(undelivered.count)
    silent = found.received.last_at is None and ends.total > 0
    yield _last(found.received, silent=silent, gaps=ends.by_polling > 0)
    if found.received.waiting:
        several = found.received.waiting > 1
        waiting = f"{count(found.received.waiting, 'webhook')} {'are' if several else 'is'} waiting"
        meant = "which recordings they are about" if several else "which recording it is about"
        yield f"{waiting}: it is not yet clear {meant}. The bot is checking with 100ms."
    if ends.by_polling:
        ended = count(ends.total, "recording")
        missed_ends = (
            f"Of {ended} that ended in the last 24 hours, {ends.by_polling:,} ended without a"
        )
        yield f"{BAD} {missed_ends} webhook; the bot noticed by polling."
    yield _undelivered(undelivered)
    if found.owed:
        yield _owed(found.owed)
    if missed or silent or ends.by_polling:
        yield CAUSE


def _last(received: Received, *, silent: bool, gaps: bool) -> str:
    if received.last_at is None:
        return f"{BAD} No webhooks yet." if silent else "No webhooks yet, and none expected."
    lately = f"In the last 24 hours: {received.matched:,} about this bot's recordings"
    others = f", {received.ignored:,} about others" if received.ignored else ""
    mark = "" if gaps else f"{GOOD} "
    return f"{mark}The last one arrived {when(received.last_at)}. {lately}{others}."


def _undelivered(undelivered: Undelivered | NotReported) -> str:
    if isinstance(undelivered, NotReported):
        return _not_reported(undelivered)
    if not undelivered.count:
        return f"{GOOD} No failed webhook deliveries in the last 24 hours."
    more = "more than " if undelivered.more else ""
    events = count(undelivered.count, "webhook")
    reasons = ", ".join(f"“{esc(why, 60)}” {n:,}×" for why, n in undelivered.reasons)
    said = f" Reasons: {reasons}." if reasons else ""
    return f"{BAD} 100ms failed to deliver {more}{events} in the last 24 hours.{said}"


def _not_reported(why: NotReported) -> str:
    cause, fix = hms_failure(why.cause, why.status, why.message)
    return f"{BAD} 100ms did not report its failed deliveries. {cause} {fix}"


def _owed(owed: Owed) -> str:
    due_at = owed.retry.not_before or owed.until
    return (
        f"The bot was down after {when(owed.since)}. At {clock(due_at)} it asks 100ms to "
        "resend the webhooks that failed in the meantime."
    )


def _waiting(found: DoctorReport, bot: str) -> Iterator[str]:
    yield from map(_cooldown, found.cooldowns)
    if found.unanswered:
        asked = count(found.unanswered, "recording")
        yield f"{BAD} 100ms gave no usable answer about {asked}. The bot keeps checking."
    mine = [s for s in found.stuck if s.here or s.starter == found.asker]
    yield from _few([_stuck(s, bot) for s in mine], "more")
    yield from _few(list(_elsewhere((s for s in found.stuck if s not in mine), bot)), "more places")
    if not (found.cooldowns or found.unanswered or found.stuck):
        yield f"{GOOD} Nothing is waiting."


def _few(few: Sequence[str], rest: str) -> list[str]:
    more = len(few) - LINES
    return [*few[:LINES], *([f"… and {more:,} {rest}."] if more > 0 else [])]


def _cooldown(one: Cooldown) -> str:
    if one.since is None:
        who = "100ms" if one.by_hms else "Slack"
        return f"{BAD} {who} rate-limits {code(one.method)} until {clock(one.until)}."
    said = f"(error {code(one.why or 'none', 60)})"
    return (
        f"{BAD} Slack has rejected the bot's token since {when(one.since)} {said}. Recordings "
        f"continue. The bot keeps pending posts and tries again at {clock(one.until)}. If "
        "the app was removed, ask the person who runs the bot to reinstall it."
    )


def _stuck(stuck: Stuck, bot: str) -> str:
    name = f"• *{esc(stuck.room_name, 80)}*"
    if stuck.late:
        return f"{name}: {LATE}"
    again = f"next try {clock(stuck.until)}" if stuck.until else "next try soon"
    if stuck.kind is None:
        failed = stuck.failed
        why = f" {hms_failure(failed.cause, failed.status, failed.message)[0]}" if failed else ""
        did = "is waiting" if failed and failed.is_held_back else "failed"
        return f"{name}: {_STEPS.get(stuck.step.split(':')[0], 'a step')} {did}, {again}.{why}"
    channel, _, _ = stuck.target.partition(":")  # a shared moment's target ends in its number
    where = f" for {place(channel)}" if is_channel(channel) else ""
    what = f"{name}: {_MESSAGES[stuck.kind]}{where}"
    if stuck.state is DeliveryState.PARKED:
        error = stuck.error or ""
        if stuck.posted:
            why, fix = edit_refusal(error, stuck.target, bot=bot)
        else:
            why, fix = slack_refusal(error, stuck.target, bot=bot, again=False)
        later = (
            f" The bot retries automatically, by {clock(stuck.until)} at the latest."
            if stuck.until
            else ""
        )
        return f"{what} is waiting. {why} {fix}{later}"
    if stuck.kind is Kind.ROOM:
        said = f" ({esc(stuck.error, 60)})" if stuck.error else ""
        return f"{what} failed{said}, {again}."
    return f"{what} failed, {again}.{f' {slack_failure(stuck.error)}' if stuck.error else ''}"


def _waits(stuck: Stuck) -> str:
    """Leave out the target and the reason, which name places and errors of the workspace."""
    name = f"• *{esc(stuck.room_name, 80)}*"
    if stuck.late:
        return f"{name}: {LATE}"
    if stuck.kind is None:
        return (
            f"{name}: {_STEPS.get(stuck.step.split(':')[0], 'a step')} failed; the bot is retrying."
        )
    return f"{name}: waiting to post {_MESSAGES[stuck.kind]}."


def _elsewhere(others: Iterable[Stuck], bot: str) -> Iterator[str]:
    """Count other recordings by channel and reason, without naming them."""
    alike: Counter[tuple[str, str | None]] = Counter()
    steps = overdue = 0
    for stuck in others:
        if stuck.late:
            overdue += 1
        elif stuck.kind is None:
            steps += 1
        else:
            target, _, _ = stuck.target.partition(":")
            channel = target if is_channel(target) else ""
            parked = stuck.state is DeliveryState.PARKED
            alike[(channel, (stuck.error or "") if parked else None)] += 1
    for (channel, refused), n in alike.most_common():
        what = (
            f"{count(n, 'message')} for {place(channel)}" if channel else count(n, "direct message")
        )
        if refused is None:
            yield f"• {what} failed; the bot is retrying."
        else:
            why, fix = slack_refusal(refused, channel, bot=bot, again=False)
            yield f"• {what} cannot be posted. {why} {fix}"
    if overdue:
        yield f"• {count(overdue, 'other recording')}: {LATE}"
    if steps:
        yield f"• {count(steps, 'step')} of other recordings failed; the bot is retrying."


def _channel(here: Place | None, bot: str) -> Iterator[str]:
    if here is None:
        yield f"{BAD} Slack did not answer. Run this again in a minute."
    elif here.error:
        why, fix = slack_refusal(here.error, here.channel, bot=bot, again=False)
        yield f"{BAD} {why} {fix}"
    elif is_channel(here.channel):
        yield f"{GOOD} @{esc(bot, 80)} is in {place(here.channel)} and can post."
    else:
        yield "This is a direct message. To let others see recordings, start them in a channel."


def _by_check(findings: Sequence[Finding]) -> list[tuple[str, list[str]]]:
    """Return the lines of each check below its name."""
    found: dict[str, list[str]] = {}
    for finding in findings:
        found.setdefault(finding.check, []).extend(finding_lines(finding))
    return list(found.items())


def finding_lines(finding: Finding) -> Iterator[str]:
    """Yield the finding and the operator's fix."""
    bad = finding.verdict in (Verdict.WARNING, Verdict.FAILED)
    mark = f"{BAD} " if bad else f"{GOOD} " if finding.verdict is Verdict.OK else ""
    yield from (f"{mark}{own(line)}" for line in finding.found.split("\n"))
    if finding.fix and finding.verdict is not Verdict.OK:
        what = "fix" if bad else "change"
        yield f"The person who runs the bot can {what} this: {own(finding.fix)}."
