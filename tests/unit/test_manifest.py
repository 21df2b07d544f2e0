"""The manifest: accepted by Slack's rules, the least that the code needs, and kept in the repo."""

import inspect
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from record_bot_sandbox.slack.config import SlackConfig
from record_bot_sandbox.slack.methods import METHODS
from record_bot_sandbox.slack.rules import check_manifest

from bot.features.commands.table import TABLE
from bot.features.doctor.scopes import SCOPES
from bot.features.rooms.model import room_id_of_link
from bot.manifest import (
    BOT_EVENTS,
    ManifestUrlError,
    manifest,
    manifest_yaml,
    slack_endpoint,
)
from bot.slack import gateway
from bot.ui import ids
from bot.ui.ids import COMMAND
from bot.wiring import FEATURES
from tests.unit.rows import each_row

REPO = Path(__file__).parents[2]
URL = "https://bot.example.com"
ENDPOINT = f"{URL}/slack/events"
BOTH = pytest.mark.parametrize("url", [None, URL], ids=["socket", "http"])


def made(url: str | None) -> Any:
    return manifest(url)


def test_the_file_in_the_repo_is_the_one_for_socket_mode() -> None:
    assert (REPO / "manifest.yml").read_text("utf-8") == manifest_yaml(None)


@BOTH
def test_the_yaml_says_what_the_manifest_says(url: str | None) -> None:
    assert yaml.safe_load(manifest_yaml(url)) == manifest(url)


@BOTH
def test_slack_would_accept_it(url: str | None) -> None:
    assert check_manifest(manifest(url)) == []


# Lengths as in Slack's schema 2.0.0, beside the check above, which knows them too.
LIMITS = [
    ("display_information.name", 1, 35),
    ("display_information.description", 1, 140),
    ("display_information.long_description", 175, 4000),
    ("display_information.background_color", 4, 7),
    ("features.bot_user.display_name", 1, 80),
    ("features.slash_commands.0.command", 2, 32),
    ("features.slash_commands.0.description", 1, 2000),
    ("features.slash_commands.0.usage_hint", 1, 1000),
    ("features.shortcuts.0.name", 1, 24),
    ("features.shortcuts.0.callback_id", 1, 255),
    ("features.shortcuts.0.description", 1, 150),
    ("features.unfurl_domains", 1, 5),
    ("oauth_config.scopes.bot", 1, 255),
    ("settings.event_subscriptions.bot_events", 1, 100),
]


@BOTH
@pytest.mark.parametrize(("path", "least", "most"), LIMITS, ids=[path for path, *_ in LIMITS])
def test_everything_is_as_long_as_slack_allows(
    url: str | None, path: str, least: int, most: int
) -> None:
    value: Any = manifest(url)
    for key in path.split("."):
        value = value[int(key)] if key.isdigit() else value[key]
    assert least <= len(value) <= most


def test_over_http_everything_comes_to_one_address() -> None:
    there = made(URL)
    assert there["settings"] == {
        "event_subscriptions": {"request_url": ENDPOINT, "bot_events": list(BOT_EVENTS)},
        "interactivity": {
            "is_enabled": True,
            "request_url": ENDPOINT,
            "message_menu_options_url": ENDPOINT,
        },
        "org_deploy_enabled": False,
        "socket_mode_enabled": False,
        "token_rotation_enabled": False,
    }
    assert there["features"]["slash_commands"][0]["url"] == ENDPOINT


def test_over_socket_mode_there_is_no_address_at_all() -> None:
    there = made(None)
    assert there["settings"]["socket_mode_enabled"] is True
    assert "http" not in manifest_yaml(None)
    assert there["settings"]["interactivity"] == {"is_enabled": True}


@each_row(
    ("given", "endpoint"),
    [
        (URL, ENDPOINT),
        (f"{URL}/", ENDPOINT),
        (f" {URL}// ", ENDPOINT),
        (ENDPOINT, ENDPOINT),
        (f"{ENDPOINT}/", ENDPOINT),
        (f"{URL}:8443/bot/", f"{URL}:8443/bot/slack/events"),
        ("http://localhost:8080", "http://localhost:8080/slack/events"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080/slack/events"),
        ("http://[::1]:8080", "http://[::1]:8080/slack/events"),
    ],
)
def test_an_address_may_be_given_as_people_have_it(given: str, endpoint: str) -> None:
    assert slack_endpoint(given) == endpoint
    assert check_manifest(manifest(given)) == []


@each_row(
    ("given", "why"),
    [
        ("http://bot.example.com", "https"),
        ("http://localhost.example.com", "https"),
        ("bot.example.com", "not a web address"),
        ("ftp://bot.example.com", "not a web address"),
        ("https://", "not a web address"),
        ("", "not a web address"),
        ("https://bot example.com", "not a web address"),
        ("https://bot.example.com/\nx: y", "not a web address"),
        ("https://bot.example.com:port", "not a web address"),
        ("https://[bot", "not a web address"),
        ("https://user:secret@bot.example.com", "only host and path"),
        ("https://bot.example.com/?a=b", "only host and path"),
        ("https://bot.example.com/#a", "only host and path"),
    ],
)
def test_an_address_that_slack_cannot_call_is_refused_in_one_line(given: str, why: str) -> None:
    with pytest.raises(ManifestUrlError, match=why) as caught:
        manifest(given)
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)


def _documented() -> list[tuple[str, str, str]]:
    """The rows of docs/scopes.md: scope, reason, the calls that need it."""
    table = (REPO / "docs/scopes.md").read_text("utf-8").split("## ")[0]
    rows = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| `")]
    return [(name, reason, calls) for name, reason, calls in rows]


def test_the_scopes_are_what_the_calls_need_and_no_more() -> None:
    """By the simulated Slack's table of methods, written apart from this one."""
    source = inspect.getsource(gateway)
    called = {*re.findall(r'_call\("([a-z]\w*\.\w+)"\)', source), "files.getUploadURLExternal"}
    assert len(called) > 10
    asked = {scope.name for scope in SCOPES}
    for name in called:
        allowed = METHODS[name].scopes
        assert not allowed or asked.intersection(allowed), name
    documented = {name: calls for name, _, calls in _documented()}
    needs_no_call = {"app_mentions:read", "commands", "im:history", "links:read"}
    for scope in SCOPES:
        users = {name for name in called if scope.name in METHODS[name].scopes}
        assert users or scope.name in needs_no_call
        assert all(f"`{name}`" in documented[f"`{scope.name}`"] for name in users), scope.name


def test_events_command_and_shortcut_are_those_that_have_listeners() -> None:
    declared = [one for feature in FEATURES for one in feature.on.declared]
    heard = {n for one in declared if one.kind == "event" for n in one.names}
    assert {event.partition(".")[0] for event in BOT_EVENTS} == heard  # message.im is a message
    features = made(None)["features"]
    assert [c["command"] for c in features["slash_commands"]] == [COMMAND]
    assert [s["callback_id"] for s in features["shortcuts"]] == [
        ids.START_SHORTCUT,
        ids.LINK_SHORTCUT,
    ]
    hint = features["slash_commands"][0]["usage_hint"]
    named = set(hint[1 : hint.index("]")].split("|"))
    assert named <= {entry.word for entry in TABLE}


def test_links_that_slack_tells_us_of_are_links_to_rooms() -> None:
    (domain,) = made(None)["features"]["unfurl_domains"]
    assert SlackConfig().unfurl_domains == {domain}
    room = "65f0c0ffee00000000000001"
    assert room_id_of_link(f"https://acme.{domain}/preview/{room}/host") == room


def test_the_docs_name_every_scope_with_its_reason() -> None:
    docs = (REPO / "docs/scopes.md").read_text("utf-8")
    assert [row[:2] for row in _documented()] == [(f"`{s.name}`", s.reason) for s in SCOPES]
    for event in BOT_EVENTS:
        assert f"| `{event}` |" in docs


def test_the_sandbox_grants_what_the_manifest_asks_for_and_no_more() -> None:
    asked: Any = manifest(None)
    assert SlackConfig().scopes == set(asked["oauth_config"]["scopes"]["bot"])
    assert SlackConfig().bot_events == set(BOT_EVENTS)
