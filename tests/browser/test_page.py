"""The page itself: keyboard, screen readers, narrow and dark screens, hostile text."""

import asyncio

import pytest
from playwright.async_api import ViewportSize, expect
from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.http import new_client

from tests.browser.screen import Screen

pytestmark = pytest.mark.asyncio(loop_scope="package")
HOSTILE = '<img src=x onerror="window.hurt=1"><script>window.hurt=1</script>'
PHONE: ViewportSize = {"width": 390, "height": 844}


async def test_a_dialog_keeps_the_focus_and_gives_it_back(screen: Screen) -> None:
    await screen.type("/record start")
    await expect(screen.modal.get_by_role("combobox", name="Room")).to_be_focused()
    inside = (
        "document.activeElement === document.body"
        " || document.querySelector('dialog').contains(document.activeElement)"
    )
    for _ in range(12):
        await screen.page.keyboard.press("Tab")
        assert await screen.run(inside)
    await screen.field("Post to").focus()
    await screen.page.keyboard.press("ArrowDown")
    await screen.see(screen.page.get_by_role("listbox"))
    await screen.page.keyboard.press("Escape")  # the list only
    await expect(screen.page.get_by_role("listbox")).to_be_hidden()
    await expect(screen.modal).to_be_visible()
    await screen.page.keyboard.press("Escape")
    await expect(screen.modal).to_be_hidden()
    await expect(screen.composer).to_be_focused()


async def test_who_acts_decides_what_is_seen(screen: Screen) -> None:
    await expect(screen.sidebar.get_by_role("button", name="board")).to_be_visible()
    await screen.become("Guus")
    await expect(screen.sidebar.get_by_role("button", name="board")).to_have_count(0)
    await expect(screen.sidebar.get_by_role("button", name="standup")).to_be_visible()
    await screen.become("Sol Partner")
    await expect(screen.sidebar.get_by_role("button", name="standup")).to_have_count(0)
    await expect(screen.sidebar.get_by_role("button", name="partners")).to_be_visible()
    await screen.page.reload()
    await expect(screen.sidebar.get_by_role("button", name="Acting as Sol Partner")).to_be_visible()


async def test_new_messages_appear_by_themselves_and_are_announced(screen: Screen) -> None:
    async with new_client(base_url=screen.stage.slack_url) as http:
        said = {"user": seed.MEMBER, "channel": seed.LOBBY, "text": "*hello* &lt;world&gt;"}
        await screen.go("lobby")
        await http.post("/sim/say", json=said)
        await screen.see(screen.message("hello <world>", "Tariq <Haddad> & Co"))
        await expect(screen.page.locator("#said")).to_contain_text(": hello <world>")
        await http.post("/sim/say", json=said | {"channel": seed.DESIGN})
    await screen.see(screen.sidebar.get_by_role("button", name="design, unread"))


async def test_hostile_text_stays_text(screen: Screen) -> None:
    await screen.go("partners")
    await screen.type(HOSTILE)
    await screen.see(screen.message(HOSTILE))
    await screen.stage.hms.sim("/rooms", {"name": HOSTILE})
    await screen.open_panel("Rooms")
    await screen.see(screen.panel.get_by_role("heading", name=HOSTILE))
    assert await screen.run("window.hurt === undefined")
    assert await screen.run("document.querySelectorAll('main script, main img').length") == 0


async def test_a_phone(screen: Screen) -> None:
    await screen.page.set_viewport_size(PHONE)
    nav = screen.sidebar
    await expect(nav).to_be_hidden()
    await screen.page.get_by_role("button", name="Channels").click()
    await expect(nav).to_be_visible()
    await nav.get_by_role("button", name="design").click()
    await expect(nav).to_be_hidden()
    await screen.type("/record help")
    await screen.see(screen.message("/record start"))
    await screen.type("/record start")
    await screen.see(screen.modal)
    box = await screen.modal.bounding_box()
    assert box is not None
    assert box["width"] == PHONE["width"]
    await screen.press("Cancel")
    await screen.main.get_by_role("button", name="100ms").click()
    await expect(screen.panel.get_by_role("region", name="Room standup")).to_be_visible()
    sideways = "document.documentElement.scrollWidth > innerWidth"
    assert not await screen.run(sideways)


async def test_light_and_dark(screen: Screen) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    light = await screen.run(ground)
    await screen.page.emulate_media(color_scheme="dark")
    dark = await screen.run(ground)
    assert light == "rgb(255, 255, 255)"
    assert dark != light
    await screen.sidebar.get_by_role("button", name="Theme").click()
    await screen.page.get_by_role("menuitemradio", name="Light theme").click()
    assert await screen.run(ground) == light
    await screen.page.reload()
    await expect(screen.sidebar).to_be_visible()
    assert await screen.run(ground) == light


async def test_the_page_is_named_for_screen_readers(screen: Screen) -> None:
    for role in ("navigation", "main"):
        await expect(screen.page.get_by_role(role)).to_have_count(1)
    unnamed = """[...document.querySelectorAll("button, a, input, textarea, [role=listbox]")]
        .filter((n) => n.checkVisibility())
        .filter((n) => !(n.ariaLabel || n.innerText?.trim() || n.labels?.length || n.title
                         || n.getAttribute("aria-labelledby")))
        .map((n) => n.outerHTML)"""
    await screen.open_panel("Trouble")
    assert await screen.run(unnamed) == []
    await screen.expand_form()
    assert await screen.run(unnamed) == []


async def test_every_trouble_goes_on_and_off_and_shows_it(screen: Screen) -> None:
    """In a quiet world, where nothing else makes the page look again."""
    await screen.open_panel("Trouble")
    await screen.see(screen.panel.get_by_text("Everything works"))
    switches = screen.panel.locator(".switch")
    await expect(switches).to_have_count(19)
    for n in range(19):
        for state in ("true", "false"):
            await switches.nth(n).click()
            await expect(switches.nth(n)).to_have_attribute("aria-pressed", state)
    await expect(screen.panel.get_by_role("status")).to_contain_text("Everything works")
    await (
        screen.panel.get_by_role("region", name="Slack").get_by_role("button", name="Down").click()
    )
    await screen.panel.get_by_role("button", name="Drop them").click()
    await expect(screen.panel.get_by_role("status")).to_contain_text("2 faults are active.")
    await screen.panel.get_by_role("button", name="Back to normal").click()
    await expect(screen.panel.get_by_role("button", pressed=True)).to_have_count(0)


async def test_a_form_begins_at_its_first_field(screen: Screen) -> None:
    await screen.type("/record settings")
    await expect(screen.modal.get_by_role("combobox", name="Default room")).to_be_focused()


async def test_the_panel_and_a_thread_share_the_room_there_is(screen: Screen) -> None:
    toggle = screen.main.get_by_role("button", name="100ms")
    await expect(toggle).to_have_attribute("aria-expanded", "true")
    await screen.go("lobby")
    await screen.type("A word with you")
    message = await screen.see(screen.message("A word with you"))
    await message.hover()
    await message.get_by_role("button", name="Reply in thread").click()
    await expect(screen.panel).to_be_hidden()
    await expect(toggle).to_have_attribute("aria-expanded", "false")
    await screen.thread.get_by_role("textbox").fill("/record status")
    await screen.thread.get_by_role("textbox").press("Enter")
    await screen.see(screen.thread.get_by_text("not supported in threads"))
    await screen.thread.get_by_role("textbox").fill("Yes?")
    await screen.thread.get_by_role("textbox").press("Enter")
    await expect(message.locator(".thread-line")).to_contain_text("1 reply")
    await toggle.click()
    await expect(screen.thread).to_be_hidden()
    await expect(screen.panel).to_be_visible()


async def test_old_messages_are_there_when_one_scrolls_up(screen: Screen) -> None:
    async with new_client(base_url=screen.stage.slack_url) as http:
        for n in range(150):
            said = {"user": seed.STARTER, "channel": seed.DESIGN, "text": f"number {n}."}
            await http.post("/sim/say", json=said)
    await screen.page.reload()
    await screen.go("design")
    await expect(screen.message("number 149.")).to_be_in_viewport()
    await expect(screen.message("number 0.")).to_have_count(0)
    await screen.main.locator(".scroll").hover()
    oldest = screen.message("number 0.")
    async with asyncio.timeout(60):
        while not await oldest.is_visible():
            await screen.page.mouse.wheel(0, -4000)
            await screen.run("new Promise(requestAnimationFrame)")
    await oldest.scroll_into_view_if_needed()
    await expect(oldest).to_be_in_viewport()


async def test_a_menu_stays_open_while_the_page_changes(screen: Screen) -> None:
    """News redraw the sidebar, from which this menu was opened."""
    await screen.sidebar.get_by_role("button", name="Acting as").click()
    await expect(screen.page.get_by_role("menuitemradio", name="Amara")).to_be_visible()
    async with new_client(base_url=screen.stage.slack_url) as http:
        said = {"user": seed.MEMBER, "channel": seed.DESIGN, "text": "news"}
        await http.post("/sim/say", json=said)
    await expect(screen.sidebar.get_by_role("button", name="design, unread")).to_be_visible()
    await screen.page.get_by_role("menuitemradio", name="Amara").click()
    await expect(screen.sidebar.get_by_role("button", name="Acting as Amara")).to_be_visible()


async def test_a_link_to_a_room_shows_the_room_below_the_message(screen: Screen) -> None:
    room = await screen.stage.hms.room("town hall")
    await screen.go("lobby")
    await screen.type(f"https://acme.app.100ms.live/preview/{room['id']}/host")
    preview = screen.main.get_by_role("region", name="Preview by record").last
    await expect(preview).to_contain_text("town hall · ")
    await expect(preview).to_have_css("border-left-width", "4px")
    await screen.page.set_viewport_size(PHONE)
    assert not await screen.run("document.documentElement.scrollWidth > innerWidth")
    await preview.get_by_role("button", name="Start a recording of town hall").click()
    await expect(screen.modal.get_by_role("combobox", name="Room")).to_have_value("town hall")
