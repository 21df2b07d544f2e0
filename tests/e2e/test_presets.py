"""Presets: made from the form, chosen, edited, renamed, deleted."""

from typing import Any

from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.person import Person
from record_bot_sandbox.slack.seen import SeenView

from tests.e2e.bench import Bench
from tests.e2e.reading import Room, contains, fields, labels, value


async def typed(who: Person, view: SeenView, **values: Any) -> SeenView:
    for field, given in values.items():
        await who.enter(view, f"preset_{field}", given, action_id=f"preset_{field}_input")
    return await who.view(view.id)


async def saved(bench: Bench, name: str, text: str, **values: Any) -> SeenView:
    """Ines saves what this command brings to the form; the form afterwards."""
    form = await bench.form(bench.ines, seed.STANDUP, text)
    if "More options" in labels(form.blocks):
        await bench.press(bench.ines, form, "More options")
        form = await bench.view(bench.ines, "start_form", "Save as preset")
    await bench.press(bench.ines, form, "Save as preset")
    asking = await bench.view(bench.ines, "preset_save_as_form")
    answer = await bench.ines.submit(await typed(bench.ines, asking, name=name, **values))
    assert answer.errors == {}
    return await bench.view(bench.ines, "start_form", f'"{name}')


async def presets(bench: Bench, who: Person, *words: str) -> SeenView:
    await who.command(seed.STANDUP, "/record presets")
    return await bench.view(who, "presets", *words)


def edit_of(view: SeenView, name: str) -> str:
    row = next(b for b in view.blocks if b.get("accessory") and contains(b, f"*{name}*"))
    return str(row["accessory"]["action_id"])


async def test_a_preset_made_from_the_form_starts_a_recording(bench: Bench) -> None:
    room, other = await bench.room(), await bench.room()
    form = await saved(bench, "Weekly", 'start --res 720p --vocab "Ana, Ben"')
    await bench.ines.close(form, whole_stack=True)
    answer = await bench.ines.command(seed.STANDUP, f'/record start "{room.name}" --preset weekly')
    assert answer.ok
    await bench.told(bench.ines, seed.STANDUP, f"Starting to record {room.name}.")
    await bench.card(room, "Recording")
    both = {"enabled": True, "custom_vocabulary": ["Ana", "Ben"]}
    small = {"width": 1280, "height": 720}
    assert await bench.bodies(room) == [{"resolution": small, "transcription": both}]
    # What is said in the command goes before.
    await bench.start(other, "--audio --preset Weekly")
    await bench.card(other, "Recording")
    assert await bench.bodies(other) == [{"audio_only": True, "transcription": both}]


async def test_a_preset_that_is_not_there_is_answered_with_the_nearest(bench: Bench) -> None:
    room = await bench.room()
    await bench.ines.close(await saved(bench, "Town hall", "start --audio"), whole_stack=True)
    text = f'/record start "{room.name}" --preset "town hal" --transcript'
    answer = await bench.ines.command(seed.STANDUP, text)
    assert answer.text is not None
    assert "Unknown preset “town hal”" in answer.text
    told = await bench.told(bench.ines, seed.STANDUP, "Unknown preset “town hal”")
    await bench.press(bench.ines, told, f"Start {room.name} with Town hall")
    await bench.card(room, "Recording")
    wanted = {"audio_only": True, "transcription": {"enabled": True}}
    assert await bench.bodies(room) == [wanted]


async def test_chosen_in_the_form_it_fills_it_and_says_so(bench: Bench) -> None:
    room = await bench.room()
    made = await saved(bench, "Big", "start --res 1080p", scope="workspace")
    chosen = value(made, "preset_id")
    await bench.ines.close(made, whole_stack=True)
    form = await bench.form(bench.tariq, seed.DESIGN)
    assert fields(form)[0] == "preset_id"
    form = await bench.choose_room(bench.tariq, form, room)
    await bench.tariq.enter(form, "preset_id", chosen, action_id="start_preset_id")
    form = await bench.view(bench.tariq, "start_form", "From preset Big.")
    assert value(form, "resolution") == "1080p"
    assert value(form, "room_id") == room.id
    await bench.tariq.enter(form, "transcription", "off", action_id="start_transcription.1")
    await bench.tariq.submit(await bench.tariq.view(form.id))
    await bench.card(room, "Recording", channel=seed.DESIGN)
    large = {"width": 1920, "height": 1080}
    assert await bench.bodies(room) == [{"resolution": large, "transcription": {"enabled": False}}]


async def test_it_is_edited_renamed_and_deleted(bench: Bench) -> None:
    room = await bench.room()
    await bench.ines.close(await saved(bench, "Draft", "start --audio"), whole_stack=True)
    shown = await presets(bench, bench.tariq, "*Draft*")
    await bench.tariq.click(shown, edit_of(shown, "Draft"))
    editor = await bench.view(bench.tariq, "preset_form")
    await bench.tariq.enter(editor, "transcription", "on", action_id="start_transcription")
    editor = await bench.view(bench.tariq, "preset_form", "vocabulary")
    editor = await typed(bench.tariq, editor, name="Final")
    assert (await bench.tariq.submit(editor)).errors == {}
    shown = await bench.view(bench.tariq, "presets", "*Final*")
    await bench.start(room, "--preset final")
    await bench.card(room, "Recording")
    wanted = {"audio_only": True, "transcription": {"enabled": True}}
    assert await bench.bodies(room) == [wanted]
    await bench.tariq.click(shown, edit_of(shown, "Final"))
    editor = await bench.view(bench.tariq, "preset_form")
    await bench.press(bench.tariq, editor, "Delete this preset", confirm=True)
    await bench.tariq.close(await bench.view(bench.tariq, "preset_deleted"))
    shown = await bench.view(bench.tariq, "presets")
    other = await bench.room()
    answer = await bench.ines.command(seed.STANDUP, f'/record start "{other.name}" --preset final')
    assert "Unknown preset “final”" in (answer.text or "")


async def test_a_preset_of_the_workspace_is_changed_by_its_maker_or_admins(bench: Bench) -> None:
    made = await saved(bench, "House style", "start --audio", scope="workspace")
    await bench.ines.close(made, whole_stack=True)
    shown = await presets(bench, bench.tariq, "*House style*")
    await bench.tariq.click(shown, edit_of(shown, "House style"))
    editor = await bench.view(bench.tariq, "preset_form")
    await bench.tariq.submit(await typed(bench.tariq, editor, name="Mine"))
    await bench.view(bench.tariq, "outcome", f"<@{seed.STARTER}> and workspace admins")
    await bench.tariq.close(await bench.view(bench.tariq, "outcome"), whole_stack=True)
    shown = await presets(bench, bench.amara, "*House style*")
    await bench.amara.click(shown, edit_of(shown, "House style"))
    editor = await bench.view(bench.amara, "preset_form")
    assert (await bench.amara.submit(await typed(bench.amara, editor, name="Ours"))).errors == {}
    await bench.view(bench.amara, "presets", "*Ours*")


async def test_the_default_preset_of_a_channel_holds_where_nothing_else_is_said(
    bench: Bench,
) -> None:
    room, other = await bench.room(), await bench.room()
    made = await saved(bench, "Everyday", "start --res 720p --transcript", scope="workspace")
    chosen = value(made, "preset_id")
    await bench.ines.close(made, whole_stack=True)
    await bench.ines.command(seed.DESIGN, "/record settings")
    form = await bench.view(bench.ines, "settings_form")
    await bench.ines.enter(form, "preset_id", chosen, action_id="settings_preset_id")
    await bench.ines.enter(
        form, "room_id", (await _room_offered(bench, form, other)), action_id="settings_room_id"
    )
    await bench.ines.submit(await bench.ines.view(form.id))
    try:
        await bench.start(room, "--audio", channel=seed.DESIGN)
        await bench.card(room, "Recording", channel=seed.DESIGN)
        wanted = {"audio_only": True, "transcription": {"enabled": True}}
        assert await bench.bodies(room) == [wanted]
        await bench.tariq.command(seed.DESIGN, "/record")
        menu = await bench.told(bench.tariq, seed.DESIGN, "/record start standup")
        await bench.press(bench.tariq, menu, "Start a recording")
        shown = await bench.view(bench.tariq, "start_form")
        assert contains(shown.raw, "From preset Everyday, this channel's default.")
        assert contains(shown.raw, "From this channel's settings.")
        assert (value(shown, "room_id"), value(shown, "resolution")) == (other.id, "720p")
        await bench.tariq.close(shown, whole_stack=True)
    finally:
        await bench.ines.command(seed.DESIGN, "/record settings")
        form = await bench.view(bench.ines, "settings_form", "the default preset")
        for field in ("preset_id", "room_id"):
            await bench.ines.enter(form, field, None, action_id=f"settings_{field}")
        await bench.ines.submit(await bench.ines.view(form.id))


async def _room_offered(bench: Bench, form: SeenView, room: Room) -> str:
    offered = await bench.ines.suggest(form, "room_id", room.name)
    return next(str(o["value"]) for o in offered if o["value"] == room.id)


async def test_names_are_checked_at_their_field(bench: Bench) -> None:
    await bench.ines.close(await saved(bench, "Taken", "start --audio"), whole_stack=True)
    form = await bench.form(bench.ines, seed.STANDUP, "start --res 720p")
    await bench.press(bench.ines, form, "Save as preset")
    asking = await bench.view(bench.ines, "preset_save_as_form")
    for name, wrong in (("TAKEN", "has that name"), ("x" * 41, "Shorten it")):
        answer = await bench.ines.submit(await typed(bench.ines, asking, name=name))
        assert wrong in answer.errors["preset_name"]
    await bench.ines.close(asking, whole_stack=True)
