"""Schedules, rules for rooms, and the end of a recording."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from record_bot_sandbox.slack import seed

from bot.core import facts as f
from bot.core.when import Refused, StopAt, Unclear, When
from bot.core.when_grammar import read_when
from bot.features.automatic import views as automatic
from bot.features.calendars import views as calendars
from bot.features.calendars.model import RoomCalendar
from bot.features.commands.stored_orders import StoredOrder
from bot.features.commands.views import choices
from bot.features.control import views as control
from bot.features.rules import views as rules
from bot.features.rules.form import rules_form
from bot.features.rules.model import Rule
from bot.features.schedules import views
from bot.features.schedules.model import PassedDate, Schedule, Subject, paused, planned
from bot.features.schedules.overlaps import Overlap
from bot.features.schedules.service import past_refused
from bot.features.upcoming import views as upcoming
from bot.features.upcoming.model import Listing, Rivals
from bot.ui.problems import slack_refusal
from tests.unit.views_samples import NOW, READ, RUNS, at
from tests.voice.sample import BOT, ROOM, Sample, channel, direct, modal, only_you, story, thread

ZONE = "Europe/Amsterdam"
ROOM_ID = "65f0c0ffee00000000000001"
LATER = NOW + timedelta(hours=1)


def scheduled(text: str, **more: object) -> Schedule:
    when = read_when(text, now=NOW, zone=ZONE)
    assert isinstance(when, When), when
    one = Schedule("s1", ROOM_ID, ROOM, seed.STANDUP, seed.STARTER, when, NOW)
    return replace(planned(one, NOW), **more)  # type: ignore[arg-type]


def wrong(text: str) -> Refused | Unclear:
    read = read_when(text, now=NOW, zone=ZONE)
    assert isinstance(read, Refused | Unclear), read
    return read


STOP_AT = choices(
    "question-1",
    {"0": [StoredOrder(verb="stop", room_name=ROOM, when=When(None, StopAt(LATER), ZONE))]},
)
EVERY = scheduled("every weekday at 9:30 for 20m")
ONCE = scheduled("tomorrow 15:00 until 16:00")
ARMED = replace(ONCE, armed_for=NOW, armed_until=LATER)
RULE = Rule(ROOM_ID, ROOM, seed.STANDUP, seed.STARTER, datetime(2026, 11, 1, tzinfo=UTC))
TWO = replace(RULE, room_name="Sales call", least_people=2)
CALENDAR = RoomCalendar(
    "c1", ROOM_ID, ROOM, seed.STANDUP, seed.STARTER, ZONE, NOW, "https://calendar.example/key"
)
EMPTY = replace(CALENDAR, calendar_id="c2", room_name="Sales call")
EVENT = replace(ONCE, calendar_id="c1", event="e1")
ME = seed.ADMIN
NOT_IN = slack_refusal("not_in_channel", seed.LOBBY, bot=BOT)
THEIRS = Overlap(EVERY, LATER, starts_first=True)
SAME = Overlap(EVERY, LATER, starts_first=True, same_time=True)
OWN = Overlap(replace(EVENT, by=ME), LATER, starts_first=False)


PAUSED, MOVED = Subject("paused", "s1"), Subject("moved", "s1")
DELETED, SKIPPED = Subject("deleted", "s1"), Subject("skipped", "s1", LATER)
CALENDAR_OFF = calendars.calendar_off_by(CALENDAR, ME)


def beside(when: str, rivals: Rivals) -> Sample:
    """A new schedule, and what else records the room then."""
    others = upcoming.also_recorded(ONCE, rivals, NOW, ME)
    return only_you(when, views.scheduled, ONCE, now=NOW, zone_known=True, others=others)


def answers() -> list[Sample]:
    return [
        only_you("A recording is scheduled", views.scheduled, ONCE, now=NOW, zone_known=True),
        only_you("… repeatedly", views.scheduled, EVERY, now=NOW, zone_known=True),
        only_you(
            "Change was pressed, for a paused one",
            views.scheduled,
            paused(EVERY, "asked"),
            now=NOW,
            zone_known=True,
        ),
        only_you(
            "… and Slack does not say the time zone",
            views.scheduled,
            EVERY,
            now=NOW,
            zone_known=False,
        ),
        beside("… at the time of another schedule", Rivals(THEIRS)),
        beside("… which begins at the same time", Rivals(SAME)),
        beside("… of the person's own calendar", Rivals(OWN, more=1)),
        beside("… in a room with a rule", Rivals(rule=RULE)),
        only_you("Undo was pressed", views.undone, EVERY),
        only_you("… when the time has come", views.has_begun, ONCE),
        only_you(
            "A schedule was changed",
            views.scheduled,
            EVERY,
            now=NOW,
            zone_known=True,
            was=ONCE.when,
        ),
        only_you("Delete was pressed, or “cancel” was said", views.deleted, EVERY),
        only_you("… of a single date", views.deleted, ONCE),
        only_you("… and Undo", views.restored, EVERY),
        only_you("… of one that is paused", views.restored, paused(EVERY, "asked")),
        only_you("… and Undo after an hour", views.too_late_to_undo),
        only_you(
            "Wait for people was pressed", views.waiting_for_people, EVERY, timedelta(hours=1)
        ),
        only_you("A running recording gets an end", control.ends, story(*RUNS), NOW),
        only_you("… and No end was pressed", control.ends, story(*RUNS), None),
        only_you(
            "“5 more minutes” for a recording without an end",
            control.has_no_end,
            ROOM,
            STOP_AT,
        ),
        only_you("Skip next was pressed", views.skipping, EVERY, NOW),
        only_you("Run now was pressed", views.running_now, ROOM),
        only_you("… and it is being recorded already", views.taken, ROOM),
        only_you("Pause was pressed", views.now_is, EVERY, "paused"),
        only_you("Resume was pressed, and no date is left", views.no_date_left, ONCE),
        only_you("Somebody else was faster", views.changed_meanwhile),
        modal("Change was pressed", views.change_form, EVERY, NOW),
        only_you("A room is to be recorded automatically", rules.rule_set, RULE, now=NOW),
        only_you(
            "… and it is scheduled, too",
            rules.rule_set,
            RULE,
            [EVERY, EVENT],
            now=NOW,
            reader=ME,
        ),
        only_you("… that is disabled in 100ms", automatic.room_disabled, ROOM),
        only_you("… and another channel has done that", rules.rule_elsewhere, ROOM),
        modal("Rules for rooms, in the channel settings", rules_form, seed.STANDUP, []),
        modal(
            "… and one was saved",
            rules_form,
            seed.STANDUP,
            [RULE, TWO],
            said=rules.rule_saved(RULE, [EVERY], now=NOW),
        ),
        only_you("Turn off was pressed", rules.rule_off, ROOM, there=True),
        only_you("… and there was no rule", rules.rule_off, ROOM, there=False),
        only_you("It is not clear what to do automatically", rules.auto_usage),
        only_you("A calendar is followed", calendars.calendar_added, CALENDAR, now=NOW),
        only_you(
            "… of a room with a schedule and a rule",
            *(calendars.calendar_added, CALENDAR, [EVERY], RULE),
            now=NOW,
            reader=ME,
        ),
        only_you("… and is not any more", calendars.calendar_off, ROOM),
        only_you("A room was chosen, but no time", views.at_what_time, "Weekly sync"),
        only_you("Its time passed before it was confirmed", views.not_planned, past_refused()),
        only_you("The bot is not in the channel", automatic.no_cards, ROOM, *NOT_IN),
        only_you("A calendar without a room", calendars.calendar_usage),
        only_you("A calendar has no secure link", calendars.only_https),
        only_you("Too many calendars", calendars.too_many_calendars),
        only_you(
            "+15 min is pressed on a stale card: it is over",
            control.end_is,
            story(*READ),
            None,
        ),
        only_you(
            "… it is being stopped",
            control.end_is,
            story(*RUNS, f.StopRequested(at=at(60), by="U2")),
            None,
        ),
        only_you("… its end was removed", control.end_is, story(*RUNS), None),
        only_you("… its end was moved", control.end_is, story(*RUNS), at(4500)),
    ]


def lists() -> list[Sample]:
    asked = replace(paused(EVERY, "asked", ME), schedule_id="s2")
    left = replace(paused(EVERY, "left"), schedule_id="s3")
    before = replace(asked, paused_by=None, schedule_id="s4")
    every, mine = [ARMED, EVERY, asked, left, before], [(seed.STANDUP, seed.STARTER)]
    some = Listing(every, [RULE, TWO], [], mine, [seed.STANDUP])
    of_calendars = Listing([EVENT], [], [CALENDAR, EMPTY], mine, [seed.STANDUP])
    elsewhere = replace(some, may_start=())
    disabled = Listing([EVERY], [RULE], [], mine, [seed.STANDUP], disabled=[ROOM_ID])
    return [
        only_you("All schedules", upcoming.schedules_list, some, NOW),
        only_you("… with calendars", upcoming.schedules_list, of_calendars, NOW),
        only_you(
            "… of a channel that the person is not in",
            upcoming.schedules_list,
            elsewhere,
            NOW,
        ),
        only_you("… for a guest", upcoming.schedules_list, replace(elsewhere, may_change=()), NOW),
        only_you("… of a room that is disabled", upcoming.schedules_list, disabled, NOW),
        only_you("Nothing is scheduled", upcoming.schedules_list, Listing(), NOW),
        only_you("… for a guest", upcoming.schedules_list, Listing(may_start_here=False), NOW),
    ]


def _told(when: str, text: str, about: Subject | None = None) -> Sample:
    return channel(when, views.notice, text, about)


def to_owner() -> list[Sample]:
    """Direct messages about what somebody else did."""
    moved = scheduled("every weekday at 10 for 20m")
    return [
        direct("It was deleted", views.notice, views.deleted_by(EVERY, ME, NOW), DELETED),
        direct("… restored", views.notice, views.restored_by(EVERY, ME)),
        direct("… paused", views.notice, views.paused_by(EVERY, ME), PAUSED),
        direct("… resumed", views.notice, views.resumed_by(EVERY, ME)),
        direct("… changed", views.notice, views.moved_by(EVERY, moved, ME, NOW), MOVED),
        direct("… skipped once", views.notice, views.skipped_by(EVERY, ME, LATER), SKIPPED),
        direct("… and not after all", views.notice, views.unskipped_by(EVERY, ME, LATER)),
        direct("Their calendar is not followed any more", views.notice, CALENDAR_OFF),
        direct("Their rule was turned off", views.notice, rules.rule_off_by(RULE, ME)),
        direct("… or changed", views.notice, rules.rule_set_by(RULE, replace(TWO, by=ME))),
    ]


def notices() -> list[Sample]:
    nobody, missed = PassedDate("nobody", NOW, LATER), PassedDate("missed", NOW, LATER)
    left_out = views.date_passed(EVERY, nobody, room_gone=True)
    return [
        thread("It is about to stop", control.ends_soon, story(*RUNS), LATER),
        _told("Nobody came", views.date_passed(EVERY, nobody, room_gone=False)),
        _told("The room is not in the list any more", left_out),
        _told("The bot was not running", views.date_passed(EVERY, missed, room_gone=False)),
        _told(
            "… for several days",
            views.date_passed(EVERY, replace(missed, count=3), room_gone=False),
        ),
        _told("It is recorded already", views.already_recorded(ARMED)),
        _told("The preset was deleted", views.preset_gone(EVERY)),
        _told("Its owner may no longer start recordings", views.paused_by_itself(EVERY, "right")),
        _told("Its owner has left", views.paused_by_itself(EVERY, "left")),
        _told("Its owner has left the private channel", views.paused_by_itself(ARMED, "away")),
        _told("The room is gone", views.paused_by_itself(ARMED, "room"), PAUSED),
        _told("The room is disabled", views.paused_by_itself(ARMED, "disabled"), PAUSED),
        _told("The bot was removed from the channel", views.paused_by_itself(EVERY, "channel")),
        _told("A calendar cannot be read", calendars.calendar_unreadable(CALENDAR)),
        _told("… or its owner has left", calendars.calendar_dropped(CALENDAR, "left")),
        _told("Its event is in a disabled room", views.event_not_recorded(ARMED, "disabled")),
        _told("The same for a rule", rules.rule_paused_by_itself(RULE, "left")),
        _told("… whose channel is gone", rules.rule_paused_by_itself(RULE, "channel")),
    ]
