"""response_url: five posts in thirty minutes, without a token."""

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from record_bot_sandbox.slack import messages
from record_bot_sandbox.slack.api import read_args
from record_bot_sandbox.slack.checks import require_message
from record_bot_sandbox.slack.errors import SlackError
from record_bot_sandbox.slack.faulty import note_call, with_faults
from record_bot_sandbox.slack.model import JSON, Channel, Message, ResponseUrl
from record_bot_sandbox.slack.sim import Sim

KNOWN = frozenset(
    {
        "text",
        "blocks",
        "response_type",
        "replace_original",
        "delete_original",
        "thread_ts",
        "unfurl_links",
        "unfurl_media",
        "metadata",
    }
)
SPENT = frozenset({"expired_url", "used_url", "no_such_url"})
GONE = 404
BAD = 400


async def respond(request: Request) -> Response:
    """POST to a response_url."""
    sim: Sim = request.app.state.sim
    try:
        args = await read_args(request)
    except SlackError as error:
        return PlainTextResponse(error.error, BAD)

    def work() -> Response:
        error = _try(sim, request.path_params["key"], args)
        note_call(sim, "response_url", args, error=error)
        if error in SPENT:
            return JSONResponse({"ok": False, "error": error}, status_code=GONE)
        return PlainTextResponse(error, BAD) if error else PlainTextResponse("ok")

    return await with_faults(request, "response_url", args, work)


def _try(sim: Sim, key: str, args: JSON) -> str | None:
    try:
        use(sim, key, args)
    except SlackError as error:
        return error.error
    return None


def use(sim: Sim, key: str, args: JSON) -> None:
    """Spend one of the five posts on what `args` asks for."""
    url = sim.response_urls.get(key)
    if url is None:
        raise SlackError("no_such_url")
    if sim.now() > url.expires_at:
        raise SlackError("expired_url")
    if url.posts_left == 0:
        raise SlackError("used_url")
    if unknown := sorted(set(args) - KNOWN):
        sim.problem("response_url", f"not simulated or unknown: {', '.join(unknown)}")
    channel = sim.channels[url.channel]
    original = _original(channel, url)
    if args.get("delete_original"):
        _need_original(sim, url)
        if original:
            messages.remove(sim, channel, original)
    else:
        require_message(sim, "response_url", args)
        _write(sim, url, channel, original, args)
    url.posts_left -= 1


def _write(
    sim: Sim, url: ResponseUrl, channel: Channel, original: Message | None, args: JSON
) -> None:
    in_channel = args.get("response_type") == "in_channel"
    if args.get("replace_original"):
        _need_original(sim, url)
        if original and original.viewer and in_channel:
            sim.problem("response_url", "an ephemeral message cannot become in_channel")
        if original:
            messages.change(sim, original, {"text": "", **args})
            return
    if in_channel:
        if channel.is_archived:
            raise SlackError("is_archived")
        messages.post_as_bot(sim, channel, args)
        return
    if args.get("thread_ts"):
        sim.problem("response_url", "thread_ts needs response_type in_channel")
    messages.show_ephemeral(sim, channel, url.user, {**args, "thread_ts": url.thread_ts})


def _original(channel: Channel, url: ResponseUrl) -> Message | None:
    if url.original_ts is None:
        return None
    where = channel.ephemerals if url.origin == "ephemeral" else channel.messages
    return where.get(url.original_ts)


def _need_original(sim: Sim, url: ResponseUrl) -> None:
    """The typed command line is never touched, and what else would be is not documented."""
    if url.original_ts is None:
        sim.problem("response_url", f"there is no original message behind a {url.origin}")


def from_ack(sim: Sim, channel: Channel, user: str, body: JSON) -> Message:
    """The answer that came inside the ack of a command."""
    require_message(sim, "command ack", body)
    if body.get("response_type") == "in_channel":
        return messages.post_as_bot(sim, channel, body)
    return messages.show_ephemeral(sim, channel, user, body)
