"""What all listeners share: dependencies, time limits, replies and the handling of errors."""

import asyncio
import uuid
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.response import BoltResponse

from bot.access.gate import Gate, NotOpen, UnknownChoice, UnknownPreset, UnknownSchedule
from bot.access.rights import NoRight, Rights
from bot.access.views import no_such_schedule, not_open, refused_message
from bot.core.proofs import SeenRecording
from bot.deps import Deps
from bot.hms.errors import HmsRefused, HmsUnavailable
from bot.kit.background import Background
from bot.kit.logs import redact
from bot.kit.metrics import FAULTS
from bot.listeners.payloads import Caller, Mention
from bot.slack.errors import NotAuthorized, SlackError, SlackRefused, SlackUnavailable
from bot.store.database import waiting_at_most
from bot.store.errors import (
    StoreError,
    StoreFull,
    StoreUnavailable,
    UnknownRecording,
    UnreadableRecording,
)
from bot.ui.message import Message, message_view
from bot.ui.replies import (
    disk_full,
    forgotten_reply,
    hms_failed,
    permission_missing,
    slack_refused,
    slack_silent,
    something_broke,
    store_silent,
    too_old,
    took_too_long,
    unreadable_reply,
)

log = structlog.get_logger()

FIELD_ERROR_MOST = 2000
ACK_WITHIN_S = 2.5  # Slack waits 3
STORED_WITHIN_S = 1.5  # leaves time to reply that the database does not answer
LATER_WITHIN_S, LATER_STORED_WITHIN_S = 14.0, 4.0  # after the ack; a call to 100ms has 12 s


@dataclass(frozen=True, slots=True)
class Bot:
    deps: Deps
    later: Background
    gate: Gate
    rights: Rights
    services: Mapping[type, object]  # injected into handlers by type
    home_changed: Callable[[str], Coroutine[Any, Any, None]]  # publishes this person's Home again
    card_clicked: Callable[[SeenRecording, str, str], Coroutine[Any, Any, None]]  # channel, ts

    async def reply(self, caller: Caller, message: Message, *, replace: bool = False) -> None:
        """Reply to one person: by response_url, else ephemerally, else in a direct message.

        A message in the bot's direct message gets a reply that stays. A reply is not announced
        (docs/adr/0001), because it is never repeated: if it fails, the person clicks again.
        """
        payload = message.payload()
        if caller.response_url:
            try:
                await self.deps.slack.respond(caller.response_url, payload, replace=replace)
            except SlackError:
                if not caller.channel:
                    raise
            else:
                return
        if caller.channel and caller.direct:
            await self.deps.slack.post(caller.channel, payload, thread_ts=caller.thread_ts)
        elif caller.channel:
            await self.deps.slack.ephemeral(
                caller.channel, caller.user, payload, thread_ts=caller.thread_ts
            )
        else:
            await self.deps.slack.post(caller.user, payload)

    def after_ack(self, caller: Caller, work: Coroutine[Any, Any, None]) -> None:
        """Start work after the ack. If it fails, the person gets a reply and can click again."""
        self.later.start(self.report_failure(caller, work))

    async def report_failure(self, caller: Caller, work: Coroutine[Any, Any, None]) -> None:
        """Await work within its time limits, and reply with the error if it fails."""
        try:
            with waiting_at_most(LATER_STORED_WITHIN_S):
                async with asyncio.timeout(LATER_WITHIN_S):
                    await work
        except Exception as failed:
            message = for_people(failed)
            try:
                await self.reply(caller, message)
            except (SlackError, StoreError) as again:
                log.warning("reply_failed", why=str(again))


def for_people(failed: BaseException) -> Message:
    """Turn an error into a reply. Unexpected errors are logged with the reference in the reply."""
    if isinstance(failed, NoRight):
        log.info("no_right", doing=failed.doing, why=str(failed))
        return refused_message(failed.refused, failed.doing, failed.key)
    if isinstance(failed, UnknownRecording | UnknownPreset):
        return forgotten_reply()
    if isinstance(failed, UnknownChoice):
        return too_old()
    if isinstance(failed, UnknownSchedule):
        return no_such_schedule()
    if isinstance(failed, NotOpen):
        log.info("not_open")
        return not_open()
    if isinstance(failed, UnreadableRecording):
        FAULTS.labels("unreadable").inc()
        log.error("recording_unreadable", key=failed.key, why=failed.why)
        return unreadable_reply()
    if told := _known(failed):
        log.warning("listener_failed", why=f"{type(failed).__name__}: {failed}")
        return told
    reference = uuid.uuid4().hex[:8]
    FAULTS.labels("listener").inc()
    log.error("listener_broke", reference=reference, exc_info=failed)
    return something_broke(reference)


def _known(failed: BaseException) -> Message | None:
    """Explain a failure outside of our code; None for any other error."""
    match failed:
        case HmsUnavailable(cause=cause, status=status, message=message):
            return hms_failed(cause, status, message)
        case HmsRefused(status=status, message=message):
            return hms_failed("refused", status, message)
        case SlackUnavailable():
            return slack_silent()
        case NotAuthorized(needed=needed):
            return permission_missing(needed)
        case SlackRefused(error=error):
            return slack_refused(error)
        case StoreFull():
            return disk_full()
        case StoreUnavailable():
            return store_silent()
        case TimeoutError():
            return took_too_long()
        case _:
            return None


def register_errors(app: AsyncApp, bot: Bot) -> None:
    """Register the error handler. Only events get a 500, so that Slack sends them again."""

    @app.error
    async def failed(error: Exception, body: dict[str, Any]) -> BoltResponse:
        if isinstance(error, BoltUnhandledRequestError):
            log.warning("unhandled_request", type=redact(str(body.get("type"))[:40]))
            return BoltResponse(status=200, body="")  # a retry would be the same
        message = for_people(error)
        if "command" in body:
            reply = {"response_type": "ephemeral", **message.payload()}
            return BoltResponse(status=200, body=reply)
        if body.get("type") == "event_callback" and not isinstance(body.get("event"), dict):
            return BoltResponse(status=200, body="")  # malformed; a retry would be the same
        if body.get("type") == "event_callback":
            caller = _said_to_the_bot(body) if isinstance(error, StoreUnavailable) else None
            if caller is None:
                return BoltResponse(status=500, body="")
            bot.later.start(_reply(bot, caller, message))
            return BoltResponse(status=200, body="")  # the reply asks the person to try again
        if body.get("type") == "block_suggestion":
            return BoltResponse(status=200, body={"options": []})
        if body.get("type") == "view_submission" and (field := _first_field(body)):
            errors = {field: message.text[:FIELD_ERROR_MOST]}
            return BoltResponse(status=200, body={"response_action": "errors", "errors": errors})
        bot.later.start(_reply_anywhere(bot, body, message))
        return BoltResponse(status=200, body="")


def _said_to_the_bot(body: dict[str, Any]) -> Caller | None:
    """Return the caller if a person wrote to the bot, by a mention or a direct message."""
    event = body["event"]
    mention = event.get("type") == "app_mention"
    direct = event.get("type") == "message" and event.get("channel_type") == "im"
    if not (mention or direct) or event.get("bot_id") or event.get("subtype"):
        return None
    return Mention.of(body).caller


def _first_field(body: Mapping[str, Any]) -> str | None:
    """Return the first input block, which can show an error while the form keeps its entries."""
    view = body.get("view")
    blocks = view.get("blocks") if isinstance(view, dict) else None
    rows = blocks if isinstance(blocks, list) else []
    fields = (row for row in rows if isinstance(row, dict) and row.get("type") == "input")
    return next((str(row["block_id"]) for row in fields if row.get("block_id")), None)


async def _reply_anywhere(bot: Bot, body: dict[str, Any], message: Message) -> None:
    """Reply to any request; on Home and after a global shortcut in a modal.

    There is no channel for an ephemeral message in those two.
    """
    caller, view = Caller.of(body), body.get("view") or {}
    if view.get("type") == "home" or body.get("type") == "shortcut":
        try:
            await bot.deps.slack.open_view(
                caller.trigger_id, message_view(message, title="Recordings")
            )
        except SlackError as closed:
            log.info("told_directly", why=str(closed))
        else:
            return
    await _reply(bot, caller, message)


async def _reply(bot: Bot, caller: Caller, message: Message) -> None:
    try:
        await bot.reply(caller, message)
    except (SlackError, StoreError) as again:
        log.warning("reply_failed", why=str(again))


async def answer(ack: AsyncAck, bot: Bot, caller: Caller, message: Message) -> None:
    """Ack and reply to this person only; a slash command is answered in the ack itself."""
    if caller.typed:
        await ack({"response_type": "ephemeral", **message.payload()})
        return
    await ack()
    bot.after_ack(caller, bot.reply(caller, message))
