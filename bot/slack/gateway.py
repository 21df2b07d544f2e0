"""The bot's calls to Slack, typed. Each raises `SlackError` and none retries.

The session's time-out (8 s) bounds each call. Source: docs.slack.dev/reference/methods.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from logging import DEBUG, INFO
from typing import Any

import structlog
from async_lru import alru_cache
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.deliveries import Delivery
from bot.core.places import Place, is_channel
from bot.kit.calls import slug, timed_call
from bot.outbound import Outbound, OutboundRefused, OutboundStatus, OutboundUnavailable
from bot.slack.cooldowns import SlackCooldowns
from bot.slack.errors import (
    WIRE_ERRORS,
    CannotPostThere,
    MessageGone,
    SlackError,
    SlackRefused,
    SlackUnavailable,
    TokenRefused,
    error_from,
)
from bot.slack.values import Identity, Member, Posted, SeenChannel

log = structlog.get_logger()

ACK_MAY_TAKE_S = 3.0
LOOK_FOR_VIEW_EVERY_S = 0.1
LOOK_FOR_LINK_EVERY_S = 0.75  # slowly: a domain blocked by an admin gives the same error
PERMALINKS_MOST, PERMALINKS_FOR_S = 5_000, 86_400  # a workspace's domain may change
NAMES_MOST, NAMES_FOR_S, NAMES_WITHIN_S = 5_000, 3_600, 2.0
RESPONSE_URL = "response_url"
PAGES_MOST = 20
AUTH_TEST = "auth.test"
Json = Mapping[str, Any]
Announce = Callable[[str], Awaitable[None]]


class SlackGateway:
    """`cooldowns` is None while there is no store yet: then each method may be called."""

    def __init__(
        self, client: AsyncWebClient, out: Outbound, cooldowns: SlackCooldowns | None
    ) -> None:
        self._client = client
        self._out = out
        self._cooldowns = cooldowns
        self._name = alru_cache(NAMES_MOST, ttl=NAMES_FOR_S)(self._name_of)
        self._permalink = alru_cache(PERMALINKS_MOST, ttl=PERMALINKS_FOR_S)(self.permalink)

    async def identity(self) -> Identity:
        """auth.test. Raises NotAuthorized if the token is not accepted."""
        async with self._call(AUTH_TEST):
            answer = await self._client.auth_test()
        return Identity.read(answer)

    async def post(self, channel: str, message: Json, *, thread_ts: str | None = None) -> Posted:
        """chat.postMessage to a channel, or to a person by U… id. A repeated call posts twice.

        Raises CannotPostThere where the bot may not post.
        """
        async with self._call("chat.postMessage"):
            answer = await self._client.chat_postMessage(
                channel=channel,
                thread_ts=thread_ts,
                unfurl_links=False,
                unfurl_media=False,
                **message,
            )
        return Posted(channel=answer["channel"], ts=answer["ts"])

    async def update(self, channel: str, ts: str, message: Json) -> None:
        """chat.update. Raises MessageGone if the message was deleted."""
        async with self._call("chat.update"):
            await self._client.chat_update(channel=channel, ts=ts, **message)

    async def ephemeral(
        self, channel: str, user: str, message: Json, *, thread_ts: str | None = None
    ) -> None:
        """chat.postEphemeral: delivery is not guaranteed, and a reload removes the message."""
        async with self._call("chat.postEphemeral"):
            await self._client.chat_postEphemeral(
                channel=channel, user=user, thread_ts=thread_ts, **message
            )

    async def unfurl(self, channel: str, ts: str, blocks_of: Mapping[str, Sequence[Json]]) -> None:
        """chat.unfurl (Tier 3): show blocks below a message, by link. Safe to repeat.

        `cannot_unfurl_url` is retried for 3 s, because Slack answers so until it has the ack of
        its event. Raises MessageGone if the message or the link in it was deleted.
        """
        unfurls = {url: {"blocks": list(blocks)} for url, blocks in blocks_of.items()}

        async def unfurl() -> None:
            async with self._call("chat.unfurl"):
                await self._client.chat_unfurl(channel=channel, ts=ts, unfurls=unfurls)

        await _once_acked(unfurl, "cannot_unfurl_url", LOOK_FOR_LINK_EVERY_S)

    async def permalink(self, channel: str, ts: str) -> str:
        async with self._call("chat.getPermalink"):
            answer = await self._client.chat_getPermalink(channel=channel, message_ts=ts)
        return str(answer["permalink"])

    async def link_to(self, card: Delivery | None) -> str | None:
        """Return the permalink of a card; None if it is not posted or Slack fails. Cached."""
        if card is None or card.message is None:
            return None
        try:
            return await self._permalink(*card.message)
        except SlackError:
            return None

    async def upload(
        self,
        channel: str,
        *,
        thread_ts: str | None,
        filename: str,
        title: str,
        content: bytes,
        announced: Announce,
    ) -> str | None:
        """Upload a file to a channel or thread, in Slack's three calls. Return the file's id.

        A repeated upload appears twice. `announced` is awaited with the file's id before the file
        is shared, so that the file can be deleted whatever happens then. Raises SlackRefused also
        for an empty file, which Slack does not accept.
        """
        if not content:
            raise SlackRefused("empty_file")
        try:
            # Named after the last call: while Slack limits that one, nothing is uploaded in vain.
            async with self._call("files.completeUploadExternal"):
                slot = await self._client.files_getUploadURLExternal(
                    filename=filename, length=len(content)
                )
                await self._send(slot["upload_url"], content)
            await announced(str(slot["file_id"]))
            async with self._call("files.completeUploadExternal"):
                answer = await self._client.files_completeUploadExternal(
                    files=[{"id": slot["file_id"], "title": title}],
                    channel_id=channel,
                    thread_ts=thread_ts,
                )
        except MessageGone as gone:
            if gone.error != "file_not_found":
                raise
            # Slack does not know the file that we just sent, so the upload did not arrive.
            raise SlackUnavailable("the upload got lost", reached=False) from None
        files = answer.get("files") or [{}]
        return str(files[0].get("id") or "") or None

    async def _send(self, upload_url: str, content: bytes) -> None:
        """Send the content, the second of the three calls. If it fails, nothing is shared yet."""
        with timed_call("slack", "upload") as call:
            try:
                await self._out.post(upload_url, content)
            except (OutboundStatus, OutboundUnavailable) as failed:
                call.status = slug(str(failed).partition(":")[0])
                raise SlackUnavailable(f"upload: {failed}", reached=False) from None
            except OutboundRefused as refused:
                raise error_from(refused) from None

    async def delete(self, channel: str, ts: str) -> None:
        """chat.delete, for the bot's own messages. Raises MessageGone if it was deleted already."""
        async with self._call("chat.delete"):
            await self._client.chat_delete(channel=channel, ts=ts)

    async def delete_file(self, file_id: str) -> None:
        """files.delete. Raises MessageGone if it was deleted already."""
        async with self._call("files.delete"):
            await self._client.files_delete(file=file_id)

    async def open_view(self, trigger_id: str, view: Json) -> None:
        """views.open, within 3 s of the click. Raises SlackRefused for a stale trigger."""
        async with self._call("views.open"):
            await self._client.views_open(trigger_id=trigger_id, view=dict(view))

    async def push_view(self, trigger_id: str, view: Json) -> None:
        async with self._call("views.push"):
            await self._client.views_push(trigger_id=trigger_id, view=dict(view))

    async def update_view(
        self,
        view: Json,
        *,
        view_id: str | None = None,
        external_id: str | None = None,
        view_hash: str | None = None,
    ) -> None:
        """views.update. Raises SlackRefused("not_found") if the view is closed or not open yet."""
        async with self._call("views.update"):
            await self._client.views_update(
                view=dict(view), view_id=view_id, external_id=external_id, hash=view_hash
            )

    async def update_view_when_open(self, view: Json, external_id: str) -> None:
        """views.update for a view whose ack is still on its way: `not_found` is retried for 3 s.

        Raises SlackRefused("not_found") if the person has closed it.
        """

        async def update() -> None:
            await self.update_view(view, external_id=external_id)

        await _once_acked(update, "not_found", LOOK_FOR_VIEW_EVERY_S)

    async def publish_home(self, user: str, view: Json) -> None:
        async with self._call("views.publish"):
            await self._client.views_publish(user_id=user, view=dict(view))

    async def respond(self, response_url: str, message: Json, *, replace: bool = False) -> None:
        """Post to a response_url, at most 5 times in 30 minutes. Works without membership.

        Raises SlackRefused if the address, or a redirect from it, is not public https.
        """
        body = {"response_type": "ephemeral", "replace_original": replace, **message}
        async with self._call(RESPONSE_URL):
            await self._out.post_json(response_url, body)

    async def member(self, user: str, *, home_team: str) -> Member:
        """users.info (Tier 4), reduced to what rights depend on."""
        async with self._call("users.info"):
            answer = await self._client.users_info(user=user)
        return Member.read(answer["user"], home_team=home_team)

    async def names_of(self, users: Iterable[str]) -> dict[str, str]:
        """Return the display names of these users. Cached for an hour.

        Users that Slack does not name within 2 s are left out.
        """
        wanted = list(dict.fromkeys(users))
        asked = [asyncio.ensure_future(self._name(user)) for user in wanted]
        if not asked:
            return {}
        done, late = await asyncio.wait(asked, timeout=NAMES_WITHIN_S)
        for task in late:
            task.cancel()
        known = zip(wanted, asked, strict=True)
        return {
            user: task.result()
            for user, task in known
            if task in done and not task.cancelled() and task.exception() is None and task.result()
        }

    async def _name_of(self, user: str) -> str:
        async with self._call("users.info"):
            answer = await self._client.users_info(user=user)
        return Member.read(answer["user"], home_team="").name

    async def app_id(self, bot_id: str) -> str | None:
        """bots.info (Tier 3, users:read): return the id of the app that the bot belongs to."""
        async with self._call("bots.info"):
            answer = await self._client.bots_info(bot=bot_id)
        found = (answer.get("bot") or {}).get("app_id")
        return str(found) if found else None

    async def user_groups(self) -> dict[str, str]:
        """usergroups.list (Tier 2): map the ids of active user groups to name and handle."""
        async with self._call("usergroups.list"):
            answer = await self._client.usergroups_list()
        return {g["id"]: f"{g['name']} (@{g['handle']})" for g in answer["usergroups"]}

    async def group_members(self, group: str) -> frozenset[str]:
        """usergroups.users.list (Tier 2): return the members of a user group."""
        async with self._call("usergroups.users.list"):
            answer = await self._client.usergroups_users_list(usergroup=group)
        return frozenset(answer["users"])

    async def is_in(self, channel: str) -> bool:
        """Whether the bot is in the channel (Tier 3). It is not in channels that it cannot see."""
        if channel.startswith(("D", "U", "W")):
            return True
        try:
            return (await self.channel(channel)).member
        except SlackRefused:
            return False

    async def channel(self, channel: str) -> SeenChannel:
        """conversations.info (Tier 3). Raises CannotPostThere if the bot cannot see the channel."""
        async with self._call("conversations.info"):
            answer = await self._client.conversations_info(channel=channel)
        return SeenChannel.read(answer["channel"])

    async def place(self, channel: str) -> Place:
        """Classify a channel by conversations.info. One that the bot cannot see is private."""
        if not is_channel(channel):
            return "direct"
        try:
            seen = await self.channel(channel)
        except CannotPostThere:
            return "private"
        if not seen.public:
            return "private"
        return "shared" if seen.shared else "public"

    async def channels_of(self, user: str) -> frozenset[str]:
        """Return the person's public channels, and the private ones that the bot is in as well."""
        return frozenset([channel["id"] async for channel in self._conversations(user)])

    async def open_channels_of(self, user: str) -> dict[str, str]:
        """Map the same channels to their names, without archived ones."""
        found = {c["id"]: c async for c in self._conversations(user)}
        return {key: str(c["name"]) for key, c in found.items() if not c.get("is_archived")}

    async def _conversations(self, user: str) -> AsyncIterator[Json]:
        """users.conversations (Tier 3, paged)."""
        cursor: str | None = None
        for _ in range(PAGES_MOST):
            async with self._call("users.conversations"):
                page = await self._client.users_conversations(
                    user=user,
                    types="public_channel,private_channel",
                    exclude_archived=False,
                    limit=999,
                    cursor=cursor,
                )
            for channel in page["channels"]:
                yield channel
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or None
            if cursor is None:
                break

    async def token_refused(self, why: str) -> None:
        """Make no call until a probe passes, because an event says that the token is revoked."""
        if self._cooldowns:
            await self._cooldowns.start_for_refused_token(why)

    async def _probe(self) -> None:
        """Call auth.test even during a cooldown."""
        async with self._measured(AUTH_TEST):
            await self._client.auth_test()

    async def _confirm_refusal(
        self, cooldowns: SlackCooldowns, method: str, error: TokenRefused
    ) -> SlackUnavailable:
        """Check a refused token with `auth.test`, which depends on nothing but the token."""
        if method != AUTH_TEST:
            try:
                await self._probe()
            except TokenRefused as confirmed:
                error = confirmed
            except SlackError as unknown:
                return SlackUnavailable(f"{error.error}; auth.test: {unknown}", reached=False)
            else:
                log.warning("token_refused_by_one_call", method=method, error=error.error)
                return SlackUnavailable(error.error, reached=False)
        return await cooldowns.start_for_refused_token(error.error)

    @asynccontextmanager
    async def _call(self, method: str) -> AsyncIterator[None]:
        if self._cooldowns:
            if method != RESPONSE_URL:  # which needs no token
                await self._cooldowns.check_installed(self._probe)
            await self._cooldowns.check(method)
        try:
            async with self._measured(method):
                yield
        except SlackError as error:
            raise await self._noted(method, error) from None

    @asynccontextmanager
    async def _measured(self, method: str) -> AsyncIterator[None]:
        """Time one exchange and translate its errors to SlackError.

        Without cooldowns the bot is only starting: the call is logged at DEBUG, because a failed
        start prints its own line.
        """
        with timed_call("slack", method, level=INFO if self._cooldowns else DEBUG) as call:
            try:
                yield
            except WIRE_ERRORS as raised:
                error = error_from(raised)
                call.status = slug(getattr(error, "error", str(error).partition(":")[0]))
                raise error from None

    async def _noted(self, method: str, error: SlackError) -> SlackError:
        """Store the cooldown that an error implies for other calls. Return the error to raise."""
        cooldowns = self._cooldowns
        if cooldowns is None:
            return error
        if isinstance(error, TokenRefused):
            return await self._confirm_refusal(cooldowns, method, error)
        if isinstance(error, SlackUnavailable) and error.retry_after_s:
            await cooldowns.start(method, error.retry_after_s)
        return error


async def _once_acked(call: Callable[[], Awaitable[None]], error: str, every_s: float) -> None:
    """Retry while Slack answers `error`, which may mean that it has not received our ack yet."""
    until = time.monotonic() + ACK_MAY_TAKE_S
    while True:
        try:
            return await call()
        except SlackRefused as refused:
            if refused.error != error or time.monotonic() > until:
                raise
        await asyncio.sleep(every_s)
