"""Search hits as a reply and in Home's modal; shared moments."""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.core.moments import Moment
from bot.core.recording import Recording
from bot.core.search import Query
from bot.core.transcript import UNKNOWN_SPEAKER, Sentence
from bot.core.transcript import clock as moment_clock
from bot.features.find.model import PAGES_MOST, PER_PAGE, TEXT_MOST, FoundPage, page_value
from bot.ui import ids
from bot.ui.buttons import transcript_button, watch_at_button
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
    plain_text,
    say,
    section,
    spoken,
)
from bot.ui.replies import permission_missing
from bot.ui.text import clean, code, count, esc, join, mention, place, plain, when

TITLE = "Search transcripts"
WORDS = "find_words"
WORDS_ACTION = "find_words_input"
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
    field: Block = {
        "type": "input",
        "block_id": WORDS,
        "label": plain_text("What was said?", 100),
        "hint": plain_text("You can add: in <room>, from <person>, since <date>.", 150),
        "element": {
            "type": "plain_text_input",
            "action_id": WORDS_ACTION,
            "max_length": TEXT_MOST,
            **({"initial_value": page.text} if page and page.text else {}),
        },
    }
    found = found_reply(page).blocks if page else []
    view = modal(TITLE, [field, *found], callback_id=ids.FIND_FORM, close="Close")
    return {**view, "submit": plain_text("Search", 24)}


def asked_words(values: Mapping[str, Any]) -> str:
    """Return the field's text; not trusted."""
    entry = (values.get(WORDS) or {}).get(WORDS_ACTION) or {}
    return str(entry.get("value") or "")


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
CHANNEL_ACTION = "moment_channel_input"


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
    where: Block = {
        "type": "input",
        "block_id": CHANNEL,
        "label": plain_text("Channel", 100),
        "hint": plain_text("One that you and the bot are in.", 150),
        "element": {
            "type": "conversations_select",
            "action_id": CHANNEL_ACTION,
            "placeholder": plain_text("Choose a channel", 150),
            "filter": {"include": ["public", "private"], "exclude_bot_users": True},
        },
    }
    form = modal(
        SHARE_TITLE,
        [section(told), where],
        callback_id=ids.MOMENT_FORM,
        close="Cancel",
        private_metadata=f"{key} {sentence.n}",
    )
    return {**form, "submit": plain_text("Share", 24)}


def chosen_channel(values: Mapping[str, Any]) -> str:
    """Return the chosen channel; not trusted."""
    entry = (values.get(CHANNEL) or {}).get(CHANNEL_ACTION) or {}
    return str(entry.get("selected_conversation") or "")


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
