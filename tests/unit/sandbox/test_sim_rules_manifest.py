"""The manifest checks of the simulated Slack, held against every limit of its schema."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from record_bot_sandbox.slack.rules import check_manifest

from tests.unit.rows import each_row

Json = dict[str, Any]
URL = "https://a.example/"


def manifest(**more: Any) -> Json:
    return {"display_information": {"name": "Recorder"}, **more}


def display(**fields: Any) -> Json:
    return {"display_information": {"name": "Recorder", **fields}}


def command(**fields: Any) -> Json:
    entry = {"command": "/record", "description": "x", **fields}
    return manifest(features={"slash_commands": [entry]})


def shortcut(**fields: Any) -> Json:
    entry = {"name": "x", "type": "global", "callback_id": "x", "description": "x", **fields}
    return manifest(features={"shortcuts": [entry]})


def settings(**fields: Any) -> Json:
    return manifest(settings=fields)


def events(**fields: Any) -> Json:
    return settings(event_subscriptions={"request_url": URL, **fields})


def many(n: int, suffix: str = "") -> list[str]:
    return [f"e{i}{suffix}" for i in range(n)]


SOCKET_MODE = {
    "_metadata": {"major_version": 2, "minor_version": 1},
    "display_information": {"name": "Recorder", "background_color": "#123"},
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": False},
        "bot_user": {"display_name": "Recorder", "always_online": True},
        "slash_commands": [{"command": "/record", "description": "x", "should_escape": True}],
        "shortcuts": [
            {"name": "x", "type": "message", "callback_id": "x", "description": "x"},
        ],
        "unfurl_domains": ["a.example"],
    },
    "oauth_config": {"scopes": {"bot": ["chat:write"], "user": []}, "redirect_urls": [URL]},
    "settings": {
        "event_subscriptions": {"bot_events": ["app_home_opened"]},
        "interactivity": {"is_enabled": True},
        "socket_mode_enabled": True,
        "allowed_ip_address_ranges": ["10.0.0.0/8"],
    },
}


@pytest.mark.parametrize(
    "valid",
    [
        manifest(),
        SOCKET_MODE,
        events(metadata_subscriptions=[{"app_id": "A1", "event_type": "x"}]),
        settings(interactivity={"is_enabled": True, "request_url": URL}),
        settings(interactivity={"is_enabled": False}),
    ],
)
def test_valid_manifests_are_accepted(valid: Json) -> None:
    assert check_manifest(valid) == []


class Limit(NamedTuple):
    """From `least` to `most` is accepted; one beyond either end is refused at `pointer`.

    The least of a URL is only what the sample needs to be one.
    """

    least: int
    most: int
    pointer: str
    make: Callable[[int], Json]


ENTRY = {"command": "/record", "description": "x"}
SHORTCUT = {"name": "x", "type": "global", "callback_id": "x", "description": "x"}
SLASH = "/features/slash_commands/0"
CUT = "/features/shortcuts/0"
EVENT = "/settings/event_subscriptions"
CLICKS = "/settings/interactivity"


def link(n: int) -> str:
    return URL + "x" * (n - len(URL))


def clicks(**fields: Any) -> Json:
    return settings(interactivity={"is_enabled": True, "request_url": URL, **fields})


def scopes(kind: str) -> Limit:
    pointer = f"/oauth_config/scopes/{kind}"
    return Limit(0, 255, pointer, lambda n: manifest(oauth_config={"scopes": {kind: ["x"] * n}}))


def scope(name: str) -> Json:
    return manifest(oauth_config={"scopes": {"bot": [name]}})


def one_string(most: int, pointer: str, make: Callable[[str], Json]) -> Limit:
    return Limit(0, most, pointer, lambda n: make("x" * n))


LIMITS = [
    Limit(1, 35, "/display_information/name", lambda n: display(name="é" * n)),
    Limit(1, 140, "/display_information/description", lambda n: display(description="x" * n)),
    Limit(
        175,
        4000,
        "/display_information/long_description",
        lambda n: display(long_description="x" * n),
    ),
    Limit(
        1,
        80,
        "/features/bot_user/display_name",
        lambda n: manifest(features={"bot_user": {"display_name": "x" * n}}),
    ),
    Limit(1, 50, SLASH[:-2], lambda n: manifest(features={"slash_commands": [ENTRY] * n})),
    Limit(2, 32, f"{SLASH}/command", lambda n: command(command="/" + "x" * (n - 1))),
    Limit(1, 2000, f"{SLASH}/description", lambda n: command(description="x" * n)),
    Limit(1, 1000, f"{SLASH}/usage_hint", lambda n: command(usage_hint="x" * n)),
    Limit(19, 3000, f"{SLASH}/url", lambda n: command(url=link(n))),
    Limit(1, 10, CUT[:-2], lambda n: manifest(features={"shortcuts": [SHORTCUT] * n})),
    Limit(1, 24, f"{CUT}/name", lambda n: shortcut(name="x" * n)),
    Limit(1, 255, f"{CUT}/callback_id", lambda n: shortcut(callback_id="x" * n)),
    Limit(1, 150, f"{CUT}/description", lambda n: shortcut(description="x" * n)),
    Limit(
        1,
        5,
        "/features/unfurl_domains",
        lambda n: manifest(features={"unfurl_domains": many(n, ".example")}),
    ),
    scopes("bot"),
    scopes("user"),
    scopes("bot_optional"),
    scopes("user_optional"),
    Limit(
        0,
        1000,
        "/oauth_config/redirect_urls",
        lambda n: manifest(oauth_config={"redirect_urls": many(n)}),
    ),
    Limit(0, 100, f"{EVENT}/bot_events", lambda n: events(bot_events=many(n))),
    Limit(0, 100, f"{EVENT}/user_events", lambda n: events(user_events=many(n))),
    Limit(
        1,
        20,
        f"{EVENT}/metadata_subscriptions",
        lambda n: events(
            metadata_subscriptions=[{"app_id": "A1", "event_type": name} for name in many(n)]
        ),
    ),
    Limit(19, 3500, f"{EVENT}/request_url", lambda n: events(request_url=link(n))),
    one_string(50, "/oauth_config/scopes/bot/0", scope),
    one_string(50, f"{EVENT}/bot_events/0", lambda s: events(bot_events=[s])),
    one_string(
        50,
        f"{EVENT}/metadata_subscriptions/0/event_type",
        lambda s: events(metadata_subscriptions=[{"app_id": "A1", "event_type": s}]),
    ),
    one_string(
        2500,
        "/oauth_config/redirect_urls/0",
        lambda s: manifest(oauth_config={"redirect_urls": [s]}),
    ),
    Limit(
        2,
        255,
        "/features/unfurl_domains/0",
        lambda n: manifest(features={"unfurl_domains": ["a" * n]}),
    ),
    Limit(
        19,
        3500,
        f"{CLICKS}/message_menu_options_url",
        lambda n: clicks(message_menu_options_url=link(n)),
    ),
    Limit(19, 3500, f"{CLICKS}/request_url", lambda n: clicks(request_url=link(n))),
    Limit(
        1,
        50,
        "/settings/allowed_ip_address_ranges",
        lambda n: settings(allowed_ip_address_ranges=[f"10.0.0.{i}" for i in range(n)]),
    ),
]


@each_row("limit", LIMITS, ids=lambda limit: limit.pointer)
def test_a_limit_holds_at_both_ends_and_no_further(limit: Limit) -> None:
    assert check_manifest(limit.make(limit.least)) == []
    assert check_manifest(limit.make(limit.most)) == []
    below = [limit.least - 1] if limit.least and not limit.pointer.endswith("url") else []
    for n in (limit.most + 1, *below):
        found = {(p.error, p.pointer) for p in check_manifest(limit.make(n))}
        assert found == {("invalid_manifest", limit.pointer)}


REFUSED: list[tuple[Any, str]] = [
    (None, ""),
    ({}, ""),
    ({"display_information": {}}, "/display_information"),
    (display(colour="#123"), "/display_information/colour"),
    (display(background_color="#12345"), "/display_information/background_color"),
    (manifest(workflows={}), "/workflows"),
    (manifest(features={"rich_previews": {}}), "/features/rich_previews"),
    (manifest(features={"bot_user": {}}), "/features/bot_user"),
    (
        manifest(features={"app_home": {"home_tab_enabled": 1}}),
        "/features/app_home/home_tab_enabled",
    ),
    (command(command="record"), f"{SLASH}/command"),
    (command(url="a.example"), f"{SLASH}/url"),
    (manifest(features={"slash_commands": [{"command": "/record"}]}), SLASH),
    (shortcut(type="channel"), f"{CUT}/type"),
    (manifest(features={"unfurl_domains": ["a.example"] * 2}), "/features/unfurl_domains/1"),
    (manifest(oauth_config={"scopes": {"bot": [None]}}), "/oauth_config/scopes/bot/0"),
    (events(bot_events=["a", "a"]), f"{EVENT}/bot_events/1"),
    (settings(event_subscriptions={"bot_events": ["a"]}), EVENT),
    (settings(interactivity={}), CLICKS),
    (settings(interactivity={"is_enabled": True}), CLICKS),
    (settings(socket_mode_enabled="true"), "/settings/socket_mode_enabled"),
    (
        settings(allowed_ip_address_ranges=["10.0.0.256"]),
        "/settings/allowed_ip_address_ranges/0",
    ),
]


@each_row(("wrong", "pointer"), REFUSED, ids=str)
def test_a_manifest_is_refused_where_it_is_wrong(wrong: Any, pointer: str) -> None:
    found = [(p.error, p.pointer) for p in check_manifest(wrong)]
    assert found == [("invalid_manifest", pointer)]
