"""The Web API over HTTP: tokens, scopes, arguments, limits and faults, then the method itself."""

import json
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from record_bot_sandbox.slack.errors import SlackError, invalid_arguments, missing_scope
from record_bot_sandbox.slack.faulty import note_call, too_many, with_faults
from record_bot_sandbox.slack.methods import METHODS, Method
from record_bot_sandbox.slack.model import JSON
from record_bot_sandbox.slack.sim import Sim


async def call_method(request: Request) -> Response:
    """POST or GET /api/{method}."""
    sim: Sim = request.app.state.sim
    name = request.path_params["method"]
    try:
        args = await read_args(request)
    except SlackError as error:
        sim.problem(name, f"unreadable request: {error.error}")
        return _record(sim, name, {}, {"ok": False, "error": error.error})
    token = _token(request, args)

    def work() -> Response:
        return _record(sim, name, args, _answer(sim, name, token, args))

    return await with_faults(request, name, args, work)


async def read_args(request: Request) -> JSON:
    """Query, form and JSON arguments, as one; JSON null counts as absent."""
    args: JSON = dict(request.query_params)
    raw = await request.body()
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    if not raw:
        return args
    if kind == "application/x-www-form-urlencoded":
        args |= dict(parse_qsl(raw.decode(), keep_blank_values=True))
    elif kind == "application/json":
        args |= _json_object(raw)
    else:
        raise SlackError("invalid_post_type")
    return args


def _answer(sim: Sim, name: str, token: str, args: JSON) -> JSON:
    method = METHODS.get(name)
    if method is None:
        sim.problem(name, "not simulated: this method", args=sorted(args))
        return {"ok": False, "error": "unknown_method", "req_method": name}
    try:
        _admit(sim, name, method, token)
        if unknown := method.unknown(args):
            sim.problem(name, f"not simulated or unknown: argument {', '.join(unknown)}")
        if missing := method.missing(args):
            raise invalid_arguments(*(f"missing required field: {field}" for field in missing))
        if mistyped := method.mistyped(args):
            raise invalid_arguments(*(f"must be a string: {field}" for field in mistyped))
        return {"ok": True, **method.run(sim, args)}
    except SlackError as error:
        return {"ok": False, "error": error.error, **error.extra}


def _admit(sim: Sim, name: str, method: Method, token: str) -> None:
    if not token:
        raise SlackError("not_authed")
    if token not in {sim.config.bot_token, sim.config.app_token}:
        raise SlackError("invalid_auth")
    if token != (sim.config.bot_token if method.token == "bot" else sim.config.app_token):
        raise SlackError("not_allowed_token_type")
    if sim.token_error:
        raise SlackError(sim.token_error)
    wait = sim.faults.retry_after(name, limit=method.per_minute, per_s=60, now=sim.now())
    if wait is not None:
        raise SlackError("ratelimited", retry_after=wait)
    if method.scopes and not sim.config.scopes.intersection(method.scopes):
        raise missing_scope(method.scopes[0], sim.config.scopes)


def _record(sim: Sim, name: str, args: JSON, body: JSON) -> Response:
    """Note the call; its response, with the headers that Slack adds."""
    note_call(sim, name, args, error=body.get("error"))
    if (wait := body.pop("retry_after", None)) is not None:
        return too_many(wait)
    headers = {"x-oauth-scopes": ",".join(sorted(sim.config.scopes))}
    if (method := METHODS.get(name)) and method.scopes:
        headers["x-accepted-oauth-scopes"] = ",".join(method.scopes)
    return JSONResponse(body, headers=headers)


def _token(request: Request, args: JSON) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else str(args.get("token") or "")


def _json_object(raw: bytes) -> JSON:
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise SlackError("invalid_json") from error
    if not isinstance(body, dict):
        raise SlackError("json_not_object")
    return {key: value for key, value in body.items() if value is not None}
