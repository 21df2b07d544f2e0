"""`RecordingOptions` by itself: what excludes what, what implies what, and where each limit is."""

import pytest
from pydantic import ValidationError

from bot.core.options import RecordingOptions, Resolution
from tests.unit.rows import each_row

SECTION = {"title": "Agenda", "format": "bullets"}
OF_TRANSCRIPT: dict[str, object] = {
    "summary": True,
    "output_modes": ("txt",),
    "vocabulary": ("Kubernetes",),
}
OF_SUMMARY: dict[str, object] = {
    "context": "weekly",
    "temperature": 0.5,
    "sections": (SECTION,),
}


def _refusal(**options: object) -> str:
    with pytest.raises(ValidationError) as refused:
        RecordingOptions.model_validate(options)
    (error,) = refused.value.errors()
    return str(error["msg"])


@pytest.mark.parametrize(("option", "value"), (OF_TRANSCRIPT | OF_SUMMARY).items())
def test_without_a_transcript_nothing_can_be_made_of_it(option: str, value: object) -> None:
    """Details of the summary turn the summary on, and that needs the transcript."""
    assert "need the transcript" in _refusal(transcription=False, **{option: value})


@pytest.mark.parametrize(("option", "value"), OF_SUMMARY.items())
def test_without_a_summary_it_has_no_details(option: str, value: object) -> None:
    assert "belong to the summary" in _refusal(summary=False, **{option: value})


@pytest.mark.parametrize(("option", "value"), OF_TRANSCRIPT.items())
def test_what_is_made_of_the_transcript_turns_it_on(option: str, value: object) -> None:
    assert RecordingOptions.model_validate({option: value}).transcription is True


@pytest.mark.parametrize(("option", "value"), OF_SUMMARY.items())
def test_details_of_the_summary_turn_it_and_the_transcript_on(option: str, value: object) -> None:
    options = RecordingOptions.model_validate({option: value})
    assert (options.summary, options.transcription) == (True, True)


def test_no_summary_keeps_the_transcript_and_what_is_made_of_it() -> None:
    options = RecordingOptions(summary=False, vocabulary=("Kubernetes",), output_modes=("srt",))
    assert (options.summary, options.transcription) == (False, True)


@pytest.mark.parametrize("empty", [{}, {"vocabulary": ()}, {"sections": []}, {"context": None}])
def test_what_is_empty_turns_nothing_on(empty: dict[str, object]) -> None:
    options = RecordingOptions.model_validate(empty)
    assert (options.summary, options.transcription) == (None, None)


def test_no_transcript_by_itself_is_accepted() -> None:
    for off in ({}, {"summary": False}, {"audio_only": True}):
        options = RecordingOptions.model_validate({"transcription": False, **off})
        assert options.transcription is False


def test_an_audio_recording_has_no_resolution() -> None:
    assert "no resolution" in _refusal(audio_only=True, resolution={"width": 1280, "height": 720})
    assert RecordingOptions(resolution=Resolution(width=1280, height=720)).audio_only is False


@each_row(
    ("width", "height", "accepted"),
    [
        (192, 144, True),
        (144, 192, True),
        (191, 144, False),
        (192, 143, False),
        (1920, 1080, True),
        (1080, 1920, True),
        (1921, 1080, False),
        (1920, 1081, False),
    ],
)
def test_the_limits_of_the_resolution(width: int, height: int, accepted: bool) -> None:
    sides = {"width": width, "height": height}
    if accepted:
        assert str(Resolution.model_validate(sides)) == f"{width}x{height}"
    else:
        with pytest.raises(ValidationError, match="side must be"):
            Resolution.model_validate(sides)


@each_row(
    ("option", "longest", "too_long"),
    [
        ("meeting_url", "https://a.test/" + "x" * 1985, "https://a.test/" + "x" * 1986),
        ("destination", "x" * 255, "x" * 256),
        ("context", "x" * 300, "x" * 301),
        ("vocabulary", ("x",) * 500, ("x",) * 501),
        ("sections", (SECTION,) * 6, (SECTION,) * 7),
        (
            "sections",
            ({"title": "x" * 100, "format": "bullets"},),
            ({"title": "x" * 101, "format": "bullets"},),
        ),
        ("temperature", 1.0, 1.001),
        ("temperature", 0.1, 0.099),
    ],
)
def test_the_limit_of_each_option(option: str, longest: object, too_long: object) -> None:
    RecordingOptions.model_validate({option: longest})
    _refusal(**{option: too_long})


@pytest.mark.parametrize("option", ["destination", "context"])
def test_what_is_given_is_not_empty(option: str) -> None:
    _refusal(**{option: " "})


@pytest.mark.parametrize(
    "url", ["a.test/x", "ftp://a.test", "https://", "https:///x", "http://a b.test", "https://["]
)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    assert "full web address" in _refusal(meeting_url=url)


@pytest.mark.parametrize("url", ["https://a.test/x?y=1", "http://a.test", "https://[::1]/x"])
def test_web_addresses_are_accepted(url: str) -> None:
    assert RecordingOptions(meeting_url=url).meeting_url == url
