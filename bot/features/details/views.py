"""Details: a modal with everything that the bot knows about one recording."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.core.assets import VIDEO_TYPES
from bot.core.deliveries import EMPTY, Delivery, DeliveryState, Kind
from bot.core.facts import AssetSeen
from bot.core.forgetting import is_forgettable
from bot.core.options import RecordingOptions
from bot.core.places import is_channel
from bot.core.policy import Silence
from bot.core.recording import ENDED, ON_AIR, Recording, can_watch
from bot.features.audit.model import SettingsChanged, trail
from bot.features.audit.views import audit_lines
from bot.features.card.log import log_lines, written
from bot.features.card.views import elsewhere_note, file_buttons, retry_button
from bot.features.options.table import options_line
from bot.ui import ids
from bot.ui.buttons import forget_button, rename_button, share_button
from bot.ui.forms import postable
from bot.ui.ids import OPEN_SETTINGS, file_value
from bot.ui.message import (
    Block,
    View,
    actions,
    button,
    code_block,
    context,
    header,
    leaf,
    lines,
    modal,
    mrkdwn,
    name_leaf,
    pieces,
    rich_line,
    rich_text,
    section,
)
from bot.ui.problems import BOT, explain
from bot.ui.text import duration, esc, is_user, join, megabytes, mention, place, size, when
from bot.ui.words import DETAILS, file_name, mark_of, state_of

FILES = 30
DELIVERIES = 40
LOG_PIECES = 8
AUDIT_PIECES = 4
VALUE_MOST = 2000
_KINDS = {
    Kind.CARD: "Card",
    Kind.RESULTS: "Results",
    Kind.TRANSCRIPT: "Transcript file",
    Kind.SRT: "Transcript as srt",
    Kind.JSON: "Transcript as json",
    Kind.CHAT: "Chat file",
    Kind.OUTCOME: "Answer to the request",
    Kind.TELL: "Direct message",
    Kind.SILENT_START: "Direct message that 100ms did not answer the start",
    Kind.SILENT_STOP: "Direct message that 100ms did not answer the stop",
    Kind.RECEIPT: "Receipt",
    Kind.STOP_SUGGESTION: "Request to stop, from",
    Kind.ENDING: "Warning before the end",
    Kind.ROOM: "Notice in the room's chat",
    Kind.KEPT: "Transcript for search",
    Kind.MOMENT: "Shared moment",
}
_ON_AIR_ONLY = {Kind.ROOM, Kind.STOP_SUGGESTION, Kind.TELL, Kind.SILENT_START, Kind.SILENT_STOP}
_STATES = {
    DeliveryState.SENDING: "being sent",
    DeliveryState.WAITING: "waiting to be sent",
    DeliveryState.SENT: "sent",
    DeliveryState.PARKED: "held back until Slack allows it",
    DeliveryState.GONE: "deleted in Slack",
    DeliveryState.DROPPED: "given up",
}


@dataclass(frozen=True, slots=True)
class ViewerAccess:
    """The channels in which the viewer can see the recording, and whether they can open its files.

    `here` is the channel they clicked in, if it shows the recording: file links are requested from
    there.
    """

    channels: frozenset[str]
    links: bool = True
    here: str = ""

    def knows(self, target: str) -> bool:
        return not is_channel(target) or target in self.channels


def details_view(
    recording: Recording,
    deliveries: Sequence[Delivery] = (),
    *,
    viewer: ViewerAccess,
    bot: str = BOT,
    changes: Sequence[SettingsChanged] = (),
    silent: Silence | None = None,
    doubts: Sequence[str] = (),
) -> View:
    """Build the modal. `changes` are changes of the settings of the recording's channel.

    `silent`: a start or stop that 100ms has not answered. `doubts`: the card's notes on that, and
    on polls without an answer.
    """
    mark = mark_of(recording)
    marked = [leaf(f"{mark} ")] if mark else []
    state = leaf(f" · {state_of(recording, silent)}")
    blocks = [rich_text(rich_line(*marked, name_leaf(recording.name), state))]
    if recording.problem:
        explanation = explain(recording.problem, recording, bot=bot)
        blocks.append(section(explanation.text))
    if doubts:
        blocks.append(section(lines(doubts)))
    blocks.append({"type": "section", "fields": [mrkdwn(f) for f in _facts(recording, viewer)]})
    settings = (
        [elsewhere_note(recording)] if recording.elsewhere else list(_settings(recording.options))
    )
    if settings:
        blocks.append(context(lines(settings)))
    files = file_buttons(recording) if viewer.links else []
    there = not recording.problem or can_watch(recording)
    share = [share_button(recording)] if there and viewer.links else []
    share = [*share, rename_button(recording)] if viewer.links else []
    more = [*share, *retry_button(recording, bot), *_settings_button(recording, viewer)]
    blocks.extend(actions([*files, *more]))
    nobody_wrote = any(d.kind is Kind.CHAT and d.error == EMPTY for d in deliveries)
    blocks.extend(_files(recording, viewer, nobody_wrote=nobody_wrote))
    shown = [
        d
        for d in deliveries
        if viewer.knows(d.target) and not (d.kind is Kind.CHAT and d.error == EMPTY)
    ]
    blocks.extend(_deliveries(shown, over=recording.phase not in ON_AIR))
    blocks.extend(_audit(recording, viewer, changes))
    blocks.extend(_log(recording))
    blocks.extend(_for_support(recording))
    return modal(DETAILS, blocks, callback_id=ids.DETAILS_VIEW, private_metadata=viewer.here)


def _settings_button(recording: Recording, viewer: ViewerAccess) -> list[Block]:
    if not postable(recording.origin) or not viewer.knows(recording.origin):
        return []
    return [button("Channel settings", OPEN_SETTINGS, value=recording.origin)]


def _facts(recording: Recording, viewer: ViewerAccess) -> list[str]:
    """List at most ten fields: Slack shows them in two columns. Ids follow below, for copying."""
    known_in = [c for c in recording.channels if viewer.knows(c)]
    known = {
        **({"Room": esc(recording.room_name, 100)} if recording.title else {}),
        **_beginning(recording),
        "Settings": "" if recording.elsewhere else options_line(recording.options),
        "Started": when(recording.started_at) if recording.started_at else "",
        "Ended": when(recording.stopped_at) if recording.stopped_at else "",
        "Length": duration(recording.duration_s),
        "Shown in": ", ".join(place(c) for c in known_in[:10]),
    }
    return [f"*{name}*\n{value}" for name, value in known.items() if value]


def _beginning(recording: Recording) -> dict[str, str]:
    at = when(recording.requested_at)
    if recording.starter is None:
        return {"Started elsewhere": f"noticed {at}"}
    return {"Requested by": f"{mention(recording.starter)}, {at}"}


def _settings(options: RecordingOptions) -> Iterator[str]:
    """List settings that the summary line omits. A meeting URL is shown without its token."""
    if options.meeting_url:
        address = urlsplit(options.meeting_url)
        yield f"Meeting URL: {esc(f'{address.hostname}{address.path}', 200)}"
    if options.vocabulary:
        yield f"Special words: {esc(', '.join(options.vocabulary), 600)}"
    if options.context:
        yield f"Context: {esc(options.context, 700)}"
    if options.temperature is not None:
        yield f"Temperature: {options.temperature:g}"
    if options.sections:
        titles = ", ".join(f"{s.title} ({s.format})" for s in options.sections)
        yield f"Sections: {esc(titles, 900)}"


def _files(recording: Recording, viewer: ViewerAccess, *, nobody_wrote: bool) -> Iterator[Block]:
    yield header("Files")
    files = recording.assets.all
    for n, asset in enumerate(files[:FILES]):
        empty = nobody_wrote and asset.type == "chat"
        yield _file(recording, asset, n, links=viewer.links, empty=empty)
    if len(files) > FILES:
        yield context(f"{len(files) - FILES:,} more are in the 100ms dashboard.")
    if not viewer.links:
        yield context("Only full members of this workspace can open files.")
    if not files:
        ended = recording.phase in ENDED
        none = "100ms has not listed any files." if ended else "Files appear after the recording."
        yield context(none)


def _file(recording: Recording, asset: AssetSeen, n: int, *, links: bool, empty: bool) -> Block:
    key, audio_only = recording.key, recording.audio_only
    pending = recording.transcription.pending or asset.type not in ("transcript", "summary")
    making = "being made" if pending else "100ms has not finished it"
    state = {"processing": making, "failed": "100ms could not make it"}.get(asset.status, "")
    if empty:
        state = "nobody wrote in the room's chat"
    about = join(megabytes(asset.size), duration(asset.duration_s), state)
    value = file_value(key, asset.asset_id)
    text = f"*{file_name(asset, audio_only=audio_only)}*{f' · {about}' if about else ''}"
    if not links or asset.status != "completed" or size(value) > VALUE_MOST or " " in key:
        return section(text)
    opens = "Listen" if audio_only else "Watch"
    verb = opens if asset.type in VIDEO_TYPES else "Get link"
    label = f"{verb}: {asset.type} {asset.mode or ''}"
    return section(text, button(verb, ids.numbered(ids.FILE, n), value=value, label=label))


def _deliveries(deliveries: Sequence[Delivery], *, over: bool) -> Iterator[Block]:
    shown = []
    for d in deliveries[:DELIVERIES]:
        if d.kind is Kind.OUTCOME:
            continue  # between the bot and one person
        target = _target(d)
        why = f" ({esc(d.error, 60)})" if d.error else ""
        sent = "kept" if d.kind is Kind.KEPT else _STATES[DeliveryState.SENT]
        state = sent if d.state is DeliveryState.SENT else _STATES[d.state]
        late = (
            over
            and d.kind in _ON_AIR_ONLY
            and d.state in (DeliveryState.SENDING, DeliveryState.WAITING)
        )
        if late:
            state = "not sent, the recording ended first"
        came_to = "nothing in it" if d.error == EMPTY else f"{state}{why}"
        shown.append(f"{_KINDS[d.kind]}{target}: {came_to}")
    if shown:
        yield header("In Slack")
        yield context(lines(shown))


def _target(delivery: Delivery) -> str:
    if delivery.kind in (Kind.ROOM, Kind.ENDING, Kind.KEPT):
        return ""
    target, _, _ = delivery.target.partition(":")  # a shared moment's target ends in its number
    return f", {mention(target) if is_user(target) else place(target)}"


def _for_support(recording: Recording) -> Iterator[Block]:
    """List ids for support, for copying; and the button to forget an ended recording."""
    yield header("For support")
    known = {
        "record-bot": recording.key,
        "100ms recording": recording.hms_id,
        "100ms session": recording.session_id,
        "100ms room": recording.room_id,
    }
    yield code_block("\n".join(f"{name}: {value}" for name, value in known.items() if value))
    if is_forgettable(recording):
        yield from actions([forget_button(recording)])


def _audit(
    recording: Recording, viewer: ViewerAccess, changes: Sequence[SettingsChanged]
) -> Iterator[Block]:
    acts = trail(recording.log, changes if viewer.knows(recording.origin) else (), recording.origin)
    shown = pieces(audit_lines(acts, viewer.knows))
    if shown:
        yield header("Who did what")
    yield from map(context, shown[-AUDIT_PIECES:])


def _log(recording: Recording) -> Iterator[Block]:
    """Show the whole log in pieces that fit; only the end of a very long one."""
    shown = pieces(written(log_lines(recording.log), recording.requested_at))
    if shown:
        yield header("Log")
    yield from map(context, shown[-LOG_PIECES:])
