"""Features declare their handlers here, and only this module registers listeners with Bolt.

The signature of a handler lists what it needs: proofs, values of the payload, services, `Ack`.

    on = Listeners()

    @on.action(ids.STOP)
    async def stop(recording: SeenRecording, click: Click, ack: Ack, bot: Bot) -> None: ...

The gate constructs the proofs before the handler runs, and the registry answers a refusal. A
handler is rejected if it takes a raw payload, or if it neither needs a proof nor says why not.
"""

import asyncio
import inspect
import re
import time
import uuid
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from logging import DEBUG, INFO
from operator import itemgetter
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Literal,
    Protocol,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.access.gate import Gate, NotOpen, UnknownChoice, UnknownPreset, UnknownSchedule
from bot.access.model import Act, Person
from bot.access.rights import NoRight
from bot.core.proofs import (
    PROOFS,
    HomeMember,
    Horizon,
    MayStart,
    OpenChannel,
    OwnChoice,
    OwnDraft,
    SearchScope,
    SeenAsset,
    SeenPreset,
    SeenRecording,
    SeenSchedule,
)
from bot.kit.clock import ms
from bot.kit.logs import learnt, scope
from bot.kit.metrics import LISTENER_SECONDS
from bot.listeners.app import ACK_WITHIN_S, STORED_WITHIN_S, Bot, for_people
from bot.listeners.payloads import Body, Caller, Payload, value_of
from bot.slack.errors import SlackUnavailable
from bot.store.database import waiting_at_most
from bot.store.errors import DoneBefore, UnknownRecording
from bot.ui import ids
from bot.ui.message import message_view

log = structlog.get_logger()

Ack = AsyncAck
Run = Callable[[AsyncArgs], Awaitable[None]]
HandlerKind = Literal["command", "shortcut", "action", "view", "view_closed", "options", "event"]
Handler = TypeVar("Handler", bound=Callable[..., Awaitable[None]])
RAW = (dict, Mapping, object, Any, AsyncArgs)
REFUSED = (
    NoRight,
    NotOpen,
    UnknownChoice,
    UnknownPreset,
    UnknownSchedule,
    UnknownRecording,
    SlackUnavailable,
)


class From(Enum):
    """The part of the payload that names the object of a proof."""

    PLACE = "place"  # the payload's channel, else the channel that the view was made for
    VALUE = "value"  # the value of the button, or the chosen option or channel
    VIEW = "view"  # the view's private metadata


@dataclass(frozen=True, slots=True)
class Declared:
    """One handler. `needs` describes its parameters by name."""

    kind: HandlerKind
    names: tuple[str, ...]
    do: Callable[..., Awaitable[None]]
    needs: Mapping[str, "Need"]
    needs_no_proof: str

    @property
    def label(self) -> str:
        return f"{self.kind} {self.names[0]}"


@dataclass(frozen=True, slots=True)
class Need:
    """One parameter of a handler: its type, its annotations, and whether None is accepted."""

    type: Any
    marks: tuple[object, ...] = ()
    optional: bool = False

    @property
    def is_proof(self) -> bool:
        return self.type in PROOFS


class BadHandler(TypeError):
    """Raised at declaration for a handler whose access would not be checked."""


@dataclass(frozen=True, slots=True)
class Listeners:
    """The handlers of one feature."""

    declared: list[Declared] = field(default_factory=list)

    def command(self, name: str, *, needs_no_proof: str = "") -> Callable[[Handler], Handler]:
        return self._declare("command", (name,), needs_no_proof)

    def shortcut(self, name: str, *, needs_no_proof: str = "") -> Callable[[Handler], Handler]:
        return self._declare("shortcut", (name,), needs_no_proof)

    def action(self, *names: str, needs_no_proof: str = "") -> Callable[[Handler], Handler]:
        """Declare action ids, each of which may be followed by a number."""
        return self._declare("action", names, needs_no_proof)

    def view(self, name: str, *, needs_no_proof: str = "") -> Callable[[Handler], Handler]:
        return self._declare("view", (name,), needs_no_proof)

    def view_closed(self, name: str, *, needs_no_proof: str = "") -> Callable[[Handler], Handler]:
        return self._declare("view_closed", (name,), needs_no_proof)

    def options(self, *names: str, needs_no_proof: str = "") -> Callable[[Handler], Handler]:
        return self._declare("options", names, needs_no_proof)

    def event(self, name: str, *, needs_no_proof: str = "") -> Callable[[Handler], Handler]:
        return self._declare("event", (name,), needs_no_proof)

    def _declare(
        self, kind: HandlerKind, names: tuple[str, ...], needs_no_proof: str
    ) -> Callable[[Handler], Handler]:
        def declare(do: Handler) -> Handler:
            needs = needs_of(do)
            if not any(need.is_proof for need in needs.values()) and not needs_no_proof:
                raise BadHandler(f"{do.__name__} needs no proof and does not say why")
            self.declared.append(Declared(kind, names, do, needs, needs_no_proof))
            return do

        return declare


def needs_of(do: Callable[..., Any]) -> dict[str, Need]:
    """Read the needs from a handler's parameters. Raises BadHandler for a raw payload."""
    hints = get_type_hints(do, include_extras=True)
    needs = {}
    for name in inspect.signature(do).parameters:
        if name not in hints:
            raise BadHandler(f"{do.__name__} does not say what {name} is")
        needs[name] = need = _need(hints[name])
        if need.type in RAW or get_origin(need.type) in RAW:
            raise BadHandler(f"{do.__name__} takes a raw payload as {name}")
    return needs


def _need(hint: Any) -> Need:
    marks: tuple[object, ...] = ()
    if get_origin(hint) is Annotated:
        hint, *rest = get_args(hint)
        marks = tuple(rest)
    if get_origin(hint) in (Union, UnionType):
        types = [t for t in get_args(hint) if t is not NoneType]
        if len(types) == 1 and len(types) < len(get_args(hint)):
            return Need(types[0], marks, optional=True)
    return Need(hint, marks)


class Feature(Protocol):
    @property
    def on(self) -> Listeners: ...


def register(app: AsyncApp, bot: Bot, features: Iterable[Feature]) -> tuple[Declared, ...]:
    """Register every declared handler with Bolt. Raises KeyError if a service is missing."""
    every = tuple(one for feature in features for one in feature.on.declared)
    runs: dict[HandlerKind, dict[str, Run]] = {}
    for one in every:
        services = {
            name: bot if need.type is Bot else bot.services[need.type]
            for name, need in one.needs.items()
            if not _comes_with_request(need)
        }
        run = _listener(bot, one, services)
        for name in one.names:
            runs.setdefault(one.kind, {}).setdefault(name, run)
    for kind, named in runs.items():
        _add_to_bolt(app, kind, named)
    return every


def _add_to_bolt(app: AsyncApp, kind: HandlerKind, named: Mapping[str, Run]) -> None:
    """Add one listener for all handlers of a kind: Bolt tries its listeners one after the other."""
    known = ids.matching(*named) if kind == "action" else _one_of(named)

    async def run(args: AsyncArgs) -> None:
        found = known.search(_id_of(kind, args.body))
        if found:  # as Bolt has seen
            await named[found[1]](args)

    match kind:
        case "command":
            app.command(known)(run)
        case "shortcut":
            app.shortcut(known)(run)
        case "action":
            app.block_action({"action_id": known})(run)
        case "view":
            app.view(known)(run)
        case "view_closed":
            app.view_closed(known)(run)
        case "options":
            app.options({"action_id": known})(run)
        case "event":
            app.event(known)(run)


def _one_of(names: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"\A({'|'.join(map(re.escape, names))})\Z")


def _id_of(kind: HandlerKind, body: Body) -> str:
    """Return the id by which Bolt found the listener of a kind."""
    match kind:
        case "command":
            found = body["command"]
        case "shortcut":
            found = body["callback_id"]
        case "action":
            found = body["actions"][0]["action_id"]
        case "view" | "view_closed":
            found = body["view"]["callback_id"]
        case "options":
            found = body["action_id"]
        case "event":
            found = body["event"]["type"]
    return str(found)


def _comes_with_request(need: Need) -> bool:
    """Whether the value is made for each request, unlike a service."""
    is_value = isinstance(need.type, type) and issubclass(need.type, Payload)
    return need.is_proof or is_value or need.type in (AsyncAck, Person)


def _listener(bot: Bot, one: Declared, services: Mapping[str, object]) -> Run:
    async def bounded(args: AsyncArgs) -> None:
        with scope(request=uuid.uuid4().hex[:8]), LISTENER_SECONDS.labels(one.do.__name__).time():
            await _logged(one, args, _handle(bot, one, args, services))

    return bounded


async def _logged(one: Declared, args: AsyncArgs, handling: Coroutine[Any, Any, str]) -> None:
    """Bound and log a request: caller, handler and outcome. Typed text is not logged."""
    caller, started, outcome = _who(args.body), time.monotonic(), "failed"
    try:
        with waiting_at_most(STORED_WITHIN_S):
            async with asyncio.timeout(ACK_WITHIN_S):
                outcome = await handling
    except REFUSED as refused:
        outcome = refused_as(refused)
        raise
    except TimeoutError:
        outcome = "late"
        raise
    finally:
        level = DEBUG if one.kind == "options" else INFO  # suggestions come with every key press
        took = ms(time.monotonic() - started)
        log.log(
            level,
            "request",
            kind=one.kind,
            name=_name(one, args.body),
            **caller,
            outcome=outcome,
            ms=took,
        )


def _who(body: Body) -> dict[str, str]:
    """Return the ids of the person and the channel, for the log."""
    event = body.get("event")
    inner = event if isinstance(event, Mapping) else {}
    caller = Caller.of(body)
    channel = caller.channel or inner.get("channel")
    found = {"by": caller.user or inner.get("user"), "channel": channel}
    return {name: value for name, value in found.items() if isinstance(value, str) and value}


def _name(one: Declared, body: Body) -> str:
    """Name the request for the log: an action by its own id, since a handler may have several."""
    actions = body.get("actions")
    first = actions[0] if one.kind == "action" and isinstance(actions, list) and actions else {}
    own = first.get("action_id") if isinstance(first, Mapping) else None
    return own if isinstance(own, str) and own else one.names[0]


def refused_as(refused: BaseException) -> str:
    """Name a refusal for the log. Only the text of `NoRight` is certainly our own words."""
    why = f" ({refused})" if isinstance(refused, NoRight) else ""
    return f"refused: {type(refused).__name__}{why}"


async def _handle(bot: Bot, one: Declared, args: AsyncArgs, services: Mapping[str, object]) -> str:
    """Run the handler with its values and proofs. Return the outcome for the log.

    `register_errors` answers exceptions of the handler.
    """
    if one.kind == "event" and args.body.get("team_id") not in (None, bot.deps.identity.team_id):
        return "of another team"
    try:
        read = _values(one, args)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as odd:
        log.warning("odd_payload", handler=one.label, why=type(odd).__name__)
        await _ack_empty(one, args.ack)
        return "odd"
    try:
        proofs = await _proofs(bot.gate, one, args.body)
        learnt(**_recording_key(proofs.values()))
        await one.do(**read, **proofs, **services)
        _card_clicked(bot, one, args.body, proofs)
    except DoneBefore:
        await _ack_empty(one, args.ack)
        return "repeated"
    except REFUSED as refused:
        if one.kind == "options":
            await args.ack(options=[])
        elif one.kind == "view":
            view = message_view(for_people(refused))
            await args.ack(response_action="update", view=view)
        else:
            raise
        return refused_as(refused)
    return "done"


def _card_clicked(bot: Bot, one: Declared, body: Body, proofs: Mapping[str, object]) -> None:
    """Report the message of a clicked card, which the bot may not know of (docs/adr/0001)."""
    seen = next((p for p in proofs.values() if isinstance(p, SeenRecording)), None)
    container = body.get("container")
    if one.kind != "action" or seen is None or not isinstance(container, Mapping):
        return
    pressed: Mapping[str, object] = (body.get("actions") or [{}])[0]
    channel, ts = container.get("channel_id"), container.get("message_ts")
    if pressed.get("block_id") != ids.CARD_BLOCK or container.get("is_ephemeral"):
        return
    if isinstance(channel, str) and isinstance(ts, str):
        bot.later.start(bot.card_clicked(seen, channel, ts))


def _recording_key(proofs: Iterable[object]) -> dict[str, str]:
    """Return the key of the recording that the request is about, for the log."""
    for proof in proofs:
        seen = proof.recording if isinstance(proof, SeenAsset) else proof
        if isinstance(seen, SeenRecording):
            return {"key": seen.key}
    return {}


async def _ack_empty(one: Declared, ack: AsyncAck) -> None:
    if one.kind == "options":
        await ack(options=[])
    else:
        await ack()


def _values(one: Declared, args: AsyncArgs) -> dict[str, object]:
    """Read the payload's values, before any call, so that a malformed payload has no effect."""
    found: dict[str, object] = {}
    for name, need in one.needs.items():
        if need.type is AsyncAck:
            found[name] = args.ack
        elif isinstance(need.type, type) and issubclass(need.type, Payload):
            found[name] = need.type.of(args.body)
    return found


async def _proofs(gate: Gate, one: Declared, body: Body) -> dict[str, object]:
    """Construct the proofs concurrently, because each may need a call to Slack.

    If several are refused, a refused object is raised before a refused person, whichever came
    first: the error must not reveal whether a recording exists.
    """
    proofs = {
        name: need for name, need in one.needs.items() if need.is_proof or need.type is Person
    }
    asked = (_proof(gate, need, body) for need in proofs.values())
    made = await asyncio.gather(*asked, return_exceptions=True)
    refused = [
        (need.type in OF_THE_PERSON, raised)
        for need, raised in zip(proofs.values(), made, strict=True)
        if isinstance(raised, BaseException)
    ]
    if refused:
        raise min(refused, key=itemgetter(0))[1]
    return dict(zip(proofs, made, strict=True))


OF_THE_PERSON = (Person, HomeMember, MayStart, Horizon, SearchScope)


async def _proof_of_person(gate: Gate, need: Need, who: Caller) -> object:
    """Construct a proof that depends only on the caller and their channel."""
    if need.type is Person:
        return await gate.person(who.user)
    if need.type is HomeMember:
        act = next((mark for mark in need.marks if isinstance(mark, Act)), Act.SETTINGS)
        return await gate.member(who.user, act)
    if need.type is MayStart:
        return await gate.may_start(who.user, who.channel)
    if need.type is Horizon:
        return await gate.horizon(who.user, who.channel)
    return await gate.search_scope(who.user, who.channel)


async def _proof(gate: Gate, need: Need, body: Body) -> object:
    who = Caller.of(body)
    if need.type in OF_THE_PERSON:
        return await _proof_of_person(gate, need, who)
    if need.optional and not _named(need, body):
        return None
    name = _named(need, body)
    if need.type is OpenChannel:
        return await gate.channel(who.user, name, here=who.channel)
    if need.type is SeenRecording:
        key, _, _ = name.partition(" ")  # a moment may follow
        return await gate.recording(who.user, key, who.channel)
    if need.type is SeenAsset:
        key, asset_id = ids.file_of_value(name)
        return await gate.asset(who.user, key, asset_id, who.channel)
    if need.type is SeenPreset:
        return await gate.preset(who.user, name, who.channel)
    if need.type is OwnChoice:
        return await gate.choice(who.user, *ids.choice_of_value(name))
    if need.type is SeenSchedule:
        schedule_id, _, _ = name.partition(" ")  # a date may follow
        return await gate.schedule(who.user, schedule_id, who.channel)
    if need.type is OwnDraft:
        return await gate.draft(who.user, name)
    raise AssertionError(need.type)


DEFAULT: Mapping[Any, From] = {OpenChannel: From.PLACE, OwnDraft: From.VIEW}


def _named(need: Need, body: Body) -> str:
    """Return the id of the proof's object from the payload: a claim, unless Slack set it."""
    marked = (mark for mark in need.marks if isinstance(mark, From))
    match next(marked, DEFAULT.get(need.type, From.VALUE)):
        case From.PLACE:
            return Caller.of(body).channel or _metadata(body)
        case From.VIEW:
            return _metadata(body)
        case From.VALUE:
            return value_of((body.get("actions") or [{}])[0])


def _metadata(body: Body) -> str:
    view = body.get("view")
    return str((view.get("private_metadata") if isinstance(view, Mapping) else None) or "")
