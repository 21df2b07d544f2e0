"""What a team sets once for its channel, and that it holds."""

from typing import Any

from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.person import Person
from record_bot_sandbox.slack.seen import SeenView

from tests.e2e.bench import Bench
from tests.e2e.reading import Room, contains, has, labels


async def opened(bench: Bench, who: Person, channel: str) -> SeenView:
    answer = await who.command(channel, "/record settings")
    assert answer.ok
    assert answer.text is None, answer.text
    return await bench.view(who, "settings_form")


async def chosen(who: Person, view: SeenView, **values: Any) -> SeenView:
    for field, given in values.items():
        await who.enter(view, field, given, action_id=f"settings_{field}")
    return await who.view(view.id)


async def save(bench: Bench, who: Person, channel: str, *, told: str = "", **values: Any) -> None:
    """The form closes, unless there is something `told`."""
    view = await opened(bench, who, channel)
    answer = await who.submit(await chosen(who, view, **values))
    assert answer.errors == {}
    if told:
        await who.close(await bench.view(who, "outcome", told))
    else:
        assert [s["kind"] for s in answer.saw] == ["closed"]


async def back_to_defaults(bench: Bench, channel: str) -> None:
    await save(
        bench,
        bench.ines,
        channel,
        room_id=None,
        start_who="everyone",
        stop_who="everyone",
        results="thread",
        also=["tell_room"],
    )


async def heard(bench: Bench, room: Room) -> list[str]:
    state = await bench.hms.state()
    found = next(r for r in state["rooms"] if r["id"] == room.id)
    return [said["text"] for said in found["chat"]]


async def chat_of(bench: Bench, room: Room) -> None:
    """Something was said there."""
    await bench.world.at_100ms(
        lambda s: next(r for r in s["rooms"] if r["id"] == room.id)["chat"],
        f"a word in the chat of {room.name}",
    )


async def test_the_default_room_starts_at_once(bench: Bench) -> None:
    room = await bench.room()
    view = await opened(bench, bench.ines, seed.DESIGN)
    offered = await bench.ines.suggest(view, "room_id", room.name)
    assert room.id in [o["value"] for o in offered]
    await bench.ines.submit(await chosen(bench.ines, view, room_id=room.id))
    try:
        answer = await bench.tariq.command(seed.DESIGN, "/record start --audio")
        assert answer.ok
        await bench.told(bench.tariq, seed.DESIGN, f"Starting to record {room.name}.")
        await bench.card(room, "Recording", channel=seed.DESIGN)
        assert await bench.bodies(room) == [{"audio_only": True}]
        again = await opened(bench, bench.tariq, seed.DESIGN)
        assert contains(again.raw, room.name, "the default room", f"<@{seed.STARTER}>")
        await bench.tariq.close(again)
        form = await bench.form(bench.tariq, seed.STANDUP, "start --audio")
        assert not contains(form.raw, room.name)
        await bench.tariq.close(form, whole_stack=True)
    finally:
        await back_to_defaults(bench, seed.DESIGN)


async def test_named_people_and_groups_may_start_and_stop(bench: Bench) -> None:
    room, other = await bench.room(), await bench.room()
    who = {"who": "some", "people": [seed.STARTER], "groups": [seed.CREW]}
    view = await opened(bench, bench.ines, seed.PARTNERS)
    refused = await bench.ines.submit(await chosen(bench.ines, view, stop_who="some"))
    assert list(refused.errors) == ["stop_people"]
    for doing in ("start", "stop"):
        view = await bench.ines.view(view.id)
        offered = await bench.ines.suggest(view, f"{doing}_groups", "crew")
        assert [o["value"] for o in offered] == [seed.CREW]
        view = await chosen(
            bench.ines, view, **{f"{doing}_{field}": given for field, given in who.items()}
        )
    assert (await bench.ines.submit(view)).errors == {}
    try:
        card = await bench.running(room, channel=seed.PARTNERS)
        await bench.press(bench.sol, card, "Stop", confirm=True)
        others = f"<!subteam^{seed.CREW}> and workspace admins can stop"
        await bench.told(bench.sol, seed.PARTNERS, f"Only <@{seed.STARTER}>", others)
        # Tariq is in the group, Amara is an admin.
        await bench.start(other, by=bench.tariq, channel=seed.PARTNERS)
        theirs = await bench.card(other, "Recording", channel=seed.PARTNERS)
        await bench.press(bench.tariq, card, "Stop", confirm=True)
        await bench.press(bench.amara, theirs, "Stop", confirm=True)
        for one in (room, other):
            await bench.hms_until(one, lambda r: r["stop_reason"])
    finally:
        await back_to_defaults(bench, seed.PARTNERS)


async def test_who_chooses_a_closed_channel_in_the_form_keeps_what_was_typed(bench: Bench) -> None:
    room = await bench.room()
    await save(bench, bench.ines, seed.DESIGN, start_who="admins", told="You cannot start")
    try:
        refused = await bench.ines.command(seed.DESIGN, "/record start")
        assert refused.text == "Only workspace admins can start a recording here."
        view = await bench.choose_room(bench.ines, await bench.form(bench.ines), room)
        view = await bench.fill(bench.ines, view, {"channel": seed.DESIGN})
        await bench.ines.submit(view)
        told = await bench.view(bench.ines, "outcome", "can start a recording here")
        await bench.press(bench.ines, told, "Back to the form")
        again = await bench.view(bench.ines, "start_form", room.id)
        await bench.ines.close(again, whole_stack=True)
    finally:
        await save(bench, bench.ines, seed.DESIGN, start_who="everyone")
    assert await bench.bodies(room) == []


async def test_settings_belong_to_a_channel(bench: Bench) -> None:
    dm = seed.dm_id(seed.STARTER)
    await bench.ines.command(dm, "/record settings")
    await bench.told(bench.ines, dm, "Settings belong to a channel")


async def test_results_go_where_the_channel_wants_them(bench: Bench) -> None:
    room = await bench.room()
    await save(bench, bench.ines, seed.PARTNERS, results="channel")
    try:
        card = await bench.running(room, "--transcript", channel=seed.PARTNERS)
        await bench.finish(room)
        said = await bench.see(
            lambda s: next(
                (
                    m
                    for m in s.messages(seed.PARTNERS)
                    if m.ts != card.ts and has(m, room.name, "transcript are ready")
                ),
                None,
            )
        )
        assert not said.is_reply
        await bench.see(
            lambda s: [
                f["name"]
                for m in s.messages(seed.PARTNERS)
                for f in m.raw.get("files", [])
                if f["name"].startswith(f"{room.name.replace(' ', '-')}-")
                and f["name"].endswith("-transcript.txt")
            ],
            "the transcript in the channel",
        )
        thread = (await bench.ines.state()).thread(seed.PARTNERS, card.ts)
        assert all(m.raw.get("files") for m in thread), "files, and no results"
    finally:
        await back_to_defaults(bench, seed.PARTNERS)


async def test_card_only_means_that_nothing_else_is_posted(bench: Bench) -> None:
    room = await bench.room()
    await save(bench, bench.ines, seed.PARTNERS, results="card")
    try:
        await bench.running(room, "--transcript", channel=seed.PARTNERS)
        await bench.finish(room)
        card = await bench.card(room, "Ready.", channel=seed.PARTNERS)
        assert labels(card.blocks) == ["Watch", "Transcript", "Share", "Details"]
        messages = (await bench.ines.state()).messages(seed.PARTNERS)
        assert [m.ts for m in messages if has(m, room.name)] == [card.ts]
    finally:
        await back_to_defaults(bench, seed.PARTNERS)


async def test_people_outside_open_files_where_the_channel_lets_them(bench: Bench) -> None:
    room = await bench.room()
    await save(bench, bench.ines, seed.PARTNERS, also=["outside_links"])
    try:
        await bench.running(room, channel=seed.PARTNERS)
        await bench.finish(room)
        card = await bench.card(room, "Video ready", channel=seed.PARTNERS)
        await bench.press(bench.sol, card, "Watch")
        await bench.told(bench.sol, seed.PARTNERS, room.name, "is ready to open")
        assert await heard(bench, room) == []  # that tick was taken away
    finally:
        await back_to_defaults(bench, seed.PARTNERS)


async def test_the_room_hears_once_that_it_is_recorded_and_who_asked(bench: Bench) -> None:
    room = await bench.room()
    await bench.running(room)
    await chat_of(bench, room)
    await bench.finish(room)
    await bench.card(room, "Video ready")
    (said,) = await heard(bench, room)
    assert said.startswith("This meeting is being recorded. ")
    assert said.endswith(" requested it in Slack.")
    assert "ines" in said.casefold()


async def test_a_room_that_cannot_be_told_is_recorded_all_the_same(bench: Bench) -> None:
    room = await bench.room()
    path = f"/v2/active-rooms/{room.id}/send-message"
    await bench.hms_fault(method="POST", path=path, kind="status", status=500, times=9)
    await bench.running(room)
    await bench.finish(room)
    card = await bench.card(room, "Video ready")
    await bench.press(bench.ines, card, "Details")
    view = await bench.view(bench.ines, "details", room.name)
    await bench.press(bench.ines, view, "Channel settings")
    await bench.view(bench.ines, "settings_form", seed.STANDUP)
    assert await heard(bench, room) == []


async def test_who_comes_into_an_empty_room_is_told_too(bench: Bench) -> None:
    made = await bench.hms.sim("/rooms", {"name": "empty so far"})
    room = Room(made["id"], made["name"])
    await bench.ines.command(seed.STANDUP, f"/record start {room.id}")
    await bench.card(room, "Recording")
    assert await heard(bench, room) == []
    await bench.hms.sim(f"/rooms/{room.id}/join", {"name": "Ana"})
    await chat_of(bench, room)
    assert len(await heard(bench, room)) == 1
