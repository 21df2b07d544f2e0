"""The body of a start: what is left as the template is not sent."""

from inline_snapshot import snapshot

from bot.core.options import NAMED_RESOLUTIONS, RecordingOptions, Section
from bot.hms.start_body import start_body
from tests.unit.rows import each_row


@each_row(
    ("options", "body"),
    [
        (RecordingOptions(), {}),
        (RecordingOptions(audio_only=True), {"audio_only": True}),
        (RecordingOptions(destination="main-stage"), {"destination": "main-stage"}),
        (
            RecordingOptions(resolution=NAMED_RESOLUTIONS["portrait"]),
            {"resolution": {"width": 720, "height": 1280}},
        ),
        (RecordingOptions(transcription=True), {"transcription": {"enabled": True}}),
        (RecordingOptions(transcription=False), {"transcription": {"enabled": False}}),
        (
            RecordingOptions(transcription=True, summary=False),
            {"transcription": {"enabled": True, "summary": {"enabled": False}}},
        ),
        (
            RecordingOptions(output_modes=("txt", "srt")),
            {"transcription": {"enabled": True, "output_modes": ["txt", "srt", "json"]}},
        ),
        (
            RecordingOptions(summary=True),
            {"transcription": {"enabled": True, "summary": {"enabled": True}}},
        ),
    ],
)
def test_start_body(options: RecordingOptions, body: dict[str, object]) -> None:
    assert start_body(options) == body


def test_everything_at_once() -> None:
    options = RecordingOptions(
        meeting_url="https://acme.app.100ms.live/preview/r1/host?skip_preview=true",
        resolution=NAMED_RESOLUTIONS["1080p"],
        destination="main",
        output_modes=("json",),
        vocabulary=("Zoë & Co", "WebRTC"),
        context="A <weekly> call",
        temperature=0.1,
        sections=(Section(title="Beschlüsse 🎉", format="bullets"),),
    )
    assert start_body(options) == snapshot(
        {
            "meeting_url": "https://acme.app.100ms.live/preview/r1/host?skip_preview=true",
            "resolution": {"width": 1920, "height": 1080},
            "destination": "main",
            "transcription": {
                "enabled": True,
                "output_modes": ["json"],
                "custom_vocabulary": ["Zoë & Co", "WebRTC"],
                "summary": {
                    "enabled": True,
                    "context": "A <weekly> call",
                    "temperature": 0.1,
                    "sections": [{"title": "Beschlüsse 🎉", "format": "bullets"}],
                },
            },
        }
    )
