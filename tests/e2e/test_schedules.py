"""Recordings by the clock and by rule: scheduled, armed, started, ended, told."""

from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.seen import SeenMessage, Snapshot

from tests.e2e.bench import Bench
from tests.e2e.reading import Room, button, cards, first, has, labels


async def empty(bench: Bench, room: Room) -> None:
    await bench.hms.sim(f"/rooms/{room.id}/leave", {"name": "Ana"})


async def come(bench: Bench, room: Room, name: str = "Ana") -> None:
    await bench.hms.sim(f"/rooms/{room.id}/join", {"name": name})


async def test_a_start_in_some_seconds_says_when_and_then_shows_its_card(bench: Bench) -> None:
    room = await bench.room()
    await bench.ines.command(seed.STANDUP, f'/record start "{room.name}" in 2s for 3s')
    answer = await bench.told(bench.ines, seed.STANDUP, room.name, "will be recorded")
    assert labels(answer.blocks) == ["Undo", "Change", "Schedules"]
    assert "Europe/Amsterdam" in answer.text
    await bench.showed(room, "Recording", "scheduled by")  # for three seconds
    stopped = await bench.hms_until(room, lambda r: r["stop_reason"])
    assert stopped["stop_reason"] == "client request"
    assert len(await bench.recordings(room)) == 1


async def test_undo_leaves_nothing(bench: Bench) -> None:
    room = await bench.room()
    await bench.ines.command(seed.STANDUP, f'/record schedule "{room.name}" every weekday at 9:30')
    answer = await bench.told(bench.ines, seed.STANDUP, room.name, "every weekday at 9:30", "Next:")
    await bench.ines.click(answer, button(answer.blocks, "Undo"))
    await bench.told(bench.ines, seed.STANDUP, "The schedule of", room.name, "was deleted")
    listed = await schedules(bench)
    assert room.name not in str(listed.raw)


async def schedules(bench: Bench) -> SeenMessage:
    """The answer to `/record schedules`, this time."""
    before = {m.ts for m in await bench.ines.ephemerals(seed.STANDUP)}
    await bench.ines.command(seed.STANDUP, "/record schedules")

    def fresh(state: Snapshot) -> SeenMessage | None:
        shown = state.ephemerals(seed.STANDUP, bench.ines.user)
        return first([m for m in shown if m.ts not in before])

    return await bench.see(fresh, "what is scheduled")


async def test_a_rule_for_a_misspelt_room_offers_the_room(bench: Bench) -> None:
    await bench.ines.command(seed.STANDUP, "/record auto desing review on 2")
    asked = await bench.told(bench.ines, seed.STANDUP, "There is no room", "Did you mean")
    offer = button(asked.blocks, "Automatic recording of Design review, on 2")
    await bench.ines.click(asked, offer)
    await bench.told(bench.ines, seed.STANDUP, "Design review", "at least 2 people")
    await bench.ines.command(seed.STANDUP, "/record auto Design review off")
    await bench.told(bench.ines, seed.STANDUP, "Design review is no longer recorded")


async def test_nothing_is_planned_where_the_bot_cannot_post_cards(bench: Bench) -> None:
    for order in ("schedule Design review tomorrow 9:30", "auto Design review on"):
        await bench.ines.command(seed.BOARD, f"/record {order}")
        told = await bench.told(bench.ines, seed.BOARD, "Design review cannot be recorded here yet")
        assert "/invite @record" in told.text
    assert seed.BOARD not in str((await schedules(bench)).raw)


async def test_a_rule_for_a_disabled_room_is_refused(bench: Bench) -> None:
    await bench.ines.command(seed.STANDUP, "/record auto old standup on")
    await bench.told(bench.ines, seed.STANDUP, "is disabled in 100ms", "Nothing was set up")
    await bench.ines.command(seed.STANDUP, "/record auto old standup off")
    await bench.told(bench.ines, seed.STANDUP, "No rule is set")


async def test_what_else_records_the_room_then_is_named(bench: Bench) -> None:
    """A schedule at the time of another one, then a rule for the same room."""
    room = await bench.room()
    order = f'/record schedule "{room.name}" every weekday at'
    await bench.ines.command(seed.STANDUP, f"{order} 9:30 for 20m")
    await bench.told(bench.ines, seed.STANDUP, room.name, "every weekday at 9:30", "Next:")
    await bench.tariq.command(seed.STANDUP, f"{order} 9:45")
    whose = f"The schedule of <@{seed.STARTER}>"
    await bench.told(bench.tariq, seed.STANDUP, whose, "covers the same time", "starts first")
    await bench.tariq.command(seed.STANDUP, f"/record auto {room.name} on")
    await bench.told(bench.tariq, seed.STANDUP, "every session is recorded", "also scheduled by")
    await bench.ines.command(seed.STANDUP, f"{order} 16:00")
    await bench.told(bench.ines, seed.STANDUP, "16:00", "The rule of", "records every session")


async def test_what_is_armed_waits_for_the_first_person(bench: Bench) -> None:
    room = await bench.room()
    await empty(bench, room)
    await bench.ines.command(seed.STANDUP, f'/record start "{room.name}" in 1s')
    await bench.told(bench.ines, seed.STANDUP, room.name, "will be recorded")

    async def waits() -> bool:
        return has(await schedules(bench), room.name, "Waiting for somebody")

    # Not at each of the news, for the answer itself is one.
    await bench.world.until(waits, what="a schedule that waits")
    assert await bench.recordings(room) == []
    await come(bench, room)
    await bench.card(room, "Recording")


async def test_the_end_is_moved_and_taken_away_on_the_card(bench: Bench) -> None:
    room = await bench.room()
    await bench.start(room, "for 30m")
    card = await bench.card(room, "Recording")
    assert labels(card.blocks) == ["Pause", "Stop", "+15 min", "No end", "Details"]
    assert "until " in card.text
    await bench.press(bench.tariq, card, "+15 min")
    await bench.see(lambda s: has_card(s, room, "set the end to"), "the new end")
    card = await bench.card(room, "Recording")
    await bench.press(bench.tariq, card, "No end")
    await bench.see(lambda s: has_card(s, room, "removed the end"), "no end")
    card = await bench.card(room, "Recording")
    assert labels(card.blocks) == ["Pause", "Stop", "Details"]


def has_card(state: Snapshot, room: Room, *words: str) -> SeenMessage | None:
    return first([c for c in cards(state, room, seed.STANDUP) if has(c, *words)])


async def test_what_is_no_time_is_refused_with_two_that_are(bench: Bench) -> None:
    room = await bench.room()
    await bench.ines.command(seed.STANDUP, f'/record schedule "{room.name}" every fridya at 9')
    told = await bench.told(bench.ines, seed.STANDUP, "every Friday at 9:00")
    assert labels(told.blocks) == [f"Record {room.name}, every friday at 9"]
    await bench.ines.command(seed.STANDUP, f'/record schedule "{room.name}"')
    await bench.told(bench.ines, seed.STANDUP, "I need a time", "every weekday 9:30", "at 15:00")


async def test_a_rule_records_every_session_and_stops_when_all_have_left(bench: Bench) -> None:
    room = await bench.room()
    await empty(bench, room)
    await bench.ines.command(seed.STANDUP, f'/record auto "{room.name}" on')
    await bench.told(bench.ines, seed.STANDUP, room.name, "every session is recorded")
    await come(bench, room)
    card = await bench.card(room, "Recording")
    assert "started by a rule of" in card.text
    await empty(bench, room)
    stopped = await bench.hms_until(room, lambda r: r["stop_reason"])
    assert stopped["stop_reason"] == "client request"
    await bench.see(lambda s: has_card(s, room, "Everybody has left"), "why it stopped")
    await come(bench, room)
    await bench.world.at_100ms(
        lambda s: len([r for r in s["recordings"] if r["room_id"] == room.id]) == 2 or None
    )
    await bench.ines.command(seed.STANDUP, f'/record auto "{room.name}" off')
    await bench.told(bench.ines, seed.STANDUP, room.name, "no longer recorded automatically")


async def test_a_stop_by_hand_holds_for_the_session(bench: Bench) -> None:
    room = await bench.room()
    await bench.ines.command(seed.STANDUP, f'/record auto "{room.name}" on')
    card = await bench.card(room, "Recording")
    await bench.press(bench.ines, card, "Stop", confirm=True)
    await bench.finish(room)
    await come(bench, room, "Bob")
    other = await bench.room()
    await bench.ines.command(seed.STANDUP, f'/record auto "{other.name}" on')
    await bench.card(other, "Recording")  # by then the first room has been looked at, too
    assert len(await bench.recordings(room)) == 1


async def test_in_the_form_at_a_time_with_an_end(bench: Bench) -> None:
    room = await bench.room()
    await bench.ines.command(seed.STANDUP, f'/record start "{room.name}" --temperature 7')
    refused = await bench.told(bench.ines, seed.STANDUP, "temperature")
    await bench.ines.click(refused, button(refused.blocks, "Open the form"))
    form = await bench.view(bench.ines, "start_form")
    await bench.ines.enter(form, "when_kind", "once", action_id="start_when_kind")
    form = await bench.view(bench.ines, "start_form", "Time")
    await bench.ines.enter(form, "when", "at noonish", action_id="start_when")
    await bench.ines.enter(form, "stop_after", "3s", action_id="start_stop_after")
    await bench.ines.enter(form, "temperature", "0.5", action_id="start_temperature")
    answer = await bench.ines.submit(form)
    assert "when" in (answer.errors or {}), answer
    await bench.ines.enter(form, "when", "in 2s", action_id="start_when")
    await bench.ines.enter(form, "stop_after", "banana", action_id="start_stop_after")
    answer = await bench.ines.submit(form)
    assert answer.errors == {
        "stop_after": "I cannot read “banana” as a time. For example “for 30m” or “until 16:00”."
    }
    await bench.ines.enter(form, "stop_after", "3s", action_id="start_stop_after")
    await bench.ines.submit(form)
    told = await bench.view(bench.ines, "outcome", "will be recorded", "for 3 s")
    await bench.ines.close(told)
    await bench.card(room, "Recording")
    stopped = await bench.hms_until(room, lambda r: r["stop_reason"])
    assert stopped["stop_reason"] == "client request"


async def test_in_the_form_every_session_with_enough_people(bench: Bench) -> None:
    room = await bench.room()
    await empty(bench, room)
    form = await bench.choose_room(bench.ines, await bench.form(bench.ines), room)
    await bench.ines.enter(form, "when_kind", "session", action_id="start_when_kind")
    form = await bench.view(bench.ines, "start_form", "Minimum number of people")
    await bench.ines.enter(form, "least_people", "many", action_id="start_least_people")
    answer = await bench.ines.submit(form)
    assert "least_people" in (answer.errors or {}), answer
    await bench.ines.enter(form, "least_people", "2", action_id="start_least_people")
    await bench.ines.submit(form)
    told = await bench.view(
        bench.ines, "outcome", "every session with at least 2 people is recorded"
    )
    await bench.ines.close(told)
    await come(bench, room, "Ana")
    await come(bench, room, "Bob")
    card = await bench.card(room, "Recording")
    assert "started by a rule of" in card.text
    await bench.ines.command(seed.STANDUP, f'/record auto "{room.name}" off')
    await bench.told(bench.ines, seed.STANDUP, room.name, "no longer recorded automatically")


async def test_in_the_settings_of_a_channel_rules_are_set_and_turned_off(bench: Bench) -> None:
    room = await bench.room()
    await empty(bench, room)
    await bench.ines.command(seed.DESIGN, "/record settings")
    settings = await bench.view(bench.ines, "settings_form")
    await bench.ines.click(settings, button(settings.blocks, "Open rules"))
    form = await bench.view(bench.ines, "rules_form")
    answer = await bench.ines.submit(form)
    assert "room_id" in (answer.errors or {}), answer
    (option, *_) = await bench.ines.suggest(form, "room_id", room.name)
    await bench.ines.enter(form, "room_id", option["value"], action_id="rule_room")
    await bench.ines.submit(form)
    form = await bench.view(bench.ines, "rules_form", f"Saved the rule for *{room.name}*")
    await come(bench, room)
    await bench.card(room, "Recording", channel=seed.DESIGN)
    await bench.ines.click(form, button(form.blocks, "Turn off"))
    await bench.view(bench.ines, "rules_form", f"*{room.name}* is no longer recorded")


async def test_words_for_every_session_offer_the_rule(bench: Bench) -> None:
    room = await bench.room()
    await bench.ines.say(seed.STANDUP, f'<@{seed.BOT_USER}> record every session of "{room.name}"')
    asked = await bench.told(bench.ines, seed.STANDUP, "Record every session of", room.name)
    await bench.press(bench.ines, asked, f"Automatic recording of {room.name}, on")
    await bench.told(bench.ines, seed.STANDUP, room.name, "every session is recorded")
    await bench.ines.say(seed.STANDUP, f'<@{seed.BOT_USER}> dont auto record "{room.name}" anymore')
    asked = await bench.told(bench.ines, seed.STANDUP, "Turn off automatic recording of", room.name)
    await bench.press(bench.ines, asked, f"Automatic recording of {room.name}, off")
    await bench.told(bench.ines, seed.STANDUP, room.name, "no longer recorded automatically")


async def test_a_rule_counts_people_in_words_and_guests_are_told_who_may_change_it(
    bench: Bench,
) -> None:
    room = await bench.room()
    await bench.ines.command(seed.STANDUP, f'/record auto "{room.name}" on two')
    await bench.told(bench.ines, seed.STANDUP, room.name, "at least 2 people")
    await bench.guus.command(seed.STANDUP, f'/record auto "{room.name}" off')
    await bench.told(bench.guus, seed.STANDUP, "change which rooms are recorded automatically")
