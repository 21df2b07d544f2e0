"""The sandbox in a browser: how soon the page is there, and how soon a message is on it."""

import asyncio
import contextlib
import shutil
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
from playwright.async_api import Browser, Page, async_playwright
from record_bot_sandbox.hms.app import serve
from record_bot_sandbox.hms.config import HmsConfig
from record_bot_sandbox.hms.driver import Driver
from record_bot_sandbox.page.app import create_page
from record_bot_sandbox.serving import serving
from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.app import create_app
from record_bot_sandbox.slack.config import SlackConfig
from rich.console import Console

from tests.bench.measure import Figure, Scale, Target
from tests.bench.report import machine, show

MESSAGES = 500
# Noted when it is painted, not when it is in the tree.
WATCH = """
addEventListener("DOMContentLoaded", () => {
  const painted = (note) => requestAnimationFrame(() => setTimeout(note));
  new MutationObserver(() => {
    if (!window.readyAt && document.querySelector('[data-ready] .message:last-child')) {
      window.readyAt = -1;
      painted(() => (window.readyAt = performance.now()));
    }
    const last = [...document.querySelectorAll(".message")].at(-1)?.textContent;
    const found = last && /stopwatch (\\d+)/.exec(last);
    if (found && window.seen !== found[1]) {
      window.seen = found[1];
      painted(() => (window.seenAt = { n: found[1], at: Date.now() }));
    }
  }).observe(document.body, { subtree: true, childList: true });
});
"""


async def browser_figures(scale: Scale) -> list[Figure]:
    """With 500 cards in the channel that is open."""
    async with _page_with_messages() as url, _browser() as browser:
        cold = [await _load_ms(browser, url) for _ in range(scale.times)]
        context = await browser.new_context(bypass_csp=True)
        page = await _open(await context.new_page(), url)
        again = [await _reload_ms(page) for _ in range(scale.times)]
        shown = [await _message_ms(page, url, n) for n in range(scale.times * 4)]
    return [
        Figure("page with 500 messages, first visit", cold, "ms", Target("<", 300)),
        Figure("page with 500 messages, again", again, "ms", Target("<", 300)),
        Figure("API call to message on screen", shown, "ms", Target("<", 200)),
    ]


@contextlib.asynccontextmanager
async def _page_with_messages() -> AsyncIterator[str]:
    config = HmsConfig(speed=60)
    async with serve(config) as hms, Driver(hms.base_url, config) as driver:
        slack = create_app(SlackConfig())
        async with serving(create_page(slack, driver)) as url:
            async with httpx.AsyncClient(base_url=url, trust_env=False) as http:
                for n in range(MESSAGES):
                    await _post(http, f"room {n}")
            yield url


async def _post(http: httpx.AsyncClient, name: str) -> None:
    headers = {"authorization": f"Bearer {SlackConfig().bot_token}"}
    body = {"channel": seed.STANDUP, "text": name, "blocks": _card(name)}
    answer = await http.post("/api/chat.postMessage", json=body, headers=headers)
    if not answer.json()["ok"]:
        raise RuntimeError(answer.text)


def _card(name: str) -> list[dict[str, Any]]:
    log = "\n".join(
        f"<!date^17953415{n}^{{time}}|10:0{n}> step {n} of <@U0STARTER1>" for n in range(8)
    )
    buttons = [
        {
            "type": "button",
            "action_id": f"do.{n}",
            "text": {"type": "plain_text", "text": f"Do {n}"},
        }
        for n in range(3)
    ]
    return [
        {"type": "section", "text": {"type": "mrkdwn", "text": f"*{name}* · Recording"}},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": log}]},
        {"type": "actions", "elements": buttons},
    ]


@contextlib.asynccontextmanager
async def _browser() -> AsyncIterator[Browser]:
    path = shutil.which("chromium") or shutil.which("google-chrome")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        await browser.close()


async def _open(page: Page, url: str) -> Page:
    await page.add_init_script(WATCH)
    await page.goto(url, wait_until="commit")
    await page.wait_for_function("window.readyAt > 0")
    return page


async def _load_ms(browser: Browser, url: str) -> float:
    context = await browser.new_context(bypass_csp=True)
    page = await _open(await context.new_page(), url)
    took = float(await page.evaluate("window.readyAt"))
    await context.close()
    return took


async def _reload_ms(page: Page) -> float:
    await page.reload(wait_until="commit")
    await page.wait_for_function("window.readyAt > 0")
    return float(await page.evaluate("window.readyAt"))


async def _message_ms(page: Page, url: str, n: int) -> float:
    async with httpx.AsyncClient(base_url=url, trust_env=False) as http:
        called = time.time()
        await _post(http, f"stopwatch {n}")
        await page.wait_for_function(f"window.seenAt?.n === '{n}'")
    return float(await page.evaluate("window.seenAt.at")) - called * 1000


if __name__ == "__main__":
    show(asyncio.run(browser_figures(Scale())), machine(), Console())
