"""Text answers, questions with buttons, and help, built from the command table."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from bot.core.when import StopAt
from bot.features.commands.stored_orders import ALL, TOGETHER, StoredOrder
from bot.features.commands.table import BY_WORD, MENU, Entry, Needs
from bot.features.commands.vocabulary import Intent
from bot.features.options.table import Flag
from bot.features.presets.ids import ALL as PRESETS
from bot.ui import ids
from bot.ui.buttons import schedules_button, stop_button
from bot.ui.ids import COMMAND
from bot.ui.message import (
    FALLBACK_MOST,
    Block,
    Message,
    actions,
    button,
    code_block,
    context,
    lines,
    pieces,
    plain_text,
    say,
    section,
)
from bot.ui.text import code, esc, own, plain, when

BUTTONS = 20  # Slack takes 25 in a row
ANSWER_MOST = 2500
_VERBS: Mapping[str, str] = {
    Intent.SCHEDULE: "Record",
    Intent.UNSCHEDULE: "Cancel",
    Intent.EXTEND: "Record longer:",
    Intent.RESCHEDULE: "Move",
    Intent.AUTO: "Automatic recording of",
}
_NAMED: Mapping[str, str] = {
    Intent.LIST: "Other recordings",
    Intent.HELP: "What I can do",
}


@dataclass(frozen=True, slots=True)
class MenuRow:
    """A running recording. `state` is as its card names it."""

    key: str
    name: str
    state: str
    may_stop: bool


@dataclass(frozen=True, slots=True)
class Menu:
    """What a person may do in a place, and what is recorded there.

    `settings` is the channel whose settings they may change.
    """

    start: bool = True
    member: bool = True
    join: bool = False
    search: bool = True
    settings: str | None = None
    running: tuple[MenuRow, ...] = ()


def help_lines(menu: Menu) -> list[str]:
    """Return a short mrkdwn line for each command that the person may use, most useful first."""
    may: dict[Needs, bool] = {
        "": True,
        "start": menu.start,
        "member": menu.member,
        "join": menu.join,
        "search": menu.search,
        "settings": menu.settings is not None,
    }
    lines_ = [line for line in MENU if may[line.needs]]
    return [f"{code(f'{COMMAND} {line.example}')} {own(line.help)}" for line in lines_]


def help_reply(
    topic: str | None = None, *, menu: Menu | None = None, brief: bool = False
) -> Message:
    """Show what runs here and what the person may do, or explain one command.

    `brief`: leave out the command's options, for a question with `how`.
    """
    entry = BY_WORD.get(topic) if topic else None
    if entry is None:
        return _menu(menu or Menu())
    return _briefly(entry) if brief else _one(entry)


IN_WORDS = (
    "In a card’s thread, mention me and write “stop” or “what was decided?” In a direct message, "
    "just write."
)
MENU_ROWS = 5


def _menu(menu: Menu) -> Message:
    shown = help_lines(menu)
    rows = [_row(row, n) for n, row in enumerate(menu.running[:MENU_ROWS])]
    offers = [button("Start a recording", ids.OPEN_FORM, style="primary")] if menu.start else []
    if menu.search:
        offers.append(button("Search", ids.OPEN_FIND, label="Search transcripts"))
    if menu.member:
        offers.append(schedules_button())
    if menu.settings:
        offers.append(button("Settings", ids.OPEN_SETTINGS, value=menu.settings))
    blocks = [*rows, *actions(offers), section(lines(shown)), context(IN_WORDS)]
    now = [f"{_running(row)}." for row in menu.running[:MENU_ROWS]]
    return Message(lines([*now, *shown, IN_WORDS], FALLBACK_MOST), blocks)


def _row(row: MenuRow, n: int) -> Block:
    stop = stop_button(row.key, row.name, ids.numbered(ids.STOP, n))
    return section(_running(row), stop if row.may_stop else None)


def _running(row: MenuRow) -> str:
    return f"*{esc(row.name, 60)}* · {row.state}"


def _one(entry: Entry) -> Message:
    first = f"{code(entry.usage)}  {own(entry.help)}"
    options = [_option(option) for option in entry.options]
    blocks = [section(first), *map(context, pieces(options))]
    blocks += [section("For example:"), code_block(entry.example)]
    sentences = [first, *options, f"For example: {code(entry.example)}"]
    return Message(lines(sentences, FALLBACK_MOST), blocks)


def _briefly(entry: Entry) -> Message:
    """Explain a command in two lines."""
    example = f"For example: {code(entry.example)}"
    more = f" Its options: {code(f'{COMMAND} help {entry.word}')}" if entry.options else ""
    opens = button("Start a recording", ids.OPEN_FORM, style="primary")
    return say(f"{own(entry.help)}\n{example}{more}", [opens] if entry.word == "start" else [])


def _option(option: Flag) -> str:
    accepted = f" Accepts {own(option.accepted)}." if option.accepted else ""
    return f"{code(option.usage)}  {own(option.help)}{accepted}"


def answer(text: str) -> Message:
    """Answer in plain text."""
    return say(esc(text, ANSWER_MOST))


def hello() -> Message:
    """Greet in two lines."""
    first = "Hello. I record 100ms rooms and bring the video, the transcript and a summary."
    more = f"Write “record” and the name of a room, or {code(f'{COMMAND} help')}."
    return say(f"{first}\n{more}")


def question(text: str, buttons: Sequence[Block]) -> Message:
    """Ask in plain text, with a button for each answer."""
    caller = esc(text, ANSWER_MOST)
    return Message(caller, [section(caller), *actions(buttons)])


def did_you_mean(denial: Message, buttons: Sequence[Block]) -> Message:
    """Add a button for each room that may be meant to the answer that there is no such room."""
    if not buttons:
        return denial
    which = "one of these rooms" if len(buttons) > 1 else "this room"
    return say(f"{denial.text} Did you mean {which}?", buttons)


def choices(choice_id: str, answers: Mapping[str, Sequence[StoredOrder]]) -> list[Block]:
    """Build a button for each answer. One that stops several recordings asks once more.

    Rooms with the same name are told apart by the ends of their ids, which 100ms shows.
    """
    ids_of: dict[str, set[str | None]] = defaultdict(set)
    for order in chain.from_iterable(answers.values()):
        ids_of[order.room_name].add(order.room_id)
    made = []
    for answer, orders in answers.items():
        if answer == ALL:
            made.append(_stop_all(choice_id, orders))
            continue
        if answer == TOGETHER:
            made.append(_do_together(choice_id, orders))
            continue
        order = orders[0]
        if order.room_id and len(ids_of[order.room_name]) > 1:
            name = f"{plain(order.room_name, 35)} …{order.room_id[-4:]}"
            order = order.model_copy(update={"room_name": name})
        made.append(_choice(choice_id, answer, order))
    return made


def which_one(choice_id: str, answers: Mapping[str, Sequence[StoredOrder]]) -> Message:
    """Show the buttons of a question again."""
    text = "Which one do you mean?" if len(answers) > 1 else "Do you mean this?"
    return question(text, choices(choice_id, answers))


def _choice(choice_id: str, answer: str, order: StoredOrder) -> Block:
    verb = _VERBS.get(order.verb, order.verb.capitalize())
    if order.verb == Intent.UNSCHEDULE and order.repeats:
        verb = "Skip" if order.date else "Delete"
    words = _NAMED.get(order.verb) or f"{verb} {plain(order.room_name, 45)}"
    if order.verb == Intent.STOP and order.stops_at and isinstance(order.stops_at.stop, StopAt):
        words = f"{words} at {order.stops_at.stop.at:%-H:%M}"
    elif order.rule:
        words = f"{words}, {order.rule}"
    elif order.label:
        words = f"{words}, {plain(order.label, 40)}"
    elif order.title:
        words = f"{words}: {plain(order.title, 25)}"
    elif order.preset:
        words = f"{words} with {plain(order.preset, 20)}"
    made = button(
        plain(words, 75),
        ids.numbered(ids.CHOOSE, int(answer)),
        value=ids.choice_value(choice_id, answer),
    )
    made["text"]["emoji"] = False
    return made


def _do_together(choice_id: str, orders: Sequence[StoredOrder]) -> Block:
    return button(
        "Do both" if len(orders) == 2 else f"Do all {len(orders)}",
        ids.numbered(ids.CHOOSE, BUTTONS + 1),
        value=ids.choice_value(choice_id, TOGETHER),
    )


def _stop_all(choice_id: str, orders: Sequence[StoredOrder]) -> Block:
    return button(
        "Stop all",
        ids.numbered(ids.CHOOSE, BUTTONS),
        value=ids.choice_value(choice_id, ALL),
        style="danger",
        label=f"Stop all {len(orders)} recordings",
        confirm={
            "title": {"type": "plain_text", "text": "Stop all of them?"},
            "text": plain_text(
                f"This ends {len(orders)} recordings for everyone. You cannot resume them.", 300
            ),
            "confirm": {"type": "plain_text", "text": "Stop all"},
            "deny": {"type": "plain_text", "text": "Keep recording"},
            "style": "danger",
        },
    )


def refused(label: str, refusal: Message) -> Message:
    """Name which of several orders is refused, if it has a name of its own: a channel."""
    if not label:
        return refusal
    text = f"{esc(label, 100)}: {refusal.text}"
    return Message(text, [section(text), *refusal.blocks[1:]])


def together(messages: Sequence[Message]) -> Message:
    """Join the answers to several orders of one request."""
    if len(messages) == 1:
        return messages[0]
    blocks = [block for message in messages for block in message.blocks]
    return Message(lines([message.text for message in messages], FALLBACK_MOST), blocks[:50])


def share_latest(name: str, began: datetime, buttons: Sequence[Block]) -> Message:
    """Offer to share the latest recording when none was named."""
    return say(f"Share the latest recording, *{esc(name, 100)}*, {when(began)}?", buttons)


def share_question(room_name: str, key: str, *, unknown: str | None = None) -> Message:
    """Ask for the channel, with a button that opens the form.

    `unknown` is a channel's name, as typed, that was not found among the person's channels.
    """
    label = f"Choose the channel for {plain(room_name, 40)}"
    share = button("Choose the channel", ids.SHARE, value=key, label=label)
    which = f"Which channel do you want to share *{esc(room_name, 100)}* to?"
    if unknown is not None and unknown.startswith("#"):
        which = (
            f"I found no channel *{esc(unknown, 100)}* among yours. Choose one here, or "
            f"pick it from Slack’s list while you type. {which}"
        )
    return say(which, [share])


def rename_question(room_name: str, key: str) -> Message:
    """Ask for the title, with a button that opens the form."""
    label = f"Type a title for {plain(room_name, 40)}"
    rename = button("Type a title", ids.RENAME, value=key, label=label)
    return say(f"What should the recording of *{esc(room_name, 100)}* be called?", [rename])


def settings_question(channel: str) -> Message:
    settings = button("Open the settings", ids.OPEN_SETTINGS, value=channel)
    return say("You can see and change that in this channel’s settings.", [settings])


def presets_question() -> Message:
    return say("Presets are named sets of options.", [button("Open the presets", PRESETS)])


def send_it_anew() -> Message:
    """Ask to send the message again: edited messages are not obeyed."""
    return say("The bot does not act on edited messages. Send it as a new message.")
