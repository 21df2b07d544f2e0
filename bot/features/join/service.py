"""Makes personal links to join a room that is being recorded."""

from bot.core.facts import Observed
from bot.core.proofs import HomeMember, SeenRecording
from bot.core.recording import OCCUPIES_ROOM
from bot.deps import Deps
from bot.features.join.model import (
    JoinLink,
    WhyNot,
    domain_of,
    link_with_code,
    link_with_token,
    user_id_of,
)
from bot.store.errors import UnknownRecording, UnreadableRecording
from bot.store.values import RecordingRow

EARLIER = 5  # recordings of the room, searched for a meeting URL with the domain


async def link(deps: Deps, seen: SeenRecording, by: HomeMember) -> JoinLink | WhyNot:
    """Make a link. With the app's secret it is signed for this person, which is stored.

    Without the secret it needs a room code from 100ms; raises HmsError.
    """
    row = await deps.store.lists.row(seen.key)
    if row is None:
        return WhyNot.GONE
    if row.phase not in OCCUPIES_ROOM:
        return WhyNot.OVER
    role = await _role(deps, seen, row)
    if role is None:
        return WhyNot.NO_ROLE
    domain = deps.hms_domain or await _learnt_domain(deps, row)
    if domain is None:
        return WhyNot.NO_DOMAIN
    if deps.join_tokens is not None:
        user_id = user_id_of(deps.identity.team_id, by.user)
        name = (await deps.slack.names_of([by.user])).get(by.user, "")
        await deps.store.joins.note(row.room_id, user_id, by.user)
        token = deps.join_tokens.token(row.room_id, user_id, role)
        url = link_with_token(domain, row.room_id, role, token=token, name=name)
        return JoinLink(url, row.name, personal=True)
    codes = await deps.hms.room_codes(row.room_id)
    code = next((one.code for one in codes if one.enabled and one.role == role), None)
    if code is None:
        return WhyNot.NO_CODE
    return JoinLink(link_with_code(domain, code.get_secret_value()), row.name, personal=False)


async def _role(deps: Deps, seen: SeenRecording, row: RecordingRow) -> str | None:
    """Return the join role of this channel, else of the recording's own if they see that."""
    for channel in (seen.channel, row.origin):
        if channel == seen.channel or channel in seen.channels:
            settings = await deps.store.channel_settings.of(channel)
            if settings.join_role:
                return settings.join_role
    return None


async def _learnt_domain(deps: Deps, row: RecordingRow) -> str | None:
    """Find the domain in 100ms' meeting URLs of this recording, or earlier ones of its room."""
    earlier = await deps.store.lists.recent(room_id=row.room_id, limit=EARLIER)
    for key in dict.fromkeys([row.key, *(one.key for one in earlier)]):
        try:
            recording = (await deps.store.recordings.load(key)).recording
        except (UnknownRecording, UnreadableRecording):
            continue
        for fact in reversed(recording.log):
            url = fact.meeting_url if isinstance(fact, Observed) else None
            if domain := domain_of(url, row.room_id):
                return domain
    return None
