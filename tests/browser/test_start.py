"""Starting a recording: by the form, by a command, with mistakes."""

import pytest
from playwright.async_api import expect

from tests.browser.screen import Screen

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_start_by_form(screen: Screen) -> None:
    await screen.type("/record start")
    room = screen.modal.get_by_role("combobox", name="Room")
    await expect(room).to_be_focused()
    await screen.page.keyboard.type("sales")
    options = screen.page.get_by_role("option")
    await expect(options.first).to_have_text("sales-weekly")
    await screen.picture("form")
    await screen.page.keyboard.press("Enter")
    await expect(room).to_have_value("sales-weekly")
    await expect(screen.field("Post to")).to_have_value("#standup")
    await screen.press("Start recording")
    await screen.modal.get_by_role("link", name="Open the card").click()
    await expect(screen.modal).to_contain_text("sales-weekly")
    await screen.page.keyboard.press("Escape")
    await expect(screen.modal).to_be_hidden()
    await screen.see(screen.card("sales-weekly", "Recording"))


async def test_start_by_command(screen: Screen) -> None:
    await screen.composer.press_sequentially("/rec")
    offer = screen.page.get_by_role("option", name="/record").first
    await expect(offer).to_be_visible()
    await expect(offer).to_have_attribute("aria-selected", "true")
    await screen.composer.press("Tab")
    await expect(screen.composer).to_have_value("/record ")
    await screen.composer.press_sequentially("start standup --transcript --summary")
    await screen.composer.press("Enter")
    answer = await screen.see(screen.message("Starting to record standup"))
    await expect(answer).to_contain_text("Only visible to you")
    await screen.see(screen.card("standup", "Recording"))
    await screen.become("Amara")
    await screen.see(screen.card("standup", "Recording"))
    await expect(screen.message("Starting to record standup")).to_have_count(0)


async def test_a_field_in_error_is_named_and_can_be_corrected(screen: Screen) -> None:
    await screen.expand_form()
    await screen.pick("Room", "board room")
    await screen.pick("Resolution", "Custom")
    width, height = screen.field("Width in pixels"), screen.field("Height in pixels")
    await width.fill("7")
    await screen.press("Start recording")
    await expect(height).to_be_focused()  # Slack's own check: it is required
    await height.fill("720")
    await screen.press("Start recording")
    await expect(width).to_have_attribute("aria-invalid", "true")
    await expect(width).to_be_focused()
    told = await width.get_attribute("aria-describedby") or ""
    error = screen.page.locator(f"#{told.split()[0]}")
    await expect(error).to_contain_text("192")
    await width.fill("1280")
    await screen.press("Start recording")
    await screen.see(screen.modal.get_by_role("link", name="Open the card"))
    await screen.press("Close", screen.modal.locator("footer"))
    await screen.see(screen.card("board room", "Recording"))


async def test_sections_are_added_and_removed_and_keep_what_was_typed(screen: Screen) -> None:
    await screen.expand_form()
    await screen.pick("Transcript", "On")
    await screen.pick("Summary", "On")
    await screen.field("Section 1: title").fill("Agenda")
    await screen.press("Add a section")
    await screen.field("Section 2: title").fill("Decisions")
    await screen.pick("Section 2: written as", "Paragraph")
    await screen.press("Add a section")
    await screen.field("Section 3: title").fill("Risks <&> 🎉")
    await screen.press("Remove section 2")
    await expect(screen.field("Section 3: title")).to_have_count(0)
    await expect(screen.field("Section 1: title")).to_have_value("Agenda")
    await expect(screen.field("Section 2: title")).to_have_value("Risks <&> 🎉")
    inside = "document.querySelector('dialog').contains(document.activeElement)"
    assert await screen.run(inside)


async def test_back_to_the_form_after_a_failure(screen: Screen) -> None:
    await screen.expand_form()
    await screen.pick("Room", "dashboard off")
    await screen.field("Storage destination").fill("nowhere")
    await screen.press("Start recording")
    back = screen.modal.get_by_role("button", name="Back to the form")
    await screen.see(back)
    await back.click()
    await expect(screen.field("Storage destination")).to_have_value("nowhere")
    await expect(screen.modal.get_by_role("combobox", name="Room")).to_have_value("dashboard off")


async def test_a_wrong_command_says_what_works(screen: Screen) -> None:
    await screen.type("/record strat standup")
    answer = await screen.see(screen.message("Start recording standup?"))
    await screen.press("Start standup", answer)
    await screen.see(screen.card("standup", "Recording"))
