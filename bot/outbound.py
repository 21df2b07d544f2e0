"""Guarded requests to URLs that come from others: presigned URLs, uploads, response_url.

    OutboundError
    ├── OutboundRefused           the URL is not allowed; nothing was sent to it
    │   └── OutboundTooManyRedirects
    ├── OutboundTooLarge          the body is over the caller's limit
    ├── OutboundStatus            a response other than 2xx; carries status, headers and body
    └── OutboundUnavailable       no usable response: network, time-out, or an unreadable body

What is accepted:

- `https` on port 443, a host name (no IP literal, no single label, no special-use name), and no
  user or password. Redirects are checked in the same way, at most three are followed.
- The name is resolved once per connection. If any of its addresses is not public, the name is
  refused. The connection goes to an address that was checked, so a second answer of the DNS
  server has no effect; `Host`, SNI and the certificate remain those of the name.
- Allowed origins (scheme, host and port) are exempt from all of this.

No header, cookie or credential of a caller is ever sent, because no method accepts one and no state
is kept between two requests. Errors and log lines only name the host, because path and query of
such URLs give access.

Behind a proxy (`https_proxy`, `all_proxy`, `no_proxy`) the proxy resolves the name and connects,
because a host that needs a proxy often cannot resolve names itself. All checks of the URL still
apply, and TLS still ends here: a server without a valid certificate for the name gets no request.
Which addresses the proxy itself connects to is up to the proxy. Loopback never goes through it.
"""

import asyncio
import functools
import ipaddress
import json
import re
import socket
import ssl
import urllib.request
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, NamedTuple, Self

import httpcore
import httpx
import structlog

from bot.kit.calls import timed_call
from bot.settings import is_loopback

log = structlog.get_logger()

EXCHANGE_TIMEOUT_S = 8.0
CONNECT_WITHIN_S = 3.0  # for each address
MAX_REDIRECTS = 3
MAX_ADDRESSES = 4  # tried, one after the other; all of a name's addresses are checked
MAX_ERROR_BYTES = 64 * 1024
KEEP_ALIVE_S = 30.0
MAX_CONNECTIONS = 100

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_KEEPS_METHOD = frozenset({307, 308})
_DEFAULT_PORTS = {"http": 80, "https": 443}
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"(?:{_LABEL}\.)+[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])?")
_SPECIAL_USE = frozenset({"alt", "arpa", "internal", "invalid", "local", "localhost", "onion"})
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
_NOT_PUBLIC = tuple(
    ipaddress.ip_network(net)
    for net in (
        "100.64.0.0/10",  # carrier-grade NAT, and metadata of Alibaba Cloud
        "168.63.129.16/32",  # the host of an Azure machine
        "192.0.0.0/24",  # protocol assignments, and metadata of Oracle Cloud
        "192.88.99.0/24",  # 6to4 relays
        "2001::/23",  # protocol assignments: Teredo, ORCHID, benchmarks
        "2002::/16",  # 6to4
        "3fff::/20",  # documentation; not known to older Pythons
    )
)


class OutboundError(Exception):
    """Never carries a path, a query or a header of the request."""


class OutboundRefused(OutboundError):
    """The URL, or one that it redirects to, is not allowed."""


class OutboundTooManyRedirects(OutboundRefused):
    """More than `MAX_REDIRECTS`."""


class OutboundTooLarge(OutboundError):
    """The body exceeds the caller's limit, packed or unpacked; none of it was kept."""

    def __init__(self, max_bytes: int) -> None:
        super().__init__(f"larger than {max_bytes} bytes")
        self.max_bytes = max_bytes


class OutboundStatus(OutboundError):
    """`body` is unchanged but cut at `MAX_ERROR_BYTES`. It may quote the request."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status
        self.headers = headers
        self.body = body


class OutboundUnavailable(OutboundError):
    """`reached=False` guarantees that the request was not sent."""

    def __init__(self, why: str, *, reached: bool) -> None:
        super().__init__(why)
        self.reached = reached


class Origin(NamedTuple):
    scheme: str
    host: str
    port: int


def origin_of(url: httpx.URL) -> Origin:
    """Return scheme, ASCII host and port, or the scheme's default port (0 if it has none)."""
    port = _DEFAULT_PORTS.get(url.scheme, 0) if url.port is None else url.port
    return Origin(url.scheme, url.raw_host.decode("ascii"), port)


def host_of(url: str) -> str:
    """Return the part of a URL that may be logged; empty if there is none."""
    try:
        return httpx.URL(url).host
    except (httpx.InvalidURL, ValueError):
        return ""


def is_public(address: str) -> bool:
    """Whether an IP address is on the public internet. IPv6 forms of IPv4 never are."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if ip.version == 6 and (ip not in _GLOBAL_UNICAST or ip.scope_id is not None):
        return False  # mapped, compatible and NAT64 forms of IPv4 are outside 2000::/3
    return (
        ip.is_global
        and not ip.is_multicast
        and not ip.is_reserved
        and not any(ip in net for net in _NOT_PUBLIC)
    )


def check_url(url: str | httpx.URL, allowed: AbstractSet[Origin]) -> httpx.URL:
    """Parse a URL and check its text; its addresses are checked at connection.

    Raises:
        OutboundRefused: with the reason.
    """
    try:
        parsed = httpx.URL(url)
        origin = origin_of(parsed)
    except (httpx.InvalidURL, ValueError):
        raise OutboundRefused("not a web address") from None
    if parsed.userinfo:
        raise OutboundRefused("an address with a user or password")
    if origin in allowed:
        return parsed
    scheme, host, port = origin
    if scheme != "https":
        raise OutboundRefused("not an https address")
    if len(host) > 253 or not _NAME.fullmatch(host):
        raise OutboundRefused("the host is not a public name")
    if host.rpartition(".")[2] in _SPECIAL_USE:
        raise OutboundRefused(f"{host} is not a public name")
    if port != _DEFAULT_PORTS["https"]:
        raise OutboundRefused(f"{host} at a port other than 443")
    return parsed


async def resolve(host: str, port: int) -> list[str]:
    """Resolve a name with the system's resolver, the preferred address first."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise httpcore.ConnectError(f"{host} does not resolve") from None
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


class PinnedNetwork(httpcore.AsyncNetworkBackend):
    """Resolves a name, checks that all its addresses are public, and connects to one of them.

    httpcore does the rest of the connection (TLS, pooling) by the name.
    """

    def __init__(self, resolver: Resolve, network: httpcore.AsyncNetworkBackend) -> None:
        self._resolve = resolver
        self._network = network

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address that answers.

        Raises OutboundRefused when any address of the name is not public.
        """
        addresses = await self._resolve(host, port)
        if not all(is_public(address) for address in addresses):
            raise OutboundRefused(f"{host} is not at a public address")
        failed: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in addresses[:MAX_ADDRESSES]:
            try:
                return await self._network.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
        raise failed

    async def sleep(self, seconds: float) -> None:
        await self._network.sleep(seconds)


@functools.cache
def system_tls() -> ssl.SSLContext:
    """Make the process's TLS context. Cached, because reading the certificates takes 50 ms."""
    return httpx.create_ssl_context()


class Outbound:
    """Makes guarded requests; use it with `async with`.

    `allowed`: URLs whose origins are exempt from the checks, such as `SLACK_API_URL`.
    `patience_s` bounds a whole exchange: resolving, redirects and the body included.
    `tls`, `resolver` and `network` are for tests; the defaults are the system's.
    """

    def __init__(
        self,
        allowed: Iterable[str] = (),
        *,
        patience_s: float = EXCHANGE_TIMEOUT_S,
        tls: ssl.SSLContext | None = None,
        resolver: Resolve = resolve,
        network: httpcore.AsyncNetworkBackend | None = None,
    ) -> None:
        tls = tls or system_tls()
        network = network or httpcore.AnyIOBackend()
        proxy = _environment_proxy()
        self._allowed = frozenset(origin_of(httpx.URL(url)) for url in allowed)
        self._patience_s = patience_s
        self._guarded = _pool(tls, PinnedNetwork(resolver, network))
        self._as_they_are = _pool(tls, network)
        self._proxied = _pool(tls, network, proxy) if proxy else None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for pool in (self._guarded, self._as_they_are, self._proxied):
            if pool:
                await pool.aclose()

    async def download(self, url: str, max_bytes: int) -> bytes:
        """GET a body, unpacked if it came as gzip or deflate.

        Raises:
            OutboundTooLarge: more than `max_bytes`, as sent or unpacked; reading stops there.
            OutboundRefused, OutboundStatus, OutboundUnavailable.
        """
        with timed_call("files", "GET", about=host_of(url)) as call:
            async with self._answer("GET", url) as answer:
                call.status = str(answer.status)
                headers = httpx.Headers(answer.headers)
                await _check_status(answer, headers)
                return await _content(answer, headers, max_bytes)

    async def post_json(self, url: str, body: Mapping[str, Any]) -> None:
        """POST a JSON object, like `post`."""
        await self.post(url, json.dumps(body).encode(), "application/json; charset=utf-8")

    async def post(
        self, url: str, content: bytes, content_type: str = "application/octet-stream"
    ) -> None:
        """POST a body. A 2xx is success, whatever its body is.

        A 307 or 308 is followed with the POST. A 301, 302 or 303 would turn it into a GET and is
        refused.

        Raises:
            OutboundRefused, OutboundStatus, OutboundUnavailable.
        """
        async with self._answer("POST", url, content, content_type) as answer:
            await _check_status(answer, httpx.Headers(answer.headers))
            await _start_of(answer, MAX_ERROR_BYTES)  # a connection is reused after a full read

    @asynccontextmanager
    async def _answer(
        self, method: str, url: str, content: bytes | None = None, content_type: str | None = None
    ) -> AsyncIterator[httpcore.Response]:
        """Follow redirects and yield the final response, whose body the caller reads inside."""
        headers = [("Accept", "*/*"), ("Accept-Encoding", "identity"), ("User-Agent", "record-bot")]
        if content_type is not None:
            headers.append(("Content-Type", content_type))
        async with _typed_errors(self._patience_s):
            there = check_url(url, self._allowed)
            for _ in range(1 + MAX_REDIRECTS):
                async with self._pool_of(there).stream(
                    method,
                    httpcore.URL(
                        scheme=there.raw_scheme,
                        host=there.raw_host,
                        port=there.port,
                        target=there.raw_path,
                    ),
                    headers=[("Host", there.netloc.decode("ascii")), *headers],
                    content=content,
                    extensions={"timeout": self._timeouts()},
                ) as answer:
                    location = httpx.Headers(answer.headers).get("location")
                    if answer.status not in _REDIRECTS or not location:
                        yield answer
                        return
                    if method != "GET" and answer.status not in _KEEPS_METHOD:
                        raise OutboundRefused("a POST was redirected to a GET")
                    there = check_url(_joined(there, location), self._allowed)
            raise OutboundTooManyRedirects(f"more than {MAX_REDIRECTS} redirects")

    def _pool_of(self, url: httpx.URL) -> httpcore.AsyncConnectionPool:
        proxied = self._proxied
        if proxied and not is_loopback(url.host) and not urllib.request.proxy_bypass(url.host):
            return proxied
        return self._as_they_are if origin_of(url) in self._allowed else self._guarded

    def _timeouts(self) -> dict[str, float]:
        return {
            "connect": CONNECT_WITHIN_S,
            "pool": CONNECT_WITHIN_S,
            "read": self._patience_s,
            "write": self._patience_s,
        }


def _pool(
    tls: ssl.SSLContext,
    network: httpcore.AsyncNetworkBackend,
    proxy: httpcore.Proxy | None = None,
) -> httpcore.AsyncConnectionPool:
    return httpcore.AsyncConnectionPool(
        ssl_context=tls,
        network_backend=network,
        proxy=proxy,
        max_connections=MAX_CONNECTIONS,
        keepalive_expiry=KEEP_ALIVE_S,
    )


def _environment_proxy() -> httpcore.Proxy | None:
    named = urllib.request.getproxies()
    address = named.get("https") or named.get("all")
    if not address:
        return None
    proxy = httpx.Proxy(address if "://" in address else f"http://{address}")
    return httpcore.Proxy(str(proxy.url), auth=proxy.raw_auth)


def _joined(url: httpx.URL, location: str) -> httpx.URL:
    try:
        return url.join(location)
    except (httpx.InvalidURL, ValueError):
        raise OutboundRefused("a redirect to what is not a web address") from None


async def _check_status(answer: httpcore.Response, headers: httpx.Headers) -> None:
    if not 200 <= answer.status < 300:
        raise OutboundStatus(answer.status, headers, await _start_of(answer, MAX_ERROR_BYTES))


async def _start_of(answer: httpcore.Response, max_bytes: int) -> bytes:
    start = bytearray()
    async for chunk in answer.aiter_stream():
        start += chunk[: max_bytes - len(start)]
        if len(start) >= max_bytes:
            break
    return bytes(start)


async def _content(answer: httpcore.Response, headers: httpx.Headers, max_bytes: int) -> bytes:
    """Read and unpack the body. Never holds more than `max_bytes` and one chunk."""
    announced = headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > max_bytes:
        raise OutboundTooLarge(max_bytes)
    unpack = _unpacker(headers.get("content-encoding", ""))
    content, received = bytearray(), 0
    async for chunk in answer.aiter_stream():
        received += len(chunk)
        try:
            content += unpack.decompress(chunk, max_bytes + 1 - len(content)) if unpack else chunk
        except zlib.error:
            raise _unreadable() from None
        if max(received, len(content)) > max_bytes:
            raise OutboundTooLarge(max_bytes)
    if unpack and received and (not unpack.eof or unpack.unused_data):
        raise _unreadable()
    return bytes(content)


def _unpacker(encoding: str) -> "zlib._Decompress | None":
    match encoding.strip().lower():
        case "" | "identity":
            return None
        case "gzip" | "x-gzip" | "deflate":
            return zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)  # finds out which of the two
        case _:
            raise _unreadable()


def _unreadable() -> OutboundUnavailable:
    return OutboundUnavailable("the body cannot be unpacked", reached=True)


@asynccontextmanager
async def _typed_errors(patience_s: float) -> AsyncIterator[None]:
    """Bound the body to `patience_s`, and translate network errors.

    The original errors are not chained, because they may quote the request.
    """
    try:
        async with asyncio.timeout(patience_s):
            yield
    except OutboundRefused as refused:
        log.warning("outbound_refused", why=str(refused))
        raise
    except TimeoutError:
        raise OutboundUnavailable(f"no answer within {patience_s:g} s", reached=True) from None
    except (
        httpcore.ConnectError,
        httpcore.ConnectTimeout,
        httpcore.PoolTimeout,
        httpcore.ProxyError,
    ) as error:
        why = f"{type(error).__name__}: {error}".rstrip(": ")
        raise OutboundUnavailable(why, reached=False) from None
    except (
        httpcore.NetworkError,
        httpcore.ProtocolError,
        httpcore.TimeoutException,
        OSError,
    ) as error:
        raise OutboundUnavailable(type(error).__name__, reached=True) from None
