"""Reads from 100ms who was in the meeting, once it is over."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta

import structlog

from bot.core.facts import Attendee, AttendeesListed
from bot.core.note import Note
from bot.core.recording import Recording
from bot.engine.context import Context
from bot.hms.errors import HmsRefused, HmsUnauthorized, HmsUnavailable
from bot.hms.models import SessionPeer

log = structlog.get_logger()

ATTENDEES_MOST = 200  # the first ones; the fact is loaded with the recording each time
NAME_MOST = 80
RECORDER_ROLES = "__internal"  # prefix of 100ms' own roles
CLOCKS = timedelta(seconds=2)  # tolerance: 100ms' times may be whole seconds


async def list_attendees(ctx: Context) -> Note:
    """List the attendees. People who joined by a link signed for them are known Slack users.

    Raises HmsUnavailable until a day after the end; after that nobody is listed.
    """
    recording = ctx.recording
    joined = await ctx.deps.store.joins.people(recording.room_id)
    ended = recording.stopped_at or recording.completed_at or ctx.now
    people: tuple[Attendee, ...] = ()
    try:
        session = await ctx.deps.hms.session(recording.session_id or "")
        people = await _named(ctx, attendees(recording, session.peers, joined))
    except HmsUnauthorized:
        raise  # about the token, not about the session
    except HmsRefused as refused:
        log.info("attendees_unknown", key=ctx.key, why=str(refused))
    except HmsUnavailable:
        if ctx.now < ended + ctx.deps.policy.give_up_after:
            raise
    return Note(facts=[AttendeesListed(at=ctx.now, people=people)])


async def _named(ctx: Context, people: Sequence[Attendee]) -> tuple[Attendee, ...]:
    """Use Slack's names for Slack users, and for others the names with which they joined."""
    names = await ctx.deps.slack.names_of([one.slack for one in people if one.slack])
    return tuple(
        one.model_copy(update={"name": names.get(one.slack or "", one.name)[:NAME_MOST]})
        for one in people
    )


def attendees(
    recording: Recording,
    peers: Iterable[SessionPeer],
    joined: Mapping[str, str],
    *,
    unnamed: bool = False,
) -> tuple[Attendee, ...]:
    """Return everybody who was there during the recording, once each, without the recorder.

    `unnamed`: include people without a name, and all people with the same name.
    """
    there = sorted(_there(recording, peers), key=lambda p: p.joined_at or recording.requested_at)
    found: dict[str, Attendee] = {}
    for peer in there:
        name = " ".join((peer.name or "").split())[:NAME_MOST]
        slack = joined.get(peer.user_id or "")
        key = slack or peer.user_id or name or (peer.id if unnamed else "")
        if not key:
            continue
        one = found.setdefault(key, Attendee(name=name, slack=slack))
        if slack:
            found[key] = one.model_copy(update={"peers": (*one.peers, peer.id)})
    listed = found.values() if unnamed else dict.fromkeys(found.values())
    return tuple(listed)[:ATTENDEES_MOST]


def _there(recording: Recording, peers: Iterable[SessionPeer]) -> Iterator[SessionPeer]:
    began, ended = recording.started_at, recording.stopped_at
    for peer in peers:
        is_recorder = peer.id == recording.recorder_peer
        if is_recorder or (peer.role or "").startswith(RECORDER_ROLES):
            continue
        late = ended and peer.joined_at and peer.joined_at > ended + CLOCKS
        early = began and peer.left_at and peer.left_at < began - CLOCKS
        if not late and not early:
            yield peer
