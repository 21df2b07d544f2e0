"""The values of buttons, and the ids of inputs and buttons of which a view has several."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.ui import buttons, forms, ids
from bot.ui.message import Block
from tests.unit.rows import each_row

AT = datetime(2026, 12, 2, 13, 20, tzinfo=UTC)
LATER = AT + timedelta(minutes=15)


@pytest.mark.parametrize(
    ("value", "at", "is_about"),
    [
        (ids.value_at("key", AT), AT, True),
        (ids.value_at("key", AT), LATER, False),
        (ids.value_at("key", AT), None, False),
        (ids.value_at("key", None), AT, True),  # of an old message
        (ids.value_at("key", None), None, True),
    ],
)
def test_a_button_is_about_one_moment(value: str, at: datetime | None, is_about: bool) -> None:
    assert ids.is_about(value, at) is is_about


@each_row(
    ("value", "moment"),
    [
        (ids.value_at("key", AT), AT),
        (ids.value_at("key", None), None),
        ("key ", None),
        ("key soon", None),
        ("key -1", None),
        ("key ١٢٣", None),
        ("key 99999999999", datetime.fromtimestamp(99999999999, UTC)),
        ("key 100000000000", None),
    ],
)
def test_the_moment_of_a_button_is_read_from_its_value(value: str, moment: datetime | None) -> None:
    assert ids.moment_of(value) == moment


def test_only_one_of_several_buttons_is_numbered() -> None:
    alone, second = (buttons.transcript_button("key", "standup", n=n) for n in (None, 2))
    assert alone["action_id"] == ids.TRANSCRIPT
    assert second["action_id"] == ids.numbered(ids.TRANSCRIPT, 2) != ids.TRANSCRIPT


def typed(field: str, hint: str = "") -> Block:
    return forms.input_block(field, "Label", {"type": "plain_text_input"}, hint=hint)


def test_an_input_is_required_and_quiet_unless_it_says_so() -> None:
    block = typed("vocab")
    assert (block["optional"], block["dispatch_action"]) == (False, False)
    assert block["element"]["action_id"] == ids.start_action("vocab")
    assert "hint" not in block


@pytest.mark.parametrize("generation", [0, 2])
def test_a_preset_renews_the_inputs_that_it_changes(generation: int) -> None:
    divider: Block = {"type": "divider"}
    blocks = [divider, typed("vocab", hint="Names."), typed(ids.START_ROOM)]
    same, vocab, room = forms.with_sources(blocks, {"vocab": "the preset"}, generation)
    assert same is divider
    assert vocab["element"]["action_id"] == ids.start_action("vocab", generation)
    assert vocab["hint"]["text"] == "Names. From the preset."
    assert room == blocks[2]
