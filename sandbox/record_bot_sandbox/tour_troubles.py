"""The tour's second half: what goes wrong, and how the channel learns of it."""

from collections.abc import Callable
from functools import partial
from typing import Any

from record_bot_sandbox.scene import Scene
from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.seen import SeenMessage
from record_bot_sandbox.tour_day import VIDEO_READY

STANDUP, DESIGN, LOBBY = seed.STANDUP, seed.DESIGN, seed.LOBBY
WHY, FIX = "100ms could not open the meeting URL", "must join the room without a click"
ENDED = ("Ready", "Video ready", VIDEO_READY)


async def loses_every_webhook(scene: Scene) -> None:
    tariq, hms, room = scene.cast.tariq, scene.stage.hms, "Design review"
    scene.narrator.tell("From now on, every webhook from 100ms is lost. Tariq does not notice.")
    before = len(scene.stage.hms_sim.webhooks.events)
    await hms.sim("/faults", {"kind": "drop"})
    options = '--res 720p --vocab "Figma, ליאת" --section "Decisions:bullets"'
    await scene.types(tariq, DESIGN, f'/record start "{room}" {options}')
    card = await scene.see("the card says Recording", scene.showing(DESIGN, room, "Recording"))
    scene.check("it names the options", "720p, transcript, 2 special words" in scene.text(card))
    await scene.types(tariq, DESIGN, "/record stop")
    card = await scene.see(
        "it still gets to the end, by polling", scene.showing(DESIGN, room, "Ready")
    )
    await scene.see("with results and files", scene.replies(card, "transcript"))
    events = scene.stage.hms_sim.webhooks.events[before:]
    lost = {event.state for event in events} == {"dropped"}
    scene.check(f"{len(events)} webhooks were sent, and none arrived", lost)
    await clear_faults(scene)


async def fails_and_tries_again(scene: Scene) -> None:
    ines, hms, name = scene.cast.ines, scene.stage.hms, "sales-weekly"
    room = await hms.room(name)
    scene.narrator.tell("100ms cannot open the meeting's page today.")
    fault = {"kind": "start_fails", "room_id": room["id"], "error_type": "MAX_RETRIES_REACHED"}
    await hms.sim("/faults", fault)
    await scene.types(ines, STANDUP, f"/record start {name}")
    failing = scene.showing(STANDUP, name, "Failed")
    failed = await scene.see("the card says Failed", failing)
    for what, said in (("it says why", WHY), ("and what to do", FIX)):
        await scene.see(what, partial(_says, scene, failing, said))
    scene.narrator.tell("Someone fixes the page. Ines does not need to type anything again.")
    await clear_faults(scene)
    await scene.presses(ines, failed, "Try again")
    again = scene.showing(STANDUP, name, "Recording", after=failed.ts)
    card = await scene.see("a new card says Recording", again)
    await scene.presses(ines, card, "Stop", confirm=True)
    ended = scene.showing(STANDUP, name, *ENDED, after=failed.ts)
    await scene.see("and gets to its end", ended)


async def is_not_in_the_channel(scene: Scene) -> None:
    tariq, name = scene.cast.tariq, "town hall"
    room = await scene.stage.hms.room(name)
    scene.narrator.tell("Nobody has invited the bot to #lobby yet.")
    await scene.types(tariq, LOBBY, f'/record start "{name}" --audio --destination main-stage')
    refused = await scene.see(
        "he is told the exact line to type", scene.told(tariq, LOBBY, "/invite @record")
    )
    starts = [r for r in scene.stage.hms_sim.calls if r.path.endswith(f"{room['id']}/start")]
    scene.check("nothing was started at 100ms", not starts)
    scene.narrator.types(tariq.user, LOBBY, "/invite @record")
    await tariq.tell(f"channels/{LOBBY}", bot_member=True, by=tariq.user)
    await scene.presses(tariq, refused, "Try again")
    card = await scene.see("now it records", scene.showing(LOBBY, name, "Recording"))
    await scene.presses(tariq, card, "Stop", confirm=True)
    await scene.see("and gets to its end", scene.showing(LOBBY, name, "Audio ready", "Ready"))


async def is_killed(scene: Scene) -> None:
    ines, bot, hms, name = scene.cast.ines, scene.stage.bot, scene.stage.hms, "standup"
    earlier = scene.cards(STANDUP, name)[-1].ts
    await scene.types(ines, STANDUP, f"/record start {name} --no-transcript")
    running = scene.showing(STANDUP, name, "Recording", after=earlier)
    card = await scene.see("the card says Recording", running)
    scene.narrator.tell("The bot's process is killed (kill -9). The meeting ends in the meantime.")
    before = len(scene.stage.hms_sim.webhooks.events)
    await bot.kill()
    room = await hms.room(name)
    await hms.sim(f"/rooms/{room['id']}/end", {"reason": "that was all"})
    await hms.recording(room["recording_id"], "completed")
    await _all_given_up(scene, room["id"])
    every = scene.stage.hms_sim.webhooks.events[before:]
    events = [event for event in every if event.room.id == room["id"]]
    lost = {event.state for event in events} == {"failed"}
    scene.check(f"{len(events)} webhooks failed, because the bot was down", lost)
    scene.narrator.tell("The bot is started again.")
    await bot.start()
    ended = scene.showing(STANDUP, name, *ENDED, after=earlier)
    done = await scene.see("the card continues, to the end", ended)
    scene.check("it is the same card, and the only one", done.ts == card.ts == _last(scene, name))
    thread = await scene.see("with the results in its thread", scene.replies(card))
    results = [m for m in thread if not m.raw.get("files")]
    scene.check("once, not twice", len(results) == 1)


def _says(scene: Scene, card: Callable[[], SeenMessage | None], part: str) -> bool:
    found = card()
    return found is not None and part in scene.text(found)


def _last(scene: Scene, name: str) -> str:
    return scene.cards(STANDUP, name)[-1].ts


async def _all_given_up(scene: Scene, room_id: str) -> None:
    """Until 100ms has no webhook of that room under way any more."""

    def settled(state: dict[str, Any]) -> bool:
        mine = [event for event in state["webhooks"] if event["room_id"] == room_id]
        return all(event["state"] not in {"waiting", "held"} for event in mine)

    await scene.stage.hms.until(settled, patience_s=scene.longest_s)


async def clear_faults(scene: Scene) -> None:
    await scene.stage.hms.sim("/faults", {"clear": True})
