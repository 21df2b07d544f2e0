"""Ephemeral replies: what one person is told, where they asked."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Protocol

from bot.features.commands.model import CommandError
from bot.features.commands.table import COMMAND
from bot.features.rooms.model import RoomEntry
from bot.ui import ids
from bot.ui.message import (
    FALLBACK_MOST,
    Block,
    Message,
    actions,
    button,
    code_block,
    date_leaf,
    leaf,
    lines,
    link_button,
    rich_line,
    rich_text,
    say,
    section,
    spoken,
    web_address,
)
from bot.ui.text import (
    clean,
    code,
    count,
    esc,
    mention,
    plain,
    size,
    when,
)

CODE_MOST = 2900
BUTTONS = 5
Action = Literal["stop", "pause", "resume"]
_VERBS: dict[Action, tuple[str, str]] = {
    "stop": ("Stop", ids.STOP),
    "pause": ("Pause", ids.PAUSE),
    "resume": ("Resume", ids.RESUME),
}


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


def following(room_name: str) -> Message:
    return say(f"The card of *{esc(room_name)}* appears in this channel too.")


def stopping(room_name: str) -> Message:
    return say(f"Stopping *{esc(room_name)}*.")


def pausing(room_name: str) -> Message:
    return say(f"Pausing *{esc(room_name)}*.")


def resuming(room_name: str) -> Message:
    return say(f"Resuming *{esc(room_name)}*.")


def too_late(action: Action) -> Message:
    """The button was older than the recording's state."""
    return say(f"There is nothing to {action} any more: the recording has moved on.")


def cannot_follow(why: str, fix: str) -> Message:
    """From `problems.slack_refusal`."""
    return say(f"The card cannot appear here. {why} {fix}".strip())


class Named(Protocol):
    """A recording to choose."""

    @property
    def key(self) -> str: ...
    @property
    def room_name(self) -> str: ...


def which_one(rows: Sequence[Named], action: Action) -> Message:
    """A button for each; of many, a select whose option's value is the recording's key."""
    verb, action_id = _VERBS[action]
    text = f"{count(len(rows), 'recording')} could be meant. Which one should {action}?"
    if len(rows) <= BUTTONS:
        chosen = [
            button(plain(row.room_name, 30), ids.numbered(action_id, n), value=row.key)
            for n, row in enumerate(rows)
        ]
        for element, row in zip(chosen, rows, strict=True):
            element["text"]["emoji"] = False
            element["accessibility_label"] = plain(f"{verb} {plain(row.room_name)}", 75)
        return say(text, chosen)
    options = [
        {"text": {"type": "plain_text", "text": plain(row.room_name, 75)}, "value": row.key[:150]}
        for row in rows[:100]
    ]
    menu = {
        "type": "static_select",
        "action_id": ids.numbered(action_id, 0),
        "placeholder": {"type": "plain_text", "text": "Choose a room"},
        "options": options,
    }
    return say(text, [menu])


def command_error(error: CommandError) -> Message:
    """The reason, what is accepted, and the command to paste."""
    parts = [f"*{esc(error.reason, 900)}*"]
    parts += [esc(line, 400) for line in (error.accepted or "").splitlines()[:4] if clean(line)]
    corrected = error.corrected
    if corrected and size(corrected) > CODE_MOST:
        corrected = None
    intro = "Perhaps you mean:" if corrected else f"It is written {code(error.usage)}."
    blocks = [section(lines([*parts, intro]))]
    if corrected:
        blocks.append(code_block(corrected))
    shown = f"{intro} {code(corrected, 1500)}" if corrected else intro
    if error.usage == COMMAND or error.usage.startswith(f"{COMMAND} start"):
        blocks.extend(actions([_form_button()]))
    return Message(" ".join([esc(error.reason, 900), *parts[1:], shown]), blocks)


def room_unknown(
    reference: str,
    suggestions: Sequence[RoomEntry],
    corrected: Sequence[str] = (),
    *,
    form: bool = True,
) -> Message:
    """`corrected`: a command for each suggestion, to paste. `form`: it helps to start, only."""
    text = f"There is no room “{esc(reference, 100)}”."
    buttons = [_form_button()] if form else []
    if suggestions:
        which = "this one" if len(suggestions) == 1 else "one of these"
        return _choice(f"{text} Did you mean {which}?", suggestions, corrected, buttons)
    way = "choose the room in the form" if form else "give the room's id"
    return say(f"{text} Check the name, or {way}.", buttons)


def room_ambiguous(
    reference: str, candidates: Sequence[RoomEntry], corrected: Sequence[str] = ()
) -> Message:
    """Rooms may share a name, so the ids are shown too."""
    text = f"{count(len(candidates), 'room')} fit “{esc(reference, 100)}”. Name one of them."
    return _choice(text, candidates, corrected)


def _choice(
    text: str,
    rooms: Sequence[RoomEntry],
    corrected: Sequence[str],
    buttons: Sequence[Block] = (),
) -> Message:
    named = [
        f"• {esc(room.name, 100)} {code(room.room_id, 60)}{f' · {room.mark}' if room.mark else ''}"
        for room in rooms[:10]
    ]
    blocks = [section(lines([text, *named]))]
    commands = [c for c in corrected[:10] if size(c) <= 250]
    if commands:
        blocks.append(code_block("\n".join(commands)))
    blocks.extend(actions(buttons))
    return Message(lines([text, *named, *map(code, commands)], FALLBACK_MOST), blocks)


def no_right(action: str, who_can: str) -> Message:
    """Such as: Only members of the channel can stop this recording."""
    text = f"Only {esc(who_can, 200)} can {esc(action, 60)} this recording. Ask one of them."
    return say(text)


def link_reply(url: str, what: str, expires_at: datetime) -> Message:
    """A link for one person. `what` is, say, "Video of Weekly sync"."""
    until = f"The link works until {when(expires_at)}. Anyone who has it can open it."
    text = f"*{esc(what)}* is ready to open. {until}"
    opening = link_button("Open", url, label=f"Open: {plain(what, 60)}")
    if opening:
        return say(text, [opening])
    address = web_address(url)
    if address is None:
        return say(f"100ms gave no usable link to *{esc(what)}*. Try again in a minute.")
    # Too long for a button: storage tokens can be.
    linked = {"type": "link", "url": address, "text": plain(what)}
    works = [leaf(" The link works until "), date_leaf(expires_at)]
    shared = leaf(". Anyone who has it can open it.")
    return Message(spoken(text), [rich_text(rich_line(linked, leaf("."), *works, shared))])


def no_file(what: str) -> Message:
    """Watch or Transcript was pressed, and 100ms has nothing to open yet or any more."""
    text = f"100ms has no {esc(what)} to open, or not yet. Details lists the files."
    return say(text)


def getting_link() -> Message:
    """Until 100ms has made it."""
    return say("Getting the link from 100ms…")


def expired_trigger(request_id: str | None = None) -> Message:
    """With the request id of a draft, the form opens as it was."""
    text = "Slack was too slow to open the form. Open it from here."
    filled = button("Open the form", ids.BACK_TO_FORM, value=request_id or "")
    return say(text, [filled if request_id else _form_button()])


def form_ready(request_id: str) -> Message:
    """Where Slack lets nobody open a form: after a mention."""
    opening = button("Open the form", ids.BACK_TO_FORM, value=request_id, style="primary")
    return say("Choose in the form how to record.", [opening])


def no_room_link() -> Message:
    text = "There is no link to a 100ms room in this message. Choose the room in the form."
    return say(text, [_form_button()])


def something_broke(reference: str) -> Message:
    text = (
        "Something broke on our side. Try again; if it goes on, tell whoever runs the bot "
        f"this reference: {code(reference, 80)}."
    )
    return say(text)


def try_again_soon() -> Message:
    return say("100ms or Slack is not answering right now. Try again in a minute.")


def _form_button() -> Block:
    """Where the form helps on."""
    return button("Open the form", ids.OPEN_FORM)
