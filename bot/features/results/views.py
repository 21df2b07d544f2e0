"""Messages at the end of a recording: results, a failed file, links."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus

from bot.core.assets import SummarySection, Transcription
from bot.core.deliveries import Kind
from bot.core.recording import OCCUPIES_ROOM, Phase, Recording, can_watch
from bot.core.sourcing import is_agenda, paragraph_lines
from bot.core.transcript import clock as moment_clock
from bot.features.card.views import file_buttons, retry_button
from bot.ui import ids
from bot.ui.buttons import details_button, share_button
from bot.ui.message import (
    FALLBACK_MOST,
    Block,
    Message,
    actions,
    button,
    context,
    date_leaf,
    leaf,
    lines,
    link_button,
    name_leaf,
    rich_line,
    rich_text,
    say,
    section,
    spoken,
    user_leaf,
    web_address,
)
from bot.ui.problems import BOT, NO_FILES, NOT_INSTALLED, Explanation, explain, slack_refusal
from bot.ui.text import clean, code, duration, esc, isolated, mention, plain, shorten, size, when
from bot.ui.words import NO_TRANSCRIPT_YET, UNREAD, expected, file_name, still

# Our own reasons for a missing file, next to Slack's error codes.
UNREADABLE, MISSING, TOO_LARGE = "unreadable", "missing", "too large"
NO_TIMES: Mapping[str, int] = {}
SUMMARY_WHOLE_S = 90 * 60  # 100ms: summaries of longer recordings may be incomplete


def results_message(
    recording: Recording,
    *,
    summary: Sequence[SummarySection] | None,
    mention: bool,
    in_thread: bool,
    late: bool = False,
    times: Mapping[str, int] = NO_TIMES,
    page: str | None = None,
    bot: str = BOT,
) -> Message:
    """Build the results. Outside the card's thread they name the recording.

    `summary` None: leave the summary out without a remark. `times`: the source moment of each
    summary line in milliseconds. `page`: the URL where people watch that moment.
    """
    moments = Moments({clean(line): at_ms for line, at_ms in times.items()}, page)
    failure = recording.problem
    problem = explain(failure, recording, bot=bot) if failure else None
    headline = problem.what if problem else _ready(recording)
    notes = [*_cause(problem), *_gaps(recording, late)]
    if summary == () and recording.results and recording.results.has_summary:
        notes.append("The summary could not be read. Open Details for its file.")
    summary = summary or ()
    shown, whole = summary_blocks(summary, moments)
    if not whole:
        notes.append("The summary is longer than this. Open Details for all of it.")
    blocks = [rich_text(_opening(recording, headline, by_name=mention, in_thread=in_thread))]
    blocks.extend(shown)
    if notes:
        blocks.append(section(lines(notes)) if problem else context(lines(notes)))
    buttons = [*file_buttons(recording), *retry_button(recording, bot)]
    if not problem or can_watch(recording):
        buttons.append(share_button(recording))
    buttons.append(details_button(recording))
    blocks.extend(actions(buttons))
    summary_text = summary_lines(summary, moments)
    return Message(_spoken(recording, headline, notes, summary_text, by_name=mention), blocks)


def no_summary_yet(recording: Recording, expected_at: datetime | None, *, now: datetime) -> Message:
    """Answer a question about a meeting that has no summary yet."""
    if recording.phase in OCCUPIES_ROOM:
        text = f"{still(recording)} Ask again after it ends."
    elif recording.problem and recording.phase is Phase.NOT_STARTED:
        why = explain(recording.problem, recording)
        text = f"*{esc(recording.name, 100)}*: {why.what} {why.why} So there is no summary."
    elif recording.phase is Phase.POINTER:
        text = f"*{esc(recording.name, 100)}* was being recorded already. Ask about that recording."
    else:
        by = expected(expected_at, now, what="them")
        text = f"The transcript and summary of *{esc(recording.name, 100)}* are not ready yet.{by}"
    return say(text, [details_button(recording)])


def in_place_of(newest: Recording, told: Recording, message: Message) -> Message:
    """Note above a summary that it is an older recording's, since the newest has none."""
    coming = newest.results is None and newest.transcription.pending
    so_far = " so far" if coming and newest.phase is not Phase.FAILED else ""
    same = newest.room_id == told.room_id
    latest = (
        "This is the latest one with a summary"
        if same
        else f"This is the summary of *{esc(told.name, 100)}*"
    )
    note = (
        f"The newest recording of *{esc(newest.name, 100)}*, {_began(newest)}, has no summary"
        f"{so_far}. {latest}, {_began(told)}."
    )
    text = lines([spoken(note), message.text], FALLBACK_MOST)
    return Message(text, [section(note), *message.blocks])


def without_summary(recording: Recording, message: Message) -> Message:
    """Note above a recording's results that they have no summary."""
    note = f"The recording of *{esc(recording.name, 100)}*, {_began(recording)}, has no summary."
    text = lines([spoken(note), message.text], FALLBACK_MOST)
    return Message(text, [section(note), *message.blocks])


def _began(recording: Recording) -> str:
    return when(recording.began)


def _opening(recording: Recording, headline: str, *, by_name: bool, in_thread: bool) -> Block:
    who = recording.starter if by_name else None
    called = [user_leaf(who), leaf(" ")] if who else []
    if in_thread:
        return rich_line(*called, leaf(headline))
    length = duration(recording.duration_s)
    return rich_line(
        *called,
        name_leaf(recording.name),
        leaf(" · "),
        date_leaf(recording.began),
        leaf(f" · {length}\n{headline}" if length else f"\n{headline}"),
    )


def _ready(recording: Recording) -> str:
    there = ["audio" if recording.audio_only else "video"] if can_watch(recording) else []
    found = recording.results
    if found and found.text in ("read", "unreadable", "too_large"):
        there.append("transcript")
    if found and found.digest in ("read", "unreadable", "too_large"):
        there.append("summary")
    if not there:
        return "The recording ended, but 100ms lists no files for it."
    named = " and ".join([", ".join(there[:-1]), there[-1]] if there[1:] else there)
    return f"The {named} {'are' if there[1:] else 'is'} ready."


def _cause(problem: Explanation | None) -> list[str]:
    return [f"{problem.why} {problem.fix}"] if problem else []


_TRANSCRIPT = {
    "none": "100ms could not make the transcript. The 100ms dashboard may say why.",
    "empty": "The transcript is empty: nobody spoke, or the speech was not in English.",
    "unreadable": "The bot cannot read the format of this transcript. Press Transcript to open it.",
    "too_large": "The transcript is too large to post here. Press Transcript to open it.",
    "blocked": "The bot did not open the link that 100ms gave for the transcript: it does not lead "
    "to a public https address. The person who runs the bot can find it in the log.",
}
_SUMMARY = {
    "empty": "The summary is empty.",
    "unreadable": "The bot cannot read the format of this summary. Open Details for its file.",
    "too_large": "The summary is too large to show here. Open Details for its file.",
}


def _gaps(recording: Recording, late: bool) -> list[str]:
    """List missing or incomplete results."""
    found = recording.results
    if found is None:
        return _no_transcript(recording, late)
    gaps = []
    if found.text == "refused":
        status = f" (HTTP {found.status})" if found.status else ""
        gone = found.status == HTTPStatus.NOT_FOUND
        why = "its files are not there" if gone else "refuses to release its files"
        gaps.append(
            f"100ms lists a transcript, but {why}{status}. The Transcript button may work later."
        )
    elif found.text in _TRANSCRIPT:
        gaps.append(_TRANSCRIPT[found.text])
    failed = [a for a in recording.assets.all if a.status == "failed"][:10]
    if failed:
        names = [file_name(a, audio_only=recording.audio_only) for a in failed]
        gaps.append(f"100ms could not make: {', '.join(names)}.")
    if found.digest in _SUMMARY:
        gaps.append(_SUMMARY[found.digest])
    wanted = recording.options.summary and not recording.elsewhere
    if wanted and found.words and found.digest == "none":
        gaps.append(_NO_SUMMARY_YET if _is_coming(recording) else _NO_SUMMARY)
    if found.has_summary and (recording.duration_s or 0) > SUMMARY_WHOLE_S:
        gaps.append("Summaries of recordings over 90 minutes may be incomplete.")
    return gaps


_NO_SUMMARY = "No summary arrived, although one was requested."
_NO_SUMMARY_YET = "The summary has not arrived yet. If it does, it will be added here."


def _is_coming(recording: Recording) -> bool:
    return recording.phase is Phase.COMPLETED and recording.transcription.pending


def _no_transcript(recording: Recording, late: bool) -> list[str]:
    if recording.phase is not Phase.COMPLETED:
        return []
    match recording.transcription:
        case Transcription.GIVEN_UP if recording.assets.best_transcript:
            return [UNREAD]
        case Transcription.GIVEN_UP:
            return [NO_TRANSCRIPT_YET]
        case Transcription.READY | Transcription.FAILED if late:
            return [
                "100ms reports a transcript, but the bot cannot read it yet. It keeps trying, and "
                "will add it here."
            ]
        case Transcription.EXPECTED | Transcription.PROCESSING if late:
            return ["The transcript has not arrived yet. If it does, it will be added here."]
        case _:
            return []  # nobody asked for one, and the template is not known to make one


def _spoken(
    recording: Recording,
    headline: str,
    notes: list[str],
    summary: Iterable[str],
    *,
    by_name: bool,
) -> str:
    began = when(recording.began)
    who = recording.starter if by_name else None
    called = f"{mention(who)} " if who else ""
    length = duration(recording.duration_s)
    about = ", ".join(filter(None, (esc(recording.name), began, length)))
    first = f"{called}{about}: {headline}"
    return lines([first, *notes, *summary], FALLBACK_MOST)


def file_failed_message(
    recording: Recording,
    kind: Kind,
    error: str,
    channel: str,
    *,
    gone: bool = False,
    bot: str = BOT,
) -> Message:
    """Explain a failed upload in the thread, with a button that creates a link instead.

    `gone`: its files are older than 100ms keeps them.
    """
    what = "chat" if kind is Kind.CHAT else "transcript"
    ours = {
        UNREADABLE: f"100ms did not release the {what} file. Open Details to see its files.",
        MISSING: _missing(what, gone=gone),
        TOO_LARGE: f"The {what} file is too large to post here. Open Details for a link.",
    }
    if text := ours.get(error):
        return Message(text, [section(text), *actions([details_button(recording)])])
    why = _file_refusal(error, channel, bot)
    still = "Open Details for a link." if kind is Kind.CHAT else "The button below still works."
    text = f"The {what} could not be uploaded here. {why} {still}"
    reading = button("Transcript", ids.TRANSCRIPT, value=recording.key)
    buttons = [reading] if kind is not Kind.CHAT else []
    return Message(text, [section(text), *actions([*buttons, details_button(recording)])])


def _missing(what: str, *, gone: bool) -> str:
    if gone:
        return (
            f"100ms no longer has the {what} file: it keeps files for 15 days in its own storage."
        )
    return f"100ms lists a {what} file, but the file is not there (HTTP 404)."


def _file_refusal(error: str, channel: str, bot: str) -> str:
    """Say why Slack refused a file in a place where the bot can post."""
    if error == "not_in_channel":
        why, fix = slack_refusal(error, channel, bot=bot)
        return f"{why} Files need that. {fix}"
    if error in NO_FILES:
        return NO_FILES[error]
    if error in NOT_INSTALLED:
        return slack_refusal(error, channel, bot=bot)[0]
    return f"Slack did not accept the file (error {code(error, 60)})."


def link_reply(url: str, what: str, expires_at: datetime) -> Message:
    """Show a link to one person. `what` is, for example, "Video of Weekly sync"."""
    named = f"*{esc(what[:1].lower() + what[1:])}*"
    until = f"The link works until {when(expires_at)}. Anyone with the link can open it."
    text = f"The {named} is ready to open. {until}"
    opening = link_button("Open", url, label=f"Open: {plain(what, 60)}")
    if opening:
        return say(text, [opening])
    address = web_address(url)
    if address is None:
        return say(f"100ms did not return a usable link to the {named}. Try again in a minute.")
    # Storage tokens can make the URL too long for a button.
    linked = {"type": "link", "url": address, "text": plain(what)}
    works = [leaf(" The link works until "), date_leaf(expires_at)]
    shared = leaf(". Anyone with the link can open it.")
    return Message(spoken(text), [rich_text(rich_line(linked, leaf("."), *works, shared))])


def no_file(what: str, *, gone: bool = False) -> Message:
    """Answer Watch or Transcript when 100ms has no such file: none yet, or no longer."""
    text = f"100ms has no {esc(what)} to open, at least not yet. Open Details to see the files."
    if gone:
        text = (
            f"100ms no longer has the {esc(what)}: it keeps files for 15 days in its own storage. "
            "Search the saved transcript with `/record find`."
        )
    return say(text)


def getting_link() -> Message:
    """Show that the bot is waiting for 100ms."""
    return say("Getting the link from 100ms…")


SECTIONS = 12


BULLETS = 25


BULLET_MOST = 500


PARAGRAPH_MOST = 2500


TOTAL_MOST = 9000


@dataclass(frozen=True, slots=True)
class Moments:
    """The source moment of each summary line in milliseconds, and the page to watch it on."""

    times: Mapping[str, int] = field(default_factory=dict)
    page: str | None = None

    def of(self, part: SummarySection) -> "Moments":
        """Return a section's moments. Agenda lines have none, even if another section does."""
        return Moments() if is_agenda(part.title) else self

    def leaves(self, line: str) -> list[Block]:
        """Return the time after a line, as a link to the page if there is one."""
        at_ms = self.times.get(line)
        if at_ms is None:
            return []
        if self.page is None:
            return [leaf(f"  {moment_clock(at_ms)}")]
        url = f"{self.page}?t={at_ms // 1000}"
        label = self._watch(at_ms).replace(" ", "\u00a0")  # prevents a line break on phones
        return [leaf("  "), {"type": "link", "url": url, "text": label}]

    def aloud(self, line: str) -> str:
        at_ms = self.times.get(line)
        if at_ms is None:
            return ""
        return f" ({moment_clock(at_ms) if self.page is None else self._watch(at_ms)})"

    def _watch(self, at_ms: int) -> str:
        return f"Watch from {moment_clock(at_ms)}"


def summary_blocks(
    sections: Sequence[SummarySection], moments: Moments | None = None
) -> tuple[list[Block], bool]:
    """Build one block per section; the flag is False if something was cut."""
    moments = moments or Moments()
    blocks: list[Block] = []
    room, whole = TOTAL_MOST, len(sections) <= SECTIONS
    for part in sections[:SECTIONS]:
        texts, complete = _texts(part, room)
        whole = whole and complete
        if not texts:
            continue
        room -= sum(map(size, texts))
        title = clean(part.title)
        heading = [leaf(shorten(title, 200), bold=True)] if title else []
        blocks.append(rich_text(*_body(part, heading, texts, moments.of(part))))
    return blocks, whole


def summary_lines(
    sections: Sequence[SummarySection], moments: Moments | None = None
) -> Iterator[str]:
    """Write the summary for a screen reader, as mrkdwn."""
    moments = moments or Moments()
    for part in sections[:SECTIONS]:
        texts, _ = _texts(part, TOTAL_MOST)
        if not texts:
            continue
        if clean(part.title):
            yield f"{esc(part.title, 200)}:"
        for text in texts:
            dot = "• " if part.format == "bullets" else ""
            if part.format == "bullets":
                yield f"{dot}{esc(text, PARAGRAPH_MOST)}{moments.of(part).aloud(text)}"
                continue
            for line in text.split("\n"):
                said = ((one, moments.of(part).aloud(one)) for one in paragraph_lines(line))
                yield " ".join(f"{esc(one, PARAGRAPH_MOST)}{at}" for one, at in said)


def _texts(part: SummarySection, room: int) -> tuple[list[str], bool]:
    """Return the bullets or the paragraph, cut to the room left; True if nothing was cut."""
    if part.format == "bullets":
        wanted = [line for b in part.bullets if (line := clean(b))]
        cut = [shorten(line, BULLET_MOST) for line in wanted[:BULLETS]]
    else:
        kept = [line for p in part.paragraph.splitlines() if (line := clean(p))]
        wanted = ["\n".join(kept)] if kept else []
        cut = [shorten(text, max(2, min(PARAGRAPH_MOST, room))) for text in wanted]
    shown: list[str] = []
    for text in cut:
        room -= size(text)
        if room < 0:
            break
        shown.append(text)
    return shown, shown == wanted


def _body(
    part: SummarySection, heading: list[Block], texts: list[str], moments: Moments
) -> list[Block]:
    if part.format == "paragraph":
        start = [leaf("\n")] if heading else []
        return [rich_line(*heading, *start, *_sentences(texts[0], moments))]
    items = [rich_line(leaf(isolated(text)), *moments.leaves(text)) for text in texts]
    bullets = {"type": "rich_text_list", "style": "bullet", "elements": items}
    return [rich_line(*heading), bullets] if heading else [bullets]


def _sentences(paragraph: str, moments: Moments) -> list[Block]:
    """Build a paragraph with the time after each sentence that has one."""
    if not any(line in moments.times for line in paragraph_lines(paragraph)):
        return [leaf(isolated(paragraph))]
    leaves: list[Block] = []
    for n, line in enumerate(paragraph_lines(paragraph)):
        leaves += [leaf(f"{' ' if n else ''}{isolated(line)}"), *moments.leaves(line)]
    return leaves
