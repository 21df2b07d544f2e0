"""What those are told who may not."""

import pytest
from record_bot_sandbox.slack.rules import check_message

from bot.access.model import Act, Refusal
from bot.access.views import refused_message
from bot.core.channel_settings import Allowed
from tests.unit.rows import each_row

NAMED = Allowed(who="some", people=("U1", "U2"), groups=("S1",))
MANY = Allowed(who="some", people=tuple(f"U{n}" for n in range(50)))
EVERYONE, ADMINS = Allowed(), Allowed(who="admins")


@pytest.mark.parametrize(
    ("act", "allowed", "starter", "text"),
    [
        (Act.START, EVERYONE, None, "full members of this workspace can start a recording here."),
        (Act.START, ADMINS, None, "workspace admins can start a recording here."),
        (
            Act.CONTROL,
            NAMED,
            "U1",
            "<@U1>, <@U2>, <!subteam^S1> and workspace admins can stop this recording.",
        ),
        (Act.FORGET, ADMINS, "U9", "<@U9> and workspace admins can forget this recording."),
        (Act.PRESET, ADMINS, "U9", "<@U9> and workspace admins can change this preset."),
        (Act.LINK, EVERYONE, None, "full members of this workspace can open this recording."),
    ],
)
def test_a_refusal_says_who_can(act: Act, allowed: Allowed, starter: str | None, text: str) -> None:
    assert refused_message(Refusal(act, allowed, starter), "stop", None).text == f"Only {text}"


@each_row("act", list(Act))
@each_row("allowed", [EVERYONE, ADMINS, NAMED, MANY])
def test_slack_takes_it(act: Act, allowed: Allowed) -> None:
    message = refused_message(Refusal(act, allowed, "U9"), "stop", "key")
    assert check_message(message.payload()) == []


def test_only_a_stop_that_somebody_can_grant_is_asked_for() -> None:
    def buttons(doing: str, key: str | None, starter: str | None) -> int:
        message = refused_message(Refusal(Act.CONTROL, EVERYONE, starter), doing, key)
        return sum(block["type"] == "actions" for block in message.blocks)

    assert buttons("stop", "key", "U1") == 1
    assert buttons("pause", "key", "U1") == 0
    assert buttons("stop", "key", None) == 0
    assert buttons("stop", None, "U1") == 0
