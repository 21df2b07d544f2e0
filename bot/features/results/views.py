"""The messages that end a recording: its results, a file that failed, word to the starter."""

from collections.abc import Sequence

from bot.core.assets import Transcription
from bot.core.deliveries import Kind
from bot.core.files import can_read, can_watch
from bot.core.recording import ON_AIR, Phase, Recording
from bot.core.results import SummarySection
from bot.features.card.views import file_buttons, retry_button
from bot.features.results.summary import summary_blocks, summary_lines
from bot.ui import ids
from bot.ui.message import (
    FALLBACK_MOST,
    Block,
    Message,
    actions,
    button,
    context,
    date_leaf,
    details_button,
    leaf,
    lines,
    name_leaf,
    rich_line,
    rich_text,
    section,
    stop_button,
    user_leaf,
)
from bot.ui.problems import BOT, Explanation, explain, slack_refusal
from bot.ui.text import duration, esc, mention, place, when
from bot.ui.words import NO_TRANSCRIPT_YET, file_name, state_of

UNREADABLE = "unreadable"  # not Slack's word: 100ms does not give us the file
SUMMARY_WHOLE_S = 90 * 60  # 100ms: longer summaries may be incomplete


def results_message(
    recording: Recording,
    *,
    summary: Sequence[SummarySection],
    mention: bool,
    in_thread: bool,
    bot: str = BOT,
) -> Message:
    """What came of the recording. Outside the card's thread it says which recording it is."""
    failure = recording.problem
    problem = explain(failure, recording, bot=bot) if failure else None
    headline = problem.what if problem else _ready(recording)
    notes = [*_cause(problem), *_gaps(recording, summary)]
    shown, whole = summary_blocks(summary)
    if not whole:
        notes.append("The summary is longer than this; Details has all of it.")
    blocks = [rich_text(_opening(recording, headline, by_name=mention, in_thread=in_thread))]
    blocks.extend(shown)
    if notes:
        blocks.append(section(lines(notes)) if problem else context(lines(notes)))
    buttons = [*file_buttons(recording), *retry_button(recording, bot), details_button(recording)]
    blocks.extend(actions(buttons))
    return Message(_spoken(recording, headline, notes, summary, by_name=mention), blocks)


def _opening(recording: Recording, headline: str, *, by_name: bool, in_thread: bool) -> Block:
    who = recording.starter if by_name else None
    called = [user_leaf(who), leaf(" ")] if who else []
    if in_thread:
        return rich_line(*called, leaf(headline))
    length = duration(recording.duration_s)
    return rich_line(
        *called,
        name_leaf(recording.room_name),
        leaf(" · "),
        date_leaf(recording.started_at or recording.requested_at),
        leaf(f" · {length}\n{headline}" if length else f"\n{headline}"),
    )


def _ready(recording: Recording) -> str:
    audio = recording.options.audio_only and not recording.elsewhere
    there = ["audio" if audio else "video"] if can_watch(recording) else []
    if can_read(recording):
        there.append("transcript")
    if recording.results and recording.results.has_summary:
        there.append("summary")
    if not there:
        return "The recording ended, and 100ms lists no files for it."
    named = " and ".join([", ".join(there[:-1]), there[-1]] if there[1:] else there)
    return f"The {named} {'are' if there[1:] else 'is'} ready."


def _cause(problem: Explanation | None) -> list[str]:
    return [f"{problem.why} {problem.fix}"] if problem else []


def _gaps(recording: Recording, summary: Sequence[SummarySection]) -> list[str]:
    """What people would look for and not find, said plainly."""
    found = recording.results
    if found is None:
        return _no_transcript(recording)
    gaps = []
    if found.words is None:
        gaps.append("There is no transcript: 100ms could not make it. Its dashboard may say why.")
    elif found.words == 0:
        gaps.append("The transcript is empty: nobody spoke, or not in English.")
    failed = [file_name(a) for a in recording.assets.all if a.status == "failed"][:10]
    if failed:
        gaps.append(f"100ms could not make: {', '.join(failed)}.")
    wanted = recording.options.summary and not recording.elsewhere
    if wanted and found.words and not found.has_summary:
        gaps.append("There is no summary, though one was asked for.")
    if found.has_summary and not summary:
        gaps.append("The summary could not be read; Details has its file.")
    if found.has_summary and (recording.duration_s or 0) > SUMMARY_WHOLE_S:
        gaps.append("Past 90 minutes a summary may be incomplete.")
    return gaps


def _no_transcript(recording: Recording) -> list[str]:
    if recording.phase is not Phase.COMPLETED:
        return []
    if recording.transcription is Transcription.GIVEN_UP:
        return [NO_TRANSCRIPT_YET]
    refused = recording.options.transcription is False and not recording.elsewhere
    off = recording.transcription is Transcription.OFF and not refused
    return ["No transcript came; the room's template may not make one."] if off else []


def _spoken(
    recording: Recording,
    headline: str,
    notes: list[str],
    summary: Sequence[SummarySection],
    *,
    by_name: bool,
) -> str:
    began = when(recording.started_at or recording.requested_at)
    who = recording.starter if by_name else None
    called = f"{mention(who)} " if who else ""
    length = duration(recording.duration_s)
    about = ", ".join(filter(None, (esc(recording.room_name), began, length)))
    first = f"{called}{about}: {headline}"
    return lines([first, *notes, *summary_lines(summary)], FALLBACK_MOST)


def file_failed_message(
    recording: Recording, kind: Kind, error: str, channel: str, *, bot: str = BOT
) -> Message:
    """A note in the thread. The button mints a link, for which Slack's uploads do not matter."""
    what = "chat" if kind is Kind.CHAT else "transcript"
    if error == UNREADABLE:
        text = f"The {what} is not here: 100ms did not hand it out. Details shows its files."
        return Message(text, [section(text), *actions([details_button(recording)])])
    why, _ = slack_refusal(error, channel, bot=bot)
    still = "Open Details for a link." if kind is Kind.CHAT else "The button below still works."
    text = f"The {what} could not be uploaded here. {why} {still}"
    reading = button("Transcript", ids.TRANSCRIPT, value=recording.key)
    buttons = [reading] if kind is not Kind.CHAT else []
    return Message(text, [section(text), *actions([*buttons, details_button(recording)])])


def tell_message(recording: Recording, *, channel: str, error: str, bot: str = BOT) -> Message:
    """To the starter directly: the card is out of reach, the recording goes on."""
    why, fix = slack_refusal(error, channel, bot=bot)
    running = recording.phase in ON_AIR and not recording.stop_pending
    name = esc(recording.room_name)
    state = f"{name}: {state_of(recording).lower()}. Its card in {place(channel)} is out of reach."
    notice = "The recording goes on; you can stop it here." if running else ""
    text = " ".join(p for p in (state, why, fix, notice) if p)
    heading = rich_text(
        rich_line(name_leaf(recording.room_name), leaf(f" · {state_of(recording)}"))
    )
    body = f"Its card in {place(channel)} is out of reach. {why} {fix}"
    stop = [stop_button(recording.key, recording.room_name)] if running else []
    buttons = [*stop, details_button(recording)]
    return Message(text, [heading, section(f"{body}\n{notice}".strip()), *actions(buttons)])
