"""The meeting page in a real browser, with a real small video."""

import os
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Locator, Page, ViewportSize, expect
from playwright.async_api import TimeoutError as NotInTime
from record_bot_sandbox.hms.clock import NS
from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.seen import SeenMessage, Snapshot
from record_bot_sandbox.stage import Stage

from tests.browser import screen
from tests.browser.conftest import SPEED, make_peace
from tests.browser.screen import PATIENCE_MS
from tests.e2e.reading import button, url_of
from tests.patience import PatientPerson

pytestmark = pytest.mark.asyncio(loop_scope="package")
PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1280, "height": 800}
GROUND: dict[Literal["light", "dark"], str] = {
    "light": "rgb(246, 246, 249)",
    "dark": "rgb(18, 18, 25)",
}
UNKNOWN = "0123456789abcdef0123456789abcdef"
LENGTH_S = 480
PICTURES = os.environ.get("RECORD_BOT_PICTURES")


@dataclass
class Meeting:
    """One finished recording, and the people who open its page."""

    stage: Stage
    card: SeenMessage
    ines: PatientPerson
    tariq: PatientPerson

    async def link(self, who: PatientPerson) -> str:
        """A fresh link from the Watch button."""
        channel = self.card.channel
        before = len((await who.state()).ephemerals(channel, who.user))
        await who.click(self.card, button(self.card.blocks, "Watch"))
        told = await who.until(lambda s: next(iter(s.ephemerals(channel, who.user)[before:]), None))
        return url_of(told.blocks, "Open")


@dataclass
class Visit:
    """A window of one person; complaints are script errors and what the console says."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def listen(self) -> "Visit":
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "console",
            lambda m: self.complaints.append(m.text) if m.type in ("error", "warning") else None,
        )
        return self

    async def open(self, link: str, state: str = "shown") -> "Visit":
        await self.page.goto(link)
        await expect(self.page.locator(f"body[data-state={state}]")).to_be_attached()
        return self

    @property
    def turns(self) -> Locator:
        return self.page.locator("#turns .turn")

    async def at_s(self) -> float:
        return float(await self.page.evaluate("document.querySelector('video').currentTime"))

    async def playing(self) -> None:
        await self.page.wait_for_function(
            "() => { const v = document.querySelector('video'); return v && !v.paused; }"
        )

    async def loaded(self) -> None:
        await self.page.wait_for_function(
            "() => (document.querySelector('video')?.readyState ?? 0) > 1"
        )

    async def offered(self, n: int) -> Locator:
        """The button to share a turn; pointed at again if the page moved under the pointer."""
        button = self.turns.nth(n).get_by_role("button", name="Share a moment")
        for _ in range(screen.PICK_TRIES):
            await self.page.mouse.move(0, 0)
            await self.turns.nth(n).hover()
            try:
                await button.wait_for(timeout=screen.REDRAWN_WITHIN_MS)
                break
            except NotInTime:
                continue
        return button

    async def picture(self, name: str) -> None:
        """RECORD_BOT_PICTURES=1: the one of the README; a folder: all of them, to look at."""
        if PICTURES == "1" and name == "desktop":
            await self.page.screenshot(path=screen.PICTURES / "meeting.png")
        elif PICTURES and PICTURES != "1":
            await self.page.screenshot(path=Path(PICTURES) / f"meeting-{name}.png")


@pytest_asyncio.fixture(scope="module", loop_scope="package")
async def meeting(played: Stage) -> Meeting:
    make_peace(played)
    return await finished(played, "Design review")


async def finished(played: Stage, name: str, *, length_s: float = LENGTH_S) -> Meeting:
    """Recorded with every format and a summary, until the card says that it is ready."""
    room = await played.hms.room(name)
    ines = PatientPerson(played.slack_url, seed.STARTER)
    tariq = PatientPerson(played.slack_url, seed.MEMBER)
    for person in (ines, tariq):
        await played.stack.enter_async_context(person)

    def card(says: str) -> Callable[[Snapshot], SeenMessage | None]:
        def look(state: Snapshot) -> SeenMessage | None:
            messages = state.messages(seed.STANDUP)
            return next((m for m in messages if m.text.startswith(f"{name}: {says}")), None)

        return look

    await played.hms.sim(f"/rooms/{room['id']}/join", {"name": "Ana"})
    command = f'/record start "{name}" --modes json,srt,txt --summary'
    await ines.command(seed.STANDUP, command)
    await ines.until(card("Recording"))
    said = {"message": "See you <b>on Tuesday</b>", "type": "chat"}
    await played.hms.api("POST", f"/active-rooms/{room['id']}/send-message", json=said)
    recordings = played.hms_sim.state.recordings.values()
    recording = next(r for r in recordings if r.room.id == room["id"] and r.stopped_ns is None)
    assert recording.started_ns
    recording.started_ns -= int(length_s * NS / SPEED)  # as if it had begun so much earlier
    await played.hms.sim(f"/recordings/{recording.id}/finish")
    return Meeting(played, await ines.until(card("Ready.")), ines, tariq)


@pytest_asyncio.fixture(loop_scope="package")
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    made = await browser.new_context(viewport=DESKTOP, locale="en-GB")
    made.set_default_timeout(PATIENCE_MS)
    yield made
    await made.close()


@pytest_asyncio.fixture(loop_scope="package")
async def visit(context: BrowserContext) -> AsyncIterator[Visit]:
    shown = Visit(await context.new_page()).listen()
    yield shown
    assert not shown.complaints, shown.complaints


async def axe(page: Page) -> list[str]:
    results = await Axe().run(page)
    found: list[dict[str, Any]] = results.response["violations"]
    return [f"{one['id']}: {[n['html'][:200] for n in one['nodes']]}" for one in found]


async def test_a_turn_is_a_click_away_and_the_transcript_follows(
    meeting: Meeting, visit: Visit
) -> None:
    await visit.open(await meeting.link(meeting.tariq))
    assert "#" not in visit.page.url
    await expect(visit.page.get_by_role("heading", level=1)).to_have_text("Design review")
    await expect(visit.page.locator("#viewer")).to_contain_text("Viewing as tariq")
    await expect(visit.turns).to_have_count(8)
    await visit.loaded()
    third = visit.turns.nth(2)
    at_s = int(await third.locator(".time").get_attribute("data-at") or 0) / 1000
    await third.get_by_text("I can take the pricing page").click()
    await visit.playing()
    assert at_s <= await visit.at_s() < at_s + 10
    await expect(third).to_have_attribute("aria-current", "true")
    assert visit.page.url.endswith(f"?t={int(at_s)}")
    await visit.page.evaluate(f"document.querySelector('video').currentTime = {3 * at_s + 1}")
    await expect(visit.turns.nth(2)).not_to_have_attribute("aria-current", "true")
    await visit.picture("desktop")


async def test_a_link_to_a_moment_opens_there(meeting: Meeting, visit: Visit) -> None:
    link = await meeting.link(meeting.ines)
    await visit.open(link.replace("#", "?t=1m5s#"))
    await visit.loaded()
    await visit.page.wait_for_function("() => document.querySelector('video').currentTime >= 65")
    assert await visit.page.evaluate("document.querySelector('video').paused")
    await expect(visit.page.locator("#copy-at")).to_have_text("1:05")


async def test_by_keyboard_alone(meeting: Meeting, visit: Visit) -> None:
    await visit.open(await meeting.link(meeting.ines))
    await visit.loaded()
    page, keys = visit.page, visit.page.keyboard
    await page.evaluate("document.activeElement.blur()")
    await keys.press("Tab")
    skip = page.get_by_role("link", name="Skip to the transcript")
    await expect(skip).to_be_focused()
    await keys.press("Enter")
    await keys.press("Tab")
    await expect(page.get_by_role("searchbox", name="Search this transcript")).to_be_focused()
    await keys.type("budget")
    await expect(page.locator("#count")).to_have_text("1 of 2")
    await keys.press("Enter")
    await expect(page.locator("#count")).to_have_text("2 of 2")
    await keys.press("Shift+Enter")
    await expect(page.locator("#count")).to_have_text("1 of 2")
    await keys.press("Escape")
    await expect(page.locator("#count")).to_have_text("")
    for _ in range(4):
        await keys.press("Tab")
        if await page.evaluate("document.activeElement.matches('#turns .time')"):
            break
    await keys.press("Home")
    await keys.press("ArrowDown")
    await keys.press("ArrowDown")
    await expect(visit.turns.nth(2).locator(".time")).to_be_focused()
    await keys.press("Enter")
    await visit.playing()
    await expect(visit.turns.nth(2)).to_have_attribute("aria-current", "true")
    reached = await page.evaluate("""() => [...document.querySelectorAll('button, a, input, select')]
        .filter((e) => e.offsetParent && !e.disabled && e.tabIndex < 0 && !e.matches('#turns .time')).length""")
    assert reached == 0


KEPT = (
    "() => fetch(location.pathname + '/data').then((a) => a.json()).then((d) => d.transcript.kept)"
)


async def test_a_moment_is_shared_to_a_channel_by_keyboard(meeting: Meeting, visit: Visit) -> None:
    await visit.open(await meeting.link(meeting.ines))
    page, keys = visit.page, visit.page.keyboard
    await page.wait_for_function(KEPT)
    await page.reload()
    await visit.turns.nth(2).locator(".time").focus()
    await keys.press("Tab")
    await expect(page.get_by_role("button", name="Share a moment of ליאת")).to_be_focused()
    await keys.press("Enter")
    dialog = page.get_by_role("dialog", name="Share this moment")
    await expect(dialog).to_contain_text("I can take the pricing page")
    await expect(dialog.get_by_label("Channel")).to_contain_text("#design")
    assert await axe(page) == []
    await visit.picture("share")
    await dialog.get_by_label("Channel").select_option(seed.DESIGN)
    await dialog.get_by_role("button", name="Share").focus()
    await keys.press("Enter")
    await expect(dialog).to_contain_text("It appears in #design")
    await keys.press("Enter")
    await expect(dialog).to_be_hidden()

    def there(state: Snapshot) -> SeenMessage | None:
        shown = (m for m in state.messages(seed.DESIGN) if "pricing page" in m.text)
        return next((m for m in shown if m.text.startswith("Design review")), None)

    assert "Shared by" in (await meeting.ines.until(there)).text


async def test_on_a_phone_a_turn_that_is_tapped_can_be_shared(
    meeting: Meeting, browser: Browser
) -> None:
    context = await browser.new_context(viewport=PHONE, has_touch=True, locale="en-GB")
    context.set_default_timeout(PATIENCE_MS)
    visit = Visit(await context.new_page()).listen()
    await visit.open(await meeting.link(meeting.ines))
    await visit.page.wait_for_function(KEPT)
    await visit.page.reload()
    await visit.turns.nth(1).locator("p").tap()
    await visit.turns.nth(1).get_by_role("button", name="Share a moment").tap()
    dialog = visit.page.get_by_role("dialog", name="Share this moment")
    await expect(dialog.get_by_label("Channel")).to_contain_text("#standup")
    await visit.picture("share-phone")
    assert await visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await dialog.get_by_role("button", name="Cancel").tap()
    await expect(dialog).to_be_hidden()
    assert not visit.complaints, visit.complaints
    await context.close()


TABLET: ViewportSize = {"width": 820, "height": 1100}
ON_ITS_SIDE: ViewportSize = {"width": 844, "height": 390}
CUT_OFF = """() => {
  const [video, stage] = ["#stage video", "#stage"].map((one) => document.querySelector(one).getBoundingClientRect());
  return Math.max(video.bottom - stage.bottom, video.right - stage.right);
}"""
COVERED = """() => {
  const player = document.querySelector("#player").getBoundingClientRect();
  return Math.max(0, player.bottom) / innerHeight;
}"""


async def test_the_player_is_whole_and_leaves_room_for_the_words(
    meeting: Meeting, visit: Visit
) -> None:
    await visit.open(await meeting.link(meeting.ines))
    await visit.loaded()
    for size, most in ((DESKTOP, 1), (PHONE, 0.5), (TABLET, 0.6), (ON_ITS_SIDE, 0.5)):
        await visit.page.set_viewport_size(size)
        assert await visit.page.evaluate(CUT_OFF) <= 0, size
        await visit.turns.last.locator(".time").click()
        await expect(visit.turns.last.locator("p")).to_be_in_viewport()
        assert await visit.page.evaluate(COVERED) <= most, size


async def test_the_skip_link_shows_the_transcript(meeting: Meeting, visit: Visit) -> None:
    await visit.page.set_viewport_size(PHONE)
    await visit.open(await meeting.link(meeting.ines))
    await visit.page.get_by_role("button", name="Summary").click()
    await expect(visit.turns.first).to_be_hidden()
    await visit.page.get_by_role("link", name="Skip to the transcript").focus()
    await visit.page.keyboard.press("Enter")
    await expect(visit.turns.first).to_be_visible()


async def test_texts_stay_texts_are_found_and_printed(meeting: Meeting, visit: Visit) -> None:
    """Search folds accents and finds across sentences; the player is not on paper."""
    await visit.open(await meeting.link(meeting.ines))
    await expect(visit.turns.first).to_contain_text("the <launch> checklist & the budget")
    await expect(visit.page.locator("#messages")).to_contain_text("See you <b>on Tuesday</b>")
    assert await visit.page.locator("#turns launch, #messages b").count() == 0
    cues = "[...document.querySelector('video').textTracks[0].cues].map((c) => c.getCueAsHTML().textContent)"
    assert (await visit.page.evaluate(cues))[0].startswith("Ana: Good morning")
    query, count = visit.page.locator("#query"), visit.page.locator("#count")
    await query.fill("LAUNCH")
    await expect(count).to_have_text("1 of 2")
    assert await visit.page.evaluate("CSS.highlights.get('hits').size") == 2
    await query.fill("תודה")
    await expect(count).to_have_text("1 of 1")
    await query.fill("nobody said this")
    await expect(count).to_have_text("0 found")
    await expect(visit.page.get_by_role("button", name="Next match")).to_be_disabled()
    await visit.page.emulate_media(media="print")
    await expect(visit.page.locator("#stage")).to_be_hidden()
    await expect(visit.page.locator("#query")).to_be_hidden()
    for n in range(8):
        await expect(visit.turns.nth(n)).to_be_visible()
    await expect(visit.page.locator("#lines")).to_be_visible()


@pytest.mark.parametrize("size", ["desktop", "phone"])
async def test_in_both_colours_axe_finds_nothing(
    meeting: Meeting, browser: Browser, size: str
) -> None:
    viewport = PHONE if size == "phone" else DESKTOP
    context = await browser.new_context(viewport=viewport, locale="en-GB")
    context.set_default_timeout(PATIENCE_MS)
    visit = Visit(await context.new_page()).listen()
    await visit.open(await meeting.link(meeting.ines))
    await visit.loaded()
    other = Visit(await context.new_page())
    await other.open(re.sub(r"/m/\w+.*", f"/m/{UNKNOWN}", visit.page.url), "message")
    await visit.page.bring_to_front()
    if size == "phone":
        assert await visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
            "nothing is wider than the phone"
        )
    parts = ("Transcript", "Summary", "More") if size == "phone" else ("Transcript",)
    for scheme, ground in GROUND.items():
        for page in (visit.page, other.page):
            await page.emulate_media(color_scheme=scheme)
            assert await page.evaluate("getComputedStyle(document.body).backgroundColor") == ground
        assert await axe(other.page) == []
        for part in parts:
            if size == "phone":
                await visit.page.get_by_role("button", name=part, exact=True).click()
            await expect(visit.page.locator("#turns")).to_be_visible(visible=part == "Transcript")
            assert await axe(visit.page) == []
            await visit.picture(f"{size}-{scheme}-{part}")
    assert not visit.complaints, visit.complaints
    await context.close()


async def test_without_a_session_the_moment_is_kept_until_there_is_one(
    meeting: Meeting, visit: Visit
) -> None:
    link = await meeting.link(meeting.ines)
    address = link.partition("#")[0]
    await visit.open(f"{address}?t=65", "message")
    await expect(visit.page.get_by_role("heading", name="Open this from Slack")).to_be_visible()
    home = visit.page.get_by_role("link", name="in Slack")
    assert f"/app_redirect?app={seed.APP_ID}" in (await home.get_attribute("href") or "")
    await visit.picture("door")
    await visit.open(link)
    await visit.loaded()
    await visit.page.wait_for_function("() => document.querySelector('video').currentTime >= 65")
    visit.complaints = [c for c in visit.complaints if "401" not in c]


async def test_a_used_ticket_and_signing_out(
    meeting: Meeting, visit: Visit, browser: Browser
) -> None:
    link = await meeting.link(meeting.ines)
    await visit.open(link)
    other = Visit(await (await browser.new_context()).new_page())
    await other.open(link, "message")
    await expect(other.page.locator("#message-text")).to_contain_text("used before")
    assert "#" not in other.page.url
    await other.page.context.close()
    await visit.page.get_by_role("button", name="Sign out").click()
    await expect(visit.page.locator("#message-text")).to_contain_text("signed out")
    await expect(visit.turns).to_have_count(0)
    await visit.open(link.partition("#")[0], "message")
    visit.complaints = [c for c in visit.complaints if "401" not in c]


async def test_a_session_of_somebody_else_wins_and_says_so(meeting: Meeting, visit: Visit) -> None:
    await visit.open(await meeting.link(meeting.ines))
    await visit.page.goto("about:blank")
    await visit.open(await meeting.link(meeting.tariq))
    await expect(visit.page.locator("#viewer-name")).to_have_text("ines")


async def test_a_session_that_ends_closes_every_page_that_is_open(
    meeting: Meeting, visit: Visit
) -> None:
    await visit.open(await meeting.link(meeting.ines))
    await visit.page.wait_for_function(KEPT)
    await visit.page.reload()
    await (await visit.offered(1)).click()
    await expect(visit.page.get_by_role("dialog")).to_be_visible()
    other = Visit(await visit.page.context.new_page())
    await other.open(visit.page.url.partition("?")[0])
    await other.page.get_by_role("button", name="Sign out").click()
    await expect(other.page.locator("#message-text")).to_contain_text("signed out")
    await other.page.close()
    await visit.page.bring_to_front()
    await visit.page.wait_for_function("!document.hidden")  # a page behind others asks nothing
    await visit.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await expect(visit.page.get_by_role("heading", name="Open this from Slack")).to_be_visible()
    await expect(visit.page.get_by_role("dialog")).to_be_hidden()
    await expect(visit.turns).to_have_count(0)
    assert "pricing" not in await visit.page.evaluate("document.body.textContent")
    assert await visit.page.locator("video").count() == 0
    visit.complaints = [c for c in visit.complaints if "401" not in c]


async def test_an_expired_link_to_the_video_is_minted_again(meeting: Meeting, visit: Visit) -> None:
    await visit.open(await meeting.link(meeting.ines))
    await visit.loaded()
    await visit.page.evaluate("document.querySelector('video').currentTime = 50")
    video = "document.querySelector('video')"

    async def minted(breaking: str, at_s: int) -> None:
        before = await visit.page.evaluate(f"{video}.src")
        meeting.stage.hms_sim.files.expire_all()
        await visit.page.evaluate(breaking)
        await visit.page.wait_for_function(
            f"(before) => !{video}.src.startsWith(before) && {video}.readyState > 1"
            f" && {video}.currentTime === {at_s}",
            arg=before,
        )

    await minted(f"{video}.dispatchEvent(new Event('error'))", 50)
    # Another address, or the browser would play what it has in memory; it begins anew.
    await minted(f"{video}.src += '&again'", 0)
    visit.complaints = [c for c in visit.complaints if "403" not in c]


async def test_without_the_video_the_rest_is_there(meeting: Meeting, visit: Visit) -> None:
    path = "/v2/recording-assets/*/presigned-url"
    await meeting.stage.hms.sim("/faults", {"kind": "status", "status": 404, "path": path})
    await visit.open(await meeting.link(meeting.ines))
    await expect(visit.page.locator("#stage")).to_contain_text("keeps files for 15 days")
    await expect(visit.turns).to_have_count(8)
    await visit.turns.nth(2).locator(".time").click()
    await expect(visit.turns.nth(2)).to_have_attribute("aria-current", "true")
    await meeting.stage.hms.sim("/faults", {"clear": True})
    await visit.page.locator("#stage").get_by_role("button", name="Try again").click()
    await visit.loaded()


async def test_after_forget_the_open_page_shows_nothing_any_more(
    played: Stage, visit: Visit
) -> None:
    theirs = await finished(played, "sales-weekly-emea")
    await visit.open(await theirs.link(theirs.tariq))
    await expect(visit.turns).to_have_count(8)
    await theirs.ines.click(theirs.card, button(theirs.card.blocks, "Details"))
    details = await theirs.ines.until(lambda state: state.open_view(theirs.ines.user))
    forget = button(details.blocks, "Forget this recording")
    await theirs.ines.click(details, forget, confirm=True)
    # The page asks by itself each 45 s, and whenever it comes to the front again.
    await visit.page.wait_for_function(
        "() => { document.dispatchEvent(new Event('visibilitychange'));"
        " return document.body.dataset.state === 'message'; }",
        polling=500,
    )
    gone = visit.page.get_by_role("heading", name="This recording is not available")
    await expect(gone).to_be_visible()
    await expect(visit.turns).to_have_count(0)
    assert "pricing" not in await visit.page.evaluate("document.body.textContent")
    visit.complaints = [c for c in visit.complaints if "404" not in c]
