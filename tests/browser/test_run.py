"""What becomes of a recording: stopped, watched, read; by whom; and when things go wrong."""

import pytest
from playwright.async_api import expect
from record_bot_sandbox.slack import seed

from tests.browser.screen import Screen

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_stop_asks_first_then_the_thread_has_the_results(screen: Screen) -> None:
    await screen.type('/record start "Design review" --transcript --summary')
    card = await screen.see(screen.card("Design review", "Recording"))
    stop = card.get_by_role("button", name="Stop recording Design review")
    await stop.click()
    question = screen.page.get_by_role("alertdialog", name="Stop this recording?")
    await screen.see(question)
    await screen.page.keyboard.press("Escape")
    await expect(question).to_be_hidden()
    await expect(stop).to_be_focused()
    await stop.press("Enter")
    await screen.press("Stop recording", question)
    ready = await screen.see(screen.card("Design review", "Ready"))
    results = screen.thread.get_by_text("are ready")
    await screen.press_until(ready.locator(".thread-line"), results)  # each reply draws it anew
    await expect(screen.thread.locator(".file")).to_have_count(1)
    await screen.picture("thread")
    await screen.page.emulate_media(color_scheme="dark")
    await screen.page.emulate_media(color_scheme="light")
    await reads_the_transcript(screen)
    await watches(screen)


async def reads_the_transcript(screen: Screen) -> None:
    await screen.thread.locator(".file").first.get_by_role("button").first.click()
    text = screen.page.get_by_role("dialog").locator("pre")
    await expect(text).to_contain_text(":")
    await screen.page.keyboard.press("Escape")
    await expect(text).to_be_hidden()


async def watches(screen: Screen) -> None:
    await screen.card("Design review").get_by_role("button", name="Watch").click()
    minted = await screen.see(screen.message("Design review opens in your browser"))
    await expect(minted).to_contain_text("Only visible to you")
    link = minted.get_by_role("link", name="Open")
    answer = await screen.page.request.get(await link.get_attribute("href") or "")
    assert answer.ok


async def test_a_guest_gets_no_link(screen: Screen) -> None:
    await screen.type("/record start sales-weekly")
    card = await screen.see(screen.card("sales-weekly", "Recording"))
    await card.get_by_role("button", name="Stop").click()
    await screen.press("Stop recording", screen.page.get_by_role("alertdialog"))
    watch = screen.card("sales-weekly").get_by_role("button", name="Watch")
    await screen.see(watch)
    await screen.become("Guus")
    await watch.click()
    refusal = await screen.see(screen.main.locator(".message.ephemeral").last)
    await expect(refusal.get_by_role("link", name="Open")).to_have_count(0)


async def test_dropped_webhooks_only_make_it_slower(screen: Screen) -> None:
    await screen.open_panel("Trouble")
    drop = screen.panel.get_by_role("button", name="Drop them")
    await drop.click()
    await expect(drop).to_have_attribute("aria-pressed", "true")
    await screen.type("/record start sales-weekly-emea")
    card = await screen.see(screen.card("sales-weekly-emea", "Recording"))
    await card.get_by_role("button", name="Stop").click()
    await screen.press("Stop recording", screen.page.get_by_role("alertdialog"))
    await screen.panel.get_by_role("tab", name="Webhooks").click()
    await screen.see(screen.panel.get_by_text("dropped").first)
    watch = screen.card("sales-weekly-emea").get_by_role("button", name="Watch")
    await screen.see(watch)


async def test_the_panel_plays_the_room_and_shows_what_the_bot_does(screen: Screen) -> None:
    await screen.type("/record start webinar --url https://acme.app.100ms.live/preview/x")
    await screen.open_panel("Rooms")
    room = screen.panel.get_by_role("region", name="Room webinar")
    await screen.see(room.get_by_text("running"))
    await room.get_by_role("button", name="Somebody joins webinar").click()
    await expect(room.locator(".peer:not(.add)")).to_have_count(2)
    await room.get_by_role("button", name="Dora").click()
    await screen.page.get_by_role("menuitem", name="Say something").click()
    await screen.see(room.locator(".chat").filter(has_text="Dora:"))
    await room.get_by_role("button", name="More for room webinar").click()
    await screen.page.get_by_role("menuitem", name="End the room for everyone").click()
    await expect(room.locator(".peer:not(.add)")).to_have_count(0)
    await screen.panel.get_by_role("tab", name="The bot").click()
    for text in ("chat.postMessage", "recordings/room/", "/record start webinar"):
        line = screen.panel.locator(".event").filter(has_text=text).first
        await screen.see(line)
    await line.locator("summary").click()
    await expect(line.locator("pre")).to_contain_text('"latency_ms"')
    await screen.picture("panel")


async def test_an_invitation_brings_the_card(screen: Screen) -> None:
    await screen.go("board")
    await screen.type('/record start "board room"')
    told = screen.message("/invite")
    await screen.see(told)
    await screen.type("/invite @record")
    await told.get_by_text("Try again", exact=True).click()
    await screen.see(screen.card("board room", "Recording"))


async def test_slackbot_says_when_the_bot_is_not_there(screen: Screen) -> None:
    sim = screen.stage.slack_sim
    there, sim.request_url = sim.request_url, "http://127.0.0.1:9/slack/events"
    try:
        await screen.type("/record status")
        notice = await screen.see(screen.message('failed with the error "dispatch_failed"'))
        await expect(notice).to_contain_text("Slackbot")
    finally:
        sim.request_url = there


async def test_the_home_tab_starts_a_recording(screen: Screen) -> None:
    await screen.go("Home")
    await screen.see(screen.main.get_by_role("heading", name="Recording now"))
    await screen.picture("home")
    start = screen.main.get_by_role("button", name="Start a recording")
    await screen.press_until(start, screen.modal.get_by_role("combobox", name="Room"))
    assert seed.STARTER in screen.stage.slack_sim.homes
