"""The sandbox in a browser: one page, in front of the simulated Slack and beside the 100ms.

The page is served on the address of the simulated Slack, so everything has one origin; what is
not the page's own goes on to Slack. Nothing is built, and nothing comes from the internet.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.routing import Mount, Route

from record_bot_sandbox.hms.driver import Driver
from record_bot_sandbox.page.files import file, home, index, no_icon
from record_bot_sandbox.page.hms_proxy import HmsProxy
from record_bot_sandbox.page.news import News


def create_page(slack: Starlette, hms: Driver) -> Starlette:
    """The simulated Slack, with the page at `/` and the 100ms behind `/100ms/…`."""
    proxy = HmsProxy(hms)
    news = News(slack.state.sim, proxy)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with slack.router.lifespan_context(slack), proxy.listening():
            yield

    return Starlette(
        routes=[
            Route("/", index),
            Route("/favicon.ico", no_icon),
            Route("/app_redirect", home),
            Route("/page/state.json", news.state),
            Route("/page/stream", news.stream),
            Route("/page/{version}/{path:path}", file),
            *proxy.routes(),
            Mount("/", app=slack),
        ],
        lifespan=lifespan,
    )
