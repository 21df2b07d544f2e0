"""Lists what is planned, and plans what the form of a start asks for."""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import replace
from zoneinfo import ZoneInfo

from bot.access.gate import Gate
from bot.access.rights import Rights
from bot.core.places import is_channel
from bot.core.proofs import Horizon, KnownRoom
from bot.core.when import Reading, Refused, Unclear, When
from bot.core.when_days import STOP_EXAMPLES
from bot.core.when_grammar import read_when
from bot.deps import Deps
from bot.features.automatic.service import channel_of, in_time, no_cards_in, zone_of
from bot.features.calendars.store import CalendarRepository
from bot.features.presets.model import NoSuchPreset
from bot.features.rooms.store import RoomRepository
from bot.features.rules.model import Rule
from bot.features.rules.service import rule_of_form, rule_seen, say_rule_set
from bot.features.rules.store import RuleRepository
from bot.features.schedules import views as schedule_views
from bot.features.schedules.model import Schedule
from bot.features.schedules.overlaps import first_overlaps
from bot.features.schedules.service import SEEN_MOST, ScheduleRequest, make, read_refused
from bot.features.schedules.store import ScheduleRepository
from bot.features.start.model import Scheduling, SessionRule, StartRequest
from bot.features.upcoming import views
from bot.features.upcoming.model import Listing, Planned, Rivals
from bot.ui import ids as ui_ids
from bot.ui.forms import FieldErrors
from bot.ui.message import Message

WRONG_END = "I cannot read that as an end."
COMPARED_MOST = 30  # schedules of the same room
LOOKED_INTO = 30  # public channels checked that a person is not in


async def listed(
    deps: Deps,
    gate: Gate,
    rights: Rights,
    to: Horizon,
    *,
    here: str | None,
    only: Callable[[Planned], bool] = lambda _: True,
) -> Listing:
    """Return what a person may see: this channel's, their own, and those of visible channels.

    `only` selects from them.

    What they may do is checked for those that are shown, and again when they do it.
    """
    repo, rules = ScheduleRepository(deps.db), RuleRepository(deps.db)
    calendars = CalendarRepository(deps.db)
    async with deps.db.database.together():
        every = await repo.channels() | await rules.channels()
    channels = await _channels_seen(gate, to, every, here)
    own = to.user if to.member else None
    async with deps.db.database.together():
        found = Listing(
            list(filter(only, await repo.listed(channels=channels, by=own))),
            list(filter(only, await rules.listed(channels, by=own))),
            list(filter(only, await calendars.listed(channels, by=own))),
        )
    all_: list[Planned]
    all_ = [*found.schedules, *found.rules, *found.calendars]
    ids = {one.room_id for one in all_}
    disabled = await RoomRepository(deps.db).disabled(ids) if ids else ()
    return await _with_rights(rights, to, replace(found, disabled=disabled), here)


async def _with_rights(rights: Rights, to: Horizon, found: Listing, here: str | None) -> Listing:
    lists = found.listed_alone, found.rules, found.calendars
    shown = [one for each in lists for one in each[: views.SHOWN]]
    owned = sorted({(one.channel, one.by) for one in shown})
    posts = {one.channel for one in found.listed_alone[: views.SHOWN]}
    there = [c for c in sorted(posts) if not is_channel(c) or c == here or c in to.channels]
    change = await asyncio.gather(*(rights.may_change_schedule(to.user, *one) for one in owned))
    places = [*map(channel_of, there), channel_of(here) if here else None]
    start = await asyncio.gather(*(rights.may_start(to.user, place) for place in places))
    return replace(
        found,
        may_change=frozenset(one for one, may in zip(owned, change, strict=True) if may),
        may_start=frozenset(c for c, may in zip(there, start, strict=False) if may),
        may_start_here=start[-1],
    )


async def schedules_seen(
    deps: Deps, gate: Gate, to: Horizon, every: Collection[str], *, here: str | None
) -> list[Schedule]:
    """Return the schedules of `listed`; `every` are the channels that have schedules."""
    if not every:
        return []
    channels = await _channels_seen(gate, to, every, here)
    own = to.user if to.member else None
    return await ScheduleRepository(deps.db).listed(channels=channels, by=own)


async def _channels_seen(
    gate: Gate, to: Horizon, every: Collection[str], here: str | None
) -> set[str]:
    """Return the person's channels, `here`, and some public channels of `every`."""
    channels = set(to.channels) | ({here} if here else set()) | {to.user}
    if to.member:
        others = [one for one in sorted(set(every) - channels) if is_channel(one)][:LOOKED_INTO]
        seen = await asyncio.gather(*(gate.sees_place(to.user, c, "", here) for c in others))
        channels |= {channel for channel, sees in zip(others, seen, strict=True) if sees}
    return channels


async def rivals(
    deps: Deps, gate: Gate, schedule: Schedule, user: str, *, here: str | None
) -> Rivals:
    """Return what else would record the room at a schedule's times, as far as they may see it."""
    others = (await ScheduleRepository(deps.db).of_room(schedule.room_id))[:COMPARED_MOST]
    found = await asyncio.to_thread(first_overlaps, schedule, others, deps.policy.armed_for)
    seen = [
        one
        for one in found[:SEEN_MOST]
        if await gate.sees_place(user, one.schedule.channel, one.schedule.by, here)
    ]
    rule = await rule_seen(deps, gate, schedule.room_id, user, here=here)
    return Rivals(seen[0] if seen else None, max(0, len(seen) - 1), rule)


async def say_scheduled(
    deps: Deps,
    gate: Gate,
    rights: Rights,
    schedule: Schedule,
    user: str,
    *,
    here: str | None,
    was: When | None = None,
) -> Message:
    """Repeat the time of a new or changed schedule, and say what else records the room then."""
    zone = await zone_of(rights, user)
    now = deps.now().astimezone(ZoneInfo(zone.name))
    others = await in_time(rivals(deps, gate, schedule, user, here=here), Rivals())
    also = views.also_recorded(schedule, others, now, user)
    return schedule_views.scheduled(schedule, now=now, zone_known=zone.known, others=also, was=was)


class Planner(Scheduling):
    def __init__(self, deps: Deps, gate: Gate, rights: Rights) -> None:
        self._deps = deps
        self._gate = gate
        self._rights = rights

    async def read(self, user: str, when: str, stop_after: str) -> When | FieldErrors:
        """Parse both fields. In `stop_after`, a bare length such as `30m` is accepted."""
        now, zone = self._deps.now(), (await zone_of(self._rights, user)).name
        start = read_when(when, now=now, zone=zone) if when else When(None, None, zone)
        if isinstance(start, When) and when and start.start is None:
            start = read_refused()
        if not isinstance(start, When):
            return FieldErrors({ui_ids.START_WHEN: _words(start)})
        if not stop_after:
            return start
        refused: list[Refused] = []
        for end in (stop_after, f"for {stop_after}"):
            both = read_when(f"{when} {end}".strip(), now=now, zone=zone)
            if isinstance(both, When) and both.stop is not None and bool(both.start) == bool(when):
                return both
            if isinstance(both, Refused):
                refused.append(replace(both, examples=STOP_EXAMPLES))
        # The first refusal quotes the typed text.
        shown = refused[0] if refused else Refused(WRONG_END, STOP_EXAMPLES)
        return FieldErrors({ui_ids.START_STOP_AFTER: _words(shown)})

    async def plan(self, request: StartRequest, when: When) -> Message:
        if not isinstance(request.room, KnownRoom):
            raise TypeError("a form names its room")
        if closed := await no_cards_in(self._deps, request.channel, request.room.name):
            return closed
        planned = ScheduleRequest(request.room, when, request.may, request.options, as_chosen=True)
        made = await make(self._deps, planned)
        if isinstance(made, NoSuchPreset):
            raise TypeError("a form has its preset's options")
        if isinstance(made, Refused):
            return schedule_views.not_planned(made)
        return await say_scheduled(
            self._deps, self._gate, self._rights, made, request.by, here=request.channel
        )

    async def record_sessions(
        self, request: StartRequest, rule: SessionRule
    ) -> Message | FieldErrors:
        """Set a rule with exactly the options of the form."""
        if not isinstance(request.room, KnownRoom):
            raise TypeError("a form names its room")
        if closed := await no_cards_in(self._deps, request.channel, request.room.name):
            return closed
        made = await rule_of_form(
            self._deps,
            self._rights,
            Rule(
                room_id=request.room.room_id,
                room_name=request.room.name,
                channel=request.channel or request.by,
                by=request.by,
                created_at=self._deps.now(),
                least_people=rule.least_people,
                until_empty=rule.until_empty,
                options=request.options,
            ),
        )
        if isinstance(made, FieldErrors):
            return made
        return await say_rule_set(self._deps, self._gate, made, request.by, here=request.channel)


def _words(problem: Reading) -> str:
    known = problem if isinstance(problem, Refused | Unclear) else read_refused()
    return schedule_views.problem(known)
