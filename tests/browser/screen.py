"""The page as a person sees it: found by roles and labels, as a screen reader finds things."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import ConsoleMessage, Locator, Page, expect
from playwright.async_api import TimeoutError as NotInTime
from record_bot_sandbox.stage import Stage

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
PATIENCE_MS = 60_000  # all of it is needed only where a machine has far too much to do
PICK_TRIES, REDRAWN_WITHIN_MS = 10, 6_000
expect.set_options(timeout=PATIENCE_MS)


@dataclass
class Screen:
    page: Page
    stage: Stage
    complaints: list[str] = field(default_factory=list)

    async def open(self, place: str = "") -> None:
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._hears)
        await self.page.goto(f"{self.stage.slack_url}/{place}")
        await expect(self.page.locator("#app[data-ready]")).to_be_attached()

    def _hears(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and "status of 422" not in message.text:
            self.complaints.append(message.text)

    # -- places and people

    async def go(self, channel: str) -> None:
        await self.sidebar.get_by_role("button", name=channel, exact=False).first.click()

    async def become(self, name: str) -> None:
        await self.sidebar.get_by_role("button", name="Acting as").click()
        await self.page.get_by_role("menuitemradio", name=name).click()

    @property
    def sidebar(self) -> Locator:
        return self.page.get_by_role("navigation", name="Workspace")

    @property
    def main(self) -> Locator:
        return self.page.get_by_role("main")

    @property
    def thread(self) -> Locator:
        return self.page.get_by_role("complementary", name="Thread")

    @property
    def panel(self) -> Locator:
        return self.page.get_by_role("complementary", name="Simulated 100ms")

    @property
    def composer(self) -> Locator:
        return self.main.get_by_role("textbox")

    # -- messages

    async def type(self, text: str) -> None:
        await self.composer.fill(text)
        await self.composer.press("Enter")

    def message(self, text: str, *more: str) -> Locator:
        """The last message of the channel with these texts."""
        found = self.main.locator(".message").filter(has_text=text)
        for other in more:
            found = found.filter(has_text=other)
        return found.last

    def card(self, room: str, state: str = "") -> Locator:
        return self.message(f"{room} · {state}")

    async def see(self, what: Locator) -> Locator:
        await expect(what).to_be_visible()
        return what

    # -- modals

    @property
    def modal(self) -> Locator:
        return self.page.get_by_role("dialog")

    def field(self, label: str) -> Locator:
        return self.modal.get_by_label(label, exact=False)

    async def pick(self, label: str, option: str, typed: str = "") -> None:
        """Choose an option. The bot may draw the form anew meanwhile, which closes an open list."""
        box = self.modal.get_by_role("combobox", name=label, exact=False)
        wanted = self.page.get_by_role("option", name=option, exact=True)
        chosen, tries = False, 0
        while not chosen:
            tries += 1
            await box.click()
            if typed:
                await box.fill(typed)
            try:
                await wanted.click(timeout=REDRAWN_WITHIN_MS)
                chosen = True
            except NotInTime:
                if tries == PICK_TRIES:
                    raise

    async def press(self, name: str, where: Locator | None = None) -> None:
        await (where or self.modal).get_by_role("button", name=name, exact=True).click()

    async def press_until(self, button: Locator, opened: Locator) -> None:
        """Press again where the bot drew the view anew just then: the button was another one."""
        for _ in range(PICK_TRIES):
            await button.click()
            try:
                await opened.wait_for(timeout=REDRAWN_WITHIN_MS)
            except NotInTime:
                continue
            return
        await self.see(opened)

    async def expand_form(self) -> None:
        await self.type("/record start")
        await self.modal.get_by_role("button", name="More options").click()
        await expect(self.modal.get_by_role("combobox", name="Resolution")).to_be_visible()

    # -- the panel

    async def open_panel(self, tab: str) -> None:
        button = self.main.get_by_role("button", name="100ms")
        if await button.get_attribute("aria-expanded") != "true":
            await button.click()
        await self.panel.get_by_role("tab", name=tab).click()

    # -- looking

    async def focused(self) -> str:
        """The name of what has the focus."""
        return str(
            await self.page.evaluate(
                "(document.activeElement.ariaLabel || document.activeElement.labels?.[0]?.innerText"
                " || document.activeElement.innerText || document.activeElement.id).trim()"
            )
        )

    async def run(self, script: str, argument: Any = None) -> Any:
        return await self.page.evaluate(script, argument)

    async def picture(self, name: str) -> None:
        """For the README, and only when asked for: RECORD_BOT_PICTURES=1."""
        if not os.environ.get("RECORD_BOT_PICTURES"):
            return
        await self.page.mouse.move(640, 2)
        await self.page.wait_for_timeout(400)
        PICTURES.mkdir(parents=True, exist_ok=True)
        await self.page.screenshot(path=PICTURES / f"{name}.png")
