"""What Slack accepts, as tables to be read beside its Block Kit reference.

Only what a bot like ours uses is here; every other type is answered "not simulated". A field
that is not named in a row is refused, as Slack does ("invalid additional property").
Rules over a whole payload (unique ids, the markdown total) are in `rule_crosschecks.across`.
"""

from __future__ import annotations

from collections.abc import Mapping

from record_bot_sandbox.slack import rule_crosschecks as rule
from record_bot_sandbox.slack.rule_specs import (
    CHANNEL,
    CONVERSATION,
    DATE,
    NUMBER,
    URL,
    USER,
    WEB_URL,
    Flag,
    Int,
    ListOf,
    OneFrom,
    OneOf,
    Row,
    Shape,
    Spec,
    Str,
    Text,
    places,
    plain,
)

Fields = Mapping[str, Spec]

EVERYWHERE = places("message modal home")
MODAL = places("modal")
MESSAGE = places("message")

# ---- objects inside elements and blocks ------------------------------------------------------
STYLE = OneOf(("primary", "danger"))

CONFIRM = Shape(
    required={"title": plain(100), "text": Text(300), "confirm": plain(30), "deny": plain(30)},
    optional={"style": STYLE},
)
DISPATCH = Shape(
    required={
        "trigger_actions_on": ListOf(
            OneOf(("on_enter_pressed", "on_character_entered")), most=2, unique=True
        )
    }
)
FILTER_FIELDS: Fields = {
    "include": ListOf(OneOf(("im", "mpim", "private", "public")), unique=True),
    "exclude_external_shared_channels": Flag(),
    "exclude_bot_users": Flag(),
}
FILTER = Shape(optional=FILTER_FIELDS, at_least_one=tuple(FILTER_FIELDS))
SLACK_FILE_FIELDS: Fields = {"id": Str(least=1), "url": Str(form=WEB_URL)}
SLACK_FILE = Shape(optional=SLACK_FILE_FIELDS, exactly_one=("id", "url"))


def _option(text: Text, *, url: bool = False) -> Shape:
    links: Fields = {"url": Str(3000, form=URL)} if url else {}
    return Shape(
        required={"text": text, "value": Str(150, least=1)},
        optional={"description": text, **links},
    )


OPTION = _option(plain(75))  # selects
CHOICE = _option(Text(75))  # radio buttons and checkboxes: mrkdwn is welcome
MENU_ITEM = _option(plain(75), url=True)  # overflow: the only option with a url
GROUP = Shape(required={"label": plain(75), "options": ListOf(OPTION, 100)})

# ---- elements --------------------------------------------------------------------------------
ANY_BLOCK = places("section actions input")
ID: Fields = {"action_id": Str(255, least=1)}
FOCUS: Fields = {"focus_on_load": Flag()}
CLICKED: Fields = {**ID, "confirm": CONFIRM}
PICKED: Fields = {**CLICKED, **FOCUS, "placeholder": plain(150)}
TYPED: Fields = {**ID, **FOCUS, "placeholder": plain(150), "dispatch_action_config": DISPATCH}
MULTI: Fields = {**PICKED, "max_selected_items": Int(1)}
LISTED: Fields = {"options": ListOf(OPTION, 100), "option_groups": ListOf(GROUP, 100)}
QUERIED: Fields = {"min_query_length": Int(0)}
ANSWERED: Fields = {"response_url_enabled": Flag()}
DEFAULTED: Fields = {"default_to_current_conversation": Flag(), "filter": FILTER}
IMAGE: Fields = {"image_url": Str(3000, form=WEB_URL), "slack_file": SLACK_FILE}
ALT: Fields = {"alt_text": Str(2000, least=1)}
BOUNDS: Fields = {"min_value": Str(form=NUMBER), "max_value": Str(form=NUMBER)}

BUTTON = Shape(
    required={"text": plain(75)},
    optional={
        **CLICKED,
        "url": Str(3000, form=URL),
        "value": Str(2000, least=1),
        "style": STYLE,
        "accessibility_label": Str(75, least=1),
    },
)
STATIC_SELECT = Shape(
    optional={**PICKED, **LISTED, "initial_option": OPTION},
    exactly_one=("options", "option_groups"),
    also=(rule.initial_is_listed,),
)
MULTI_STATIC_SELECT = Shape(
    optional={**MULTI, **LISTED, "initial_options": ListOf(OPTION)},
    exactly_one=("options", "option_groups"),
    also=(rule.initial_is_listed,),
)
CHECKBOXES = Shape(
    required={"options": ListOf(CHOICE, 10)},
    optional={**CLICKED, **FOCUS, "initial_options": ListOf(CHOICE)},
    also=(rule.initial_is_listed,),
)
RADIO_BUTTONS = Shape(
    required={"options": ListOf(CHOICE, 10)},
    optional={**CLICKED, **FOCUS, "initial_option": CHOICE},
    also=(rule.initial_is_listed,),
)
PLAIN_TEXT_INPUT = Shape(
    optional={
        **TYPED,
        "initial_value": Str(3000),
        "multiline": Flag(),
        "min_length": Int(0, 3000),
        "max_length": Int(1, 3000),
    },
    also=(rule.lengths_agree,),
)
NUMBER_INPUT = Shape(
    required={"is_decimal_allowed": Flag()},
    optional={**TYPED, **BOUNDS, "initial_value": Str(form=NUMBER)},
    also=(rule.numbers_agree,),
)
CONVERSATIONS_SELECT = Shape(
    optional={**PICKED, **DEFAULTED, **ANSWERED, "initial_conversation": Str(form=CONVERSATION)},
    also=(rule.response_url_place,),
)
CHANNELS_SELECT = Shape(
    optional={**PICKED, **ANSWERED, "initial_channel": Str(form=CHANNEL)},
    also=(rule.response_url_place,),
)


def _several(item: Str, name: str, more: Fields | None = None) -> Shape:
    return Shape(optional={**MULTI, **(more or {}), name: ListOf(item)})


ELEMENTS: Mapping[str, Row] = {
    "button": Row(EVERYWHERE, places("section actions"), BUTTON),
    "overflow": Row(
        EVERYWHERE,
        places("section actions"),
        Shape(required={"options": ListOf(MENU_ITEM, 5)}, optional=CLICKED),
    ),
    "static_select": Row(EVERYWHERE, ANY_BLOCK, STATIC_SELECT),
    "multi_static_select": Row(EVERYWHERE, ANY_BLOCK, MULTI_STATIC_SELECT),
    "external_select": Row(
        EVERYWHERE, ANY_BLOCK, Shape(optional={**PICKED, **QUERIED, "initial_option": OPTION})
    ),
    "multi_external_select": Row(
        EVERYWHERE,
        ANY_BLOCK,
        Shape(optional={**MULTI, **QUERIED, "initial_options": ListOf(OPTION)}),
    ),
    "users_select": Row(
        EVERYWHERE, ANY_BLOCK, Shape(optional={**PICKED, "initial_user": Str(form=USER)})
    ),
    "multi_users_select": Row(EVERYWHERE, ANY_BLOCK, _several(Str(form=USER), "initial_users")),
    "conversations_select": Row(EVERYWHERE, ANY_BLOCK, CONVERSATIONS_SELECT),
    "multi_conversations_select": Row(
        EVERYWHERE, ANY_BLOCK, _several(Str(form=CONVERSATION), "initial_conversations", DEFAULTED)
    ),
    "channels_select": Row(EVERYWHERE, ANY_BLOCK, CHANNELS_SELECT),
    "multi_channels_select": Row(
        EVERYWHERE, ANY_BLOCK, _several(Str(form=CHANNEL), "initial_channels")
    ),
    "radio_buttons": Row(EVERYWHERE, ANY_BLOCK, RADIO_BUTTONS),
    "checkboxes": Row(EVERYWHERE, ANY_BLOCK, CHECKBOXES),
    "datepicker": Row(
        EVERYWHERE, ANY_BLOCK, Shape(optional={**PICKED, "initial_date": Str(form=DATE)})
    ),
    "plain_text_input": Row(EVERYWHERE, places("input"), PLAIN_TEXT_INPUT),
    "number_input": Row(MODAL, places("input"), NUMBER_INPUT),
    "url_text_input": Row(
        MODAL, places("input"), Shape(optional={**TYPED, "initial_value": Str(form=URL)})
    ),
    "image": Row(
        EVERYWHERE,
        places("section context"),
        Shape(required=ALT, optional=IMAGE, exactly_one=tuple(IMAGE)),
    ),
    # A context block mixes images with text objects, so these two are rows as well.
    "plain_text": Row(
        EVERYWHERE,
        places("context"),
        Shape(required={"text": Str(3000, least=1)}, optional={"emoji": Flag()}),
    ),
    "mrkdwn": Row(
        EVERYWHERE,
        places("context"),
        Shape(required={"text": Str(3000, least=1)}, optional={"verbatim": Flag()}),
    ),
}

# ---- blocks ----------------------------------------------------------------------------------
PAYLOAD = places("payload")


def _block(
    surfaces: frozenset[str],
    required: Fields | None = None,
    optional: Fields | None = None,
    *,
    exactly_one: tuple[str, ...] = (),
    at_least_one: tuple[str, ...] = (),
) -> Row:
    fields = {"block_id": Str(255, least=1), **(optional or {})}
    shape = Shape(required or {}, fields, exactly_one=exactly_one, at_least_one=at_least_one)
    return Row(surfaces, PAYLOAD, shape)


BLOCKS: Mapping[str, Row] = {
    "section": _block(
        EVERYWHERE,
        optional={
            "text": Text(3000),
            "fields": ListOf(Text(2000), 10),
            "accessory": OneFrom("element", "section"),
            "expand": Flag(),
        },
        at_least_one=("text", "fields"),
    ),
    "header": _block(EVERYWHERE, {"text": plain(150)}, {"level": Int(1, 4)}),
    "divider": _block(EVERYWHERE),
    "context": _block(EVERYWHERE, {"elements": ListOf(OneFrom("element", "context"), 10)}),
    "actions": _block(EVERYWHERE, {"elements": ListOf(OneFrom("element", "actions"), 25)}),
    "input": _block(
        EVERYWHERE,
        {"label": plain(2000), "element": OneFrom("element", "input")},
        {"hint": plain(2000), "optional": Flag(), "dispatch_action": Flag()},
    ),
    "image": _block(EVERYWHERE, ALT, {**IMAGE, "title": plain(2000)}, exactly_one=tuple(IMAGE)),
    "rich_text": _block(EVERYWHERE, {"elements": ListOf(OneFrom("rich_text", "rich_text"))}),
    "alert": _block(
        MODAL,
        {"text": Text(200)},
        {"level": OneOf(("default", "info", "warning", "error", "success"))},
    ),
    # The 12,000 characters are shared by all markdown blocks: see `rule_crosschecks.across`.
    "markdown": _block(MESSAGE, {"text": Str(least=1)}),
}
MESSAGE_BLOCKS = ListOf(OneFrom("block", "payload"), 50, least=0)
VIEW_BLOCKS = ListOf(OneFrom("block", "payload"), 100)

# ---- views -----------------------------------------------------------------------------------
# `submit_disabled` is left out on purpose: only workflow configuration modals may have it.
VIEW_FIELDS: Fields = {
    "private_metadata": Str(3000),
    "callback_id": Str(255),
    "external_id": Str(255),
}
VIEWS: Mapping[str, Shape] = {
    "modal": Shape(
        required={"title": plain(24), "blocks": VIEW_BLOCKS},
        optional={
            **VIEW_FIELDS,
            "submit": plain(24),
            "close": plain(24),
            "clear_on_close": Flag(),
            "notify_on_close": Flag(),
        },
        also=(rule.submit_is_there,),
    ),
    "home": Shape(required={"blocks": VIEW_BLOCKS}, optional=VIEW_FIELDS),
}
