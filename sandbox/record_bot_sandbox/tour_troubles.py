"""The tour's second half: what goes wrong, and how the channel learns of it."""

from collections.abc import Callable
from functools import partial
from typing import Any

from record_bot_sandbox.scenario import Scenario
from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.seen import SeenMessage
from record_bot_sandbox.tour_day import VIDEO_READY

STANDUP, DESIGN, LOBBY = seed.STANDUP, seed.DESIGN, seed.LOBBY
WHY, FIX = "100ms could not open the meeting URL", "must join the room without a click"
ENDED = ("Ready", "Video ready", VIDEO_READY)


async def loses_every_webhook(tour: Scenario) -> None:
    tariq, hms, room = tour.cast.tariq, tour.stage.hms, "Design review"
    tour.narrator.tell("From now on, every webhook from 100ms is lost. Tariq does not notice.")
    before = len(tour.stage.hms_sim.webhooks.events)
    await hms.sim("/faults", {"kind": "drop"})
    options = '--res 720p --vocab "Figma, ליאת" --section "Decisions:bullets"'
    await tour.types(tariq, DESIGN, f'/record start "{room}" {options}')
    card = await tour.see("the card says Recording", tour.showing(DESIGN, room, "Recording"))
    tour.check("it names the options", "720p, transcript, 2 special words" in tour.text(card))
    await tour.types(tariq, DESIGN, "/record stop")
    card = await tour.see(
        "it still gets to the end, by polling", tour.showing(DESIGN, room, "Ready")
    )
    await tour.see("with results and files", tour.replies(card, "transcript"))
    events = tour.stage.hms_sim.webhooks.events[before:]
    lost = {event.state for event in events} == {"dropped"}
    tour.check(f"{len(events)} webhooks were sent, and none arrived", lost)
    await clear_faults(tour)


async def fails_and_tries_again(tour: Scenario) -> None:
    ines, hms, name = tour.cast.ines, tour.stage.hms, "sales-weekly"
    room = await hms.room(name)
    tour.narrator.tell("100ms cannot open the meeting's page today.")
    fault = {"kind": "start_fails", "room_id": room["id"], "error_type": "MAX_RETRIES_REACHED"}
    await hms.sim("/faults", fault)
    await tour.types(ines, STANDUP, f"/record start {name}")
    failing = tour.showing(STANDUP, name, "Failed")
    failed = await tour.see("the card says Failed", failing)
    for what, said in (("it says why", WHY), ("and what to do", FIX)):
        await tour.see(what, partial(_says, tour, failing, said))
    tour.narrator.tell("Someone fixes the page. Ines does not need to type anything again.")
    await clear_faults(tour)
    await tour.presses(ines, failed, "Try again")
    again = tour.showing(STANDUP, name, "Recording", after=failed.ts)
    card = await tour.see("a new card says Recording", again)
    await tour.presses(ines, card, "Stop", confirm=True)
    ended = tour.showing(STANDUP, name, *ENDED, after=failed.ts)
    await tour.see("and gets to its end", ended)


async def is_not_in_the_channel(tour: Scenario) -> None:
    tariq, name = tour.cast.tariq, "town hall"
    room = await tour.stage.hms.room(name)
    tour.narrator.tell("Nobody has invited the bot to #lobby yet.")
    await tour.types(tariq, LOBBY, f'/record start "{name}" --audio --destination main-stage')
    refused = await tour.see(
        "he is told the exact line to type", tour.told(tariq, LOBBY, "/invite @record")
    )
    starts = [r for r in tour.stage.hms_sim.calls if r.path.endswith(f"{room['id']}/start")]
    tour.check("nothing was started at 100ms", not starts)
    tour.narrator.types(tariq.user, LOBBY, "/invite @record")
    await tariq.tell(f"channels/{LOBBY}", bot_member=True, by=tariq.user)
    await tour.presses(tariq, refused, "Try again")
    card = await tour.see("now it records", tour.showing(LOBBY, name, "Recording"))
    await tour.presses(tariq, card, "Stop", confirm=True)
    await tour.see("and gets to its end", tour.showing(LOBBY, name, "Audio ready", "Ready"))


async def is_killed(tour: Scenario) -> None:
    ines, bot, hms, name = tour.cast.ines, tour.stage.bot, tour.stage.hms, "standup"
    earlier = tour.cards(STANDUP, name)[-1].ts
    await tour.types(ines, STANDUP, f"/record start {name} --no-transcript")
    running = tour.showing(STANDUP, name, "Recording", after=earlier)
    card = await tour.see("the card says Recording", running)
    tour.narrator.tell("The bot's process is killed (kill -9). The meeting ends in the meantime.")
    before = len(tour.stage.hms_sim.webhooks.events)
    await bot.kill()
    room = await hms.room(name)
    await hms.sim(f"/rooms/{room['id']}/end", {"reason": "that was all"})
    await hms.recording(room["recording_id"], "completed", patience_s=tour.longest_s)
    await _all_given_up(tour, room["id"])
    every = tour.stage.hms_sim.webhooks.events[before:]
    events = [event for event in every if event.room.id == room["id"]]
    lost = {event.state for event in events} == {"failed"}
    tour.check(f"{len(events)} webhooks failed, because the bot was down", lost)
    tour.narrator.tell("The bot is started again.")
    await bot.start()
    ended = tour.showing(STANDUP, name, *ENDED, after=earlier)
    done = await tour.see("the card continues, to the end", ended)
    tour.check("it is the same card, and the only one", done.ts == card.ts == _last(tour, name))
    thread = await tour.see("with the results in its thread", tour.replies(card))
    results = [m for m in thread if not m.raw.get("files")]
    tour.check("once, not twice", len(results) == 1)


def _says(tour: Scenario, card: Callable[[], SeenMessage | None], part: str) -> bool:
    found = card()
    return found is not None and part in tour.text(found)


def _last(tour: Scenario, name: str) -> str:
    return tour.cards(STANDUP, name)[-1].ts


async def _all_given_up(tour: Scenario, room_id: str) -> None:
    """Until 100ms has no webhook of that room under way any more."""

    def settled(state: dict[str, Any]) -> bool:
        mine = [event for event in state["webhooks"] if event["room_id"] == room_id]
        return all(event["state"] not in {"waiting", "held"} for event in mine)

    await tour.stage.hms.until(settled, patience_s=tour.longest_s)


async def clear_faults(tour: Scenario) -> None:
    await tour.stage.hms.sim("/faults", {"clear": True})
