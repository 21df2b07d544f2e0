"""Stores transcripts for search once 100ms has made them, and posts shared moments."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.access.gate import Gate, NotOpen
from bot.access.model import Act
from bot.access.people import People
from bot.access.rights import NoRight
from bot.access.visibility import Visibility
from bot.core.assets import SummarySection
from bot.core.deliveries import Delivery, DeliveryState, Kind
from bot.core.facts import AssetSeen, MomentShared
from bot.core.note import Note
from bot.core.plan import files_to_keep
from bot.core.retry import Retry
from bot.core.sourcing import SourcedLine, SourcedSection, Sourcing, summary_lines
from bot.core.steps import PostMoment, retry_name
from bot.core.transcript import MAX_BYTES, Sentence, Transcript, read, with_names
from bot.engine.context import Context, next_retry
from bot.engine.posting import post
from bot.features.find.views import moment_message
from bot.hms.client import HmsClient
from bot.hms.errors import HmsNotFound, HmsRefused, HmsTooLarge, HmsUnauthorized
from bot.slack.errors import SlackUnavailable
from bot.store.errors import UnknownRecording
from bot.store.transcripts import Transcripts

NOT_KEPT = "its transcript is no longer kept"
SURE_AFTER = 2  # tries; then a missing answer from Slack counts as a no
NO_RIGHT = "the person who shared it may not do so any more"


NO_NAMES: Mapping[str, str] = {}


async def keep_transcript(ctx: Context) -> Note:
    """Store and index the transcript and the summary. Safe to repeat: it resumes."""
    earlier = ctx.work.delivery(Kind.KEPT, ctx.recording.room_id)
    now = Delivery(
        Kind.KEPT,
        ctx.recording.room_id,
        DeliveryState.WAITING,
        hash=files_to_keep(ctx.recording),
        changed_at=ctx.now,
    )
    assets = ctx.recording.assets
    try:
        made = await keep(
            ctx.deps.hms,
            ctx.deps.store.transcripts,
            ctx.key,
            assets.timed_transcript,
            assets.summary,
            names=ctx.recording.speakers,
        )
    except HmsUnauthorized:
        raise  # about the token, not about the file
    except HmsRefused as refused:
        error = f"100ms refused the file ({refused.status})"
        return Note(deliveries=[replace(now, state=DeliveryState.DROPPED, error=error)])
    if made == "busy":
        retry = next_retry(ctx.deps.policy, ctx.now, earlier.retry if earlier else Retry())
        return Note(deliveries=[replace(now, retry=retry)])
    if made != "kept":
        return Note(deliveries=[replace(now, state=DeliveryState.DROPPED, error=made)])
    return Note(deliveries=[replace(now, state=DeliveryState.SENT)])


async def post_moment(ctx: Context, target: str) -> Note:
    """Post the sentence unless its transcript was deleted or the sharer lost the right.

    Raises SlackUnavailable while Slack cannot confirm the right.
    """
    shared = next(moment for moment in ctx.recording.moments if moment.target == target)

    def dropped(why: str) -> Note:
        return Note(
            deliveries=[
                Delivery(Kind.MOMENT, target, DeliveryState.DROPPED, error=why, changed_at=ctx.now)
            ]
        )

    if not await _may_still_share(ctx, shared):
        tried = ctx.work.retries.get(retry_name(PostMoment(target)))
        if tried is None or tried.attempts < SURE_AFTER:
            raise SlackUnavailable("the sharer does not see it, as far as Slack says", reached=True)
        return dropped(NO_RIGHT)
    sentence = await ctx.deps.store.transcripts.sentence(ctx.key, shared.sentence)
    if sentence is None:
        return dropped(NOT_KEPT)
    message = moment_message(ctx.recording, sentence, shared.by)
    return await post(ctx, Kind.MOMENT, target, message, channel=shared.channel_id)


async def _may_still_share(ctx: Context, shared: MomentShared) -> bool:
    """Whether the sharer still is a full member, sees the recording, and is in the channel."""
    people = People(ctx.deps)
    gate = Gate(ctx.deps, people, Visibility(ctx.deps, people))
    try:
        if not (await gate.horizon(shared.by)).complete:
            raise SlackUnavailable("which channels they are in is not known", reached=True)
        await gate.member(shared.by, Act.SHARE)
        await gate.recording(shared.by, ctx.key)
        await gate.channel(shared.by, shared.channel_id)
    except (NoRight, NotOpen, UnknownRecording):
        return False
    return True


async def keep(
    hms: HmsClient,
    transcripts: Transcripts,
    key: str,
    asset: AssetSeen | None,
    summary: AssetSeen | None,
    *,
    names: Mapping[str, str] = NO_NAMES,
) -> str:
    """Store the transcript in this file. Returns `kept`, `busy` (try again), or the obstacle.

    `names` are the peers' names. Raises HmsUnavailable, HmsRefused, StoreRefused (no such
    recording).
    """
    if asset is None or asset.mode is None:
        return "no file"
    try:
        content = await hms.fetch_asset(asset.asset_id, MAX_BYTES)
    except HmsNotFound:
        return "100ms does not have the file"
    except HmsTooLarge:
        return "the file is too large"
    found = await asyncio.to_thread(read, content, asset.mode)
    if not isinstance(found, Transcript):
        return "the file has no words that can be read"
    found = with_names(found, names)
    if not await transcripts.keep(key, found.sentences):
        return "busy"
    sections = await hms.summary(summary)
    if sections:
        sourced = await asyncio.to_thread(source_summary, found.sentences, sections)
        await transcripts.keep_summary(key, sourced)
    return "kept"


def source_summary(
    sentences: Sequence[Sentence], sections: Sequence[SummarySection]
) -> tuple[SourcedSection, ...]:
    """Match each summary line to its source sentence. Takes about a second for three hours."""
    sourcing = Sourcing(sentences)
    sourced = []
    for section in sections:
        is_list = section.format == "bullets"
        lines = summary_lines(section.bullets if is_list else (), section.paragraph)
        sources = sourcing.section(section.title, lines)
        pairs = zip(lines, sources, strict=True)
        sourced.append(
            SourcedSection(section.title, is_list, tuple(SourcedLine(*pair) for pair in pairs))
        )
    return tuple(sourced)
