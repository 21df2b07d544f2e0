"""Who may do what, as people meet it."""

from tests.e2e.bench import Bench, Person, SeenMessage, Snapshot, has, labels, seed

MEMBERS = "full members of this workspace"


async def test_a_guest_can_neither_start_nor_steer(bench: Bench) -> None:
    room, other = await bench.room(), await bench.room()
    answer = await bench.guus.command(seed.STANDUP, f'/record start "{other.name}"')
    assert answer.text == f"Only {MEMBERS} can start a recording here."
    card = await bench.running(room)
    for label in ("Pause", "Stop"):
        await bench.press(bench.guus, card, label, confirm=label == "Stop")
        told = await bench.told(bench.guus, seed.STANDUP, f"can {label.lower()} this recording.")
        assert f"Only <@{seed.STARTER}> and {MEMBERS}" in told.text
    answer = await bench.guus.command(seed.STANDUP, f'/record stop "{room.name}"')
    assert answer.text is not None
    assert "can stop this recording" in answer.text
    assert await bench.bodies(other) == []
    assert await bench.requests(room, "pause") == []
    assert (await bench.recording(room))["status"] == "running"


async def test_a_person_of_another_organisation_cannot_stop(bench: Bench) -> None:
    room = await bench.room()
    card = await bench.running(room, channel=seed.PARTNERS)
    await bench.press(bench.sol, card, "Stop", confirm=True)
    await bench.told(bench.sol, seed.PARTNERS, f"{MEMBERS} can stop this recording")
    assert (await bench.recording(room))["status"] == "running"


async def test_a_guest_is_told_in_the_form_and_keeps_what_was_typed(bench: Bench) -> None:
    room = await bench.room()
    view = await bench.form(bench.guus)
    view = await bench.choose_room(bench.guus, view, room)
    await bench.guus.submit(view)
    told = await bench.view(bench.guus, "outcome", "can start a recording here")
    await bench.press(bench.guus, told, "Back to the form")
    again = await bench.view(bench.guus, "start_form", room.id)
    await bench.guus.close(again, whole_stack=True)
    assert await bench.bodies(room) == []


async def test_who_may_not_stop_asks_and_the_starter_can(bench: Bench) -> None:
    room = await bench.room()
    card = await bench.running(room)
    refused = await _refused(bench, bench.guus, card)
    assert labels(refused.blocks) == ["Ask for a stop"]
    await bench.press(bench.guus, refused, "Ask for a stop")
    asked = await bench.direct(seed.STARTER, room.name, "asks you to stop")
    assert f"<@{seed.GUEST}>" in asked.text
    await bench.told(bench.guus, seed.STANDUP, f"<@{seed.STARTER}> has been asked to stop")
    # Once more: nobody is told twice.
    again = await _refused(bench, bench.guus, card)
    await bench.press(bench.guus, again, "Ask for a stop")
    await bench.press(bench.ines, asked, "Stop", confirm=True)
    await bench.hms_until(room, lambda r: r["stop_reason"])
    state = await bench.ines.state()
    direct = [m for m in state.messages(seed.dm_id(seed.STARTER)) if has(m, room.name, "asks you")]
    assert [m.ts for m in direct] == [asked.ts]
    shown = await bench.card(room, "")
    assert f"<@{seed.GUEST}> would like it stopped" in str(shown.blocks)


async def _refused(bench: Bench, who: Person, card: SeenMessage) -> SeenMessage:
    """What a press of Stop is answered with, this time."""
    before = {m.ts for m in await who.ephemerals(card.channel)}
    await bench.press(who, card, "Stop", confirm=True)

    def fresh(state: Snapshot) -> SeenMessage | None:
        shown = state.ephemerals(card.channel, who.user)
        return next((m for m in shown if m.ts not in before and has(m, "can stop")), None)

    return await bench.see(fresh)


async def test_while_slack_does_not_say_who_somebody_is_nothing_is_done(linked: Bench) -> None:
    """The bot has not met Sol on this stage."""
    room = await linked.room()
    await linked.slack_fault("users.info", error="internal_error", match={"user": seed.STRANGER})
    answer = await linked.sol.command(seed.PARTNERS, f'/record start "{room.name}"')
    assert answer.text is not None
    assert "not answering right now" in answer.text
    answer = await linked.sol.command(seed.PARTNERS, f'/record start "{room.name}"')
    assert answer.text == f"Only {MEMBERS} can start a recording here."
    assert await linked.bodies(room) == []
