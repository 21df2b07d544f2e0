"""`GET /metrics` for Prometheus: this process's counters, and gauges read from the database."""

import asyncio
import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from bot.core.recording import Phase
from bot.kit.cooldowns import Cooldown
from bot.kit.metrics import FAULTS
from bot.settings import is_loopback
from bot.slack.cooldowns import WHOLE_APP
from bot.store.errors import StoreError
from bot.store.health import Health
from bot.store.store import Store
from bot.store.values import DeadLetterCount

NONE_DEAD = DeadLetterCount()
WITHIN_S = 3.0  # Prometheus waits 10

# The headers that a scraper or a browser on this machine sends. Any other may come from a proxy;
# proxies add too many (Via, X-Forwarded-Proto, CF-Connecting-IP, …) to list them.
_DIRECT = frozenset(
    {
        "accept",
        "accept-encoding",
        "accept-language",
        "authorization",
        "cache-control",
        "connection",
        "cookie",
        "dnt",
        "host",
        "if-modified-since",
        "if-none-match",
        "pragma",
        "priority",
        "referer",
        "upgrade-insecure-requests",
        "user-agent",
        "x-prometheus-scrape-timeout-seconds",
    }
)


@dataclass(frozen=True, slots=True)
class Metrics:
    """Answers requests that come from this machine without a proxy, or that have the token."""

    store: Store
    token: str | None

    async def __call__(self, request: Request) -> Response:
        if not (self._has_token(request) or _is_local(request)):
            why = "only from this machine and not through a proxy, or with METRICS_TOKEN"
            return PlainTextResponse(why, status_code=403)
        page = generate_latest() + _page(await self._gauges())
        return Response(page, media_type=CONTENT_TYPE_LATEST)

    async def _gauges(self) -> "Gauges | None":
        """Return None if the database does not answer."""
        try:
            async with asyncio.timeout(WITHIN_S):
                running = await self.store.cooldowns.running()
                dead = await self.store.dead_letters.count()
                return Gauges(await self.store.health.read(), tuple(running), dead)
        except (StoreError, TimeoutError):
            return None
        except Exception:
            FAULTS.labels("metrics").inc()
            raise

    def _has_token(self, request: Request) -> bool:
        given = request.headers.get("authorization", "").encode()
        return self.token is not None and hmac.compare_digest(
            given, f"Bearer {self.token}".encode()
        )


@dataclass(frozen=True, slots=True)
class Gauges:
    """Values of the database. All replicas report the same, so alerts take the maximum."""

    health: Health
    cooldowns: tuple[Cooldown, ...] = ()
    dead: DeadLetterCount = NONE_DEAD


def _page(gauges: Gauges | None) -> bytes:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collected(tuple(metrics_of(gauges))))
    return generate_latest(registry)


@dataclass(frozen=True, slots=True, eq=False)  # registries hash their collectors
class _Collected:
    metrics: tuple[Metric, ...]

    def collect(self) -> Iterable[Metric]:
        return self.metrics


def metrics_of(gauges: Gauges | None) -> Iterator[Metric]:
    """Yield the gauges; without a database only `record_bot_store_up`."""
    yield GaugeMetricFamily(
        "record_bot_store_up", "1 if the database answers", float(gauges is not None)
    )
    if gauges is None:
        return
    health = gauges.health
    phases = GaugeMetricFamily(
        "record_bot_open_recordings", "Recordings with work left, by phase", labels=["phase"]
    )
    for phase in sorted({*map(str, Phase), *health.open_by_phase}):
        phases.add_metric([phase], health.open_by_phase.get(phase, 0))
    yield phases
    dead = GaugeMetricFamily(
        "record_bot_dead_letters_open", "Unreadable items that are set aside", labels=["kind"]
    )
    dead.add_metric(["webhook"], gauges.dead.webhooks)
    dead.add_metric(["recording"], gauges.dead.recordings)
    yield dead
    simple = {
        "oldest_due_step_seconds": ("How late the oldest due recording is", health.late_s),
        "inbox_backlog": ("Webhooks that are stored and not matched yet", health.backlog),
        "inbox_waiting": (
            "Webhooks that wait until their recording is known; an hour at most",
            health.waiting,
        ),
        "parked_posts": ("Posts that Slack refused, to be retried", health.parked),
        "replay_owed": ("1 while a webhook replay has yet to be requested", health.replay_owed),
        "slack_token_refused": (
            "1 while Slack does not accept the token",
            any(one.method == WHOLE_APP and one.since for one in gauges.cooldowns),
        ),
        "paused_methods": (
            "Methods of Slack or 100ms paused by a rate limit",
            sum(one.since is None for one in gauges.cooldowns),
        ),
    }
    for name, (meaning, value) in simple.items():
        yield GaugeMetricFamily(f"record_bot_{name}", meaning, float(value))
    if health.last_webhook_at is not None:
        yield GaugeMetricFamily(
            "record_bot_last_webhook_timestamp_seconds",
            "When the last webhook was stored, by any replica",
            health.last_webhook_at.timestamp(),
        )


def _is_local(request: Request) -> bool:
    """Whether the request comes from this machine and not through a proxy on it.

    A proxy here also calls from a loopback address, on behalf of anybody. It shows by the headers
    that it adds, or by the public name in `Host`.
    """
    if request.client is None or not is_loopback(request.client.host):
        return False
    direct = all(name in _DIRECT or name.startswith("sec-") for name in request.headers)
    return direct and _is_loopback_address(request.headers.get("host", ""))


def _is_loopback_address(host_and_port: str) -> bool:
    try:
        return is_loopback(urlsplit(f"//{host_and_port}").hostname or "")
    except ValueError:
        return False
