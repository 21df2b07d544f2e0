"""Links with which one person joins a room."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest

from bot.features.join.model import domain_of, link_with_code, link_with_token, user_id_of
from bot.hms.auth import JOIN_FOR, JoinTokens

ROOM = "65f0c0ffee00000000000001"
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        (
            f"https://acme.app.100ms.live/preview/{ROOM}/host?skip_preview=true",
            "acme.app.100ms.live",
        ),
        ("https://acme.app.100ms.live/meeting/abc-defg-hij", "acme.app.100ms.live"),
        (f"https://acme.app.100ms.live/preview/{'6' * 24}/host", None),  # another room's
        (f"https://recorder.example.org/{ROOM}", None),  # a page of one's own
        (None, None),
        ("", None),
    ],
)
def test_the_domain_is_learnt_from_a_link_to_the_room(url: str | None, domain: str | None) -> None:
    assert domain_of(url, ROOM) == domain


def test_a_token_names_the_person_the_room_and_the_role_for_ten_minutes() -> None:
    secret = "a secret of more than thirty-two bytes"
    token = JoinTokens("key", secret, lambda: NOW).token(ROOM, user_id_of("T1", "U1"), "guest")
    claims = jwt.decode(
        token,
        secret,
        algorithms=["HS256"],
        options={"verify_exp": False, "verify_iat": False, "verify_nbf": False},
    )
    assert claims["type"] == "app"
    assert claims["version"] == 2
    assert (claims["access_key"], claims["room_id"]) == ("key", ROOM)
    assert (claims["user_id"], claims["role"]) == ("slack:T1:U1", "guest")
    assert (
        datetime.fromtimestamp(claims["exp"], UTC) == NOW + JOIN_FOR == NOW + timedelta(minutes=10)
    )


def test_names_and_roles_do_not_break_out_of_the_link() -> None:
    url = link_with_token("acme.app.100ms.live", ROOM, "a/b?c", token="t", name="Q&A #1 <Ana>")
    parts = urlsplit(url)
    assert parts.path == f"/preview/{ROOM}/a%2Fb%3Fc"
    assert parse_qs(parts.query) == {"auth_token": ["t"], "name": ["Q&A #1 <Ana>"]}
    assert link_with_code("acme.app.100ms.live", "abc-defg-hij").endswith("/meeting/abc-defg-hij")
