"""Bring a payload to the bot, over HTTP or Socket Mode, and wait three seconds for its ack."""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import urlencode

import httpx

from record_bot_sandbox.slack.model import JSON, Delivery
from record_bot_sandbox.slack.sim import Sim

Kind = Literal["slash_commands", "interactive", "events_api"]
OK = 200
WITH_ANSWER = frozenset({"slash_commands", "view_submission", "block_suggestion"})


class Courier:
    """Signs and sends; every attempt becomes a Delivery. Nothing is sent twice by itself."""

    def __init__(self, sim: Sim, client: httpx.AsyncClient) -> None:
        self._sim = sim
        self._client = client

    async def deliver(
        self, kind: Kind, payload: JSON, *, retry_num: int = 0, retry_reason: str | None = None
    ) -> Delivery:
        """One attempt. `failure` is what Slack would name: operation_timeout, dispatch_failed."""
        sim = self._sim
        delivery = Delivery(
            id=sim.new_id("Dl"),
            at=sim.now(),
            transport="http" if sim.request_url else "socket",
            kind=kind,
            type=type_of(kind, payload),
            payload=payload,
            retry_num=retry_num,
            retry_reason=retry_reason,
        )
        sim.deliveries.append(delivery)
        started = time.perf_counter()
        try:
            async with asyncio.timeout(sim.config.ack_deadline_s):
                await (self._over_http if sim.request_url else self._over_socket)(delivery)
        except TimeoutError:
            delivery.failure, delivery.reason = "operation_timeout", "http_timeout"
        delivery.latency_ms = round((time.perf_counter() - started) * 1000, 2)
        sim.changes.add(
            "delivered",
            id=delivery.id,
            payload_type=delivery.type,
            status=delivery.status,
            failure=delivery.failure,
            retry_num=retry_num,
        )
        return delivery

    async def verify_url(self, url: str) -> bool:
        """The challenge that a request URL has to echo before Slack takes it."""
        challenge = hashlib.sha256(url.encode()).hexdigest()
        body = json.dumps({"type": "url_verification", "token": "", "challenge": challenge})
        headers = self._signed(body.encode(), "application/json")
        try:
            answer = await self._client.post(url, content=body, headers=headers, timeout=3)
        except httpx.HTTPError:
            return False
        return answer.status_code == OK and challenge in answer.text

    async def _over_http(self, delivery: Delivery) -> None:
        body, content_type = encoded(delivery)
        headers = self._signed(body, content_type)
        if delivery.retry_num:
            headers["x-slack-retry-num"] = str(delivery.retry_num)
            headers["x-slack-retry-reason"] = delivery.retry_reason or "unknown_error"
        url = self._sim.request_url or ""
        try:
            answer = await self._client.post(url, content=body, headers=headers)
        except httpx.TooManyRedirects:
            delivery.failure, delivery.reason = "dispatch_failed", "too_many_redirects"
            return
        except httpx.HTTPError:
            delivery.failure, delivery.reason = "dispatch_failed", "connection_failed"
            return
        delivery.status = answer.status_code
        delivery.ack = _read(answer)
        delivery.no_retry = answer.headers.get("x-slack-no-retry") == "1"
        if answer.status_code != OK:
            delivery.failure, delivery.reason = "dispatch_failed", "http_error"

    async def _over_socket(self, delivery: Delivery) -> None:
        kind, retry = delivery.kind, {}
        if kind == "events_api":
            retry = {
                "retry_attempt": delivery.retry_num,
                "retry_reason": delivery.retry_reason or "",
            }
        try:
            delivery.ack = await self._sim.sockets.send(
                kind, delivery.payload, accepts_payload=takes_answer(delivery), retry=retry
            )
        except ConnectionError:
            delivery.failure, delivery.reason = "dispatch_failed", "connection_failed"
        else:
            delivery.status = OK

    def _signed(self, body: bytes, content_type: str) -> dict[str, str]:
        """Real seconds, whatever the clock of the workspace: the bot's verifier has its own."""
        stamp = str(int(time.time()))
        secret = self._sim.config.signing_secret.encode()
        digest = hmac.new(secret, b"v0:" + stamp.encode() + b":" + body, hashlib.sha256)
        return {
            "content-type": content_type,
            "user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "x-slack-request-timestamp": stamp,
            "x-slack-signature": f"v0={digest.hexdigest()}",
        }


def type_of(kind: Kind, payload: Mapping[str, Any]) -> str:
    if kind == "slash_commands":
        return str(payload["command"])
    return str(payload["event"]["type"] if kind == "events_api" else payload["type"])


def takes_answer(delivery: Delivery) -> bool:
    return bool(WITH_ANSWER & {delivery.kind, delivery.type})


def encoded(delivery: Delivery) -> tuple[bytes, str]:
    if delivery.kind == "events_api":
        return json.dumps(delivery.payload).encode(), "application/json"
    form = delivery.payload
    if delivery.kind == "interactive":
        form = {"payload": json.dumps(delivery.payload)}
    return urlencode(form).encode(), "application/x-www-form-urlencoded"


def _read(answer: httpx.Response) -> Any:
    """The ack: an object, some text, or None when it is empty."""
    if not answer.content:
        return None
    if answer.headers.get("content-type", "").startswith("application/json"):
        try:
            return answer.json()
        except ValueError:
            return answer.text
    return answer.text
