"""Reads the results, posts them in the thread, and edits the message when more arrive."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from bot.core import transcript
from bot.core.assets import Assets, SummarySection, assets_of
from bot.core.deliveries import EMPTY, TOLD, Delivery, DeliveryState, Kind
from bot.core.facts import AssetSeen, Fact, FileReading, ResultsChecked, TranscriptionReported
from bot.core.forgetting import is_past_keeping
from bot.core.note import Note
from bot.core.options import OutputMode
from bot.core.policy import is_late, look_again_at
from bot.core.recording import Phase
from bot.core.retry import Retry
from bot.core.steps import (
    Action,
    FetchTranscript,
    PostSummary,
    UpdateResults,
    UploadFile,
    retry_name,
)
from bot.engine.context import Context
from bot.engine.posting import announce, insist, is_over, next_try, not_now, not_there, post, send
from bot.features.results.views import (
    MISSING,
    TOO_LARGE,
    UNREADABLE,
    file_failed_message,
    results_message,
)
from bot.hms.client import SUMMARY_BYTES
from bot.hms.errors import (
    HmsError,
    HmsLinkBlocked,
    HmsNotFound,
    HmsRefused,
    HmsTooLarge,
    HmsUnauthorized,
    HmsUnavailable,
)
from bot.hms.models import asset_seen, facts_of_recording
from bot.hms.results import readable_chat, summary_reading
from bot.kit.decoding import decoded, is_page
from bot.slack.errors import MessageGone, NotAuthorized, SlackRefused, SlackUnavailable
from bot.ui.message import Message, content_hash
from bot.ui.problems import SLACK_FAILS

log = structlog.get_logger()

FILE_REFUSED = f"{retry_name(FetchTranscript())}:refused"  # counts consecutive refusals


async def fetch_transcript(ctx: Context) -> Note:
    """List the available files and read them.

    Raises HmsUnavailable while 100ms is still making a file that it reported as ready.
    """
    facts = [fact async for fact in _files(ctx)]
    assets = assets_of([*ctx.recording.log, *facts])
    unfinished = any(
        a.status == "processing" for a in assets.all if a.type in ("transcript", "summary")
    )
    if unfinished and not is_late(ctx.recording, ctx.deps.policy, ctx.now):
        await ctx.keep(facts)
        raise HmsUnavailable("the files are still being made", reached=True)
    try:
        text, words = await _read_transcript(ctx, assets)
        digest = await _read_summary(ctx, assets)
        status = None
    except HmsUnauthorized:
        raise  # about the token, not about the file
    except HmsRefused as refused:
        tries = (ctx.work.retries.get(FILE_REFUSED) or Retry()).attempts + 1
        if tries < ctx.deps.policy.tries_refused:
            await ctx.keep(facts)
            return _read_again(ctx, tries)
        blocked = isinstance(refused, HmsLinkBlocked)
        text, words, digest = "blocked" if blocked else "refused", None, "none"
        status = None if blocked else refused.status
    checked = ResultsChecked(
        at=ctx.now,
        words=words,
        has_summary=digest == "read",
        transcript=text,
        summary=digest,
        status=status,
        partial=unfinished and not ctx.recording.transcription.settled,
    )
    return Note(facts=[*facts, checked], retries={FILE_REFUSED: None})


def _read_again(ctx: Context, tries: int) -> Note:
    """Retry a refused file soon: there are few tries, and people wait."""
    policy = ctx.deps.policy
    wait = policy.backoff(tries, policy.retry_first, policy.refused_cap)
    later = Retry(tries, ctx.now + wait)
    return Note(retries={FILE_REFUSED: Retry(tries, ctx.now), retry_name(FetchTranscript()): later})


async def _read_transcript(ctx: Context, assets: Assets) -> tuple[FileReading, int | None]:
    """Read the first readable format, with its word count; else report the best one's problem.

    Raises HmsRefused if 100ms or its storage refuses a file.
    """
    answers: list[FileReading] = []
    for asset in assets.readable_transcripts:
        try:
            content = await ctx.deps.hms.fetch_asset(asset.asset_id, transcript.MAX_BYTES)
        except HmsTooLarge:
            answers.append("too_large")
            continue
        match await asyncio.to_thread(transcript.read, content, asset.mode or "txt"):
            case transcript.Transcript() as said:
                return "read", said.words
            case transcript.Empty():
                answers.append("empty")
            case transcript.NotReadable():
                answers.append("unreadable")
    if not answers:
        return "none", None
    return answers[0], 0 if answers[0] == "empty" else None


async def _read_summary(ctx: Context, assets: Assets) -> FileReading:
    asset = assets.summary
    if asset is None or asset.status != "completed":
        return "none"
    try:
        content = await ctx.deps.hms.fetch_asset(asset.asset_id, SUMMARY_BYTES)
    except HmsTooLarge:
        return "too_large"
    return summary_reading(content)


async def _files(ctx: Context) -> AsyncIterator[Fact]:
    """Yield the files that 100ms lists, and those that only a webhook named."""
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
                shown_hash = asset_seen(await ctx.deps.hms.get_asset(asset_id), ctx.now)
            except HmsRefused:
                continue
            if shown_hash:
                yield shown_hash


def _told(log: tuple[Fact, ...]) -> list[str]:
    reports = [f for f in log if isinstance(f, TranscriptionReported)]
    return [
        asset_id
        for r in reports
        for asset_id in (r.txt_asset_id, r.srt_asset_id, r.json_asset_id, r.summary_asset_id)
        if asset_id
    ]


@dataclass(frozen=True, slots=True)
class _Place:
    """The place of a target's results: the card's thread, or a separate message."""

    channel: str
    thread_ts: str | None


def _place(ctx: Context, target: str) -> _Place:
    card = ctx.work.delivery(Kind.CARD, target)
    in_thread = ctx.settings_of(target).results == "thread"
    if card and card.message and in_thread:
        return _Place(*card.message)
    return _Place(card.posted_in if card and card.posted_in else target, None)


def shown_hash(ctx: Context) -> str:
    """Hash the current results message, without the text of the summary."""
    if ctx.recording.phase not in (Phase.COMPLETED, Phase.FAILED):
        return ""
    message = results_message(
        ctx.recording,
        summary=None,
        mention=False,
        in_thread=True,
        late=is_late(ctx.recording, ctx.deps.policy, ctx.now),
        bot=ctx.deps.identity.name,
    )
    return TOLD + content_hash(message)


async def post_summary(ctx: Context, target: str) -> Note:
    """Post the results; only one of several places mentions the starter."""
    place = _place(ctx, target)
    message, listed = await _message(ctx, target, PostSummary(target), place)
    note = await post(
        ctx,
        Kind.RESULTS,
        target,
        message,
        channel=place.channel,
        thread_ts=place.thread_ts,
        shown=shown_hash(ctx),
    )
    return replace(note, facts=[*note.facts, *listed])


async def update_results(ctx: Context, target: str) -> Note:
    """Add results that arrived later. Edits notify nobody; a deleted message is not reposted."""
    posted = ctx.work.delivery(Kind.RESULTS, target)
    if posted is None or posted.message is None:
        raise ValueError("the plan edits only what was posted")
    place = _place(ctx, target)
    message, listed = await _message(ctx, target, UpdateResults(target), place)
    edited = replace(posted, hash=shown_hash(ctx), changed_at=ctx.now, error=None)
    try:
        editing = ctx.deps.slack.update(*posted.message, message.payload())
        cleared = await insist(ctx, posted, editing, tries=ctx.deps.policy.edits_refused)
    except MessageGone as gone:
        return Note(
            facts=listed, deliveries=[replace(edited, state=DeliveryState.GONE, error=gone.error)]
        )
    except NotAuthorized:
        raise
    except SlackRefused as refused:
        return Note(facts=listed, deliveries=[_edit_refused(ctx, posted, edited, refused.error)])
    return Note(facts=listed, deliveries=[edited], retries={**cleared})


def _edit_refused(ctx: Context, posted: Delivery, edited: Delivery, error: str) -> Delivery:
    """Retry an edit at growing intervals if Slack had an internal error; else leave the message."""
    tries = posted.retry.attempts + 1
    again_at = look_again_at(ctx.recording, ctx.deps.policy, tries, ctx.now)
    if error not in SLACK_FAILS or again_at is None:
        return replace(edited, error=error)
    return replace(posted, error=error, retry=Retry(tries, again_at), changed_at=ctx.now)


async def _message(
    ctx: Context, target: str, step: Action, place: _Place
) -> tuple[Message, list[Fact]]:
    """Build the results message; also return files that 100ms lists only now."""
    found = ctx.recording.results
    listed: list[Fact] = []
    summary: tuple[SummarySection, ...] = ()
    try:
        listed = await _listed(ctx)
        if found and found.has_summary:
            summary = await ctx.deps.hms.summary(ctx.recording.assets.summary)
    except HmsError:
        if not _in_vain(ctx, step, since=found.at if found else None):
            raise
    message = results_message(
        ctx.recording,
        summary=summary,
        times=await ctx.deps.store.transcripts.times(ctx.key) if summary else {},
        page=ctx.deps.meeting_page(ctx.key),
        mention=target == ctx.recording.origin,
        in_thread=place.thread_ts is not None,
        late=is_late(ctx.recording, ctx.deps.policy, ctx.now),
        bot=ctx.deps.identity.name,
    )
    return message, listed


async def _listed(ctx: Context) -> list[Fact]:
    """List the files if none is known yet: the end may have been reported by webhooks only."""
    if ctx.recording.assets.all or ctx.recording.hms_id is None:
        return []
    try:
        return facts_of_recording(await ctx.deps.hms.get_recording(ctx.recording.hms_id), ctx.now)
    except HmsRefused:
        return []


async def upload_file(ctx: Context, kind: Kind, target: str) -> Note:
    """Upload a file to the thread. If Slack refuses it, say so in the thread."""
    place = _thread(ctx, target)
    try:
        content, mode = await _content(ctx, kind)
    except HmsError as failed:
        error = _not_given(ctx, UploadFile(kind, target), failed)
        if error is None:
            raise
        return await _say_failed(ctx, await announce(ctx, kind, target), place, error)
    if kind is Kind.CHAT:
        if is_page(await asyncio.to_thread(decoded, content)):
            return await _say_failed(ctx, await announce(ctx, kind, target), place, UNREADABLE)
        content = (await asyncio.to_thread(readable_chat, content)).encode()
        if not content:
            return Note(deliveries=[Delivery(kind, target, DeliveryState.DROPPED, error=EMPTY)])
    earlier = ctx.work.delivery(kind, target)
    if earlier and earlier.file_id:
        await _delete_copy(ctx, earlier.file_id)
    sending = next_try(ctx, kind, target)

    async def announced(file_id: str) -> None:
        nonlocal sending
        sending = await announce(ctx, kind, target, file_id=file_id or None)

    try:
        file_id = await ctx.deps.slack.upload(
            place.channel,
            thread_ts=place.thread_ts,
            filename=_filename(ctx, kind, mode),
            title="Chat" if kind is Kind.CHAT else "Transcript",
            content=content,
            announced=announced,
        )
    except SlackUnavailable as failed:
        if not is_over(ctx, sending, failed, ctx.deps.policy.tries_refused):
            return not_now(ctx, sending, failed)
        return await _give_up(ctx, sending, place, str(failed))
    except NotAuthorized as refused:
        if refused.needed is None:
            return not_there(ctx, sending, refused)
        return await _give_up(ctx, sending, place, refused.error)
    except SlackRefused as refused:
        return await _give_up(ctx, sending, place, refused.error)
    sent = replace(sending, state=DeliveryState.SENT, file_id=file_id, changed_at=ctx.now)
    return Note(deliveries=[sent])


def _not_given(ctx: Context, step: UploadFile, failed: HmsError) -> str | None:
    """Return why a file will never be available; None while the upload is retried."""
    tried, policy = ctx.work.retries.get(retry_name(step)), ctx.deps.policy
    match failed:
        case HmsNotFound():
            return MISSING
        case HmsTooLarge():
            return TOO_LARGE
        case HmsRefused() if not isinstance(failed, HmsUnauthorized):
            often = tried is not None and tried.attempts + 1 >= policy.tries_refused
            return UNREADABLE if often else None
    found = ctx.recording.results
    since = found.at if found else ctx.recording.completed_at
    return UNREADABLE if _in_vain(ctx, step, since=since) else None


async def _delete_copy(ctx: Context, file_id: str) -> None:
    """Delete an earlier try's file from Slack, shared or not, before uploading again.

    Raises SlackUnavailable; then this try is postponed, so that no copy stays behind.
    """
    try:
        await ctx.deps.slack.delete_file(file_id)
    except MessageGone:
        return
    except SlackRefused as refused:
        log.warning("copy_not_deleted", key=ctx.key, file=file_id, why=refused.error)


async def _give_up(ctx: Context, sending: Delivery, place: _Place, error: str) -> Note:
    if sending.file_id:
        await _delete_copy(ctx, sending.file_id)
    return await _say_failed(ctx, replace(sending, file_id=None), place, error)


async def _content(ctx: Context, kind: Kind) -> tuple[bytes, str]:
    """Return the content to upload, and the file name's ending.

    A transcript is built from the most detailed file; an unreadable file is sent unchanged.
    """
    assets = ctx.recording.assets
    if kind is Kind.CHAT:
        return await _file(ctx, assets.chat), "txt"
    if kind is Kind.JSON:
        return await _file(ctx, assets.transcript("json")), "json"
    heading = transcript.Heading(
        ctx.recording.name,
        ctx.recording.began,
        ctx.recording.duration_s,
        ctx.recording.people,
    )
    for asset in (assets.transcript("json"), assets.transcript("srt"), assets.transcript("txt")):
        try:
            content = await _file(ctx, asset)
        except (HmsNotFound, HmsTooLarge):
            continue
        mode = asset.mode if asset and asset.mode else "txt"
        names = ctx.recording.speakers
        made = await asyncio.to_thread(_made, content, mode, kind, heading, names)
        if made is not None:
            return made.encode(), "srt" if kind is Kind.SRT else "txt"
    best = assets.best_transcript
    return await _file(ctx, best), best.mode if best and best.mode else "txt"


def _made(
    content: bytes,
    mode: OutputMode,
    kind: Kind,
    heading: transcript.Heading,
    names: Mapping[str, str],
) -> str | None:
    """Return the text of a transcript, or its captions; None if it cannot be read."""
    found = transcript.read(content, mode)
    if not isinstance(found, transcript.Transcript):
        return None
    found = transcript.with_names(found, names)
    if kind is Kind.SRT:
        return transcript.srt(found) or None
    people = tuple(dict.fromkeys([*heading.people, *found.speakers]))
    return transcript.readable_text(found, replace(heading, people=people))


async def _file(ctx: Context, asset: AssetSeen | None) -> bytes:
    """Download a file. Raises HmsNotFound if it is gone, HmsTooLarge."""
    if asset is None:
        return b""
    return await ctx.deps.hms.fetch_asset(asset.asset_id, transcript.MAX_BYTES)


def _thread(ctx: Context, target: str) -> _Place:
    """Return the thread for files: the card's, or that of the results if there is no card."""
    card = ctx.work.delivery(Kind.CARD, target)
    results = ctx.work.delivery(Kind.RESULTS, target)
    for message in (card, results):
        if message and message.message:
            return _Place(*message.message)
    return _place(ctx, target)


def _in_vain(ctx: Context, step: Action, *, since: datetime | None) -> bool:
    """Whether 100ms was asked often and long enough to continue without the content."""
    tried, policy = ctx.work.retries.get(retry_name(step)), ctx.deps.policy
    often = tried is not None and tried.attempts >= policy.tries_to_read
    return often and since is not None and ctx.now - since >= policy.give_up_after


async def _say_failed(ctx: Context, sending: Delivery, place: _Place, error: str) -> Note:
    message = file_failed_message(
        ctx.recording,
        sending.kind,
        error,
        place.channel,
        gone=is_past_keeping(ctx.recording, ctx.now),
        bot=ctx.deps.identity.name,
    )
    note = await send(ctx, sending, message, channel=place.channel, thread_ts=place.thread_ts)
    (said,) = note.deliveries
    if said.state is not DeliveryState.SENT:
        return note
    return Note(deliveries=[replace(said, state=DeliveryState.DROPPED, error=error, hash=None)])


def _filename(ctx: Context, kind: Kind, mode: str) -> str:
    name = re.sub(r"[^\w.-]+", "-", ctx.recording.name).strip("-.")[:60] or "recording"
    day = ctx.recording.began.strftime("%Y-%m-%d")
    if kind is Kind.CHAT:
        return f"{name}-{day}-chat.txt"
    return f"{name}-{day}-transcript.{mode}"
