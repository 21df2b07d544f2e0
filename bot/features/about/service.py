"""Answers a question about one recording from the store, and asks 100ms who is in the room now."""

from bot.access.rights import Rights
from bot.core.policy import transcript_expected_at
from bot.core.proofs import SeenRecording
from bot.core.recording import OCCUPIES_ROOM, Recording
from bot.deps import Deps
from bot.features.about.model import Asked
from bot.features.about.views import about_recording
from bot.features.card.service import doubts
from bot.features.meeting.steps import attendees
from bot.hms.errors import HmsError
from bot.store.errors import UnknownRecording
from bot.ui.message import Block, Message


async def answer_question(
    deps: Deps, rights: Rights, seen: SeenRecording, asked: Asked, more: list[Block]
) -> Message:
    """Answer a question, with the buttons `more` below. Raises UnknownRecording."""
    row = await deps.store.lists.row(seen.key)
    if row is None:
        raise UnknownRecording(seen.key)
    loaded = await deps.store.recordings.load(seen.key)
    recording, now = loaded.recording, deps.now()
    there = None
    if asked is Asked.PEOPLE and recording.phase in OCCUPIES_ROOM:
        there = await _there_now(deps, recording)
    return about_recording(
        recording,
        asked,
        now=now,
        doubts=doubts(recording, loaded.work, deps.policy, now),
        there=there,
        expected_at=transcript_expected_at(recording, deps.policy),
        may_stop=await rights.may_control(seen.by, row),
        may_open=await rights.may_open(seen.by, seen.channel),
        more=more,
        bot=deps.identity.name,
    )


async def _there_now(deps: Deps, recording: Recording) -> tuple[str, ...] | None:
    """Return the names of the people in the room now, '' for a nameless one.

    None if 100ms does not answer. An inactive room is empty.
    """
    try:
        active = await deps.hms.active_room(recording.room_id)
        if active is None:
            return ()
        if active.session_id is None:
            return None
        session = await deps.hms.session(active.session_id)
    except HmsError:
        return None
    here = [peer for peer in session.peers if peer.id in active.peer_ids or peer.left_at is None]
    joined = await deps.store.joins.people(recording.room_id)
    listed = attendees(recording, here, joined, unnamed=True)
    names = await deps.slack.names_of([one.slack for one in listed if one.slack])
    return tuple(names.get(one.slack or "", one.name) for one in listed)
