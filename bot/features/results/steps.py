"""The results: looked into once, posted in the thread, nothing of their content kept."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.assets import SummarySection, assets_of
from bot.core.deliveries import EMPTY, Delivery, Kind, State
from bot.core.facts import AssetSeen, Fact, ResultsChecked, TranscriptionReported
from bot.core.note import Note
from bot.core.policy import is_late
from bot.core.steps import Action, PostSummary, UploadFile, retry_name
from bot.engine.context import Context
from bot.engine.posting import announce, not_now, not_there, post, send
from bot.features.results.views import UNREADABLE, file_failed_message, results_message
from bot.hms.errors import HmsError, HmsNotFound, HmsRefused, HmsTooLarge, HmsUnavailable
from bot.hms.models import asset_seen, facts_of_recording
from bot.hms.results import count_words, has_messages, parse_summary
from bot.slack.errors import NotAuthorized, SlackRefused, SlackUnavailable

MAX_TRANSCRIPT_BYTES = 20 * 1024 * 1024
MAX_SUMMARY_BYTES = 1024 * 1024


async def fetch_transcript(ctx: Context) -> Note:
    """Which files are there, and is anything in them.

    Raises HmsUnavailable while 100ms is still making what it called ready.
    """
    facts = [fact async for fact in _files(ctx)]
    assets = assets_of([*ctx.recording.log, *facts])
    unfinished = any(
        a.status == "processing" for a in assets.all if a.type in ("transcript", "summary")
    )
    if unfinished and not is_late(ctx.recording, ctx.deps.policy, ctx.now):
        await ctx.keep(facts)
        raise HmsUnavailable("the files are still being made", reached=True)
    words: int | None = None
    best = assets.best_transcript
    if best and best.mode:
        content = await _content(ctx, best, MAX_TRANSCRIPT_BYTES)
        words = None if content is None else count_words(content, best.mode)
    has_summary = bool(await _summary(ctx, assets.summary))
    return Note(facts=[*facts, ResultsChecked(at=ctx.now, words=words, has_summary=has_summary)])


async def _files(ctx: Context) -> AsyncIterator[Fact]:
    """Everything 100ms lists, and what a webhook named beside it."""
    seen: set[str] = set()
    if ctx.recording.hms_id:
        try:
            recording = await ctx.deps.hms.get_recording(ctx.recording.hms_id)
        except HmsRefused:
            recording = None
        for fact in facts_of_recording(recording, ctx.now) if recording else []:
            if isinstance(fact, AssetSeen):
                seen.add(fact.asset_id)
            yield fact
    for asset_id in _told(ctx.recording.log):
        if asset_id not in seen:
            seen.add(asset_id)
            try:
                told = asset_seen(await ctx.deps.hms.get_asset(asset_id), ctx.now)
            except HmsRefused:
                continue
            if told:
                yield told


def _told(log: tuple[Fact, ...]) -> list[str]:
    reports = [f for f in log if isinstance(f, TranscriptionReported)]
    return [
        asset_id
        for r in reports
        for asset_id in (r.txt_asset_id, r.srt_asset_id, r.json_asset_id, r.summary_asset_id)
        if asset_id
    ]


async def _content(ctx: Context, asset: AssetSeen, limit: int) -> bytes | None:
    """None if it is not there after all, or too large to be true."""
    try:
        return await ctx.deps.hms.fetch_asset(asset.asset_id, limit)
    except (HmsNotFound, HmsTooLarge):
        return None


async def _summary(ctx: Context, asset: AssetSeen | None) -> tuple[SummarySection, ...]:
    if asset is None or asset.status != "completed":
        return ()
    content = await _content(ctx, asset, MAX_SUMMARY_BYTES)
    return () if content is None else parse_summary(content)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where results for a target go: the card's thread, or a message of its own."""

    channel: str
    thread_ts: str | None


def _place(ctx: Context, target: str) -> _Place:
    card = ctx.work.delivery(Kind.CARD, target)
    in_thread = ctx.settings_of(target).results == "thread"
    if card and card.state is State.SENT and card.posted_in and in_thread:
        return _Place(card.posted_in, card.ts)
    return _Place(card.posted_in if card and card.posted_in else target, None)


async def post_summary(ctx: Context, target: str) -> Note:
    """The message that brings the results; it mentions the starter, in one place only."""
    place = _place(ctx, target)
    found = ctx.recording.results
    listed: list[Fact] = []
    summary: tuple[SummarySection, ...] = ()
    try:
        listed = await _listed(ctx)
        if found and found.has_summary:
            summary = await _summary(ctx, ctx.recording.assets.summary)
    except HmsError:
        if not _in_vain(ctx, PostSummary(target), since=found.at if found else None):
            raise
    message = results_message(
        ctx.recording,
        summary=summary,
        mention=target == ctx.recording.home,
        in_thread=place.thread_ts is not None,
        bot=ctx.deps.identity.name,
    )
    note = await post(
        ctx, Kind.RESULTS, target, message, channel=place.channel, thread_ts=place.thread_ts
    )
    return replace(note, facts=[*note.facts, *listed])


async def _listed(ctx: Context) -> list[Fact]:
    """The files, if none was ever named: webhooks alone may have told of the end."""
    if ctx.recording.assets.all or ctx.recording.hms_id is None:
        return []
    try:
        return facts_of_recording(await ctx.deps.hms.get_recording(ctx.recording.hms_id), ctx.now)
    except HmsRefused:
        return []


async def upload_file(ctx: Context, kind: Kind, target: str) -> Note:
    """A file below the results. If Slack takes it not, the thread says so: no drama."""
    recording = ctx.recording
    asset = recording.assets.best_transcript if kind is Kind.TRANSCRIPT else recording.assets.chat
    place = _below_results(ctx, target)
    try:
        content = await _content(ctx, asset, MAX_TRANSCRIPT_BYTES) if asset else None
    except HmsError:
        results = ctx.work.delivery(Kind.RESULTS, target)
        since = results.changed_at if results else None
        if not _in_vain(ctx, UploadFile(kind, target), since=since):
            raise
        return await _say_failed(ctx, await announce(ctx, kind, target), place, UNREADABLE)
    if kind is Kind.CHAT and not (content and has_messages(content)):
        return Note(deliveries=[Delivery(kind, target, State.DROPPED, error=EMPTY)])
    sending = await announce(ctx, kind, target)
    try:
        file_id = await ctx.deps.slack.upload(
            place.channel,
            thread_ts=place.thread_ts,
            filename=_filename(ctx, kind, asset),
            title="Transcript" if kind is Kind.TRANSCRIPT else "Chat",
            content=content or b"",
        )
    except SlackUnavailable as failed:
        return not_now(ctx, sending, failed)
    except NotAuthorized as refused:
        if refused.needed is None:
            return not_there(ctx, sending, refused)
        return await _say_failed(ctx, sending, place, refused.error)
    except SlackRefused as refused:
        return await _say_failed(ctx, sending, place, refused.error)
    sent = replace(sending, state=State.SENT, file_id=file_id, changed_at=ctx.now)
    return Note(deliveries=[sent])


def _below_results(ctx: Context, target: str) -> _Place:
    place = _place(ctx, target)
    results = ctx.work.delivery(Kind.RESULTS, target)
    if place.thread_ts is None and results and results.ts and results.posted_in:
        return _Place(results.posted_in, results.ts)
    return place


def _in_vain(ctx: Context, step: Action, *, since: datetime | None) -> bool:
    """100ms was asked for the content often enough, for long enough: go on without."""
    tried, policy = ctx.work.retries.get(retry_name(step)), ctx.deps.policy
    often = tried is not None and tried.attempts >= policy.tries_to_read
    return often and since is not None and ctx.now - since >= policy.give_up_after


async def _say_failed(ctx: Context, sending: Delivery, place: _Place, error: str) -> Note:
    message = file_failed_message(
        ctx.recording, sending.kind, error, place.channel, bot=ctx.deps.identity.name
    )
    note = await send(ctx, sending, message, channel=place.channel, thread_ts=place.thread_ts)
    (said,) = note.deliveries
    if said.state is not State.SENT:
        return note
    return Note(deliveries=[replace(said, state=State.DROPPED, error=error, hash=None)])


def _filename(ctx: Context, kind: Kind, asset: AssetSeen | None) -> str:
    name = re.sub(r"[^\w.-]+", "-", ctx.recording.room_name).strip("-.")[:60] or "recording"
    day = (ctx.recording.started_at or ctx.recording.requested_at).strftime("%Y-%m-%d")
    if kind is Kind.CHAT:
        return f"{name}-{day}-chat.txt"
    return f"{name}-{day}-transcript.{asset.mode if asset and asset.mode else 'txt'}"
