"""The buttons of schedules, on the list, on replies and on notices."""

from typing import Annotated, Protocol

from bot.access.gate import UnknownSchedule
from bot.core.proofs import Horizon, SeenRecording, SeenSchedule
from bot.core.when import Refused, Unclear, When
from bot.features.schedules import ids, service, views
from bot.features.schedules.model import Schedule
from bot.features.schedules.store import ScheduleRepository
from bot.listeners.app import Bot
from bot.listeners.modals import open_modal
from bot.listeners.payloads import Caller, Click
from bot.listeners.payloads import View as ViewValues
from bot.listeners.registry import Ack, From, Listeners
from bot.ui import ids as ui_ids
from bot.ui.forms import own_state
from bot.ui.message import Message, message_view

on = Listeners()


class Upcoming(Protocol):
    """The list of what is planned, for the features whose buttons it has; `wiring` supplies it."""

    async def show(self, bot: Bot, click: Click, to: Horizon, said: Message) -> None:
        """Replace the clicked list by the current one, below a report of what was done."""

    async def confirm(
        self, bot: Bot, caller: Caller, schedule: Schedule, *, was: When | None
    ) -> Message:
        """Repeat the changed time, and say what else records the room then."""


@on.action(ids.UNDO)
async def undo(
    seen: SeenSchedule, to: Horizon, click: Click, ack: Ack, bot: Bot, upcoming: Upcoming
) -> None:
    """Take back what was just scheduled."""
    there = await ScheduleRepository(bot.deps.db).get(seen.schedule_id)
    begun = there if there and there.state == "over" else None
    gone = begun or await service.delete(bot.deps, bot.rights, seen)
    await ack()
    if gone is None:
        raise UnknownSchedule(seen.schedule_id)
    said = views.has_begun(gone) if begun else views.undone(gone)
    bot.after_ack(click.caller, _say_undone(bot, upcoming, click, to, said))


@on.action(ids.DELETE)
async def delete(
    seen: SeenSchedule, to: Horizon, click: Click, ack: Ack, bot: Bot, upcoming: Upcoming
) -> None:
    gone = await service.delete(bot.deps, bot.rights, seen)
    await ack()
    if gone is None:
        raise UnknownSchedule(seen.schedule_id)
    bot.after_ack(click.caller, upcoming.show(bot, click, to, views.deleted(gone)))


@on.action(ids.RESTORE)
async def restore(
    seen: SeenSchedule, to: Horizon, click: Click, ack: Ack, bot: Bot, upcoming: Upcoming
) -> None:
    here = click.caller.channel
    there = await service.restore(bot.deps, bot.gate, bot.rights, seen, here=here)
    await ack()
    said = views.restored(there) if there else views.too_late_to_undo()
    bot.after_ack(click.caller, _say_undone(bot, upcoming, click, to, said))


@on.action(ids.SKIP)
async def skip(
    seen: SeenSchedule, to: Horizon, click: Click, ack: Ack, bot: Bot, upcoming: Upcoming
) -> None:
    skipped = await service.skip(bot.deps, bot.rights, seen, ui_ids.moment_of(click.value))
    await ack()
    said = views.skipping(*skipped) if skipped else views.changed_meanwhile()
    bot.after_ack(click.caller, upcoming.show(bot, click, to, said))


@on.action(ids.UNSKIP)
async def unskip(
    seen: SeenSchedule, to: Horizon, click: Click, ack: Ack, bot: Bot, upcoming: Upcoming
) -> None:
    there = await service.unskip(bot.deps, bot.rights, seen, ui_ids.moment_of(click.value))
    await ack()
    said = views.restored(there) if there else views.changed_meanwhile()
    bot.after_ack(click.caller, _say_undone(bot, upcoming, click, to, said))


async def _say_undone(
    bot: Bot, upcoming: Upcoming, click: Click, to: Horizon, said: Message
) -> None:
    if click.view is not None:
        await upcoming.show(bot, click, to, said)
        return
    await bot.reply(click.caller, said, replace=click.on_answer)


@on.action(ids.PAUSE)
async def pause(
    seen: SeenSchedule, to: Horizon, click: Click, ack: Ack, bot: Bot, upcoming: Upcoming
) -> None:
    done = await service.pause(bot.deps, bot.rights, seen)
    await ack()
    bot.after_ack(click.caller, upcoming.show(bot, click, to, _done(done, "paused")))


@on.action(ids.RESUME)
async def resume(
    seen: SeenSchedule, to: Horizon, click: Click, ack: Ack, bot: Bot, upcoming: Upcoming
) -> None:
    here = click.caller.channel
    done = await service.resume(bot.deps, bot.gate, bot.rights, seen, here=here)
    await ack()
    if done is not None and done.state != "active":
        bot.after_ack(click.caller, upcoming.show(bot, click, to, views.no_date_left(done)))
        return
    bot.after_ack(click.caller, upcoming.show(bot, click, to, _done(done, "active again")))


def _done(schedule: Schedule | None, state: str) -> Message:
    return views.now_is(schedule, state) if schedule else views.changed_meanwhile()


@on.action(ids.RUN_NOW)
async def run_now(seen: SeenSchedule, click: Click, ack: Ack, bot: Bot) -> None:
    """Start now; the card shows the outcome."""
    name = click.caller.request_id
    here = click.caller.channel
    made = await service.run_now(bot.deps, bot.gate, seen, name, here=here)
    await ack()
    if made is None:
        raise UnknownSchedule(seen.schedule_id)
    schedule = made if isinstance(made, Schedule) else None
    if schedule is None:
        found = await ScheduleRepository(bot.deps.db).get(seen.schedule_id)
        said = views.taken(found.room_name if found else "")
    else:
        said = views.running_now(schedule.room_name)
    bot.after_ack(click.caller, bot.reply(click.caller, said))


@on.action(ids.CHANGE)
async def change(seen: SeenSchedule, click: Click, ack: Ack, bot: Bot) -> None:
    schedule = await ScheduleRepository(bot.deps.db).get(seen.schedule_id)
    if schedule is None:
        raise UnknownSchedule(seen.schedule_id)
    await bot.rights.to_change_schedule(seen.by, schedule.channel, schedule.by)
    await ack()
    await open_modal(
        bot, click.caller, views.change_form(schedule, bot.deps.now()), over=click.view
    )


@on.view(ids.CHANGE_FORM)
async def change_submitted(
    seen: Annotated[SeenSchedule, From.VIEW],
    caller: Caller,
    view: ViewValues,
    ack: Ack,
    bot: Bot,
    upcoming: Upcoming,
) -> None:
    """Change the time; the reply repeats it in words, with its dates."""
    typed = own_state(view.values).text(ids.WHEN)
    before = await ScheduleRepository(bot.deps.db).get(seen.schedule_id)
    changed = await service.change(bot.deps, bot.rights, seen, typed)
    if isinstance(changed, Refused | Unclear):
        await ack(response_action="errors", errors={ids.WHEN: views.problem(changed)})
        return
    if changed is None:
        message = views.changed_meanwhile()
    else:
        was = before.when if before else None
        message = await upcoming.confirm(bot, caller, changed, was=was)
    await ack(response_action="update", view=message_view(message, title=views.ALL))


@on.action(ui_ids.WAIT_FOR_PEOPLE)
async def wait_for_people(recording: SeenRecording, click: Click, ack: Ack, bot: Bot) -> None:
    """Stop the recording of an empty room, and start it again once somebody joins."""
    here = click.caller.channel
    schedule = await service.wait_for_people(bot.deps, bot.gate, bot.rights, recording, here=here)
    await ack()
    if schedule is None:
        said = views.changed_meanwhile()
    else:
        said = views.waiting_for_people(schedule, bot.deps.policy.armed_for)
    bot.after_ack(click.caller, bot.reply(click.caller, said, replace=click.on_answer))
