"""What the workers of schedules, rules and calendars share: checks when something is due."""

import asyncio
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.access.gate import Gate
from bot.access.people import remembered
from bot.access.rights import NoRight, Rights
from bot.core.deliveries import OutcomeAddress
from bot.core.facts import EndSet, Via
from bot.core.options import RecordingOptions
from bot.core.places import Place, is_channel
from bot.core.proofs import KnownRoom, MayStart
from bot.core.recording import Recording
from bot.deps import Deps
from bot.features.automatic.model import Owned, PauseReason
from bot.features.start.model import StartRequest
from bot.hms.errors import HmsError
from bot.kit.metrics import FAULTS
from bot.slack.errors import CannotPostThere, SlackError, SlackRefused, SlackUnavailable
from bot.store.errors import StoreError, UnknownRecording

log = structlog.get_logger()

BATCH = 100
SIDE_BY_SIDE = 8
CLAIM = timedelta(seconds=30)  # longer than one batch can take
CHECK_S = 2.0  # between two checks for rows that another replica stored
AGAIN = timedelta(seconds=5)  # if a service did not answer, or the room will soon be free
PLACES_FOR = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Open:
    """Starting is allowed there. `place` None: Slack did not return the kind of place."""

    may: MayStart
    place: Place | None


class DueChecks:
    """Checks again what was true when it was set up."""

    def __init__(self, deps: Deps, gate: Gate, rights: Rights) -> None:
        self._deps = deps
        self._gate = gate
        self._rights = rights
        self._channel = remembered(deps.slack.channel, lasting=PLACES_FOR)

    def until(self, due: datetime | None) -> float:
        """Return the seconds to sleep: until `due` if that is soon, else `CHECK_S`."""
        if due is None:
            return CHECK_S
        return min(CHECK_S, max(0.0, (due - self._deps.now()).total_seconds()))

    async def may_start(self, user: str, channel: str) -> Open | PauseReason:
        """Return the place, or why nothing may be started there. Raises SlackUnavailable.

        If Slack does not say whether the owner is still in a private channel, start: a missed
        meeting cannot be repeated, and the recording stays in the channel. Public channels are
        open to every full member.
        """
        try:
            may = await self._gate.may_start(user, channel if is_channel(channel) else None)
        except NoRight:
            person = await self._rights.people.person(user)
            return "left" if person.standing == "external" else "right"
        if not is_channel(channel):
            return Open(may, "direct")
        try:
            seen = await self._channel(channel)
        except CannotPostThere:
            return "channel"
        # many starts at once can hit a rate limit
        except (SlackRefused, SlackUnavailable) as unknown:
            log.info("channel_not_seen", why=str(unknown))
            return Open(may, None)
        if seen.archived or not seen.member:
            return "channel"
        if not seen.public:
            horizon = await self._gate.horizon(user)
            away = horizon.complete and channel not in horizon.channels
            return "away" if away else Open(may, "private")
        return Open(may, "shared" if seen.shared else "public")

    async def recording(self, key: str) -> Recording | None:
        """Return the recording; None if it is forgotten."""
        try:
            return (await self._deps.store.recordings.load(key)).recording
        except UnknownRecording:
            return None


def start_request(
    one: Owned,
    request_id: str,
    options: RecordingOptions,
    place: Open,
    room: KnownRoom,
    *,
    via: Via,
    end: EndSet | None = None,
) -> StartRequest:
    """Build the start. A failure is sent to the person: nobody in the channel waits for it."""
    return StartRequest(
        request_id=request_id,
        room=room,
        options=options,
        may=place.may,
        via=via,
        outcome=OutcomeAddress(one.by),
        end=end,
        place=place.place,
    )


async def side_by_side(jobs: Iterable[Awaitable[None]]) -> None:
    """Run a few jobs at a time. A failing one is logged, and its claim expires."""
    places = asyncio.Semaphore(SIDE_BY_SIDE)

    async def one(job: Awaitable[None]) -> None:
        async with places:
            try:
                await job
            except (StoreError, HmsError, SlackError) as failed:
                log.warning("clock_job_failed", why=str(failed))
            except Exception:
                FAULTS.labels("clock").inc()
                log.exception("clock_job_broke")

    await asyncio.gather(*(one(job) for job in jobs))
