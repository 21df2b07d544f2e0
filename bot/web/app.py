"""All HTTP routes."""

from collections.abc import Callable, Sequence
from datetime import datetime

from slack_bolt.async_app import AsyncApp
from starlette.applications import Starlette
from starlette.routing import Route

from bot.store.store import Store
from bot.web.health import Readyz, healthz
from bot.web.metrics import Metrics
from bot.web.slack import SlackEndpoint
from bot.web.webhook import HmsWebhook


def web_app(
    *,
    bolt: AsyncApp,
    store: Store,
    signing_secret: str | None,
    webhook_secret: str | None,
    metrics_token: str | None,
    connected: Callable[[], bool],
    stalled: Callable[[], str | None],
    now: Callable[[], datetime],
    pages: Sequence[Route] = (),
) -> Starlette:
    post, get = ["POST"], ["GET"]
    hms = HmsWebhook(store, webhook_secret, now)
    return Starlette(
        routes=[
            Route("/slack/events", SlackEndpoint(bolt, signing_secret).__call__, methods=post),
            Route("/webhooks/100ms/{name:path}", hms.__call__, methods=post),
            Route("/healthz", healthz, methods=get),
            Route("/readyz", Readyz(store, connected, stalled).__call__, methods=get),
            Route("/metrics", Metrics(store, metrics_token).__call__, methods=get),
            *pages,
        ]
    )
