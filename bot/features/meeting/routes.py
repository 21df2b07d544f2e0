"""The HTTP routes of the meeting page: one static page, and the data that its script requests.

Every response has the headers of `_headers`. Unknown and refused recordings get the same response.
The page exists if PUBLIC_URL is set; see docs/adr for the threat model.
"""

import asyncio
import gzip
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.features.meeting.pages import Pages, Static
from bot.features.meeting.service import SESSION_FOR, Meetings
from bot.features.meeting.store import Viewer
from bot.hms.errors import HmsError
from bot.kit.metrics import FAULTS
from bot.settings import is_loopback
from bot.slack.errors import SlackError
from bot.store.errors import StoreError, StoreRefused, UnknownRecording

log = structlog.get_logger()

SCHEME = "Ticket"  # of the Authorization header with a ticket
WORTH_COMPRESSING = 1024
GZIP_LEVEL = 5
FOREVER = "public, max-age=31536000, immutable"  # for files with their version in the URL
Handler = Callable[[Any, Request], Awaitable[Response]]


class NoSession(Exception):
    """The browser has no valid session."""


class WrongOrigin(Exception):
    """The request does not come from our own page."""


def guarded(handler: Handler) -> Handler:
    """Map errors to responses that reveal nothing about the recording. For methods of `Answers`."""

    async def answer(self: "Answers", request: Request) -> Response:
        try:
            return await handler(self, request)
        except NoSession:
            return self.json(request, {"error": "no_session"}, status=401)
        except WrongOrigin:
            return self.json(request, {"error": "wrong_origin"}, status=403)
        except (UnknownRecording, StoreRefused):
            return self.json(request, {"error": "not_found"}, status=404)
        except (SlackError, StoreError, HmsError, TimeoutError) as failed:
            log.warning("meeting_unavailable", why=f"{type(failed).__name__}: {failed}")
            return self.json(request, {"error": "not_now"}, status=503)
        except Exception:
            FAULTS.labels("meeting").inc()
            log.exception("meeting_broke")
            return self.json(request, {"error": "broken"}, status=500)

    return answer


class Answers:
    """The common part of all routes below `/m`: headers, session, check of a POST's origin.

    `public_url` and the origin of `hms_api_url` determine the cookies and the CSP.
    """

    def __init__(self, meetings: Meetings, *, public_url: str, hms_api_url: str) -> None:
        self._meetings = meetings
        self._origin = public_url
        self._secure = public_url.startswith("https://")
        self._cookie = "__Secure-record-bot" if self._secure else "record-bot"
        self._headers = _headers(hms_api_url)

    def _session(self, request: Request) -> str:
        return request.cookies.get(self._cookie, "")

    async def viewer(self, request: Request) -> Viewer:
        """Return the person of this browser's session. Raises NoSession."""
        viewer = await self._meetings.viewer(self._session(request))
        if viewer is None:
            raise NoSession
        return viewer

    def from_our_page(self, request: Request) -> None:
        """Check a POST's origin if there is one, as from any browser. Raises WrongOrigin."""
        origin = request.headers.get("origin")
        site = request.headers.get("sec-fetch-site", "same-origin")
        if origin not in (None, self._origin) or site != "same-origin":
            raise WrongOrigin

    def json(self, request: Request, body: dict[str, Any], *, status: int = 200) -> Response:
        content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(
            "utf-8", "replace"
        )
        headers = {**self._headers, "vary": "accept-encoding, cookie"}
        if len(content) >= WORTH_COMPRESSING and _takes_gzip(request):
            content, headers["content-encoding"] = gzip.compress(content, GZIP_LEVEL), "gzip"
        return Response(content, status, headers, media_type="application/json")


class MeetingRoutes(Answers):
    def __init__(
        self, meetings: Meetings, pages: Pages, *, public_url: str, hms_api_url: str
    ) -> None:
        super().__init__(meetings, public_url=public_url, hms_api_url=hms_api_url)
        self._pages = pages

    def routes(self) -> list[Route]:
        get, post = ["GET"], ["POST"]
        return [
            Route("/m/", self.page, methods=get),
            Route("/m/assets/{version}/{name}", self.asset, methods=get),
            Route("/m/session", self.enter, methods=post),
            Route("/m/session/end", self.leave, methods=post),
            Route("/m/session/viewer", self.whose, methods=get),
            Route("/m/{key}", self.page, methods=get),
            Route("/m/{key}/data", self.data, methods=get),
            Route("/m/{key}/alive", self.alive, methods=get),
            Route("/m/{key}/video", self.video, methods=get),
            Route("/m/{key}/chat", self.chat, methods=get),
            Route("/m/{key}/transcript.{mode}", self.transcript, methods=get),
            Route("/m/{key}/files/{asset_id}", self.file, methods=get),
        ]

    # Static files

    async def page(self, request: Request) -> Response:
        return self._static(request, self._pages.document)

    async def asset(self, request: Request) -> Response:
        wanted = (request.path_params["version"], request.path_params["name"])
        static = self._pages.assets.get(wanted)
        if static is None:
            return self.json(request, {"error": "not_found"}, status=404)
        return self._static(request, static, {"cache-control": FOREVER})

    def _static(
        self, request: Request, static: Static, more: Mapping[str, str] | None = None
    ) -> Response:
        headers = {**self._headers, "vary": "accept-encoding", **(more or {})}
        body = static.content
        if _takes_gzip(request):
            body, headers["content-encoding"] = static.compressed, "gzip"
        return Response(body, headers=headers, media_type=static.media_type)

    # The session

    @guarded
    async def enter(self, request: Request) -> Response:
        """Exchange a ticket for a session; forms on other sites cannot send its header."""
        self.from_our_page(request)
        scheme, _, ticket = request.headers.get("authorization", "").partition(" ")
        if scheme != SCHEME or not ticket:
            raise NoSession
        entered = await self._meetings.enter(ticket.strip(), self._session(request))
        if entered is None:
            raise NoSession
        viewer, secret = entered
        response = self.json(request, {"viewer": {"name": viewer.name}})
        if secret is not None:
            self._set_cookie(response, secret, int(SESSION_FOR.total_seconds()))
        return response

    @guarded
    async def leave(self, request: Request) -> Response:
        self.from_our_page(request)
        await self._meetings.leave(self._session(request))
        response = self.json(request, {})
        self._set_cookie(response, "", 0)
        return response

    @guarded
    async def whose(self, request: Request) -> Response:
        """Return the name of the person who is signed in."""
        return self.json(request, {"viewer": {"name": (await self.viewer(request)).name}})

    def _set_cookie(self, response: Response, value: str, max_age_s: int) -> None:
        """`Lax`: with `Strict`, a link from Slack would arrive without it."""
        response.set_cookie(
            self._cookie,
            value,
            max_age=max_age_s,
            path="/m",
            secure=self._secure,
            httponly=True,
            samesite="lax",
        )

    # A recording

    @guarded
    async def data(self, request: Request) -> Response:
        viewer = await self.viewer(request)
        found = await self._meetings.data(viewer, request.path_params["key"])
        return await asyncio.to_thread(self.json, request, found)

    @guarded
    async def alive(self, request: Request) -> Response:
        """Tell an open page whether it may keep showing the recording."""
        viewer = await self.viewer(request)
        await self._meetings.see(viewer.user, request.path_params["key"])
        return Response(status_code=204, headers=self._headers)

    @guarded
    async def video(self, request: Request) -> Response:
        viewer = await self.viewer(request)
        url = await self._meetings.video(viewer.user, request.path_params["key"])
        return self.json(request, {"url": url})

    @guarded
    async def chat(self, request: Request) -> Response:
        viewer = await self.viewer(request)
        messages = await self._meetings.chat(viewer.user, request.path_params["key"])
        said = [{"at": m.at, "sender": m.sender, "text": m.text} for m in messages]
        return await asyncio.to_thread(self.json, request, {"messages": said})

    @guarded
    async def file(self, request: Request) -> Response:
        viewer = await self.viewer(request)
        path = request.path_params
        url = await self._meetings.file(viewer.user, path["key"], path["asset_id"])
        if url is None:
            return self.json(request, {"error": "not_found"}, status=404)
        return Response(status_code=303, headers={**self._headers, "location": url})

    @guarded
    async def transcript(self, request: Request) -> Response:
        viewer = await self.viewer(request)
        key, mode = request.path_params["key"], request.path_params["mode"]
        found = mode in _MEDIA and await self._meetings.download(viewer.user, key, mode)
        if not found:
            return self.json(request, {"error": "not_found"}, status=404)
        named = {"content-disposition": f'attachment; filename="{found.name}"'}
        content, headers = found.content.encode(), {**self._headers, **named}
        return Response(content, headers=headers, media_type=_MEDIA[mode])


_MEDIA: Mapping[str, str] = {
    "txt": "text/plain; charset=utf-8",
    "srt": "application/x-subrip; charset=utf-8",
    "vtt": "text/vtt; charset=utf-8",
}


def _headers(hms_api_url: str) -> dict[str, str]:
    """Build the headers: only our own scripts, styles and images; video from any HTTPS storage."""
    api = urlsplit(hms_api_url)
    local = [f"{api.scheme}://{api.netloc}"] if is_loopback(api.hostname or "") else []
    policy = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self'",
        "connect-src": "'self'",
        "media-src": " ".join(["https:", *local]),
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    return {
        "content-security-policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "referrer-policy": "no-referrer",
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(), microphone=(), geolocation=()",
    }


def _takes_gzip(request: Request) -> bool:
    return "gzip" in request.headers.get("accept-encoding", "")
