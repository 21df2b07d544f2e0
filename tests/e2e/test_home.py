"""The Home tab: for everybody what they may know of, and up to date while they look."""

from bot.sandbox.slack.person import Person
from tests.e2e.bench import Bench, SeenView, button, contains, elements, labels, seed


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


async def test_what_a_private_channel_shows_is_for_its_members(bench: Bench) -> None:
    secret, known = await bench.room(), await bench.room()
    await bench.running(secret, channel=seed.DESIGN)
    await bench.running(known)
    await bench.tariq.open_home()
    await home(bench, bench.tariq, secret.name, known.name)
    await bench.amara.open_home()
    seen = await home(bench, bench.amara, known.name)
    assert not contains(seen.raw, secret.name)


async def test_guests_and_strangers_see_a_friendly_page(bench: Bench) -> None:
    room = await bench.room()
    await bench.running(room)
    for who in (bench.guus, bench.sol):
        await who.open_home()
        seen = await home(bench, who, "Here you see the recordings that you start")
        assert not contains(seen.raw, room.name)
        assert not contains(seen.raw, "For admins")


async def test_admins_see_how_the_bot_is(bench: Bench) -> None:
    await bench.amara.open_home()
    await home(bench, bench.amara, "For admins", "/record doctor")
    await bench.ines.open_home()
    seen = await home(bench, bench.ines, "Recording now")
    assert not contains(seen.raw, "For admins")


async def test_older_ones_are_a_page_further(bench: Bench) -> None:
    rooms = [await bench.room() for _ in range(9)]
    for room in rooms:
        await bench.start(room, "--no-transcript", channel=seed.DESIGN)
    for room in rooms:
        await bench.card(room, "Recording", channel=seed.DESIGN)
        await bench.finish(room)
    await bench.ines.open_home()
    first = await home(bench, bench.ines, f"Details: {rooms[-1].name}", "Older")
    assert not contains(first.raw, f"Details: {rooms[0].name}")
    assert "Newer" not in labels(first.blocks)
    await bench.ines.click(first, button(first.blocks, "Older"))
    second = await home(bench, bench.ines, f"Details: {rooms[0].name}", "Newer")
    await bench.ines.click(second, button(second.blocks, "Newer"))
    await home(bench, bench.ines, f"Details: {rooms[-1].name}", without="Newer")
