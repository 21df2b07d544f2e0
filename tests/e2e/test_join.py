"""*Join*: where an admin set a role, a full member gets a link of their own."""

from urllib.parse import parse_qs, urlsplit

import jwt
from record_bot_sandbox.slack import seed

from tests.e2e.bench import Bench
from tests.e2e.reading import cards, labels, url_of


async def allow_joining(bench: Bench, role: str | None) -> None:
    await bench.amara.command(seed.STANDUP, "/record settings")
    form = await bench.view(bench.amara, "settings_form")
    await bench.amara.enter(form, "join_role", role, action_id="settings_join_role")
    await bench.amara.submit(await bench.view(bench.amara, "settings_form"))


async def test_a_card_and_the_status_give_each_person_a_link_of_their_own(bench: Bench) -> None:
    await allow_joining(bench, "guest")
    try:
        room = await bench.room()
        card = await bench.running(room)
        assert labels(card.blocks)[0] == "Join"
        await bench.press(bench.tariq, card, "Join")
        told = await bench.told(bench.tariq, seed.STANDUP, "Join", room.name, "Do not share it")
        link = urlsplit(url_of(told.blocks, "Join"))
        assert link.hostname is not None
        assert link.hostname.endswith(".app.100ms.live")
        assert link.path == f"/preview/{room.id}/guest"
        token = parse_qs(link.query)["auth_token"][0]
        claims = jwt.decode(token, options={"verify_signature": False})
        assert claims["user_id"].endswith(f":{bench.tariq.user}")
        assert (claims["type"], claims["room_id"], claims["role"]) == ("app", room.id, "guest")
        await bench.ines.command(seed.STANDUP, f'/record status "{room.name}"')
        status = await bench.told(bench.ines, seed.STANDUP, f"{room.name}: Recording")
        assert "Join" in labels(status.blocks)
        await bench.ines.command(seed.STANDUP, f'/record join "{room.name}"')
        await bench.told(bench.ines, seed.STANDUP, "Join", room.name, "Do not share it")
        await bench.press(bench.guus, card, "Join")
        await bench.told(bench.guus, seed.STANDUP, "can get a link to join")
    finally:
        await allow_joining(bench, None)


async def test_join_comes_and_goes_at_once_when_the_role_is_set_and_removed(bench: Bench) -> None:
    """Without a role, words say why there is none."""
    room = await bench.room()
    await bench.running(room)
    await bench.ines.command(seed.STANDUP, f'/record join "{room.name}"')
    await bench.told(bench.ines, seed.STANDUP, "Joining is not set up in this channel")

    async def offers(join: bool) -> None:
        await bench.see(
            lambda s: next(
                (
                    card
                    for card in cards(s, room, seed.STANDUP, "Recording")
                    if ("Join" in labels(card.blocks)) is join
                ),
                None,
            ),
            f"a card with{'' if join else 'out'} Join",
        )

    await offers(join=False)
    await allow_joining(bench, "guest")
    try:
        await offers(join=True)
        await bench.ines.command(seed.STANDUP, "/record")
        await bench.told(bench.ines, seed.STANDUP, room.name, "/record join standup")
    finally:
        await allow_joining(bench, None)
    await offers(join=False)
