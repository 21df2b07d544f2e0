"""Recordings that fail at 100ms: the cause, the fix, and the way on."""

from record_bot_sandbox.slack import seed

from tests.e2e.bench import Bench
from tests.e2e.reading import cards, contains, first, has, labels, value

INTERNAL = ("100ms had an internal error.", "tell 100ms support about recording")
UPLOAD = ("100ms could not store the files.", "Check the template's storage")


async def test_a_failure_names_cause_and_fix_and_can_be_tried_again(bench: Bench) -> None:
    room = await bench.room()
    await bench.hms_fault(kind="start_fails", room_id=room.id, error_type="INTERNAL_ERROR", times=1)
    await bench.start(room, "--res 1080p --no-transcript")
    card = await bench.see(
        lambda s: first([m for m in cards(s, room, seed.STANDUP, "Failed.") if has(m, *INTERNAL)])
    )
    results = await bench.reply(card, "The recording failed.")
    assert "Try again" in labels(results.blocks)
    assert "Watch" not in labels(card.blocks)
    await bench.press(bench.tariq, card, "Try again")
    again = await bench.card(room, "Recording.")
    assert again.ts != card.ts
    assert "started by tariq" in again.text
    before, after = await bench.bodies(room)
    assert before == after
    assert before["resolution"] == {"width": 1920, "height": 1080}


async def test_a_running_recording_that_fails(bench: Bench) -> None:
    room = await bench.room()
    card = await bench.running(room, "--transcript")
    hms = await bench.recording(room)
    await bench.hms.sim(f"/recordings/{hms['id']}/fail", {"error_type": "UPLOAD_ERROR"})
    card = await bench.see(
        lambda s: first([c for c in cards(s, room, seed.STANDUP, "Failed.") if has(c, UPLOAD[0])])
    )
    results = await bench.reply(card, f"<@{seed.STARTER}>", "The recording failed.")
    assert UPLOAD[1] in results.text  # told once, so with the cause
    assert len(await bench.ines.thread(seed.STANDUP, card.ts)) == 1


async def test_a_url_of_ones_own_that_does_not_open_may_be_changed_or_tried_again(
    bench: Bench,
) -> None:
    room = await bench.room()
    await bench.start(room, "--url https://meet.invalid/x --no-transcript")
    fix = "Change the settings: the URL must join the room"
    card = await bench.see(
        lambda s: first([c for c in cards(s, room, seed.STANDUP, "Failed.") if has(c, fix)]),
        f"a card of {room.name} that says {fix!r}",
    )
    assert labels(card.blocks) == ["Try again", "Change settings", "Details"]
    await bench.press(bench.tariq, card, "Try again")  # the page may be there by now
    await bench.see(lambda s: len(cards(s, room, seed.STANDUP, "Failed.")) == 2 or None)
    before, after = await bench.bodies(room)
    assert before == after


async def test_stopped_while_starting(bench: Bench) -> None:
    room = await bench.room()
    await bench.start_fault(room, kind="hang", hang_s=0.2, after_work=True, times=1)
    await bench.start(room)
    await bench.showed(room, "Starting.")
    card = await bench.card(room)
    await bench.press(bench.ines, card, "Stop", confirm=True)
    await bench.see(
        lambda s: [
            m
            for m in s.messages(seed.STANDUP)
            if m.ts == card.ts and m.text.startswith((f"{room.name}: Failed", f"{room.name}: Vid"))
        ]
    )
    assert (await bench.recording(room))["stop_reason"] is not None


async def test_a_room_that_100ms_does_not_show_is_explained(bench: Bench) -> None:
    unknown = "0" * 24
    await bench.ines.command(seed.STANDUP, f"/record start {unknown}")
    why = "100ms does not let the bot see or record this room"
    await bench.see(
        lambda s: any(unknown in m.text and why in m.text for m in s.messages(seed.STANDUP))
    )


async def test_a_destination_that_is_missing_is_explained(bench: Bench) -> None:
    room = await bench.room("broadcast")
    await bench.start(room, "--res portrait --vocab Ana")
    card = await bench.card(room, "Not started")
    assert contains(card.raw, "100ms cannot use the destination", "enter a destination")
    await bench.press(bench.tariq, card, "Change settings")
    view = await bench.view(bench.tariq, "start_form")
    assert value(view, "room_id") == room.id
    assert value(view, "resolution") == "portrait"
    assert value(view, "vocabulary") == "Ana"
    assert value(view, "channel") == seed.STANDUP


async def test_a_disabled_room_is_refused_in_words(bench: Bench) -> None:
    await bench.ines.command(seed.STANDUP, '/record start "old standup"')
    told = await bench.told(bench.ines, seed.STANDUP, "old standup")
    assert "is disabled in 100ms" in told.text


async def test_the_answer_to_a_button_is_corrected_in_place(bench: Bench) -> None:
    """The card alone says why; what said "Starting" is replaced."""
    room = await bench.room()
    await bench.start_fault(room, kind="status", status=403, times=1)
    await bench.ines.command(seed.STANDUP, f"/record should we record {room.name}?")
    question = await bench.told(bench.ines, seed.STANDUP, f"Start recording {room.name}?")
    await bench.press(bench.ines, question, labels(question.blocks)[0])
    card = await bench.card(room, "Not started.")
    assert "100ms does not let the bot see or record this room." in card.text
    told = await bench.told(bench.ines, seed.STANDUP, room.name, "Its card says why.")
    assert told.ts == question.ts
    assert labels(told.blocks) == ["Open the card"]
    assert "100ms" not in told.text
