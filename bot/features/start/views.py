"""Replies to the form or a command once 100ms has answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.policy import Silence
from bot.core.recording import FailureReason, Phase, Recording
from bot.features.card.views import ELSEWHERE, retry_button
from bot.ui import ids
from bot.ui.buttons import card_link, filled_form_button, form_button, no_end_button, stop_button
from bot.ui.message import (
    Block,
    Message,
    View,
    actions,
    button,
    context,
    leaf,
    modal,
    name_leaf,
    rich_line,
    rich_text,
    say,
    section,
)
from bot.ui.problems import BOT, explain
from bot.ui.text import esc, mention, own, plain, when
from bot.ui.words import state_of

TITLE = "Start a recording"  # the form's title


@dataclass(frozen=True, slots=True)
class _Outcome:
    what: str
    more: str
    failed: bool = False

    @property
    def text(self) -> str:
        return f"{self.what} {self.more}".strip()


def starting_view(external_id: str, room_name: str) -> View:
    """Show that the start is under way; the outcome replaces it, found by `external_id`."""
    waiting = "You can close this. The card shows the progress."
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
    to: str | None = None,
    silent: Silence | None = None,
    bot: str = BOT,
) -> View:
    """Link to the card; or explain the failure, with a button back to the filled-in form.

    `to`: the person who reads it. `silent`: 100ms has accepted the start, and nothing since.
    """
    outcome = _outcome(recording, bot, to, silent)
    buttons = [] if outcome.failed else card_link(permalink)
    if outcome.failed:
        back = button("Back to the form", ids.BACK_TO_FORM, value=request_id, style="primary")
        buttons = [back]
    body = section(f"*{outcome.what}*\n{outcome.more}".strip())
    blocks = [rich_text(rich_line(name_leaf(recording.room_name))), body, *actions(buttons)]
    more = {"external_id": external_id} if external_id else {}
    return modal(
        TITLE, blocks, callback_id=ids.OUTCOME_VIEW, private_metadata=request_id[:3000], **more
    )


def outcome_reply(
    recording: Recording,
    permalink: str | None,
    *,
    to: str | None = None,
    may_start: bool = True,
    silent: Silence | None = None,
    bot: str = BOT,
) -> Message:
    """Show the outcome of a command, or of a form that was closed, to one person.

    `may_start`: they may try again. `silent`: as above.
    """
    outcome = _outcome(recording, bot, to, silent)
    name = esc(recording.room_name)
    buttons = [] if outcome.failed else card_link(permalink)
    if outcome.failed and may_start:
        form = button("Open the form", ids.CHANGE, value=recording.key)
        retry = [b for b in retry_button(recording, bot) if b["action_id"] == ids.TRY_AGAIN]
        buttons = [*retry, form]
    text = f"{name}: {outcome.text}"
    return Message(text, [section(f"*{name}* · {outcome.text}"), *actions(buttons)])


def outcome_pointer(
    recording: Recording, permalink: str | None, retry: Sequence[Block] = ()
) -> Message:
    """Say that it did not start, or failed. The card, to which this leads, explains why.

    `retry`: the card's buttons to try again, for a person who does not see the card.
    """
    name = f"*{esc(recording.room_name)}*"
    if recording.problem is None:
        raise ValueError("only a failure is explained by the card")
    explained = explain(recording.problem, recording)
    if recording.problem.why is FailureReason.CANCELLED:
        text = f"{name}: {explained.text}"
    else:
        text = f"{name}: {explained.what} Its card says why."
    return say(text, [*retry, *card_link(permalink)])


def _outcome(recording: Recording, bot: str, to: str | None, silent: Silence | None) -> _Outcome:
    if recording.problem:
        explanation = explain(recording.problem, recording, bot=bot, to=to)
        more = f"{explanation.why} {explanation.fix}".strip()
        return _Outcome(explanation.what, more, failed=True)
    if recording.phase is Phase.POINTER:
        return _Outcome("This room is already being recorded.", "Its card shows the progress.")
    if recording.elsewhere:
        return _Outcome("This room was already being recorded.", ELSEWHERE)
    if recording.phase in (Phase.REQUESTED, Phase.STARTING) and not (
        silent or recording.stop_pending
    ):
        return _Outcome("100ms is starting the recording.", "It takes a few seconds.")
    card = "Its card shows the progress."
    if recording.phase is Phase.RUNNING and not recording.stop_pending:
        return _Outcome("The recording is running.", card)
    return _Outcome(f"{state_of(recording, silent)}.", card)


def starting_reply(room_name: str, key: str = "", length: str = "") -> Message:
    """`length`: of a recording with an end, such as ` for 30 min`; it can be removed."""
    buttons = [no_end_button(key, room_name)] if length else []
    return say(f"Starting to record *{esc(room_name)}*{own(length)}.", buttons)


def nobody_there(room_name: str, key: str, length: str = "") -> Message:
    """Say that the recording was started in an empty room, with a way out. `length`: as above."""
    name = plain(room_name, 50)
    wait = button(
        "Wait for people",
        ids.WAIT_FOR_PEOPLE,
        value=key,
        label=f"Wait for people: stop now, and record {name} once somebody is there",
    )
    text = f"Nobody is in *{esc(room_name)}* yet. The recording is starting anyway{own(length)}."
    no_end = [no_end_button(key, room_name)] if length else []
    return say(text, [stop_button(key, room_name), wait, *no_end])


def already_recording(
    room_name: str,
    starter: str | None,
    since: datetime | None,
    *,
    permalink: str | None,
    key: str,
    can_follow: bool,
    begun: bool = True,
) -> Message:
    """Link to the card. `can_follow`: it can be shown in this channel, and is not here yet.

    `begun`: 100ms has confirmed that it records.
    """
    began = f", {when(since)}" if since else ""
    who = f"by {mention(starter)}" if starter else "elsewhere"
    state = f"is already being recorded (started {who}{began})"
    if not begun:
        state = f"has been requested already ({who}{began}); 100ms has not confirmed it yet"
    text = f"*{esc(room_name)}* {state}."
    label = f"Follow here: the card of {plain(room_name, 45)}"
    follow = button("Follow here", ids.FOLLOW, value=key, label=label)
    return say(text, [*card_link(permalink, "Open its card"), *([follow] if can_follow else [])])


def recorded_elsewhere(room_name: str) -> Message:
    """Tell people without access that the room is taken, without channel or starter."""
    text = f"*{esc(room_name)}* is already being recorded, in a channel that you cannot access."
    return say(f"{text} That recording must end before another can start.")


def form_ready(request_id: str) -> Message:
    """Offer a button for the form: Slack does not let the bot open one after a mention."""
    return say("Choose the room and the options in the form.", [filled_form_button(request_id)])


def no_room_link() -> Message:
    text = "This message has no link to a 100ms room. Choose the room in the form."
    return say(text, [form_button()])
