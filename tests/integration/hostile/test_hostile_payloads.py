"""Signed payloads of every kind with something wrong in them: never a 500, and no traceback."""

import copy
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import REGISTRY
from record_bot_sandbox.slack import seed

from bot.listeners.shapes import defect
from bot.ui import ids
from tests.integration.hostile_kit import ANY_JSON, JSON_TYPE, Target, fuzz, target

pytestmark = pytest.mark.asyncio(loop_scope="module")
Json = dict[str, Any]
TS = "1795956326.445265"
TYPES: tuple[Any, ...] = (None, [], {}, "", 0)
ENVELOPE = {
    *("token", "team", "team_id", "api_app_id", "enterprise", "is_enterprise_install"),
    *("event_id", "event_time", "authorizations", "is_ext_shared_channel"),
}
ODD_TEXTS = ("\ud800", "\x00")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Target]:
    async with target(tmp_path_factory.mktemp("odd")) as made:
        yield made
        assert not [status for status in made.answers if status >= 500]
        assert "Exception in ASGI" not in made.logged()


def event(**inner: Any) -> Json:
    return {
        "type": "event_callback",
        "token": seed.TOKEN,
        "team_id": seed.TEAM_ID,
        "api_app_id": seed.APP_ID,
        "event": {"event_ts": TS, **inner},
        "event_id": "Ev0000001",
        "event_time": 1795956326,
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": seed.TEAM_ID,
                "user_id": seed.BOT_USER,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
    }


def interaction(kind: str, **more: Any) -> Json:
    return {
        "type": kind,
        "team": {"id": seed.TEAM_ID, "domain": seed.TEAM_DOMAIN},
        "user": {"id": seed.STARTER, "username": "ines", "team_id": seed.TEAM_ID},
        "api_app_id": seed.APP_ID,
        "token": seed.TOKEN,
        "enterprise": None,
        "is_enterprise_install": False,
        "trigger_id": "1.2.3",
        **more,
    }


def view(callback_id: str, kind: str = "modal", metadata: str = "request-1") -> Json:
    return {
        "id": "V000000001",
        "team_id": seed.TEAM_ID,
        "type": kind,
        "blocks": [],
        "private_metadata": metadata,
        "callback_id": callback_id,
        "state": {"values": {"room": {"room": {"type": "external_select"}}}},
        "hash": "1.abc",
    }


def click(action_id: str, **more: Any) -> Json:
    action = {"type": "button", "action_id": action_id, "block_id": "b", "value": "key-1"}
    return interaction("block_actions", actions=[action], **more)


IN_CHANNEL: Json = {
    "container": {"type": "message", "message_ts": TS, "is_ephemeral": False},
    "channel": {"id": seed.STANDUP, "name": "standup"},
    "message": {"type": "message", "text": "a card", "ts": TS},
}
SAMPLES: dict[str, Json] = {
    "home": event(type="app_home_opened", user=seed.STARTER, channel="D0STARTER1", tab="home"),
    "mention": event(
        type="app_mention",
        user=seed.STARTER,
        channel=seed.STANDUP,
        text=f"<@{seed.BOT_USER}> status",
        ts=TS,
        team=seed.TEAM_ID,
    ),
    "direct": event(
        type="message",
        user=seed.STARTER,
        channel="D0STARTER1",
        channel_type="im",
        text="status",
        ts=TS,
        team=seed.TEAM_ID,
    ),
    "link": event(
        type="link_shared",
        user=seed.STARTER,
        channel=seed.STANDUP,
        message_ts=TS,
        is_bot_user_member=True,
        links=[{"domain": "app.100ms.live", "url": "https://acme.app.100ms.live/meeting/a-b-c"}],
    ),
    "joined": event(
        type="member_joined_channel", user=seed.BOT_USER, channel=seed.STANDUP, team=seed.TEAM_ID
    ),
    "revoked": event(type="tokens_revoked", tokens={"oauth": ["U0STARTER1"], "bot": []}),
    "shortcut": interaction("shortcut", callback_id=ids.START_SHORTCUT),
    "message shortcut": interaction(
        "message_action", callback_id=ids.LINK_SHORTCUT, message_ts=TS, **IN_CHANNEL
    ),
    "stop": click(ids.STOP, **IN_CHANNEL),
    "page of Home": click("home_page.1", view=view("home", "home")),
    "button in a view": click(ids.DOCTOR, view=view("home", "home")),
    "submission": interaction("view_submission", view=view(ids.START_FORM)),
    "closed": interaction("view_closed", view=view(ids.START_FORM), is_cleared=False),
    "suggestion": interaction(
        "block_suggestion", action_id=ids.START_ROOM_ACTION, block_id="b", value="st",
        view=view(ids.START_FORM),
    ),
}  # fmt: skip


def paths(value: object, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in it, itself included."""
    yield at
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(
        value, list
    ) else ()  # fmt: skip
    for key, part in parts:
        yield from paths(part, (*at, key))


def at(payload: Json, path: tuple[Any, ...]) -> Any:
    for key in path:
        payload = payload[key]
    return payload


def changed(payload: Json, path: tuple[Any, ...], put: Any, *, drop: bool) -> Any:
    if not path:
        return put
    made = copy.deepcopy(payload)
    inner: Any = made
    for key in path[:-1]:
        inner = inner[key]
    if drop:
        del inner[path[-1]]
    else:
        inner[path[-1]] = put
    return made


async def send(bot: Target, payload: Any) -> httpx.Response:
    """The answer, once all that the request began is done: hundreds at once would make the next one
    late."""
    if isinstance(payload, dict) and payload.get("type") == "event_callback":
        answer = await bot.signed(json.dumps(payload).encode(), JSON_TYPE)
    else:
        answer = await bot.signed(urlencode({"payload": json.dumps(payload)}).encode())
    await bot.parts.background.drain(60.0)
    return answer


def ignored() -> float:
    kinds = ("command", "event", "interaction", "other")
    name = "record_bot_odd_requests_total"
    return sum(REGISTRY.get_sample_value(name, {"kind": kind}) or 0 for kind in kinds)


@pytest.mark.parametrize("name", SAMPLES)
async def test_the_samples_are_what_slack_sends(bot: Target, name: str) -> None:
    assert defect(SAMPLES[name]) is None
    assert (await send(bot, SAMPLES[name])).status_code == 200


@pytest.mark.parametrize("name", SAMPLES)
async def test_one_thing_changed_is_answered_with_200(bot: Target, name: str) -> None:
    """Every place, with a value of each type and with nothing; where text stands, with odd text.

    The envelope is the same for all and read before any handler: changing it in one event and in
    one interaction is enough.
    """
    sample = SAMPLES[name]
    for path in paths(sample):
        if path and path[0] in ENVELOPE and name not in ("home", "shortcut"):
            continue
        text = isinstance(at(sample, path), str)
        for put in (*TYPES, *(ODD_TEXTS if text else ())):
            answer = await send(bot, changed(SAMPLES[name], path, put, drop=False))
            assert answer.status_code == 200, (path, put)
        if path:
            answer = await send(bot, changed(SAMPLES[name], path, None, drop=True))
            assert answer.status_code == 200, (path, "dropped")


@given(st.data())
@fuzz
async def test_anything_changed_is_answered_with_200(bot: Target, data: st.DataObject) -> None:
    payload: Any = SAMPLES[data.draw(st.sampled_from(sorted(SAMPLES)))]
    for _ in range(data.draw(st.integers(1, 3))):
        if not isinstance(payload, dict) or not payload:
            break
        path = data.draw(st.sampled_from(list(paths(payload))))
        payload = changed(payload, path, data.draw(ANY_JSON), drop=data.draw(st.booleans()))
    assert (await send(bot, payload)).status_code == 200


@pytest.mark.parametrize(
    "payload",
    [
        {**SAMPLES["home"], "event": []},
        {**SAMPLES["home"], "event": None},
        {**SAMPLES["home"], "event": {"type": "app_home_opened", "tab": "home"}},
        {**SAMPLES["stop"], "actions": []},
        {**SAMPLES["stop"], "user": None},
        {**SAMPLES["submission"], "view": "V1"},
        [],
        5,
    ],
    ids=["event list", "no event", "nobody", "no actions", "no user", "view", "list", "number"],
)
async def test_what_is_malformed_is_counted_and_logged(bot: Target, payload: Any) -> None:
    before, logged = ignored(), bot.logged().count("odd_request_ignored")
    answer = await send(bot, payload)
    assert (answer.status_code, answer.text) == (200, "")
    assert ignored() == before + 1
    assert bot.logged().count("odd_request_ignored") == logged + 1


@given(
    st.dictionaries(
        st.sampled_from(["command", "user_id", "channel_id", "text", "trigger_id", "response_url"]),
        st.text(max_size=30) | st.sampled_from(["U1", seed.STANDUP, "/record", "status"]),
    )
)
@fuzz
async def test_any_form_is_answered_with_200(bot: Target, fields: dict[str, str]) -> None:
    body = urlencode(fields, errors="replace").encode()
    assert (await bot.signed(body)).status_code == 200


async def test_events_that_nobody_listens_to_are_taken(bot: Target) -> None:
    """A failure would be sent again, and too many make Slack switch events off."""
    unheard = event(type="reaction_added", user=seed.STARTER)
    assert (await send(bot, unheard)).status_code == 200
