"""How the tour writes Slack's blocks down."""

import time

from record_bot_sandbox.readable import Line, Names, buttons_of, fields_of, lines_of, moment, words

NAMES = Names({"U1": "ines"}, {"C1": "#standup"})


def test_markup_is_read_as_the_client_would() -> None:
    text = "*Stand &lt;up&gt;* by <@U1> in <#C1>, see <https://example.com|its page> and `<x>`"
    assert words(text, NAMES) == "Stand <up> by @ines in #standup, see its page and `x`"


def test_an_asterisk_that_is_no_markup_stays() -> None:
    assert words("2 * 3 * 4", NAMES) == "2 * 3 * 4"


def test_today_needs_no_day() -> None:
    now = time.time()
    clock = time.strftime("%H:%M:%S", time.localtime(now))
    assert moment(now, "{date_short_pretty} at {time}") == clock
    assert words(f"<!date^{int(now)}^{{time}}|12:00 UTC>", NAMES) == clock


def test_another_day_is_named() -> None:
    assert moment(0, "{date_short_pretty} at {time}").startswith(("1 Jan at ", "31 Dec at "))


def test_lines_and_buttons() -> None:
    def said(text: str) -> dict[str, str]:
        return {"type": "text", "text": text}

    first = {"type": "rich_text_section", "elements": [said("\u2068room\u2069 · Ready")]}
    item = {"type": "rich_text_section", "elements": [{"type": "user", "user_id": "U1"}]}
    button = {"type": "button", "text": {"text": "Watch"}, "action_id": "w", "confirm": {}}
    blocks = [
        {"type": "rich_text", "elements": [first, {"type": "rich_text_list", "elements": [item]}]},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "a\nb"}]},
        {"type": "actions", "block_id": "B", "elements": [button]},
    ]
    shown = [("room · Ready", "heading"), ("• @ines", "text"), ("a", "quiet"), ("b", "quiet")]
    assert [(line.text, line.kind) for line in lines_of(blocks, NAMES)] == shown
    assert [(b.label, b.block_id) for b in buttons_of(blocks)] == [("Watch", "B")]


def test_a_first_paragraph_is_no_heading() -> None:
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "Stopping."}}]
    assert list(lines_of(blocks, NAMES)) == [Line("Stopping.")]


def test_fields_show_what_is_in_them() -> None:
    def asked(name: str) -> dict[str, object]:
        element = {"type": "plain_text_input", "action_id": f"a_{name}"}
        return {"type": "input", "block_id": name, "label": {"text": name}, "element": element}

    values = {
        "room": {"a_room": {"selected_option": {"text": {"text": "standup"}}}},
        "place": {"a_place": {"selected_conversation": "C1"}},
        "typed": {"a_typed": {"value": "0.5"}},
    }
    blocks = [asked(name) for name in ("room", "place", "typed", "empty")]
    found = [(field.label, field.shown) for field in fields_of(blocks, values, NAMES)]
    shown = [("room", "standup"), ("place", "#standup"), ("typed", "0.5"), ("empty", "–")]
    assert found == shown
