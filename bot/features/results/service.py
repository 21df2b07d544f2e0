"""Creates links for the person who clicked, after checking their rights; and summaries."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from bot.access.rights import Rights
from bot.core.assets import Assets, SummarySection, assets_of
from bot.core.facts import AssetSeen
from bot.core.forgetting import is_past_keeping
from bot.core.policy import transcript_expected_at
from bot.core.proofs import SeenAsset, SeenRecording
from bot.core.recording import NEVER_WAS, OCCUPIES_ROOM, Phase, Recording
from bot.core.sourcing import SourcedSection
from bot.deps import Deps
from bot.features.meeting.service import Meetings
from bot.features.results.views import (
    in_place_of,
    no_summary_yet,
    results_message,
    without_summary,
)
from bot.hms.errors import HmsError, HmsNotFound
from bot.hms.models import facts_of_recording
from bot.ui.message import Message
from bot.ui.words import file_name

VALID_FOR = timedelta(hours=1)
What = Literal["video", "transcript"]


@dataclass(frozen=True, slots=True)
class Link:
    """A file's link. `url` is shown to one person and never stored."""

    url: str
    what: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class NoFile:
    what: str
    gone: bool = False  # 100ms had it, for as long as it keeps files


@dataclass(frozen=True, slots=True)
class Page:
    """A recording's page. `url` contains a ticket for one person."""

    url: str
    room_name: str
    at_ms: int | None


async def page(
    deps: Deps, rights: Rights, meetings: Meetings, seen: SeenRecording, at_ms: int | None
) -> Page | NoFile:
    """Return a link to a recording's page, optionally at a moment. Raises NoRight."""
    await rights.to_open(seen.by, seen.channel)
    recording = (await deps.store.recordings.load(seen.key)).recording
    url = await meetings.link(seen.by, seen.key, at_ms)
    return Page(url, recording.name, at_ms) if url else NoFile("page")


async def latest_summary(deps: Deps, seen: Sequence[SeenRecording]) -> Message:
    """Summarize the first of these meetings, or the first that has a summary.

    Raises UnknownRecording.
    """
    newest: Recording | None = None
    for one in seen:
        recording = (await deps.store.recordings.load(one.key)).recording
        newest = newest or recording
        if recording.results and recording.results.has_summary:
            message = await summarize(deps, one)
            return message if recording is newest else in_place_of(newest, recording, message)
    return await summarize(deps, seen[0])


async def summarize(deps: Deps, seen: SeenRecording) -> Message:
    """Show a meeting's summary, or why there is none. Raises UnknownRecording."""
    recording = (await deps.store.recordings.load(seen.key)).recording
    missing = recording.results is None and recording.transcription.pending
    coming = missing and recording.phase is not Phase.FAILED
    if recording.phase in OCCUPIES_ROOM | NEVER_WAS or coming:
        expected_at = transcript_expected_at(recording, deps.policy)
        return no_summary_yet(recording, expected_at, now=deps.now())
    kept = await deps.store.transcripts.summary(seen.key)
    sections = tuple(map(_section, kept))
    if not sections and recording.results and recording.results.has_summary:
        sections = await _fetched_summary(deps, recording)
    has_none = not sections and not (recording.results and recording.results.has_summary)
    message = results_message(
        recording,
        summary=sections,
        times=await deps.store.transcripts.times(seen.key) if sections else {},
        page=deps.meeting_page(seen.key),
        mention=False,
        in_thread=False,
        bot=deps.identity.name,
    )
    return without_summary(recording, message) if has_none else message


def _section(kept: SourcedSection) -> SummarySection:
    texts = tuple(line.text for line in kept.lines)
    if kept.is_list:
        return SummarySection(kept.title, "bullets", texts, "")
    return SummarySection(kept.title, "paragraph", (), " ".join(texts))


async def _fetched_summary(deps: Deps, recording: Recording) -> tuple[SummarySection, ...]:
    """Read the summary from 100ms' file; empty if it is gone or 100ms does not answer."""
    try:
        return await deps.hms.summary(recording.assets.summary)
    except HmsError:
        return ()


async def mint(
    deps: Deps, rights: Rights, seen: SeenRecording, what: What, at_ms: int | None = None
) -> Link | NoFile:
    """Create a link to the video, optionally at a moment, or the transcript. Raises NoRight."""
    minted = await _mint(deps, rights, seen, what, "")
    if at_ms is None or isinstance(minted, NoFile):
        return minted
    return replace(minted, url=f"{minted.url}#t={at_ms // 1000}")


async def mint_file(deps: Deps, rights: Rights, asset: SeenAsset) -> Link | NoFile:
    """Create a link to one file by its id. Raises NoRight."""
    return await _mint(deps, rights, asset.recording, None, asset.asset_id)


async def _mint(
    deps: Deps, rights: Rights, seen: SeenRecording, what: What | None, asset_id: str
) -> Link | NoFile:
    await rights.to_open(seen.by, seen.channel)
    recording = (await deps.store.recordings.load(seen.key)).recording
    asset = _pick(recording.assets, what, asset_id) or _pick(
        await _look_again(deps, recording), what, asset_id
    )
    if asset is None:
        return NoFile(what or "file")
    try:
        link = await deps.hms.presigned_url(asset.asset_id, valid_for=VALID_FOR)
    except HmsNotFound:
        return NoFile(what or "file", gone=is_past_keeping(recording, deps.now()))
    named = f"{file_name(asset, audio_only=recording.audio_only)} of {recording.name}"
    return Link(link.url.get_secret_value(), named, deps.now() + VALID_FOR)


def _pick(assets: Assets, what: What | None, asset_id: str) -> AssetSeen | None:
    match what:
        case "video":
            return assets.video
        case "transcript":
            return assets.best_transcript
        case None:
            return next(
                (a for a in assets.all if a.asset_id == asset_id and a.status == "completed"), None
            )


async def _look_again(deps: Deps, recording: Recording) -> Assets:
    """Ask 100ms for the files: the card can be newer than the stored list."""
    if recording.hms_id is None:
        return Assets()
    seen = await deps.hms.get_recording(recording.hms_id)
    return assets_of(facts_of_recording(seen, deps.now()))
