"""What the form, or a command, is told when 100ms has answered."""

from dataclasses import dataclass
from datetime import datetime

from bot.core.recording import ON_AIR, Phase, Recording
from bot.features.card.views import ELSEWHERE, retry_button
from bot.ui import ids
from bot.ui.buttons import filled_form_button, form_button
from bot.ui.message import (
    Block,
    Message,
    View,
    actions,
    button,
    context,
    leaf,
    link_button,
    modal,
    name_leaf,
    rich_line,
    rich_text,
    say,
    section,
)
from bot.ui.problems import BOT, explain
from bot.ui.text import esc, mention, plain, when
from bot.ui.words import state_of

TITLE = "Start a recording"  # as the form


@dataclass(frozen=True, slots=True)
class _Outcome:
    what: str
    more: str
    failed: bool = False

    @property
    def text(self) -> str:
        return f"{self.what} {self.more}".strip()


def starting_view(external_id: str, room_name: str) -> View:
    """The outcome takes its place, found by `external_id`."""
    waiting = "You can close this: the card shows how it goes."
    blocks = [
        rich_text(rich_line(leaf("Starting to record "), name_leaf(room_name), leaf("…"))),
        context(waiting),
    ]
    return modal(TITLE, blocks, callback_id=ids.STARTING_VIEW, external_id=external_id)


def outcome_view(
    recording: Recording,
    permalink: str | None,
    request_id: str,
    *,
    external_id: str | None = None,
    bot: str = BOT,
) -> View:
    """A link to the card; or the cause, the fix and the way back to what was typed."""
    outcome = _outcome(recording, bot)
    buttons = [] if outcome.failed else _card_link(permalink)
    if outcome.failed:
        back = button("Back to the form", ids.BACK_TO_FORM, value=request_id, style="primary")
        buttons = [back]
    body = section(f"*{outcome.what}*\n{outcome.more}".strip())
    blocks = [rich_text(rich_line(name_leaf(recording.room_name))), body, *actions(buttons)]
    more = {"external_id": external_id} if external_id else {}
    return modal(
        TITLE, blocks, callback_id=ids.OUTCOME_VIEW, private_metadata=request_id[:3000], **more
    )


def outcome_reply(recording: Recording, permalink: str | None, *, bot: str = BOT) -> Message:
    """The same for a command, or for a form that was closed meanwhile. Ephemeral."""
    outcome = _outcome(recording, bot)
    name = esc(recording.room_name)
    buttons = [] if outcome.failed else _card_link(permalink)
    if outcome.failed:
        form = button("Open the form", ids.CHANGE, value=recording.key)
        retry = [b for b in retry_button(recording, bot) if b["action_id"] == ids.TRY_AGAIN]
        buttons = [*retry, form]
    text = f"{name}: {outcome.text}"
    return Message(text, [section(f"*{name}* · {outcome.text}"), *actions(buttons)])


def _outcome(recording: Recording, bot: str) -> _Outcome:
    if recording.problem:
        explanation = explain(recording.problem, recording, bot=bot)
        return _Outcome(explanation.what, f"{explanation.why} {explanation.fix}", failed=True)
    if recording.phase is Phase.POINTER:
        return _Outcome("This room is already being recorded.", "Its card shows how it goes.")
    if recording.elsewhere:
        return _Outcome("This room was already being recorded.", ELSEWHERE)
    if recording.phase in (Phase.REQUESTED, Phase.STARTING):
        return _Outcome("100ms is starting the recording.", "It takes a few seconds.")
    runs = recording.phase in ON_AIR
    what = "The recording runs." if runs else f"{state_of(recording)}."
    return _Outcome(what, "Its card shows how it goes.")


def _card_link(permalink: str | None) -> list[Block]:
    card = link_button("Open the card", permalink) if permalink else None
    return [card] if card else []


def starting_reply(room_name: str) -> Message:
    return say(f"Starting to record *{esc(room_name)}*.")


def already_recording(
    room_name: str,
    starter: str | None,
    since: datetime | None,
    *,
    permalink: str | None,
    key: str,
    can_follow: bool,
) -> Message:
    """`can_follow`: its card may be shown in this channel, and is not there yet."""
    began = f" since {when(since)}" if since else ""
    who = f"started by {mention(starter)}" if starter else "started elsewhere"
    text = f"*{esc(room_name)}* is already being recorded{began}, {who}."
    card = link_button("Open its card", permalink) if permalink else None
    label = f"Follow here: the card of {plain(room_name, 45)}"
    follow = button("Follow here", ids.FOLLOW, value=key, label=label)
    return say(text, [*([card] if card else []), *([follow] if can_follow else [])])


def recorded_elsewhere(room_name: str) -> Message:
    """For people who may not know where, nor by whom."""
    text = f"*{esc(room_name)}* is already being recorded, in a place that you cannot see."
    return say(f"{text} Its recording has to end before another can start.")


def form_ready(request_id: str) -> Message:
    """Where Slack lets nobody open a form: after a mention."""
    return say("Choose in the form how to record.", [filled_form_button(request_id)])


def no_room_link() -> Message:
    text = "There is no link to a 100ms room in this message. Choose the room in the form."
    return say(text, [form_button()])
