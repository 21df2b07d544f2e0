"""The Home tab: for everybody what they may know of, and up to date while they look."""

from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.person import CannotError, Person
from record_bot_sandbox.slack.seen import SeenView

from tests.e2e.bench import Bench
from tests.e2e.reading import contains, elements, labels


async def home(bench: Bench, who: Person, *words: str, without: str = "") -> SeenView:
    """Their Home tab, once it says all this, and not that."""

    def fits(view: SeenView | None) -> SeenView | None:
        if view is None or not contains(view.raw, *words):
            return None
        return None if without and contains(view.raw, without) else view

    return await bench.see(lambda s: fits(s.home(who.user)))


async def test_it_follows_what_happens_while_someone_looks(bench: Bench) -> None:
    room = await bench.room()
    await bench.tariq.open_home()
    await home(bench, bench.tariq, "Recording now")
    await bench.running(room)
    shown = await home(bench, bench.tariq, room.name)
    assert "Stop" in labels(shown.blocks)
    await bench.finish(room)
    await bench.status(room, "completed")
    after = await home(bench, bench.tariq, f"Watch: {room.name}")
    named = [e["accessibility_label"] for e in elements(after.blocks) if room.name in str(e)]
    assert named
    assert not any(label.startswith("Stop") for label in named)


async def test_admins_see_how_the_bot_is(bench: Bench) -> None:
    await bench.amara.open_home()
    await home(bench, bench.amara, "For admins", "Doctor")
    await bench.ines.open_home()
    seen = await home(bench, bench.ines, "Recording now")
    assert not contains(seen.raw, "For admins")


async def save_preset(bench: Bench, who: Person, name: str, text: str) -> None:
    """For the channel, from what this command brings to the form."""
    form = await bench.form(who, seed.STANDUP, text)
    if "More options" in labels(form.blocks):
        await bench.press(who, form, "More options")
        form = await bench.view(who, "start_form", "Save as preset")
    await bench.press(who, form, "Save as preset")
    asking = await bench.view(who, "preset_save_as_form")
    await who.enter(asking, "preset_name", name, action_id="preset_name_input")
    answer = await who.submit(await who.view(asking.id))
    assert answer.errors == {}
    form = await bench.view(who, "start_form", f'"{name}')
    await who.close(form, whole_stack=True)


def edit_of(view: SeenView, name: str) -> str:
    row = next(b for b in view.blocks if b.get("accessory") and contains(b, f"*{name}*"))
    return str(row["accessory"]["action_id"])


async def list_without(bench: Bench, who: Person, name: str) -> SeenView:
    def fits(view: SeenView | None) -> SeenView | None:
        listed = view and view.callback_id == "presets" and not contains(view.raw, name)
        return view if listed else None

    return await bench.see(lambda s: fits(s.open_view(who.user)))


def action(view: SeenView, begins: str) -> str:
    every = (str(e["action_id"]) for e in elements(view.blocks))
    return next(found for found in every if found.startswith(begins))


async def test_presets_are_edited_from_home_where_all_can_be_opened(bench: Bench) -> None:
    await save_preset(bench, bench.tariq, "from home", "start --audio")
    await bench.tariq.open_home()
    shown = await home(bench, bench.tariq, "Edit preset from home")
    await bench.tariq.click(shown, edit_of(shown, "from home"))
    form = await bench.view(bench.tariq, "preset_form", "from home")
    await bench.tariq.enter(form, "preset_name", "renamed", action_id="preset_name_input")
    answer = await bench.tariq.submit(await bench.tariq.view(form.id))
    assert answer.errors == {}
    shown = await home(bench, bench.tariq, "Edit preset renamed", without="from home")
    await bench.tariq.click(shown, edit_of(shown, "renamed"))
    form = await bench.view(bench.tariq, "preset_form", "renamed")
    await bench.press(bench.tariq, form, "Delete this preset", confirm=True)
    told = await bench.view(bench.tariq, "preset_deleted")
    await bench.tariq.close(told, whole_stack=True)
    await home(bench, bench.tariq, "Presets", without="renamed")
    names = [f"many {n}" for n in range(6)]
    for name in names:
        await save_preset(bench, bench.ines, name, "start --audio")
    await bench.ines.open_home()
    shown = await home(bench, bench.ines, "All presets")
    await bench.ines.click(shown, "presets_all")
    listed = await bench.view(bench.ines, "presets", *names)
    await bench.ines.click(listed, edit_of(listed, names[0]))
    form = await bench.view(bench.ines, "preset_form", names[0])
    await bench.press(bench.ines, form, "Delete this preset", confirm=True)
    await bench.ines.close(await bench.view(bench.ines, "preset_deleted"))
    await bench.ines.close(await list_without(bench, bench.ines, names[0]))


async def pick_channel(bench: Bench, who: Person, channel: str, *, without: str) -> str:
    """The menu's id. It is picked from again if Home was drawn anew since it was looked at."""
    while True:
        shown = await home(bench, who, "Choose a channel", without=without)
        pick = action(shown, "settings_pick")
        try:
            await who.click(shown, pick, value=channel)
        except CannotError:
            without = pick
        else:
            return pick


async def test_settings_of_a_channel_open_from_home_as_often_as_one_likes(bench: Bench) -> None:
    before = await bench.amara.home()
    pick = action(before, "settings_pick") if before else ""
    await bench.amara.open_home()
    for _ in range(2):
        pick = await pick_channel(bench, bench.amara, seed.STANDUP, without=pick)
        form = await bench.view(bench.amara, "settings_form", seed.STANDUP)
        await bench.amara.close(form)
    # Where the bot is not, it cannot tell who is there.
    await pick_channel(bench, bench.amara, seed.BOARD, without=pick)
    told = await bench.view(
        bench.amara, "outcome", "You have to be in that channel", "invite the bot"
    )
    await bench.amara.close(told)


async def test_admins_look_closer_from_home(bench: Bench) -> None:
    await bench.amara.open_home()
    shown = await home(bench, bench.amara, "Setup", "all Slack permissions")
    await bench.press(bench.amara, shown, "Doctor")
    told = await bench.view(bench.amara, "outcome", "Webhooks from 100ms", "Waiting")
    assert not contains(told.raw, "This channel")
    await bench.amara.close(told)
