"""Socket Mode: the connections that the bot holds open, and the envelopes that go down them."""

import asyncio
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.model import JSON

CONNECTIONS_MOST = 10
WARNED_FOR_S = 1.0  # Slack's own ten seconds are long for a sandbox
CLOSE_NORMAL = 1000
CLOSE_POLICY = 1008


@dataclass
class Envelope:
    """One payload under way, waiting for its ack."""

    id: str
    accepts_payload: bool
    acked: asyncio.Future[Any] = field(repr=False)


class SocketHub:
    """Hands each envelope to any one of the connections, in turn."""

    def __init__(self, problem: Callable[[str, str], None], changed: Callable[[int], None]) -> None:
        self.tickets: set[str] = set()
        self.connections: list[WebSocket] = []
        self._waiting: dict[str, Envelope] = {}
        self._expired: set[str] = set()
        self._problem = problem
        self._changed = changed
        self._turn = 0
        self._closing: set[asyncio.Task[None]] = set()

    async def serve(self, socket: WebSocket) -> None:
        """One connection, from its ticket to its end."""
        ticket = socket.query_params.get("ticket", "")
        if ticket not in self.tickets:
            await socket.close(CLOSE_POLICY, "unknown or used ticket")
            return
        self.tickets.discard(ticket)
        await socket.accept()
        if len(self.connections) >= CONNECTIONS_MOST:
            await socket.send_json(_asked_to_leave("too_many_websockets"))
            await socket.close(CLOSE_NORMAL)
            return
        self.connections.append(socket)
        self._changed(len(self.connections))
        try:
            await socket.send_json(self._hello())
            while True:
                self._receive(await socket.receive_text())
        except (WebSocketDisconnect, RuntimeError):
            pass  # the bot left, or a control request closed it under us
        finally:
            self._forget(socket)

    async def send(self, kind: str, payload: JSON, *, accepts_payload: bool, retry: JSON) -> Any:
        """The payload of the ack. Waits for it as long as the caller allows.

        Raises:
            ConnectionError: no connection is open.
        """
        envelope = Envelope(
            str(uuid.uuid4()), accepts_payload, asyncio.get_running_loop().create_future()
        )
        body = {
            "envelope_id": envelope.id,
            "type": kind,
            "accepts_response_payload": accepts_payload,
            "payload": payload,
            **retry,
        }
        self._waiting[envelope.id] = envelope
        try:
            await self._hand_over(body)
            return await envelope.acked
        finally:
            del self._waiting[envelope.id]
            self._expired.add(envelope.id)

    async def disconnect(self, reason: str, *, every: bool) -> int:
        """Ask the oldest connection to come back, as Slack does some times a day; or all.

        It is closed at once, or in a while if this was a `warning`; until then it is used.
        """
        sockets = self.connections[: None if every else 1]
        for socket in sockets:
            await socket.send_json(_asked_to_leave(reason))
            if reason == "warning":
                closing = asyncio.create_task(self._close_in_a_while(socket))
                self._closing.add(closing)
                closing.add_done_callback(self._closing.discard)
            else:
                await self._close(socket)
        return len(sockets)

    async def _close_in_a_while(self, socket: WebSocket) -> None:
        await asyncio.sleep(WARNED_FOR_S)
        await self._close(socket)

    async def _hand_over(self, body: JSON) -> None:
        while self.connections:
            self._turn += 1
            socket = self.connections[self._turn % len(self.connections)]
            try:
                await socket.send_json(body)
            except (WebSocketDisconnect, RuntimeError):
                self._forget(socket)
            else:
                return
        raise ConnectionError("no Socket Mode connection is open")

    def _receive(self, text: str) -> None:
        try:
            message = json.loads(text)
        except ValueError:
            message = None
        if not isinstance(message, dict) or "envelope_id" not in message:
            self._problem("socket mode", f"not an ack: {text[:200]}")
            return
        envelope = self._waiting.get(message["envelope_id"])
        if envelope is None:
            if message["envelope_id"] not in self._expired:
                self._problem("socket mode", f"ack of an unknown envelope {text[:200]}")
            return
        payload = message.get("payload")
        if payload and not envelope.accepts_payload:
            self._problem("socket mode", "an ack has a payload where none is accepted")
        if not envelope.acked.done():
            envelope.acked.set_result(payload)

    async def _close(self, socket: WebSocket) -> None:
        self._forget(socket)
        if socket.application_state is WebSocketState.CONNECTED:
            await socket.close(CLOSE_NORMAL)

    def _forget(self, socket: WebSocket) -> None:
        if socket in self.connections:
            self.connections.remove(socket)
            self._changed(len(self.connections))

    def _hello(self) -> JSON:
        return {
            "type": "hello",
            "num_connections": len(self.connections),
            "connection_info": {"app_id": seed.APP_ID},
            "debug_info": {
                "host": "applink-sandbox",
                "build_number": 1,
                "approximate_connection_time": 18060,
            },
        }


def _asked_to_leave(reason: str) -> JSON:
    return {"type": "disconnect", "reason": reason, "debug_info": {}}
