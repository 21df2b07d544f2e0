"""The grammar of `/record` as one table. Help, the manifest and the docs are generated from it."""

from dataclasses import dataclass
from typing import Literal

from bot.features.options.table import START_FLAGS, Flag
from bot.ui.ids import COMMAND

DEFAULT_LIST_COUNT = 10
MAX_LIST_COUNT = 20  # as many as one message shows


@dataclass(frozen=True, slots=True)
class Entry:
    """One command: the words after `/record`, and its description."""

    word: str
    help: str
    example: str
    arguments: str = ""
    options: tuple[Flag, ...] = ()
    also: tuple[str, ...] = ()  # other words for it

    @property
    def usage(self) -> str:
        options = "[options]" if self.options else ""
        return " ".join(filter(None, (COMMAND, self.word, self.arguments, options)))


TABLE: tuple[Entry, ...] = (
    Entry("", help="Show what is recorded here and what you can do.", example="/record"),
    Entry(
        "start",
        help="Start recording a room, at once or at a time: in 10m, at 15:00, for 30m, until "
        "16:00. Without a room, open the form.",
        example='/record start "design review" --res 720p --section "Agenda:bullets"',
        arguments="[room]",
        options=START_FLAGS,
    ),
    Entry(
        "schedule",
        help="Record a room at a time, once or repeatedly. Without a room, list what is scheduled.",
        example="/record schedule standup every weekday 9:30 for 20m",
        arguments="[room] [when]",
        options=START_FLAGS,
        also=("move", "reschedule"),
    ),
    Entry(
        "schedules",
        help="List what is scheduled and which rooms are recorded automatically.",
        example="/record schedules mine",
        arguments="[mine|here|room]",
    ),
    Entry(
        "skip",
        help="Leave out one date of a schedule, or with “cancel” take it away.",
        example="/record skip standup on friday",
        arguments="[room] [day]",
        also=("cancel", "unschedule"),
    ),
    Entry(
        "auto",
        help="Record every session of a room, and stop when the last person leaves. Say on, on 2 "
        "(once two people are there), end (only stop), or off.",
        example='/record auto "design review" on',
        arguments="[room] [on|off]",
    ),
    Entry(
        "stop",
        help="Stop the recording of a room.",
        example='/record stop "design review"',
        arguments="[room]",
    ),
    Entry(
        "pause",
        help="Pause the recording of a room.",
        example='/record pause "design review"',
        arguments="[room]",
    ),
    Entry(
        "resume",
        help="Continue a paused recording.",
        example='/record resume "design review"',
        arguments="[room]",
    ),
    Entry(
        "status",
        help="Show what is being recorded now.",
        example="/record status",
    ),
    Entry(
        "list",
        help=f"List past recordings, {DEFAULT_LIST_COUNT} by default.",
        example='/record list "design review" 5',
        arguments="[room] [n]",
    ),
    Entry(
        "find",
        help="Find what was said: words, then in <room>, from <person>, since <date>.",
        example="/record find budget in weekly sync from Ana since monday",
        arguments="<words>",
    ),
    Entry(
        "join",
        help="Get a link of your own to a room that is being recorded, where an admin allows it.",
        example="/record join standup",
        arguments="[room]",
    ),
    Entry(
        "share",
        help="Show a recording in one more channel: the running one, else the room’s latest.",
        example='/record share "design review" #product',
        arguments="[room] [#channel]",
    ),
    Entry(
        "rename",
        help="Give a recording a title, shown in place of its room.",
        example="/record rename standup Launch retro",
        arguments="[room] <title>",
    ),
    Entry(
        "follow",
        help="Show a card here for every recording of a room. Without a room, list followed rooms.",
        example='/record follow "design review"',
        arguments="[room]",
    ),
    Entry(
        "unfollow",
        help="Stop following a room in this channel.",
        example='/record unfollow "design review"',
        arguments="[room]",
    ),
    Entry(
        "doctor",
        help="Show what is waiting and why, and check the connections to Slack and 100ms.",
        example="/record doctor",
    ),
    Entry(
        "settings",
        help="Set this channel's default room, who can start and stop, and where results go.",
        example="/record settings",
    ),
    Entry(
        "presets",
        help="Show, edit and delete presets.",
        example="/record presets",
    ),
    Entry(
        "help",
        help="Explain all commands, or one of them.",
        example="/record help start",
        arguments="[command]",
    ),
)

BY_WORD = {word: entry for entry in TABLE for word in (entry.word, *entry.also)}

Needs = Literal["start", "member", "join", "search", "settings", ""]


@dataclass(frozen=True, slots=True)
class MenuLine:
    """One line of the help that fits on a phone. `needs` is the right that it requires.

    `words` are the commands that it covers.
    """

    example: str
    help: str
    needs: Needs = ""
    words: tuple[str, ...] = ()


MENU: tuple[MenuLine, ...] = (
    MenuLine("start standup", "now, or “at 15:00”", "start", ("start",)),
    MenuLine("stop standup", "or pause, resume", "member", ("stop", "pause", "resume")),
    MenuLine("status", "what is being recorded", "", ("status",)),
    MenuLine("join standup", "a link for you", "join", ("join",)),
    MenuLine("list standup", "past recordings", "", ("list",)),
    MenuLine("find budget", "what was said", "search", ("find",)),
    MenuLine("share standup #team", "also there", "member", ("share",)),
    MenuLine("rename standup Retro", "a title", "member", ("rename",)),
    MenuLine(
        "schedule standup monday 9:30",
        "also schedules, auto",
        "start",
        ("schedule", "schedules", "skip", "auto"),
    ),
    MenuLine("follow standup", "its cards here; or unfollow", "member", ("follow", "unfollow")),
    MenuLine("settings", "of this channel", "settings", ("settings",)),
    MenuLine("presets", "also doctor", "member", ("presets", "doctor")),
    MenuLine("help start", "its options", "start", ("", "help")),
)
