"""The settings of a channel as a modal, and what was chosen in it."""

from typing import Any

import pytest
from record_bot_sandbox.slack.rules import check_view

from bot.core.channel_settings import Allowed, ChannelSettings
from bot.features.channel_settings.form import (
    FIELDS,
    Changed,
    group_options,
    settings_form,
    settings_from_state,
)
from bot.ui.forms import FieldErrors
from tests.unit.some import at
from tests.unit.start_form_samples import untouched

NAMED = Allowed(who="some", people=("U0123456789",), groups=("S1", "S2"))
EVERYTHING = ChannelSettings(
    room_id="r1",
    room_name="Stand-up <&> 🎥 שלום " + "x" * 90,
    preset_id="p1",
    may_start=NAMED,
    may_stop=Allowed(who="admins"),
    results="card",
    outside_links=True,
    tell_room=False,
)
GROUPS = {"S1": "Crew (@crew)", "S2": "Night shift (@night)"}
CHANGES = [Changed("U1", at(0), tuple(FIELDS)), Changed("nobody", at(60), ("unheard_of",))]


def form(settings: ChannelSettings, groups: dict[str, str] | None = None) -> dict[str, Any]:
    presets = {"p1": "weekly", "p2": "x" * 40}
    return settings_form("C1", settings, presets=presets, groups=groups, changes=CHANGES)


@pytest.mark.parametrize("settings", [ChannelSettings(), EVERYTHING])
@pytest.mark.parametrize("groups", [None, GROUPS])
def test_slack_takes_it_and_untouched_it_changes_nothing(
    settings: ChannelSettings, groups: dict[str, str] | None
) -> None:
    view = form(settings, groups)
    assert check_view(view) == []
    assert settings_from_state(untouched(view), settings) == settings


def test_a_preset_that_is_gone_is_none() -> None:
    gone = EVERYTHING.model_copy(update={"preset_id": "gone"})
    read = settings_from_state(untouched(form(gone)), gone)
    assert isinstance(read, ChannelSettings)
    assert read.preset_id is None


def test_where_no_preset_can_be_chosen_the_default_stays() -> None:
    view = settings_form("C1", EVERYTHING, presets={}, groups=None)
    assert settings_from_state(untouched(view), EVERYTHING) == EVERYTHING


def test_some_must_be_somebody() -> None:
    some = ChannelSettings(may_start=Allowed(who="some"), may_stop=Allowed(who="some"))
    read = settings_from_state(untouched(form(some, GROUPS)), some)
    assert isinstance(read, FieldErrors)
    assert set(read) == {"start_people", "stop_people"}


@pytest.mark.parametrize("values", [None, [], {}, {"results": 1}, {"also": {"settings_also": 3}}])
def test_whatever_slack_sends_is_read(values: object) -> None:
    assert isinstance(settings_from_state(values, ChannelSettings()), ChannelSettings)


def test_groups_are_found_by_a_part_of_their_name() -> None:
    found = group_options(GROUPS, "NIGHT")["options"]
    assert [o["value"] for o in found] == ["S2"]
    assert len(group_options(GROUPS, "")["options"]) == 2
