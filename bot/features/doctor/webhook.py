"""Checks 100ms' webhooks by its delivery history. Without webhooks the bot only gets slower."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated
from urllib.parse import SplitResult, urlsplit

from pydantic import AliasPath, BeforeValidator, Field

from bot.features.doctor.model import Finding, note, ok, shown, warning
from bot.hms import lenient
from bot.hms.errors import HmsError
from bot.hms.models import WebhookDelivery
from bot.hms.redact import redact
from bot.hms.transport import Query, Transport, rfc3339
from bot.hms.webhook import HEADER, NAME

CHECK = "Webhook"
PATH = f"/webhooks/100ms/{NAME}"
SINCE = timedelta(hours=24)
PAGES_AT_MOST = 5
PAGE_SIZE = 100
SET_UP = (
    "on the 100ms dashboard, under “Developer”, “Webhooks”, give the webhook URL "
    f"https://<your host>{PATH} and the header {HEADER} with the value of HMS_WEBHOOK_SECRET"
)


class Sent(WebhookDelivery):
    """A delivery with its URL, which may be another app's and secret: never shown in full."""

    url: Annotated[str | None, BeforeValidator(lenient.text)] = Field(
        default=None, validation_alias=AliasPath("payload", "webhook_url")
    )

    @property
    def ours(self) -> bool:
        return _is_ours(self.url)


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of the last day's deliveries to one kind of URL."""

    place: str
    sent: int
    reasons: Counter[str]

    @property
    def missed(self) -> int:
        return self.reasons.total()


async def check_webhook(transport: Transport, secret_set: bool, now: datetime) -> Finding:
    try:
        sent = await _history(transport, now)
    except HmsError as error:
        what = "set" if secret_set else "not set"
        return note(CHECK, f"HMS_WEBHOOK_SECRET is {what}; no history ({shown(str(error))})")
    return webhook_finding(sent, secret_set=secret_set)


def webhook_finding(sent: Sequence[Sent], *, secret_set: bool) -> Finding:
    """Judge the set-up by the day's deliveries. Pure."""
    ours = tally([one for one in sent if one.ours])
    others = tally([one for one in sent if one.url and not one.ours])
    if not secret_set and not ours.sent:
        return note(
            CHECK,
            "HMS_WEBHOOK_SECRET is not set: the bot polls 100ms instead of getting webhooks, "
            "so updates arrive later",
            f"for immediate updates, set it (100ms sends it as {HEADER}), and {SET_UP}",
        )
    if not secret_set:
        found = f"100ms calls {ours.place}, but the bot needs HMS_WEBHOOK_SECRET to accept it"
        return warning(CHECK, found, f"set HMS_WEBHOOK_SECRET; {SET_UP}")
    if ours.sent:
        return _our_deliveries(ours)
    if others.sent:
        found = f"100ms sends webhooks to {others.place}, not to the bot, so the bot polls"
        return warning(CHECK, found, SET_UP)
    found = "HMS_WEBHOOK_SECRET is set; 100ms sent nothing in the last 24 hours"
    fix = f"record something and run this again. If nothing arrives: {SET_UP}"
    return note(CHECK, found, f"{fix}; if the bot has no public address, do not set it")


def tally(sent: Sequence[Sent]) -> Tally:
    reasons = Counter(shown(redact(one.error_reason)) for one in sent if one.error_reason)
    return Tally(_place(sent[0].url) if sent else "", len(sent), reasons)


def _our_deliveries(ours: Tally) -> Finding:
    found = f"{ours.sent - ours.missed} of {ours.sent} reached {ours.place} in the last 24 hours"
    if not ours.missed:
        return ok(CHECK, found)
    reasons = ", ".join(f"{reason} ({n}×)" for reason, n in ours.reasons.most_common(3))
    return warning(CHECK, f"{found}; 100ms says: {reasons}", _cure(ours.reasons))


def _cure(reasons: Counter[str]) -> str:
    words = " ".join(reasons)
    if "401" in words:
        return f"give the header {HEADER} the value of HMS_WEBHOOK_SECRET on the 100ms dashboard"
    if "404" in words:
        return SET_UP
    return "check that the bot is running, and that this address reaches it from the internet"


def _place(url: str | None) -> str:
    """Return the host, and the path if it is the bot's own."""
    parts = _split(url)
    host = shown(parts.hostname or "an unreadable name")
    return f"{host}{PATH}" if _is_ours(url) else f"another address at {host}"


def _is_ours(url: str | None) -> bool:
    return _split(url).path.rstrip("/").endswith(PATH)


def _split(url: str | None) -> SplitResult:
    try:
        return urlsplit(url or "")
    except ValueError:
        return urlsplit("")


async def _history(transport: Transport, now: datetime) -> list[Sent]:
    """Fetch the latest deliveries. Source: 100ms docs, analytics/list-webhook-events."""
    sent: list[Sent] = []
    for page in range(1, PAGES_AT_MOST + 1):
        query: Query = {
            "start_time": rfc3339(now - SINCE),
            "end_time": rfc3339(now),
            "status": "all",
            "limit": PAGE_SIZE,
            "page": page,
        }
        answer = await transport.call("GET", "/analytics/webhooks", query=query)
        if not isinstance(answer, dict):
            break
        sent += Sent.each(answer.get("events"))
        pagination = answer.get("pagination")
        if not (isinstance(pagination, dict) and pagination.get("has_next") is True):
            break
    return sent
