"""The guarded way out against servers on this machine, in clear and over TLS.

A `Wire` sends the connections that were made to a public address to the servers of the test, and
notes the addresses: what leaves the guard is seen where it would leave the machine.
"""

import asyncio
import contextlib
import gzip
import logging
import re
import ssl
import zlib
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpcore
import pytest
import trustme

from bot.outbound import (
    Outbound,
    OutboundError,
    OutboundRefused,
    OutboundStatus,
    OutboundTooLarge,
    OutboundTooManyRedirects,
    OutboundUnavailable,
)

FILES, OTHER = "files.example.com", "other.example.net"
PUBLIC = "93.184.215.14"
SIGNED = "X-Amz-Signature=hunter2"
MB = 1024 * 1024
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]]


@dataclass
class Request:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    sni: str | None


@dataclass
class Server:
    """Answers each path with the bytes given for it; `slowly` keeps the connection open after."""

    answers: dict[str, bytes] = field(default_factory=dict)
    slowly: bool = False
    port: int = 0
    requests: list[Request] = field(default_factory=list)
    sni: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, OSError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                first, *lines = head.strip().split("\r\n")
                method, target, _ = first.split(" ")
                headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in lines)}
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                sni = self.sni[-1] if self.sni else None
                self.requests.append(Request(method, target, headers, body, sni))
                writer.write(self.answers.get(target.partition("?")[0], answer(404)))
                await writer.drain()
                if self.slowly:
                    await reader.read()
        writer.close()


@asynccontextmanager
async def serving(tls: ssl.SSLContext | None = None, **given: Any) -> AsyncIterator[Server]:
    server = Server(**given)
    if tls:
        tls.sni_callback = lambda _, name, __: server.sni.append(name or "")
    async with listening(server.talk, tls) as server.port:
        yield server


@asynccontextmanager
async def listening(talk: Talk, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A port of this machine where `talk` is had; ends when all connections have ended."""
    connections: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections[asyncio.ensure_future(talk(reader, writer))] = writer

    server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for writer in connections.values():
            writer.close()
        await asyncio.gather(*connections)


def answer(status: int, body: bytes = b"", **headers: str) -> bytes:
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    head = "\r\n".join([f"HTTP/1.1 {status} Said", f"Content-Length: {len(body)}", *lines])
    return head.encode() + b"\r\n\r\n" + body


class Wire(httpcore.AsyncNetworkBackend):
    """Public addresses lead to `port` on this machine; every connection is noted."""

    def __init__(self, port: int, dead: Iterable[str] = ()) -> None:
        self.port = port
        self.dead = frozenset(dead)
        self.made: list[tuple[str, int]] = []
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self, host: str, port: int, *args: Any, **kwargs: Any
    ) -> httpcore.AsyncNetworkStream:
        self.made.append((host, port))
        if host in self.dead:
            raise httpcore.ConnectError("nobody there")
        return await self._network.connect_tcp("127.0.0.1", self.port, *args, **kwargs)


@dataclass
class Names:
    """A resolver that gives its answers one after the other, and the last one for ever."""

    answers: dict[str, list[list[str]]]
    asked: list[str] = field(default_factory=list)

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        answers = self.answers[host]
        return answers.pop(0) if len(answers) > 1 else answers[0]


@dataclass
class Internet:
    """FILES and OTHER at public addresses, one TLS server behind both."""

    server: Server
    wire: Wire
    names: Names
    out: Outbound


@asynccontextmanager
async def internet(
    names: dict[str, list[list[str]]] | None = None,
    answers: dict[str, bytes] | None = None,
    *,
    certified: Sequence[str] = (FILES, OTHER),
    dead: Iterable[str] = (),
    **given: Any,
) -> AsyncIterator[Internet]:
    authority = trustme.CA()
    here = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*certified).configure_cert(here)
    there = ssl.create_default_context()
    authority.configure_trust(there)
    resolver = Names(names or {FILES: [[PUBLIC]], OTHER: [[PUBLIC]]})
    async with serving(here, answers=answers or {"/file": answer(200, b"content")}) as server:
        wire = Wire(server.port, dead)
        async with Outbound(tls=there, resolver=resolver, network=wire, **given) as out:
            yield Internet(server, wire, resolver, out)


def url(path: str = "/file", host: str = FILES) -> str:
    return f"https://{host}{path}?{SIGNED}"


# Names and addresses


async def test_a_name_is_asked_at_the_address_that_was_checked() -> None:
    async with internet() as net:
        assert await net.out.download(url(), MB) == b"content"
        assert net.wire.made == [(PUBLIC, 443)]
        assert net.names.asked == [FILES]
        (request,) = net.server.requests
        assert (request.sni, request.headers["host"]) == (FILES, FILES)
        assert request.target == f"/file?{SIGNED}"


async def test_an_internationalised_name_goes_out_in_its_ascii_form() -> None:
    ascii_name = "xn--bcher-kva.example"
    names = {ascii_name: [[PUBLIC]]}
    async with internet(names, certified=[ascii_name]) as net:
        assert await net.out.download(url(host="bücher.example"), MB) == b"content"
        (request,) = net.server.requests
        assert (request.sni, request.headers["host"]) == (ascii_name, ascii_name)


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["::1"],
        ["10.0.0.1"],
        ["169.254.169.254"],
        ["::ffff:127.0.0.1"],
        ["64:ff9b::7f00:1"],
        [PUBLIC, "127.0.0.1"],
        ["127.0.0.1", PUBLIC],
        [PUBLIC, PUBLIC, PUBLIC, PUBLIC, PUBLIC, "fe80::1%lo"],
        ["not an address"],
    ],
)
async def test_a_name_with_an_address_that_is_not_public_is_refused(addresses: list[str]) -> None:
    async with internet({FILES: [addresses]}) as net:
        with pytest.raises(OutboundRefused):
            await net.out.download(url(), MB)
        with pytest.raises(OutboundRefused):
            await net.out.post_json(url(), {"text": "secret"})
        assert not net.wire.made
        assert not net.server.requests


async def test_a_second_answer_of_the_dns_changes_nothing() -> None:
    async with internet({FILES: [[PUBLIC], ["127.0.0.1"]]}) as net:
        assert await net.out.download(url(), MB) == b"content"
        assert await net.out.download(url(), MB) == b"content"  # on the connection of the first
        assert net.names.asked == [FILES]
        assert net.wire.made == [(PUBLIC, 443)]


async def test_a_new_connection_looks_at_the_addresses_again() -> None:
    closing = answer(200, b"content", Connection="close")
    async with internet({FILES: [[PUBLIC], ["127.0.0.1"]]}, {"/file": closing}) as net:
        assert await net.out.download(url(), MB) == b"content"
        with pytest.raises(OutboundRefused):
            await net.out.download(url(), MB)
        assert net.wire.made == [(PUBLIC, 443)]


async def test_the_next_address_is_tried_where_one_does_not_answer() -> None:
    async with internet({FILES: [["1.1.1.1", PUBLIC]]}, dead=["1.1.1.1"]) as net:
        assert await net.out.download(url(), MB) == b"content"
        assert net.wire.made == [("1.1.1.1", 443), (PUBLIC, 443)]


@pytest.mark.parametrize("addresses", [[], ["1.1.1.1"]])
async def test_a_name_without_a_living_address_was_not_reached(addresses: list[str]) -> None:
    async with internet({FILES: [addresses]}, dead=["1.1.1.1"]) as net:
        with pytest.raises(OutboundUnavailable) as away:
            await net.out.post_json(url(), {})
        assert not away.value.reached


async def test_two_names_at_one_address_share_no_connection() -> None:
    async with internet() as net:
        await net.out.download(url(), MB)
        await net.out.download(url(host=OTHER), MB)
        assert [r.sni for r in net.server.requests] == [FILES, OTHER]
        assert len(net.wire.made) == 2


async def test_a_certificate_of_another_name_is_not_accepted() -> None:
    async with internet(certified=[OTHER]) as net:
        with pytest.raises(OutboundUnavailable) as away:
            await net.out.download(url(), MB)
        assert not away.value.reached
        assert not net.server.requests


async def test_the_systems_resolver_is_checked_too() -> None:
    async with serving(answers={"/": answer(200)}) as server, Outbound() as out:
        for host in ("localhost", "127.0.0.1", "127.1"):
            with pytest.raises(OutboundRefused):
                await out.download(f"https://{host}:{server.port}/", MB)
            with pytest.raises(OutboundRefused):
                await out.download(f"http://{host}:{server.port}/", MB)
        assert not server.requests


# Redirects


def redirect(to: str, status: int = 302, **headers: str) -> bytes:
    return answer(status, b"elsewhere", Location=to, **headers)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_of_a_download_are_followed(status: int) -> None:
    answers = {
        "/1": redirect("/2", status),
        "/2": redirect(f"https://{OTHER}/3?{SIGNED}", status),
        "/3": redirect(f"//{FILES}/file?{SIGNED}", status),
        "/file": answer(200, b"content"),
    }
    async with internet(answers=answers) as net:
        assert await net.out.download(url("/1"), MB) == b"content"
        assert [r.headers["host"] for r in net.server.requests] == [FILES, FILES, OTHER, FILES]


async def test_a_fourth_redirect_is_too_many() -> None:
    async with internet(answers={"/loop": redirect("/loop")}) as net:
        with pytest.raises(OutboundTooManyRedirects):
            await net.out.download(url("/loop"), MB)
        assert len(net.server.requests) == 4


@pytest.mark.parametrize(
    "to",
    [
        "http://127.0.0.1:{port}/secret",
        "http://localhost:{port}/secret",
        "https://127.0.0.1:{port}/secret",
        "https://127.0.0.1/secret",
        "https://[::1]/secret",
        "https://[::ffff:169.254.169.254]/latest",
        "https://localhost/secret",
        "https://inside.example.com/secret",
        "https://user:pass@files.example.com/file",
        f"http://{FILES}/file",
        f"https://{FILES}:8443/file",
        "file:///etc/passwd",
        "https://[",
        "https://\x01/",
    ],
)
@pytest.mark.parametrize("status", [302, 307])
async def test_a_redirect_is_checked_like_an_address(to: str, status: int) -> None:
    names = {FILES: [[PUBLIC]], "inside.example.com": [["10.0.0.1"]]}
    async with serving(answers={"/secret": answer(200, b"secret")}) as inside:
        answers = {"/there": redirect(to.format(port=inside.port), status)}
        async with internet(names, answers) as net:
            with pytest.raises(OutboundError) as stopped:
                await net.out.download(url("/there"), MB)
            # Control characters in a header already end the exchange.
            assert isinstance(stopped.value, OutboundRefused | OutboundUnavailable)
            assert "hunter2" not in str(stopped.value)
            assert len(net.server.requests) == 1
            assert net.wire.made == [(PUBLIC, 443)]
        assert not inside.requests


@pytest.mark.parametrize("status", [302, 307])
async def test_an_allowed_origin_cannot_redirect_to_another_port(status: int) -> None:
    async with serving(answers={"/secret": answer(200, b"secret")}) as inside:
        answers = {"/there": redirect(f"{inside.url}/secret", status)}
        async with serving(answers=answers) as server, Outbound([f"{server.url}/api/"]) as out:
            with pytest.raises(OutboundRefused):
                await out.download(f"{server.url}/there", MB)
            with pytest.raises(OutboundRefused):
                await out.post_json(f"{server.url}/there", {"text": "Hello"})
            assert len(server.requests) == 2
        assert not inside.requests


async def test_an_allowed_origin_is_asked_as_it_is() -> None:
    answers = {"/there": redirect("/file"), "/file": answer(200, b"content")}
    async with serving(answers=answers) as server, Outbound([f"{server.url}/v2"]) as out:
        assert await out.download(f"{server.url}/there", MB) == b"content"
        assert server.requests[0].headers["host"] == f"127.0.0.1:{server.port}"


async def test_nothing_is_remembered_from_one_request_to_the_next() -> None:
    answers = {
        "/1": redirect(
            f"https://{OTHER}/file",
            Set_Cookie="session=hunter2; Path=/",
            WWW_Authenticate="Basic",
        ),
        "/file": answer(200, b"content", Set_Cookie="session=hunter2; Path=/"),
    }
    async with internet(answers=answers) as net:
        await net.out.download(url("/1"), MB)
        await net.out.download(url("/1"), MB)
        sent = {name for request in net.server.requests for name in request.headers}
        assert sent == {"host", "accept", "accept-encoding", "user-agent"}


# Posts


async def test_json_is_posted() -> None:
    async with internet(answers={"/hook": answer(200, b"ok")}) as net:
        await net.out.post_json(url("/hook"), {"text": "Grüße <&> 🎉"})
        (request,) = net.server.requests
        assert (request.method, request.target) == ("POST", f"/hook?{SIGNED}")
        assert request.headers["content-type"] == "application/json; charset=utf-8"
        assert request.body == b'{"text": "Gr\\u00fc\\u00dfe <&> \\ud83c\\udf89"}'


@pytest.mark.parametrize("status", [307, 308])
async def test_a_307_keeps_the_post(status: int) -> None:
    answers = {"/1": redirect(f"https://{OTHER}/hook", status), "/hook": answer(200, b"ok")}
    async with internet(answers=answers) as net:
        await net.out.post_json(url("/1"), {"text": "Hello"})
        seen = [(r.method, r.sni, r.body) for r in net.server.requests]
        assert seen == [("POST", host, b'{"text": "Hello"}') for host in (FILES, OTHER)]


@pytest.mark.parametrize("status", [301, 302, 303])
async def test_a_redirect_that_would_make_a_post_a_get_is_refused(status: int) -> None:
    answers = {"/1": redirect("/hook", status), "/hook": answer(200, b"ok")}
    async with internet(answers=answers) as net:
        with pytest.raises(OutboundRefused):
            await net.out.post_json(url("/1"), {"text": "Hello"})
        assert [r.target for r in net.server.requests] == [f"/1?{SIGNED}"]


async def test_a_connection_is_used_again_after_a_post() -> None:
    async with internet(answers={"/hook": answer(200, b"ok")}) as net:
        await net.out.post_json(url("/hook"), {})
        await net.out.post_json(url("/hook"), {})
        assert len(net.wire.made) == 1


# Answers


@pytest.mark.parametrize("status", [400, 403, 404, 429, 500, 503])
async def test_a_bad_status_is_carried(status: int) -> None:
    answers = {"/file": answer(status, b"<Error>no</Error>", Retry_After="7")}
    async with internet(answers=answers) as net:
        for call in (net.out.download(url(), MB), net.out.post_json(url(), {})):
            with pytest.raises(OutboundStatus) as bad:
                await call
            assert bad.value.status == status
            assert bad.value.headers["retry-after"] == "7"
            assert str(bad.value) == f"HTTP {status}"
            assert bad.value.body == b"<Error>no</Error>"


async def test_a_redirect_without_a_target_is_a_bad_status() -> None:
    async with internet(answers={"/file": answer(302)}) as net:
        with pytest.raises(OutboundStatus) as bad:
            await net.out.download(url(), MB)
        assert bad.value.status == 302


async def test_the_body_of_a_bad_status_is_cut() -> None:
    async with internet(answers={"/file": answer(500, b"x" * MB)}) as net:
        with pytest.raises(OutboundStatus) as bad:
            await net.out.download(url(), MB)
        assert len(bad.value.body) == 64 * 1024


@pytest.mark.parametrize("limit", [6, 7])
async def test_a_body_may_be_as_large_as_the_limit(limit: int) -> None:
    endless = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7\r\ncontent\r\n"
    answers = {"/file": answer(200, b"content"), "/chunked": endless + b"0\r\n\r\n"}
    async with internet(answers=answers) as net:
        for path in answers:
            if limit == 7:
                assert await net.out.download(url(path), limit) == b"content"
            else:
                with pytest.raises(OutboundTooLarge):
                    await net.out.download(url(path), limit)


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"Transfer-Encoding: chunked\r\n\r\n8\r\n12345678\r\n", id="what comes"),
        pytest.param(b"Content-Length: 1000000\r\n\r\n", id="what is announced"),
    ],
)
async def test_reading_stops_at_the_limit(head: bytes) -> None:
    async with (
        serving(answers={"/": b"HTTP/1.1 200 OK\r\n" + head}, slowly=True) as server,
        Outbound([server.url]) as out,
    ):
        with pytest.raises(OutboundTooLarge):
            await out.download(f"{server.url}/", 7)


def packed(body: bytes, encoding: str) -> bytes:
    return answer(200, body, Content_Encoding=encoding)


async def test_packed_bodies_are_unpacked() -> None:
    answers = {
        "/gzip": packed(gzip.compress(b"content"), "gzip"),
        "/x-gzip": packed(gzip.compress(b"content"), "X-GZIP"),
        "/deflate": packed(zlib.compress(b"content"), "deflate"),
        "/identity": packed(b"content", "identity"),
    }
    async with internet(answers=answers) as net:
        for path in answers:
            assert await net.out.download(url(path), MB) == b"content"


async def test_a_bomb_stops_at_the_limit() -> None:
    bomb = gzip.compress(bytes(50 * MB), compresslevel=9)
    assert len(bomb) < MB
    async with internet(answers={"/file": packed(bomb, "gzip")}) as net:
        with pytest.raises(OutboundTooLarge):
            await net.out.download(url(), MB)


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("br", b"content"),
        ("zstd", b"content"),
        ("gzip, gzip", gzip.compress(gzip.compress(b"content"))),
        ("gzip", b"content"),
        ("gzip", gzip.compress(b"content")[:-9]),
        ("gzip", gzip.compress(b"content") + b"more"),
    ],
    ids=["brotli", "zstandard", "twice", "plain", "cut", "longer"],  # gzip's bytes hold the time
)
async def test_what_cannot_be_unpacked_is_no_content(encoding: str, body: bytes) -> None:
    async with internet(answers={"/file": packed(body, encoding)}) as net:
        with pytest.raises(OutboundUnavailable) as unreadable:
            await net.out.download(url(), MB)
        assert unreadable.value.reached


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf",
        b"HTTP/1.1 302 Found\r\n",
    ],
)
async def test_a_slow_answer_ends_with_the_patience(said: bytes) -> None:
    async with (
        serving(answers={"/": said}, slowly=True) as server,
        Outbound([server.url], patience_s=0.5) as out,
    ):
        with pytest.raises(OutboundUnavailable) as slow:
            await out.download(f"{server.url}/", MB)
        assert slow.value.reached


async def test_a_slow_resolver_ends_with_the_patience() -> None:
    async def never(host: str, port: int) -> Sequence[str]:
        await asyncio.get_running_loop().create_future()
        return []

    async with Outbound(resolver=never, patience_s=0.2) as out:
        with pytest.raises(OutboundUnavailable):
            await out.download(url(), MB)


@pytest.mark.parametrize(
    "said",
    [
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
    ],
)
async def test_an_answer_that_is_not_http_is_no_answer(said: bytes) -> None:
    async with internet(answers={"/file": said}) as net:
        with pytest.raises(OutboundUnavailable) as away:
            await net.out.download(url(), MB)
        assert away.value.reached


async def test_nobody_listens() -> None:
    async with serving() as server:
        gone = server.url
    async with Outbound([gone]) as out:
        with pytest.raises(OutboundUnavailable) as away:
            await out.post_json(f"{gone}/", {})
        assert not away.value.reached


# Secrets


async def test_no_error_and_no_log_line_has_a_path_or_a_query(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.WARNING, "httpcore")  # as `configure_logs` sets it
    answers = {
        "/hunter2": redirect(f"http://127.0.0.1/hunter2?{SIGNED}"),
        "/hunter2/loop": redirect(f"/hunter2/loop?{SIGNED}"),
        "/hunter2/not-http": b"hunter2\r\n\r\n",
    }
    async with internet(answers=answers) as net:
        for path in (*answers, "/hunter2/missing"):
            with pytest.raises(OutboundError) as failed:
                await net.out.download(url(path), MB)
            error: BaseException | None = failed.value
            assert failed.value.__suppress_context__ or failed.value.__context__ is None
            while error:
                assert "hunter2" not in f"{error} {error!r}"
                error = error.__cause__
    assert "hunter2" not in caplog.text


# Proxies


@dataclass
class Proxy:
    """An HTTP proxy that leads every CONNECT to one port."""

    to: int
    port: int = 0
    asked: list[str] = field(default_factory=list)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        found = re.match(r"CONNECT (\S+) ", head)
        self.asked.append(found[1] if found else head)
        there, further = await asyncio.open_connection("127.0.0.1", self.to)
        writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")

        async def copy(source: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
            with contextlib.suppress(ConnectionError):
                while chunk := await source.read(65536):
                    to.write(chunk)
            to.close()

        await asyncio.gather(copy(reader, further), copy(there, writer))


@asynccontextmanager
async def proxied(to: int, monkeypatch: pytest.MonkeyPatch, **env: str) -> AsyncIterator[Proxy]:
    proxy = Proxy(to)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    async with listening(proxy.talk) as proxy.port:
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy.port}")
        yield proxy


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
async def server(authority: trustme.CA) -> AsyncIterator[Server]:
    here = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(FILES).configure_cert(here)
    answers = {
        "/file": answer(200, b"content"),
        "/there": redirect("https://127.0.0.1/secret"),
    }
    async with serving(here, answers=answers) as server:
        yield server


@pytest.fixture
def trusting(authority: trustme.CA) -> ssl.SSLContext:
    there = ssl.create_default_context()
    authority.configure_trust(there)
    return there


async def test_a_proxy_gets_the_name_and_resolves_it(
    server: Server, trusting: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = Names({})
    async with proxied(server.port, monkeypatch) as proxy:
        async with Outbound(tls=trusting, resolver=names) as out:
            assert await out.download(url(), MB) == b"content"
        assert proxy.asked == [f"{FILES}:443"]
    assert not names.asked


async def test_a_proxy_does_not_switch_off_the_checks(
    server: Server, trusting: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with proxied(server.port, monkeypatch) as proxy, Outbound(tls=trusting) as out:
        for address in ("http://files.example.com/", "https://10.0.0.1/", "https://intranet/"):
            with pytest.raises(OutboundRefused):
                await out.download(address, MB)
        assert not proxy.asked
        with pytest.raises(OutboundRefused):
            await out.download(url("/there"), MB)
        with pytest.raises(OutboundUnavailable):  # TLS ends here: the certificate is not OTHER's
            await out.download(url(host=OTHER), MB)
        assert [request.target for request in server.requests] == [f"/there?{SIGNED}"]


async def test_what_goes_past_the_proxy_is_guarded(
    server: Server, trusting: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = Names({FILES: [["127.0.0.1"]]})
    async with proxied(server.port, monkeypatch, no_proxy="example.com") as proxy:
        async with Outbound(tls=trusting, resolver=names) as out:
            with pytest.raises(OutboundRefused):
                await out.download(url(), MB)
        assert names.asked == [FILES]
        assert not proxy.asked


async def test_loopback_goes_past_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    async with (
        serving(answers={"/": answer(200, b"content")}) as local,
        proxied(local.port, monkeypatch) as proxy,
        Outbound([local.url]) as out,
    ):
        assert await out.download(f"{local.url}/", MB) == b"content"
        assert not proxy.asked
