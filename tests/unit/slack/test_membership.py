"""Who counts as a member, by what users.info says."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.slack.values import Member
from tests.unit.rows import each_row

HOME, SISTER, OTHER = "T0HOME", "T0SISTER", "T0OTHER"


def read(**info: Any) -> Member:
    return Member.read({"id": "U1", **info}, home_team=HOME)


def organisation(*teams: str) -> dict[str, Any]:
    return {"id": "U1", "enterprise_id": "E1", "teams": list(teams)}


@each_row(
    ("info", "standing"),
    [
        ({"team_id": HOME}, "member"),
        ({}, "member"),
        ({"team_id": OTHER}, "external"),
        ({"team_id": SISTER, "enterprise_user": organisation(SISTER, HOME)}, "member"),
        ({"team_id": SISTER, "enterprise_user": organisation(SISTER)}, "external"),
        ({"team_id": SISTER, "enterprise_user": organisation()}, "external"),
        (
            {"team_id": SISTER, "enterprise_user": organisation(HOME), "is_restricted": True},
            "guest",
        ),
        (
            {"team_id": SISTER, "enterprise_user": organisation(HOME), "is_stranger": True},
            "external",
        ),
        ({"team_id": SISTER, "enterprise_user": organisation(HOME), "deleted": True}, "external"),
    ],
)
def test_members_are_those_of_our_workspace(info: dict[str, Any], standing: str) -> None:
    assert read(**info).standing == standing


def test_an_admin_of_a_sister_workspace_is_none_here() -> None:
    sister = {"team_id": SISTER, "enterprise_user": organisation(SISTER, HOME)}
    assert read(team_id=HOME, is_admin=True).admin
    assert not read(**sister, is_admin=True).admin


@given(
    st.none()
    | st.text()
    | st.integers()
    | st.dictionaries(
        st.sampled_from(["teams", "id"]),
        st.none() | st.text() | st.lists(st.text() | st.just(HOME)),
    )
)
def test_only_a_list_with_our_workspace_in_it_lets_anybody_in(organisation: Any) -> None:
    teams = organisation.get("teams") if isinstance(organisation, dict) else None
    inside = isinstance(teams, list) and HOME in teams
    found = read(team_id=SISTER, enterprise_user=organisation)
    assert found.standing == ("member" if inside else "external")
