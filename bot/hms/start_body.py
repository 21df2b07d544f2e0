"""Build the body of a start call.

Source: 100ms docs, api-reference/recordings/start-recording-for-room.
"""

from pydantic import JsonValue

from bot.core.options import RecordingOptions

Body = dict[str, JsonValue]


def start_body(options: RecordingOptions) -> Body:
    """Return only the options that differ from the template's; `{}` if none do."""
    body: Body = {}
    if options.meeting_url is not None:
        body["meeting_url"] = options.meeting_url
    if options.resolution is not None:
        body["resolution"] = {
            "width": options.resolution.width,
            "height": options.resolution.height,
        }
    if options.audio_only:
        body["audio_only"] = True
    if options.destination is not None:
        body["destination"] = options.destination
    if transcription := _transcription(options):
        body["transcription"] = transcription
    return body


def _transcription(options: RecordingOptions) -> Body:
    body: Body = {}
    if options.transcription is not None:
        body["enabled"] = options.transcription
    if options.output_modes:
        # The bot makes its readable transcript from json, which has speakers and times.
        body["output_modes"] = list(dict.fromkeys([*options.output_modes, "json"]))
    if options.vocabulary:
        body["custom_vocabulary"] = list(options.vocabulary)
    if summary := _summary(options):
        body["summary"] = summary
    return body


def _summary(options: RecordingOptions) -> Body:
    body: Body = {}
    if options.summary is not None:
        body["enabled"] = options.summary
    if options.context is not None:
        body["context"] = options.context
    if options.temperature is not None:
        body["temperature"] = options.temperature
    if options.sections:
        body["sections"] = [{"title": s.title, "format": s.format} for s in options.sections]
    return body
