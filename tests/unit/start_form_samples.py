"""Drafts, options and states of the start form, for its tests."""

from typing import Any, get_args

from hypothesis import strategies as st
from record_bot_sandbox.slack.blocks import initial_values, with_ids

from bot.core.options import OutputMode, RecordingOptions, SectionFormat
from bot.features.options.drafts import Draft, DraftSection, ResolutionChoice, Switch, WhenKind
from bot.ui import ids

Json = dict[str, Any]

ROOM = "64f0c2a1b7d3e95a1c2d3e4f"
NASTY = "<!channel> & *שלום* 🎥 :fire:"

# ---- any draft at all ------------------------------------------------------------------------

texts = st.one_of(
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40),
    st.sampled_from(["", " ", "0", "144", "1280", "720px", "1.281", "-5", "1920", "9" * 30]),
    st.sampled_from(["0.5", "0,3", "nan", "1e-1", "2", "https://x.example", "x.example/a b"]),
    st.sampled_from(["x" * 300, "x" * 301, "🎥" * 1600, ", ".join(map(str, range(700)))]),
)
switches = st.sampled_from(get_args(Switch))
formats = st.sampled_from(get_args(SectionFormat))
modes = st.lists(st.sampled_from(get_args(OutputMode)), unique=True).map(tuple)
channels = st.sampled_from([None, "C0123456789", "G0123456789", "D0123456789", "", "U1", NASTY])
rooms = st.one_of(st.none(), st.just(ROOM), st.text(max_size=200))
sections = st.lists(
    st.builds(DraftSection, id=st.integers(0, 2**31), title=texts, format=formats),
    max_size=6,
    unique_by=lambda section: section.id,
).map(tuple)
drafts = st.builds(
    Draft,
    room_id=rooms,
    room_name=st.one_of(st.none(), texts),
    channel=channels,
    when_kind=st.sampled_from(get_args(WhenKind)),
    when=texts,
    stop_after=texts,
    least_people=texts,
    until_empty=st.booleans(),
    audio_only=st.booleans(),
    more=st.booleans(),
    resolution=st.sampled_from(get_args(ResolutionChoice)),
    width=texts,
    height=texts,
    meeting_url=texts,
    destination=texts,
    transcription=switches,
    output_modes=modes,
    vocabulary=texts,
    summary=switches,
    context=texts,
    temperature=texts,
    sections=sections,
)

# ---- any state at all ------------------------------------------------------------------------

junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
FIELDS = [
    *(getattr(ids, name) for name in vars(ids) if name.startswith("START_")),
    *(ids.numbered(ids.START_SECTION_TITLE, n) for n in range(3)),
    *(ids.numbered(ids.START_SECTION_FORMAT, n) for n in range(3)),
]
options = st.fixed_dictionaries(
    {"value": junk | st.sampled_from(["on", "off", "custom", "audio", "txt", ROOM, "\ud800"])},
    optional={"text": st.fixed_dictionaries({"text": junk | st.just("\x00Weekly")})},
)
entries = st.fixed_dictionaries(
    {},
    optional={
        "value": junk | texts | st.just("a\x00\ud800b"),
        "selected_option": junk | options,
        "selected_options": junk | st.lists(options),
        "selected_conversation": junk | channels,
    },
)


@st.composite
def states(draw: st.DrawFn) -> object:
    """From plain nonsense to nearly right."""
    if draw(st.integers(0, 9)) == 0:
        return draw(junk)
    fields = draw(st.lists(st.sampled_from([f for f in FIELDS if isinstance(f, str)])))
    return {
        field: {ids.start_action(field): draw(entries)} if draw(st.booleans()) else draw(junk)
        for field in fields
    }


# ---- every option the form can express -------------------------------------------------------

words = st.text(
    st.characters(exclude_categories=["C", "Z"], exclude_characters=","), min_size=1, max_size=12
)
sides = st.tuples(st.integers(144, 1080), st.integers(192, 1920))
shapes = st.builds(lambda s, flip: s[::-1] if flip else s, sides, st.booleans())


@st.composite
def expressible(draw: st.DrawFn) -> RecordingOptions:
    """What is hidden in the form is not in it; words and modes are there once."""

    def maybe(strategy: st.SearchStrategy[Any]) -> Any:
        return draw(st.none() | strategy)

    audio_only = draw(st.booleans())
    given: Json = {
        "audio_only": audio_only,
        "meeting_url": maybe(words.map(lambda w: f"https://acme.example/{w}")),
        "destination": maybe(words),
        "transcription": maybe(st.booleans()),
    }
    if not audio_only and (size := maybe(shapes)):
        given["resolution"] = {"width": size[0], "height": size[1]}
    if given["transcription"] is True:
        given |= {"output_modes": draw(modes), "vocabulary": draw(st.lists(words, unique=True))}
        given["summary"] = maybe(st.booleans())
    if given.get("summary"):
        given["context"] = maybe(words)
        given["temperature"] = maybe(st.floats(0.1, 1.0))
        given["sections"] = draw(
            st.lists(st.fixed_dictionaries({"title": words, "format": formats}), max_size=6)
        )
    return RecordingOptions.model_validate(given)


# ---- what Slack makes of a view --------------------------------------------------------------


def stored(view: Json) -> list[Json]:
    """The blocks as Slack keeps them."""
    return with_ids(view["blocks"])


def untouched(view: Json) -> Json:
    """`view.state.values` of a form that was just shown."""
    return initial_values(stored(view), None)


def typed(field: str, text: str | None) -> Json:
    return {field: {ids.start_action(field): {"type": "plain_text_input", "value": text}}}


def chosen(field: str, value: str | None, text: str = "x") -> Json:
    option = {"text": {"type": "plain_text", "text": text, "emoji": True}, "value": value}
    entry = {"type": "static_select", "selected_option": None if value is None else option}
    return {field: {ids.start_action(field): entry}}
