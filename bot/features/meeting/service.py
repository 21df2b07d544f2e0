"""Meeting pages: signing in, and access to the content of a recording.

Rights are checked for the recording at each request; a session only identifies the person.
"""

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from async_lru import alru_cache

from bot.access.gate import Gate
from bot.access.rights import NoRight, Rights
from bot.core.assets import Assets, SummarySection
from bot.core.chat import ChatMessage, read_chat
from bot.core.facts import AssetSeen
from bot.core.proofs import SeenRecording
from bot.core.recording import Recording
from bot.core.transcript import (
    MAX_BYTES,
    Empty,
    Heading,
    NotReadable,
    Transcript,
    read,
    readable_text,
    srt,
    vtt,
)
from bot.deps import Deps
from bot.features.meeting.model import (
    NOTHING,
    Content,
    download_name,
    meeting,
    sourced,
)
from bot.features.meeting.store import DoorRepository, Viewer
from bot.hms.errors import HmsRefused, HmsTooLarge, HmsUnauthorized, HmsUnavailable
from bot.slack.errors import SlackError, SlackUnavailable
from bot.store.errors import UnknownRecording

log = structlog.get_logger()

TICKET_FOR = timedelta(minutes=10)
SESSION_FOR = timedelta(hours=8)
LINK_FOR = timedelta(minutes=10)
READ_FOR = timedelta(minutes=10)  # lifetime of cached content from 100ms' files
READ_MOST = 8  # cached recordings
CHAT_MOST = 5_000  # messages
CHAT_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class OpenRecording:
    """A recording that the person may see and whose files they may open."""

    proof: SeenRecording
    recording: Recording


@dataclass(frozen=True, slots=True)
class Download:
    """A transcript as a file."""

    name: str
    content: str


def _download(recording: Recording, content: Content, mode: str) -> Download | None:
    """Build the file. Takes some 10 ms for a three-hour meeting: call it off the event loop."""
    if not content.sentences:
        return None
    transcript = Transcript(content.sentences)
    began = recording.began
    name = download_name(recording.name, began, mode)
    if mode == "txt":
        people = tuple(dict.fromkeys([*recording.people, *transcript.speakers]))
        about = Heading(recording.name, began, recording.duration_s, people)
        return Download(name, readable_text(transcript, about))
    if not transcript.has_times:
        return None
    return Download(name, srt(transcript) if mode == "srt" else vtt(transcript))


class Meetings:
    """The service behind the routes and buttons. Every method can raise `StoreUnavailable`."""

    def __init__(self, deps: Deps, gate: Gate, rights: Rights) -> None:
        self._deps = deps
        self._gate = gate
        self._rights = rights
        self._doors = DoorRepository(deps.db)
        self._read = alru_cache(READ_MOST, ttl=READ_FOR.total_seconds())(self._read_files)

    # Signing in

    async def ticket(self, user: str) -> str:
        """Create a secret with which the person's browser can sign in once within ten minutes."""
        secret = secrets.token_urlsafe(32)
        viewer = Viewer(user, await self._name(user))
        await self._doors.add_ticket(secret, viewer, valid_for=TICKET_FOR)
        return secret

    async def enter(self, ticket: str, session: str) -> tuple[Viewer, str | None] | None:
        """Exchange a ticket: return the person and the new session's secret.

        With a live session, return its person and None: a ticket from somebody else cannot switch
        this browser to another person. The ticket is invalidated all the same. Returns None if
        neither is valid.
        """
        if viewer := await self.viewer(session):
            await self._doors.burn_ticket(ticket)
            return viewer, None
        secret = secrets.token_urlsafe(32)
        taken = await self._doors.take_ticket(ticket, session=secret, valid_for=SESSION_FOR)
        return (taken, secret) if taken else None

    async def viewer(self, session: str) -> Viewer | None:
        return await self._doors.viewer(session) if session else None

    async def leave(self, session: str) -> None:
        if session:
            await self._doors.end_session(session)

    async def link(self, user: str, key: str = "", at_ms: int | None = None) -> str | None:
        """Return a page's URL with a ticket for this person; None if there are no pages.

        Without a key the page only signs them in. The ticket is in the fragment, which browsers
        do not send to servers.
        """
        page = self._deps.meeting_page(key)
        if page is None:
            return None
        moment = "" if at_ms is None else f"?t={at_ms // 1000}"
        return f"{page}{moment}#k={await self.ticket(user)}"

    async def _name(self, user: str) -> str:
        """Return the person's name, which the page shows; the id if Slack returns no name."""
        try:
            member = await self._deps.slack.member(user, home_team=self._deps.identity.team_id)
        except SlackError:
            return user
        return member.name or user

    # A recording

    async def see(self, user: str, key: str) -> OpenRecording:
        """Check this person's rights now.

        Raises UnknownRecording, also if they may not see or open it; SlackUnavailable if Slack
        does not answer, for known and unknown keys alike.
        """
        if not (await self._gate.horizon(user)).complete:
            raise SlackUnavailable("which channels they are in is not known", reached=True)
        proof = await self._gate.recording(user, key)
        try:
            await self._rights.to_open(user, proof.channel)
        except NoRight:
            raise UnknownRecording(key) from None
        recording = (await self._deps.store.recordings.load(proof.key)).recording
        if recording.forget_by is not None:
            raise UnknownRecording(key)
        return OpenRecording(proof, recording)

    async def data(self, viewer: Viewer, key: str) -> dict[str, Any]:
        seen = await self.see(viewer.user, key)
        content = await self._content(seen.recording)
        return await asyncio.to_thread(meeting, seen.recording, content, viewer=viewer.name)

    async def video(self, user: str, key: str) -> str | None:
        """Return a new link to the video, valid for ten minutes; None if 100ms lost the file."""
        video = (await self.see(user, key)).recording.assets.video
        return await self._link(video) if video else None

    async def file(self, user: str, key: str, asset_id: str) -> str | None:
        """Return a new link to any file of the recording, like `video`."""
        for asset in (await self.see(user, key)).recording.assets.all:
            if asset.asset_id == asset_id and asset.status == "completed":
                return await self._link(asset)
        return None

    async def chat(self, user: str, key: str) -> tuple[ChatMessage, ...]:
        chat = (await self.see(user, key)).recording.assets.chat
        content = await self._fetch(chat, CHAT_BYTES)
        if not content:
            return ()
        return (await asyncio.to_thread(read_chat, content) or ())[:CHAT_MOST]

    async def download(self, user: str, key: str, mode: str) -> Download | None:
        """Return the transcript as a file; None without one, or without times for subtitles."""
        recording = (await self.see(user, key)).recording
        content = await self._content(recording)
        return await asyncio.to_thread(_download, recording, content, mode)

    async def _link(self, asset: AssetSeen) -> str | None:
        try:
            link = await self._deps.hms.presigned_url(asset.asset_id, valid_for=LINK_FOR)
        except HmsUnauthorized:
            raise
        except HmsRefused:
            return None
        return link.url.get_secret_value()

    async def _content(self, recording: Recording) -> Content:
        """Load the content from the store, else from 100ms' files if it still has them."""
        kept = await self._deps.store.transcripts.kept(recording.key)
        summary = await self._deps.store.transcripts.summary(recording.key) if kept else ()
        if kept and (summary or recording.assets.summary is None):
            return Content("read", kept, summary, kept=True)
        read = await self._from_files(recording)
        return Content("read", kept, read.summary, kept=True) if kept else read

    async def _from_files(self, recording: Recording) -> Content:
        assets = recording.assets
        if assets.best_transcript is None and assets.summary is None:
            return NOTHING
        try:
            return await self._read(assets)
        except (HmsUnavailable, HmsUnauthorized) as failed:
            log.warning("meeting_not_read", key=recording.key, why=str(failed))
            return Content("not now")

    async def _read_files(self, assets: Assets) -> Content:
        """Read the content from 100ms' files. A failure is not cached."""
        sections, said = await asyncio.gather(self._summary(assets), self._transcript(assets))
        sentences = said.sentences if isinstance(said, Transcript) else ()
        summary = await asyncio.to_thread(sourced, sections, sentences)
        match said:
            case Transcript():
                return Content("read", sentences, summary)
            case Empty():
                return Content("empty", (), summary)
            case NotReadable():
                return Content("not readable", (), summary)
            case None:
                return Content("none", (), summary)

    async def _transcript(self, assets: Assets) -> Transcript | Empty | NotReadable | None:
        best = assets.transcript("json") or assets.transcript("srt") or assets.transcript("txt")
        if best is None or best.mode is None:
            return None
        try:
            content = await self._fetch(best, MAX_BYTES)
        except HmsTooLarge:
            return NotReadable()
        return None if content is None else await asyncio.to_thread(read, content, best.mode)

    async def _summary(self, assets: Assets) -> Sequence[SummarySection]:
        try:
            return await self._deps.hms.summary(assets.summary)
        except HmsUnauthorized:
            raise
        except HmsRefused:
            return ()

    async def _fetch(self, asset: AssetSeen | None, most_bytes: int) -> bytes | None:
        """Download a file; None if 100ms no longer has it."""
        if asset is None:
            return None
        try:
            return await self._deps.hms.fetch_asset(asset.asset_id, most_bytes)
        except (HmsTooLarge, HmsUnauthorized):
            raise
        except HmsRefused:
            return None
