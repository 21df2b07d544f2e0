"""`make audit`: uv asks a service of OSV's kind, and what it hears decides."""

import asyncio
import os
import sys
from pathlib import Path

from record_bot_sandbox.serving import serving
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

ROOT = Path(__file__).parents[2]
HOLE = "GHSA-aaaa-bbbb-cccc"
KNOWN = {
    "id": HOLE,
    "modified": "2026-01-01T00:00:00Z",
    "summary": "Anyone may do anything",
    "affected": [
        {
            "package": {"ecosystem": "PyPI", "name": "starlette"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "99.0"}]}],
        }
    ],
}


class Osv:
    """Knows of holes in the packages named. Source: google.github.io/osv.dev/api."""

    def __init__(self, *vulnerable: str) -> None:
        self.asked: dict[str, str] = {}
        self._vulnerable = vulnerable

    @property
    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/v1/querybatch", self.query, methods=["POST"]),
                Route(f"/v1/vulns/{HOLE}", self.details),
            ]
        )

    async def query(self, request: Request) -> Response:
        queries = (await request.json())["queries"]
        self.asked |= {q["package"]["name"]: q["version"] for q in queries}
        found = {"vulns": [{"id": HOLE, "modified": KNOWN["modified"]}]}
        names = (q["package"]["name"] for q in queries)
        return JSONResponse({"results": [found if n in self._vulnerable else {} for n in names]})

    async def details(self, _: Request) -> Response:
        return JSONResponse(KNOWN)


async def audit(osv_url: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        *("sh", str(ROOT / "scripts" / "audit.sh")),
        env={**os.environ, "PYTHON": sys.executable, "OSV_URL": osv_url, "UV_HTTP_RETRIES": "0"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


async def test_a_known_vulnerability_fails_and_is_named() -> None:
    async with serving(Osv("starlette").app) as url:
        status, said = await audit(f"{url}/")
    assert status == 1
    assert HOLE in said
    assert "Fixed in: 99.0" in said


async def test_what_is_locked_is_what_is_asked_about() -> None:
    osv = Osv("no-such-package")
    async with serving(osv.app) as url:
        status, said = await audit(f"{url}/")
    assert status == 0, said
    locked = (ROOT / "uv.lock").read_text()
    assert {"slack-bolt", "psycopg", "pytest"} <= osv.asked.keys()
    for name, version in osv.asked.items():
        assert f'name = "{name}"\nversion = "{version}"\n' in locked


async def test_where_nobody_answers_it_says_so_and_is_no_failure() -> None:
    unwell = Route("/{path:path}", lambda _: PlainTextResponse("no", 503), methods=["POST"])
    async with serving(Starlette(routes=[unwell])) as url:
        answers = [await audit(f"{url}/")]
    answers.append(await audit(f"{url}/"))  # nobody listens there any more
    for status, said in answers:
        assert status == 0
        assert said == f"Not audited: {url}/ cannot be asked from here.\n"


async def test_what_is_no_question_of_the_network_fails() -> None:
    status, said = await audit("not a url")
    assert status not in (0, 1)
    assert "Not audited" not in said
