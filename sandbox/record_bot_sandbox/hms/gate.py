"""What stands before every API call: the log, the faults, and the check of the token.

Docs: get-started/security-and-tokens.
"""

import asyncio
import json
from collections.abc import Callable

import jwt
from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from record_bot_sandbox.hms.errors import ApiError, bad_token
from record_bot_sandbox.hms.faults import ApiFault
from record_bot_sandbox.hms.sim import ApiCall, Sim
from record_bot_sandbox.serving import RESET

REQUIRED_CLAIMS = ["jti", "iat", "nbf", "exp"]


class Gate:
    def __init__(self, app: ASGIApp, sim: Sim) -> None:
        self._app = app
        self._sim = sim

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await _read(receive)
        method, path = scope["method"], scope["path"]
        query = scope["query_string"].decode("latin-1")
        call = ApiCall(self._sim.clock.now_ns(), method, path, query, _shown(body))
        self._sim.calls.append(call)
        fault = self._sim.faults.api(method, path)
        answer: list[Message] = []
        if fault is None or fault.after_work:
            answer = await self._work(scope, body)
        if fault:
            call.fault = fault.kind
            answer = await _spoil(fault, answer, scope, receive)
        call.status = next((m["status"] for m in answer if "status" in m), None)
        self._sim.feed.publish("request", method=method, path=path, status=call.status)
        for message in answer:
            await send(message)

    async def _work(self, scope: Scope, body: bytes) -> list[Message]:
        try:
            self._check_token(Headers(scope=scope).get("authorization", ""))
        except ApiError as error:
            return await _collect(error.response(), scope, body)
        return await _collect(self._app, scope, body)

    def _check_token(self, header: str) -> None:
        scheme, _, token = header.partition(" ")
        if scheme != "Bearer" or not token:
            raise bad_token("not found")
        config = self._sim.config
        try:
            claims = jwt.decode(
                token,
                config.secret,
                algorithms=["HS256"],
                options={"require": REQUIRED_CLAIMS, "verify_aud": False},
            )
        except jwt.PyJWTError as error:
            raise bad_token(str(error)) from None
        if claims.get("access_key") != config.access_key:
            raise bad_token("access_key is not known")
        if claims.get("type") != "management" or claims.get("version") != 2:
            raise bad_token("not a management token of version 2")
        self._sim.state.tokens_seen.add(str(claims["jti"]))


async def _spoil(
    fault: ApiFault, answer: list[Message], scope: Scope, receive: Receive
) -> list[Message]:
    """The answer that the fault leaves; none at all after a reset."""
    match fault.kind:
        case "reset":
            reset: Callable[[], None] | None = scope.get("extensions", {}).get(RESET)
            if reset is None:
                raise RuntimeError("connections can only be reset under record_bot_sandbox.serving")
            reset()
            await receive()  # until the server has noticed, else it would answer 500
            return []
        case "hang":
            if await _caller_left(receive, fault.hang_s):
                return []
            return answer or await _collect(ApiError(504, "upstream timed out").response(), scope)
        case "status":
            return await _collect(_failure(fault), scope)
        case "odd":
            return await _collect(HTMLResponse("<html>Welcome to the proxy</html>"), scope)
        case "huge":
            answer_of = b'{"data": "' + b"x" * fault.huge_bytes + b'"}'
            return await _collect(Response(answer_of, media_type="application/json"), scope)


def _failure(fault: ApiFault) -> JSONResponse:
    wait_s = fault.retry_after_s
    if fault.status == 429:
        message = f"rate limit exceeded, retry after {45 if wait_s is None else wait_s} seconds"
    else:
        message = "simulated outage"
    response = ApiError(fault.status, message).response()
    if wait_s is not None:
        response.headers["Retry-After"] = str(wait_s)
    return response


async def _caller_left(receive: Receive, within_s: float) -> bool:
    try:
        await asyncio.wait_for(receive(), within_s)
    except TimeoutError:
        return False
    return True


async def _read(receive: Receive) -> bytes:
    parts: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b"".join(parts)
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)


async def _collect(app: ASGIApp, scope: Scope, body: bytes = b"") -> list[Message]:
    """Run an app on a body that is already read, and keep its answer."""
    given = iter([{"type": "http.request", "body": body, "more_body": False}])
    messages: list[Message] = []

    async def receive() -> Message:
        return next(given, {"type": "http.disconnect"})

    async def send(message: Message) -> None:
        messages.append(message)

    await app(scope, receive, send)
    return messages


def _shown(body: bytes) -> object:
    """A body for the log: as JSON where it is JSON."""
    try:
        return json.loads(body) if body else None
    except ValueError:
        return body.decode("utf-8", "replace")
