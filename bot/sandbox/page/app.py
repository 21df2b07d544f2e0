"""The sandbox in a browser: one page, in front of the simulated Slack and beside the 100ms.

The page is served on the address of the simulated Slack, so everything has one origin; what is
not the page's own goes on to Slack. Nothing is built, and nothing comes from the internet.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from bot.sandbox.hms.driver import Driver
from bot.sandbox.page.bot_app import BOT_APP
from bot.sandbox.page.hms_proxy import HmsProxy
from bot.sandbox.page.news import stream

STATIC = Path(__file__).parent / "static"
# Only this server's scripts and styles; pictures from anywhere, as messages may name them.
POLICY = "default-src 'self'; img-src 'self' http: https: data:; frame-ancestors 'none'"


def create_page(slack: Starlette, hms: Driver) -> Starlette:
    """The simulated Slack, with the page at `/` and the 100ms behind `/100ms/…`."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with slack.router.lifespan_context(slack):
            yield

    app = Starlette(
        routes=[
            Route("/", index),
            Route("/favicon.ico", no_icon),
            Route("/page/app.json", bot_app),
            Route("/page/stream", stream),
            Mount("/page", _Static(directory=STATIC)),
            *HmsProxy(hms).routes(),
            Mount("/", app=slack),
        ],
        lifespan=lifespan,
    )
    app.state.sim = slack.state.sim
    return app


async def index(_: Request) -> Response:
    """The page, with every module named in it: else each would be asked for by the one before."""
    text = (STATIC / "index.html").read_text("utf-8")
    modules = sorted(path.relative_to(STATIC) for path in STATIC.rglob("*.js"))
    styles = sorted(path.relative_to(STATIC) for path in STATIC.rglob("*.css"))
    links = [f'<link rel="stylesheet" href="/page/{path.as_posix()}">' for path in styles]
    links += [f'<link rel="modulepreload" href="/page/{path.as_posix()}">' for path in modules]
    page = text.replace("<!-- links -->", "\n    ".join(links))
    return HTMLResponse(page, headers={"content-security-policy": POLICY, **FRESH})


async def no_icon(_: Request) -> Response:
    return Response(status_code=204)


async def bot_app(_: Request) -> Response:
    return JSONResponse(BOT_APP)


FRESH = {"cache-control": "no-cache"}  # ask each time; the answer is "unchanged" when it is


class _Static(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers.update(FRESH)
        return response
