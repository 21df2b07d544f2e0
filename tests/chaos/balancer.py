"""A small HTTP balancer: each request to the next replica; one that cannot be reached is passed."""

import itertools
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import httpx
from record_bot_sandbox.serving import serving
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout)
DROPPED = {"host", "connection", "content-length", "transfer-encoding"}


class Balancer:
    """Repeats nothing that a replica may have had: such a request ends with 502, as in life."""

    def __init__(self, replicas: Sequence[str], http: httpx.AsyncClient) -> None:
        self.served: Counter[str] = Counter()
        self.failed = 0
        self._replicas = replicas
        self._turn = itertools.count()
        self._http = http

    async def __call__(self, request: Request) -> Response:
        body = await request.body()
        headers = [(k, v) for k, v in request.headers.items() if k not in DROPPED]
        first = next(self._turn)
        for n in range(len(self._replicas)):
            replica = self._replicas[(first + n) % len(self._replicas)]
            url = f"{replica}{request.url.path}"
            try:
                answer = await self._http.request(
                    request.method, url, content=body, headers=headers
                )
            except NOT_SENT:
                continue
            except httpx.HTTPError:
                break
            self.served[replica] += 1
            kept = {k: v for k, v in answer.headers.items() if k not in DROPPED}
            return Response(answer.content, answer.status_code, kept)
        self.failed += 1
        return PlainTextResponse("no replica", status_code=502)


@asynccontextmanager
async def balancer(replicas: Sequence[str]) -> AsyncIterator[tuple[str, Balancer]]:
    """Its address, and what it counts. No connection is kept: the next replica may be dead."""
    limits = httpx.Limits(max_keepalive_connections=0)
    async with httpx.AsyncClient(trust_env=False, timeout=10, limits=limits) as http:
        made = Balancer(replicas, http)
        route = Route("/{path:path}", made.__call__, methods=["GET", "POST"])
        async with serving(Starlette(routes=[route])) as url:
            yield url, made
