"""Routes for sharing a moment from the meeting page: the channel list, and the share itself.

The rights are those of *Share* in Slack: a full member who sees the recording and may open its
files can share into a channel that they are in.
"""

from collections.abc import Mapping

from async_lru import alru_cache
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.access.gate import Gate, NotOpen
from bot.access.model import Act
from bot.access.rights import NoRight
from bot.deps import Deps
from bot.features.find.service import share
from bot.features.meeting.routes import Answers, guarded
from bot.features.meeting.service import Meetings
from bot.slack.errors import CannotPostThere
from bot.store.transcripts import SPAN

BODY_MOST = 1024  # bytes
CHANNELS_FOR_S = 60


class ShareRequest(BaseModel):
    """The requested sentence and channel; not trusted."""

    model_config = ConfigDict(strict=True, extra="forbid")

    sentence: int = Field(ge=0, lt=SPAN)
    channel: str = Field(min_length=1, max_length=64)


class MomentRoutes(Answers):
    def __init__(
        self, deps: Deps, gate: Gate, meetings: Meetings, *, public_url: str, hms_api_url: str
    ) -> None:
        super().__init__(meetings, public_url=public_url, hms_api_url=hms_api_url)
        self._deps = deps
        self._gate = gate
        self._ours = alru_cache(1, ttl=CHANNELS_FOR_S)(self._channels_of_the_bot)

    def routes(self) -> list[Route]:
        return [
            Route("/m/{key}/channels", self.channels, methods=["GET"]),
            Route("/m/{key}/moments", self.share, methods=["POST"]),
        ]

    @guarded
    async def channels(self, request: Request) -> Response:
        """List channels of both the person and the bot, by name; empty if they may not share."""
        viewer = await self.viewer(request)
        await self._meetings.see(viewer.user, request.path_params["key"])
        try:
            await self._gate.member(viewer.user, Act.SHARE)
        except NoRight:
            return self.json(request, {"channels": []})
        theirs = (await self._gate.horizon(viewer.user)).channels
        named = {key: name for key, name in (await self._ours()).items() if key in theirs}
        found = [{"id": key, "name": name} for key, name in named.items()]
        return self.json(request, {"channels": sorted(found, key=lambda one: one["name"])})

    @guarded
    async def share(self, request: Request) -> Response:
        """Share one sentence into one channel, as a fact, so it is idempotent.

        The body is JSON, which a form on another site cannot send.
        """
        self.from_our_page(request)
        viewer = await self.viewer(request)
        seen = await self._meetings.see(viewer.user, request.path_params["key"])
        wanted = await _parse(request)
        if wanted is None:
            return self.json(request, {"error": "bad_request"}, status=400)
        try:
            by = await self._gate.member(viewer.user, Act.SHARE)
            channel = await self._gate.channel(viewer.user, wanted.channel)
            name = await share(self._deps, seen.proof, wanted.sentence, channel, by)
        except (NoRight, NotOpen, CannotPostThere):
            return self.json(request, {"error": "not_there"}, status=403)
        if name is None:
            return self.json(request, {"error": "not_kept"}, status=410)
        return self.json(request, {"shared": True})

    async def _channels_of_the_bot(self) -> Mapping[str, str]:
        return await self._deps.slack.open_channels_of(self._deps.identity.bot_user_id)


async def _parse(request: Request) -> ShareRequest | None:
    """Parse the body; None if it is not a valid request."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        return None
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_MOST:
            return None
    try:
        return ShareRequest.model_validate_json(body)
    except ValidationError:
        return None
