"""Everything that `/record` says and does at once."""

import asyncio

import pytest
from record_bot_sandbox.slack import seed

from tests.e2e.bench import Bench
from tests.e2e.reading import Room, code_blocks, elements, fields, labels, url_of, value


async def test_the_bare_command_shows_what_runs_here_and_what_the_person_may_do(
    bench: Bench,
) -> None:
    room = await bench.room()
    await bench.running(room, channel=seed.DESIGN)
    answer = await bench.ines.command(seed.DESIGN, "/record")
    assert answer.text is not None
    assert room.name in answer.text
    told = await bench.told(bench.ines, seed.DESIGN, room.name, "/record start standup")
    offered = labels(told.blocks)
    assert set(offered) >= {"Stop", "Start a recording", "Search", "Schedules", "Settings"}
    assert "/record join" not in told.text  # no role for joining is set here
    await bench.press(bench.ines, told, "Start a recording")
    view = await bench.view(bench.ines, "start_form")
    assert value(view, "channel") == seed.DESIGN
    await bench.ines.close(view)
    its = f"Stop recording {room.name}"
    stop = next(e for e in elements(told.blocks) if e.get("accessibility_label") == its)
    await bench.ines.click(told, stop["action_id"], confirm=True)
    assert await bench.hms_until(room, lambda r: r["stop_reason"])


@pytest.mark.parametrize(
    "written",
    ["  {NAME} ", "<{link}|here>"],
)
async def test_start_by_name_and_link(bench: Bench, written: str) -> None:
    room = await bench.room()
    link = f"https://acme.app.100ms.live/preview/{room.id}/host"
    named = written.format(NAME=room.name.upper(), link=link)
    answer = await bench.ines.command(seed.STANDUP, f"/record start {named}")
    assert answer.ok
    await bench.told(bench.ines, seed.STANDUP, f"Starting to record {room.name}.")
    await bench.card(room, "Recording")
    by_link = {"meeting_url": f"{link}?skip_preview=true"}
    assert await bench.bodies(room) == [by_link if "link" in written else {}]
    assert len(await bench.recordings(room)) == 1


async def test_a_room_that_the_directory_does_not_know_starts_by_its_id(bench: Bench) -> None:
    made = await bench.hms.sim("/rooms", {"name": "unlisted"})
    await bench.hms.sim(f"/rooms/{made['id']}/join", {"name": "Ana"})
    await bench.ines.command(seed.STANDUP, f"/record start {made['id']}")
    room = Room(made["id"], "unlisted")  # the list of rooms may be read anew in between
    await bench.card(room, "Recording")
    assert len(await bench.recordings(room)) == 1


async def test_start_without_a_room_opens_the_form_with_the_options(bench: Bench) -> None:
    assert value(await bench.form(bench.ines), "room_id") is None
    text = 'start --res 1920x800 --vocab "Ana, Ben" --context "Weekly" --section "Risks:paragraph"'
    view = await bench.form(bench.ines, seed.STANDUP, text)
    assert value(view, "resolution") == "custom"
    assert (value(view, "width"), value(view, "height")) == ("1920", "800")
    assert value(view, "transcription") == "on"
    assert value(view, "vocabulary") == "Ana\nBen"
    assert value(view, "summary") == "on"
    assert value(view, "context") == "Weekly"
    assert value(view, "section_title.0") == "Risks"
    assert value(view, "section_format.0") == "paragraph"
    assert value(view, "channel") == seed.STANDUP


async def test_an_ambiguous_room_opens_the_form_and_starts_nothing(bench: Bench) -> None:
    before = len((await bench.hms.state())["recordings"])
    view = await bench.form(bench.ines, seed.STANDUP, "start room --audio")
    assert value(view, "audio_only") == "audio"
    assert value(view, "room_id") is None
    assert len((await bench.hms.state())["recordings"]) == before


async def test_what_was_called_a_room_stands_in_the_form(bench: Bench) -> None:
    link = "https://acme.app.100ms.live/meeting/abc-defg-hij"
    await bench.ines.command(seed.STANDUP, f"/record start {link} --audio")
    told = await bench.told(bench.ines, seed.STANDUP, "do not know yet which room that opens")
    await bench.press(bench.ines, told, "Open the form")
    view = await bench.view(bench.ines, "start_form")
    assert value(view, "audio_only") == "audio"
    assert value(view, "room_id") is None
    assert value(view, "meeting_url") == f"{link}?skip_preview=true"
    asked = next(b for b in view.blocks if b["block_id"] == "room_id")
    assert f"Choose the room you meant by “{link}”." in str(asked["hint"])
    room = await bench.room()
    view = await bench.choose_room(bench.ines, view, room)
    await bench.fill(bench.ines, view, {"meeting_url": link})
    await bench.ines.submit(await bench.view(bench.ines, "start_form"))
    await bench.card(room, "Recording")
    assert await bench.bodies(room) == [{"audio_only": True, "meeting_url": link}]


async def test_a_name_alike_is_a_button_that_does_it(bench: Bench) -> None:
    room = await bench.room()
    await bench.running(room)
    await bench.ines.command(seed.DESIGN, f'/record follow "{room.name}x"')
    told = await bench.told(bench.ines, seed.DESIGN, "Follow", room.name)
    await bench.press(bench.ines, told, f"Follow {room.name}")
    await bench.card(room, "Recording", channel=seed.DESIGN)
    await bench.ines.command(seed.STANDUP, f'/record stop "{room.name}x"')
    told = await bench.told(bench.ines, seed.STANDUP, "Stop the recording of", room.name)
    await bench.press(bench.ines, told, f"Stop {room.name}")
    assert await bench.hms_until(room, lambda r: r["stop_reason"])


async def test_a_name_alike_starts_with_the_options_that_were_given(bench: Bench) -> None:
    room = await bench.room()
    answer = await bench.ines.command(seed.STANDUP, f'/record start "{room.name}x" --audio')
    assert answer.text == f"Start recording {room.name} (audio only)?"
    assert await bench.recordings(room) == []
    told = await bench.told(bench.ines, seed.STANDUP, f"Start recording {room.name} (audio only)?")
    assert labels(told.blocks) == [f"Start {room.name}", "Open the form"]
    await bench.press(bench.ines, told, f"Start {room.name}")
    await bench.card(room, "Recording")
    assert await bench.bodies(room) == [{"audio_only": True}]


async def test_several_are_asked_about_and_stopped_together(bench: Bench) -> None:
    one, two = await bench.room(), await bench.room()
    await bench.running(one, channel=seed.DESIGN)
    await bench.running(two, channel=seed.DESIGN)
    await bench.ines.command(seed.DESIGN, "/record please stop it!!")
    told = await bench.told(bench.ines, seed.DESIGN, "Stop the recording of")
    assert set(labels(told.blocks)) >= {f"Stop {one.name}", f"Stop {two.name}", "Stop all"}
    await bench.press(bench.ines, told, "Stop all", confirm=True)
    for room in (one, two):
        assert await bench.hms_until(room, lambda r: r["stop_reason"])


async def test_in_the_thread_of_a_card_a_stop_word_stops_it(bench: Bench) -> None:
    room, other = await bench.room(), await bench.room()
    await bench.running(other)
    card = await bench.running(room)
    await bench.ines.mention(seed.STANDUP, f"<@{seed.BOT_USER}> stop please!", thread_ts=card.ts)
    told = await bench.told(bench.ines, seed.STANDUP, f"Stopping {room.name}")
    assert told.raw.get("thread_ts") == card.ts
    await bench.card(room, "Video ready")
    assert (await bench.recording(other))["status"] == "running"
    await bench.ines.mention(seed.STANDUP, f"<@{seed.BOT_USER}> pause", thread_ts=card.ts)
    await bench.told(bench.ines, seed.STANDUP, f"That recording of {room.name} is over.")


async def test_what_is_no_order_is_answered(bench: Bench) -> None:
    await bench.ines.mention(seed.STANDUP, f"<@{seed.BOT_USER}> dance for me")
    await bench.told(bench.ines, seed.STANDUP, "I did not understand that.")


async def test_the_form_goes_on_with_what_was_understood(bench: Bench) -> None:
    room = await bench.room()
    long = "x" * 301
    text = f'/record start "{room.name}" --res 720p --context {long} --temperature 9 --modes srt'
    answer = await bench.ines.command(seed.STANDUP, text)
    assert answer.ack["response_type"] == "ephemeral"
    told = await bench.told(
        bench.ines, seed.STANDUP, "1 character too long", "Enter a number from 0.1 to 1.0"
    )
    assert code_blocks(told.blocks) == []
    assert labels(told.blocks) == ["Open the form"]
    assert await bench.recordings(room) == []
    await bench.press(bench.ines, told, "Open the form")
    view = await bench.view(bench.ines, "start_form")
    assert value(view, "room_id") == room.id
    assert value(view, "resolution") == "720p"
    assert value(view, "context") == long
    refused = await bench.ines.submit(view)
    assert refused.errors == {
        "context": "This is 1 character too long. Shorten it to 300 or fewer.",
        "temperature": "Enter a number from 0.1 to 1.0, such as 0.5.",
    }
    await bench.fill(bench.ines, view, {"context": long[1:], "temperature": "0.9"})
    await bench.ines.submit(await bench.view(bench.ines, "start_form"))
    await bench.card(room, "Recording")
    summary = {"enabled": True, "context": long[1:], "temperature": 0.9}
    transcription = {"enabled": True, "output_modes": ["srt", "json"], "summary": summary}
    size = {"width": 1280, "height": 720}
    assert await bench.bodies(room) == [{"resolution": size, "transcription": transcription}]


async def test_help_explains_all_commands_and_each(bench: Bench) -> None:
    for text in ("/record help", "/record --help", "/record -h"):
        answer = await bench.ines.command(seed.STANDUP, text)
        assert answer.text is not None
        for word in ("start", "stop", "status", "list", "find", "share", "rename", "help"):
            assert f"/record {word}" in answer.text
        assert answer.ack["response_type"] == "ephemeral"
    start = await bench.ines.command(seed.STANDUP, "/record help start")
    assert start.text is not None
    for option in ("--res", "--audio", "--section", "--temperature", "0.1 to 1.0"):
        assert option in start.text


async def test_a_command_delivered_twice_starts_one_recording(bench: Bench) -> None:
    room = await bench.room()
    answer = await bench.start(room)
    copies = await asyncio.gather(*(bench.redelivered(answer.delivery) for _ in range(3)))
    assert [c.status_code for c in copies] == [200, 200, 200]
    await bench.card(room, "Recording")
    late = await bench.redelivered(answer.delivery)
    assert late.status_code == 200
    assert len(await bench.bodies(room)) == 1
    assert len(await bench.recordings(room)) == 1


async def test_a_room_that_is_recorded_already_is_pointed_to_and_can_be_followed(
    bench: Bench,
) -> None:
    room = await bench.room()
    card = await bench.running(room)
    await bench.start(room, by=bench.tariq)
    here = await bench.told(bench.tariq, seed.STANDUP, room.name, "already being recorded")
    assert "Follow here" not in labels(here.blocks)
    await bench.tariq.command(seed.DESIGN, f'/record start "{room.name}" --audio')
    told = await bench.told(bench.tariq, seed.DESIGN, room.name, "already being recorded")
    assert f"<@{seed.STARTER}>" in told.text
    assert ", <!date^" in told.text
    assert card.ts.replace(".", "") in url_of(told.blocks, "Open its card")
    await bench.press(bench.tariq, told, "Follow here")
    follower = await bench.card(room, "Recording", channel=seed.DESIGN)
    assert (await bench.told(bench.tariq, seed.DESIGN, room.name, "also shown in")).ts
    assert len(await bench.recordings(room)) == 1
    # Both show the same from now on.
    await bench.press(bench.tariq, follower, "Stop", confirm=True)
    await bench.finish(room)
    await bench.card(room, "Video ready")
    await bench.card(room, "Video ready", channel=seed.DESIGN)


async def test_what_was_started_elsewhere_is_adopted_and_the_card_says_so(bench: Bench) -> None:
    room = await bench.room()
    other = await bench.hms.sim(f"/rooms/{room.id}/start-recording", {"audio_only": True})
    await bench.start(room, "--res 1080p")
    card = await bench.card(room, "Recording")
    assert "Started elsewhere, so your settings do not apply." in card.text
    assert "1080p" not in card.text
    told = await bench.told(bench.ines, seed.STANDUP, room.name, "Starting to record")
    assert told
    assert [r["id"] for r in await bench.recordings(room)] == [other["id"]]
    await bench.press(bench.ines, card, "Stop", confirm=True)
    assert (await bench.hms_until(room, lambda r: r["stop_reason"]))["id"] == other["id"]


async def test_what_another_of_ours_records_is_pointed_to(bench: Bench) -> None:
    """100ms told too early that the first has stopped, so the second one meets a 409."""
    room = await bench.room()
    first = await bench.running(room)
    hms = await bench.recording(room)
    early = {
        "version": "2.0",
        "id": "too-early",
        "type": "beam.stopped.success",
        "timestamp": "2026-11-22T10:00:00Z",
        "data": {"job_id": hms["id"], "room_id": room.id, "reason": "room ended", "duration": 1},
    }
    secret = {"X-Record-Bot-Secret": "sandbox-webhook-secret"}
    url = f"{bench.bot.url}/webhooks/100ms/default"
    assert (await bench.http.post(url, json=early, headers=secret)).status_code == 200
    await bench.showed(room, "Processing")
    await bench.start(room, by=bench.tariq, channel=seed.DESIGN)
    told = await bench.told(bench.tariq, seed.DESIGN, room.name, "already being recorded")
    assert first.ts.replace(".", "") in url_of(told.blocks, "Open the card")
    pointer = await bench.card(room, "Already being recorded.", channel=seed.DESIGN)
    assert first.ts.replace(".", "") in url_of(pointer.blocks, "Open its card")
    assert labels(pointer.blocks) == ["Open its card"]
    assert len(await bench.recordings(room)) == 1


async def test_where_the_bot_is_not_in_it_asks_to_be_invited_and_starts_nothing(
    bench: Bench,
) -> None:
    room, channel = await bench.room(), seed.LOBBY
    await bench.start(room, "--audio", channel=channel)
    told = await bench.told(bench.ines, channel, room.name, "did not start")
    assert "`/invite @record`" in told.text
    assert await bench.bodies(room) == []
    await bench.ines.tell(f"channels/{channel}", bot_member=True)
    try:
        await bench.press(bench.ines, told, "Try again")
        await bench.card(room, "Recording", channel=channel)
        assert await bench.bodies(room) == [{"audio_only": True}]
    finally:
        await bench.ines.tell(f"channels/{channel}", bot_member=False)


async def test_of_what_runs_nobody_says_that_it_does_not(bench: Bench) -> None:
    room = await bench.room()

    async def says(command: str) -> str | None:
        text = f'/record {command} "{room.name}"'
        return (await bench.ines.command(seed.STANDUP, text)).text

    await bench.running(room, "--no-transcript")
    assert await says("resume") == f"The recording of {room.name} is not paused."
    await says("pause")
    await bench.card(room, "Paused.")
    assert await says("pause") == f"The recording of {room.name} is already paused."


async def test_an_expired_trigger_loses_none_of_the_options(bench: Bench) -> None:
    await bench.slack_fault("views.open", error="expired_trigger_id")
    await bench.tariq.command(seed.STANDUP, '/record start --res 1080p --vocab "Ana"')
    told = await bench.told(bench.tariq, seed.STANDUP, "took too long to open the form")
    await bench.press(bench.tariq, told, "Open the form")
    view = await bench.view(bench.tariq, "start_form")
    assert "resolution" in fields(view)
    assert value(view, "resolution") == "1080p"
    assert value(view, "channel") == seed.STANDUP


async def test_a_button_whose_trigger_expired_can_be_pressed_again(bench: Bench) -> None:
    room = await bench.room()
    card = await bench.running(room, "--no-transcript")
    await bench.slack_fault("views.open", error="expired_trigger_id")
    await bench.press(bench.ines, card, "Details")
    await bench.told(bench.ines, seed.STANDUP, "took too long to open that")


async def test_a_slack_that_hangs_is_answered_for_within_three_seconds(bench: Bench) -> None:
    await bench.slack_fault("views.open", delay_s=2.9)
    answer = await bench.amara.command(seed.STANDUP, "/record start")
    assert answer.outcome == "ok"
    assert answer.text is not None
    assert "in the time that Slack allows" in answer.text
