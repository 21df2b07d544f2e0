"""Forgetting a recording: the replies, and the receipt."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.core.deliveries import Delivery, Kind
from bot.core.forgetting import KEPT, KEPT_AT_100MS
from bot.core.recording import Recording
from bot.ui import ids
from bot.ui.buttons import details_button, forget_button
from bot.ui.message import (
    FALLBACK_MOST,
    Message,
    View,
    code_block,
    lines,
    modal,
    say,
    section,
    spoken,
)
from bot.ui.text import code, esc, place, when

FILES_NAMED = 30
_KINDS = {
    Kind.CARD: "the card",
    Kind.RESULTS: "the results",
    Kind.TRANSCRIPT: "the transcript",
    Kind.CHAT: "the chat",
}


def told_view(message: Message) -> View:
    """Show a reply in place of Details."""
    return modal("Recording details", message.blocks, callback_id=ids.OUTCOME_VIEW)


def forgetting_reply(room_name: str) -> Message:
    return say(
        f"The bot is forgetting the recording of *{esc(room_name)}*. A direct message will list "
        "what was deleted and what remains at 100ms."
    )


def forget_question(recording: Recording) -> Message:
    """Answer words that ask to delete a recording; the button asks once more."""
    began = when(recording.began)
    text = f"Forget the recording of *{esc(recording.name)}*, {began}?"
    return say(text, [forget_button(recording), details_button(recording)])


def not_ended_reply(room_name: str) -> Message:
    return say(f"*{esc(room_name)}* has not ended yet. Stop it first, then forget it.")


def receipt_message(recording: Recording, deliveries: Sequence[Delivery], now: datetime) -> Message:
    """List what was deleted, and what remains, where and until when."""
    began = when(recording.began)
    first = (
        f"The recording of *{esc(recording.name)}*, {began}, was forgotten. The bot "
        "deleted its messages and files in Slack, and all its data about the recording."
    )
    sentences = [first, *_kept(deliveries), *_at_100ms(recording, now)]
    blocks = [section(lines(sentences))]
    files = [f"{_plain_name(a.type, a.mode)} {a.asset_id}" for a in recording.assets.all]
    if recording.hms_id:
        files = [f"recording {recording.hms_id}", *files]
    if files:
        more = len(files) - FILES_NAMED
        named = [*files[:FILES_NAMED], *([f"and {more:,} more"] if more > 0 else [])]
        blocks.append(code_block("\n".join(named)))
        sentences += named
    return Message(spoken(lines(sentences, FALLBACK_MOST)), blocks)


def _kept(deliveries: Sequence[Delivery]) -> Iterator[str]:
    yield "Messages from people in its threads remain, and so do previews of links to the room."
    for d in deliveries:
        if d.error and d.error.startswith(KEPT):
            why = code(d.error.removeprefix(KEPT), 60)
            what = _KINDS.get(d.kind, "a message")
            where = f"{what} in {place(d.target)}"
            yield f"Slack did not let the bot delete {where} (error {why}). Delete it there."


def _at_100ms(recording: Recording, now: datetime) -> Iterator[str]:
    if recording.hms_id is None:
        yield "100ms never recorded anything for this request."
        return
    until = (recording.stopped_at or now) + KEPT_AT_100MS
    yield (
        f"Its files remain at 100ms. 100ms keeps files in its own storage for "
        f"{KEPT_AT_100MS.days} days, until {when(until)}. Files in your own storage remain until "
        "you delete them. The ids are:"
    )


def _plain_name(kind: str, mode: str | None) -> str:
    return f"{kind} {mode}" if mode else kind
