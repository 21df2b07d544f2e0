"""compose.yml, as far as it can be checked without an engine."""

from pathlib import Path
from typing import Any

import yaml

from bot.settings import Settings
from bot.web.webhook import MAX_BODY_BYTES

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
BOTS = ("bot-1", "bot-2")


def test_there_are_two_equal_replicas_a_database_and_a_proxy() -> None:
    assert set(SERVICES) == {*BOTS, "postgres", "proxy"}
    assert SERVICES["bot-1"] == SERVICES["bot-2"]


def test_everything_has_a_health_check_and_comes_back() -> None:
    for service in SERVICES.values():
        assert service["healthcheck"]["test"][0] == "CMD"
        assert service["restart"] == "unless-stopped"
        assert service["logging"]["driver"] == "local"  # it rotates


def test_the_replicas_wait_for_the_database_and_are_given_only_settings_that_exist() -> None:
    for name in BOTS:
        assert SERVICES[name]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
        given = {setting.lower() for setting in SERVICES[name]["environment"]}
        assert given <= set(Settings.model_fields)
        assert SERVICES[name]["environment"]["DATABASE_URL"].startswith("postgresql://")
        assert SERVICES[name]["environment"]["PUBLIC_URL"].startswith("https://${DOMAIN")
        assert "ports" not in SERVICES[name]  # the way in is the proxy


def test_the_replicas_and_the_database_name_the_same_one() -> None:
    database = SERVICES["postgres"]["environment"]
    url = SERVICES["bot-1"]["environment"]["DATABASE_URL"]
    assert url.endswith(f"@postgres/{database['POSTGRES_DB']}")
    assert url.startswith(f"postgresql://{database['POSTGRES_USER']}:")


def test_the_proxy_knows_the_replicas_and_lets_in_what_is_meant_to() -> None:
    caddy = (ROOT / "deploy" / "Caddyfile").read_text()
    assert "reverse_proxy bot-1:8080 bot-2:8080" in caddy
    assert MAX_BODY_BYTES == 1024 * 1024
    assert "max_size 1MiB" in caddy  # 1MB would be less than the bot takes
    assert "/slack/events /webhooks/100ms/* /healthz /m/*" in caddy
    assert "./deploy/Caddyfile:/etc/caddy/Caddyfile:ro" in SERVICES["proxy"]["volumes"]


def test_named_volumes_are_declared() -> None:
    named = {v.split(":")[0] for s in SERVICES.values() for v in s.get("volumes", ())}
    assert {v for v in named if not v.startswith(".")} == set(COMPOSE["volumes"])
