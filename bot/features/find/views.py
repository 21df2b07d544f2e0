"""Search hits as a reply and in Home's modal; shared moments."""

from collections.abc import Iterator

from bot.core.moments import Moment
from bot.core.recording import Recording
from bot.core.search import Query
from bot.core.transcript import UNKNOWN_SPEAKER, Sentence
from bot.core.transcript import clock as moment_clock
from bot.features.find.model import PAGES_MOST, PER_PAGE, TEXT_MOST, FoundPage, page_value
from bot.ui import ids
from bot.ui.buttons import transcript_button, watch_at_button
from bot.ui.forms import input_block, own_action, own_state, place_to_share, textbox
from bot.ui.message import (
    FALLBACK_MOST,
    Block,
    Message,
    View,
    actions,
    button,
    context,
    lines,
    modal,
    say,
    section,
    spoken,
)
from bot.ui.replies import permission_missing
from bot.ui.text import clean, code, count, esc, join, mention, place, plain, when

TITLE = "Search transcripts"
WORDS = "find_words"
AROUND_MOST = 160  # characters of context before and after
SAID_MOST = 400
EXAMPLE = "/record find budget in weekly sync from Ana since monday"
NO_WORDS = f"Say what to look for, for example {code(EXAMPLE)}."
KEEPS_NONE = "This bot does not keep transcripts, so there is nothing to search."
NOT_COMPLETE = "Slack did not report your channels in time, so some recordings were not searched."


def found_reply(page: FoundPage) -> Message:
    """Build the reply, with buttons that turn its pages in place."""
    notes = list(_notes(page))
    blocks: list[Block] = [section(lines([_headline(page), *notes]))]
    for n, moment in enumerate(page.moments):
        blocks += _hit(moment, n, page)
    blocks += actions(_turning(page))
    told = [spoken(_headline(page)), *notes, *map(_told, page.moments)]
    return Message(lines(told, FALLBACK_MOST), blocks)


def find_modal(page: FoundPage | None = None) -> View:
    """Build the modal: a search field, and below it the latest answer."""
    field = input_block(
        WORDS,
        "What was said?",
        {**textbox(page.text if page else ""), "max_length": TEXT_MOST},
        hint="You can add: in <room>, from <person>, since <date>.",
        action=own_action(WORDS),
    )
    found = found_reply(page).blocks if page else []
    return modal(TITLE, [field, *found], callback_id=ids.FIND_FORM, submit="Search", close="Close")


def asked_words(values: object) -> str:
    """Return the field's text; not trusted."""
    return own_state(values).text(WORDS)


def _headline(page: FoundPage) -> str:
    if not page.keeps and not page.count:
        return KEEPS_NONE
    if not page.words and not page.query.unknown:
        return NO_WORDS
    if page.query.unknown:
        about = f"“{esc(page.text, TEXT_MOST)}”"
        named = ", ".join(code(one, 100) for one in page.query.unknown)
        return f"Nothing found for {about}: no transcript that you can see matches {named}."
    about = f"“{esc(page.query.text or page.text, TEXT_MOST)}”"
    if not page.count:
        return f"Nothing found for {about} in the transcripts that you can see."
    if page.count <= PER_PAGE:
        return f"*{count(page.count, 'moment')}* for {about}"
    last = page.first + len(page.moments)
    return f"*Moments {page.first + 1} to {last} of {page.count}* for {about}, best first"


def _notes(page: FoundPage) -> Iterator[str]:
    filters = _filters(page.query)
    if filters:
        yield f"{'Only' if page.count else 'Searched only'} {filters}."
    for typed, known in page.meant:
        yield f"“{esc(typed)}” was read as “{esc(known)}”."
    if page.count and page.need < page.words:
        yield f"No moment has all {page.words} words; these have at least {page.need} of them."
    if not page.complete:
        yield permission_missing(page.lacks).text if page.lacks else NOT_COMPLETE


def _filters(query: Query) -> str:
    rooms = " or ".join(f"*{esc(room, 60)}*" for room in query.rooms[:3])
    people = " or ".join(f"*{esc(name, 60)}*" for name in query.people[:3])
    since, until = (f"{day.day} {day:%b %Y}" if day else "" for day in (query.since, query.until))
    one_day = bool(since) and since == until
    parts = (
        f"in {rooms}" if rooms else "",
        f"from {people}" if people else "",
        f"on {since}" if one_day else "",
        f"since {since}" if since and not one_day else "",
        f"until {until}" if until and not one_day else "",
    )
    return ", ".join(part for part in parts if part)


def _hit(moment: Moment, n: int, page: FoundPage) -> Iterator[Block]:
    yield section(lines([_about(moment), *_quote(moment)]))
    name, at_ms = moment.name, moment.sentence.start_ms
    buttons = []
    at = f"sentence {moment.sentence.n + 1}"
    if at_ms is not None:
        at = moment_clock(at_ms)
    if page.opens and at_ms is not None:
        buttons.append(watch_at_button(moment.recording, name, at_ms, n=n, verb="Open at"))
    elif page.opens:
        buttons.append(transcript_button(moment.recording, name, n=n))
    label = f"Share {at} of {plain(name, 50)}"
    value = f"{moment.recording} {moment.sentence.n}"
    if page.shares:
        buttons.append(button("Share", ids.numbered(ids.SHARE_MOMENT, n), value=value, label=label))
    yield from actions(buttons)


def _about(moment: Moment) -> str:
    at_ms = moment.sentence.start_ms
    at = moment_clock(at_ms) if at_ms is not None else ""
    who = esc(moment.sentence.speaker or UNKNOWN_SPEAKER, 60)
    return join(f"*{esc(moment.name, 80)}*", when(moment.began_at), at, who)


def _quote(moment: Moment) -> Iterator[str]:
    """Yield the sentence with its context."""
    for one in moment.around:
        if one.n == moment.sentence.n:
            yield f"> *{esc(_line(one.text), SAID_MOST)}*"
        elif abs(one.n - moment.sentence.n) == 1:
            who = f"{esc(one.speaker, 60)}: " if one.speaker else ""
            yield f"> {who}{esc(_line(one.text), AROUND_MOST)}"


def _line(text: str) -> str:
    return " ".join(clean(text).split())


def _told(moment: Moment) -> str:
    said = (spoken(line).removeprefix("> ") for line in _quote(moment))
    return lines([spoken(_about(moment)), *said])


def _turning(page: FoundPage) -> list[Block]:
    buttons = []
    if page.page:
        buttons.append(_turn("Previous", 0, page.page - 1, page.text))
    if page.more and page.page + 1 < PAGES_MOST:
        buttons.append(_turn("More", 1, page.page + 1, page.text))
    return buttons


def _turn(text: str, n: int, to: int, input_block: str) -> Block:
    value = page_value(to, input_block)
    return button(text, ids.numbered(ids.FIND_PAGE, n), value=value, label=f"{text} moments")


# ---- sharing a moment ------------------------------------------------------------------------

SHARE_TITLE = "Share a moment"
CHANNEL = "moment_channel"


def moment_form(key: str, room_name: str, sentence: Sentence) -> View:
    """Ask for a channel. The metadata is the recording's key and the sentence's number."""
    who = esc(sentence.speaker or UNKNOWN_SPEAKER, 60)
    told = lines(
        [
            f"This appears in the channel, from *{esc(room_name, 80)}*. Everybody there can read "
            "it, guests too:",
            f"> {who}: {esc(_line(sentence.text), SAID_MOST)}",
        ]
    )
    return modal(
        SHARE_TITLE,
        [section(told), place_to_share(CHANNEL)],
        callback_id=ids.MOMENT_FORM,
        submit="Share",
        private_metadata=f"{key} {sentence.n}",
    )


def chosen_channel(values: object) -> str:
    """Return the chosen channel; not trusted."""
    return own_state(values).conversation(CHANNEL) or ""


def moment_shared(room_name: str, channel: str) -> Message:
    return say(f"The moment from *{esc(room_name)}* appears in {place(channel)}.")


def no_such_moment() -> Message:
    return say("This transcript is no longer kept.")


def moment_message(recording: Recording, sentence: Sentence, by: str) -> Message:
    """Build the post of a shared sentence."""
    at_ms = sentence.start_ms
    at = moment_clock(at_ms) if at_ms is not None else ""
    began = when(recording.began)
    who = esc(sentence.speaker or UNKNOWN_SPEAKER, 60)
    about = join(f"*{esc(recording.name, 80)}*", began, at, who)
    quote = f"> {esc(_line(sentence.text), SAID_MOST)}"
    buttons = []
    if at_ms is not None:
        buttons.append(watch_at_button(recording.key, recording.name, at_ms, verb="Open at"))
    else:
        buttons.append(transcript_button(recording.key, recording.name))
    shared = f"Shared by {mention(by)}."
    blocks = [section(lines([about, quote])), context(shared), *actions(buttons)]
    told = [spoken(about), quote.removeprefix("> "), shared]
    return Message(lines(told, FALLBACK_MOST), blocks)
