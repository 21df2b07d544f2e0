"""Who may do what, as people meet it."""

from collections.abc import Awaitable

from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.person import Person
from record_bot_sandbox.slack.seen import Answer, SeenMessage, Snapshot

from tests.e2e.bench import Bench
from tests.e2e.reading import first, has, labels

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


async def test_a_guest_is_told_before_a_form_opens(bench: Bench) -> None:
    """By command, with a room that is not clear, by buttons, shortcuts and a mention."""
    for text in ("start", 'start "no such room"', "start --preset nothing"):
        answer = await bench.guus.command(seed.STANDUP, f"/record {text}")
        assert answer.text == f"Only {MEMBERS} can start a recording here."
    wrong = await bench.guus.command(seed.STANDUP, "/record start --res 4k")
    assert labels(wrong.saw[0]["message"]["blocks"]) == []
    room = await bench.room()
    answer = await bench.guus.command(seed.STANDUP, f'/record stop "{room.name}"')
    other = await bench.guus.command(seed.STANDUP, '/record stop "no such hall"')
    said, said_of_none = (answer.text or "", other.text or "")
    assert said.replace(room.name, "R") == said_of_none.replace("no such hall", "R")
    link = "https://acme.app.100ms.live/preview/some-guest-room/host"
    await bench.tariq.say(seed.STANDUP, link)
    message = await bench.see(
        lambda s: first([m for m in s.messages(seed.STANDUP) if m.text == link])
    )
    await _told_anew(bench, bench.guus.shortcut("record_link", message))
    await _told_anew(bench, bench.guus.mention(seed.STANDUP, f"<@{seed.BOT_USER}> start"))
    await bench.guus.shortcut("start_recording")
    told = await bench.view(bench.guus, "outcome", f"Only {MEMBERS} can start a recording here.")
    await bench.guus.close(told)
    state = await bench.guus.state()
    assert [m for m in state.messages(seed.dm_id(seed.GUEST)) if has(m, "can start")] == []


async def _told_anew(bench: Bench, doing: Awaitable[Answer]) -> None:
    """The guest is refused once more."""
    before = {m.ts for m in await bench.guus.ephemerals(seed.STANDUP)}
    assert (await doing).ok

    def fresh(state: Snapshot) -> SeenMessage | None:
        shown = state.ephemerals(seed.STANDUP, seed.GUEST)
        refused = (m for m in shown if has(m, f"Only {MEMBERS} can start a recording here."))
        return next((m for m in refused if m.ts not in before), None)

    await bench.see(fresh)
    assert (await bench.guus.state()).open_view(seed.GUEST) is None


async def test_where_slack_refuses_the_direct_message_the_starter_is_asked_below_the_card(
    bench: Bench,
) -> None:
    room = await bench.room()
    card = await bench.running(room)
    refused = await _refused(bench, bench.guus, card)
    no = {"match": {"channel": seed.STARTER}, "error": "user_disabled", "times": 50}
    await bench.guus.tell("faults", method="chat.postMessage", **no)
    await bench.press(bench.guus, refused, "Ask to stop it")
    asked = await bench.reply(card, "asks you to stop")
    assert asked.text.startswith(f"<@{seed.STARTER}>: <@{seed.GUEST}> asks you to stop")
    assert "Stop" in labels(asked.blocks)


async def test_who_may_not_stop_asks_and_the_starter_can(bench: Bench) -> None:
    room = await bench.room()
    card = await bench.running(room)
    refused = await _refused(bench, bench.guus, card)
    assert labels(refused.blocks) == ["Ask to stop it"]
    await bench.press(bench.guus, refused, "Ask to stop it")
    asked = await bench.direct(seed.STARTER, room.name, "asks you to stop")
    assert f"<@{seed.GUEST}>" in asked.text
    await bench.told(bench.guus, seed.STANDUP, f"<@{seed.STARTER}> has been asked to stop")
    # Once more: nobody is told twice.
    again = await _refused(bench, bench.guus, card)
    await bench.press(bench.guus, again, "Ask to stop it")
    await bench.press(bench.ines, asked, "Stop", confirm=True)
    await bench.hms_until(room, lambda r: r["stop_reason"])
    state = await bench.ines.state()
    direct = [m for m in state.messages(seed.dm_id(seed.STARTER)) if has(m, room.name, "asks you")]
    assert [m.ts for m in direct] == [asked.ts]
    shown = await bench.card(room, "")
    assert "guus asked for it to be stopped" in str(shown.blocks)


async def _refused(bench: Bench, who: Person, card: SeenMessage) -> SeenMessage:
    """What a press of Stop is answered with, this time."""
    before = {m.ts for m in await who.ephemerals(card.channel)}
    await bench.press(who, card, "Stop", confirm=True)

    def fresh(state: Snapshot) -> SeenMessage | None:
        shown = state.ephemerals(card.channel, who.user)
        return next((m for m in shown if m.ts not in before and has(m, "can stop")), None)

    return await bench.see(fresh)


async def test_while_slack_does_not_say_who_somebody_is_nothing_is_done(bench: Bench) -> None:
    """Sol is in no other test here. The bot looks Sol up, and once more after a failure."""
    room = await bench.room()
    await bench.slack_fault(
        "users.info", error="internal_error", match={"user": seed.STRANGER}, times=3
    )
    answer = await bench.sol.command(seed.PARTNERS, f'/record start "{room.name}"')
    assert answer.text is not None
    assert "Slack is not answering the bot right now" in answer.text
    answer = await bench.sol.command(seed.PARTNERS, f'/record start "{room.name}"')
    assert answer.text == f"Only {MEMBERS} can start a recording here."
    assert await bench.bodies(room) == []


async def test_a_start_is_offered_to_those_who_may(bench: Bench) -> None:
    offers = {}
    for person in (bench.ines, bench.guus):
        answer = await person.command(seed.STANDUP, "/record help")
        offers[person.user] = "Start a recording" in str(answer.saw)
    assert offers == {seed.STARTER: True, seed.GUEST: False}
