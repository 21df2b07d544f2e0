"""The data of each webhook. Docs: how-to-guides/configure-webhooks/webhook."""

from record_bot_sandbox.hms.clock import rfc3339
from record_bot_sandbox.hms.faults import ERROR_MESSAGES, ErrorType
from record_bot_sandbox.hms.state import Asset, Peer, Recording, Room, Session, uuid

Data = dict[str, object]


def session_opened(session: Session) -> Data:
    return {
        **_room(session.room),
        "session_id": session.id,
        "session_started_at": rfc3339(session.created_ns),
    }


def session_closed(session: Session, duration_s: int) -> Data:
    return {
        **session_opened(session),
        "session_duration": duration_s,
        "session_stopped_at": rfc3339(session.closed_ns),
    }


def peer_joined(session: Session, peer: Peer) -> Data:
    return {
        **session_opened(session),
        "peer_id": peer.id,
        "user_id": peer.user_id,
        "user_name": peer.name,
        "user_data": "",
        "role": peer.role,
        "type": "regular",
        "joined_at": rfc3339(peer.joined_ns),
    }


def peer_left(session: Session, peer: Peer, duration_s: int, reason: str) -> Data:
    return {
        **peer_joined(session, peer),
        "left_at": rfc3339(peer.left_ns),
        "duration": duration_s,
        "reason": reason,
        "message": "",
    }


def room_ended(session: Session, reason: str) -> Data:
    return {**session_opened(session), "reason": reason}


def beam_started(recording: Recording, now_ns: int, start_delay_s: int) -> Data:
    return {
        **_beam(recording, now_ns),
        "job_id": recording.id,
        "recording_enabled": True,
        "start_delay": start_delay_s,
        "state_name": "Started",
        "state_timestamp": rfc3339(recording.started_ns),
    }


def beam_stopped(recording: Recording, now_ns: int, duration_s: int) -> Data:
    return {
        **_beam(recording, now_ns),
        "job_id": recording.id,
        "recording_enabled": True,
        "duration": duration_s,
        "reason": recording.stop_reason,
        "state_name": "Stopped",
        "state_timestamp": rfc3339(recording.stopped_ns),
    }


def beam_recorded(
    recording: Recording,
    now_ns: int,
    video: Asset,
    chat: Asset,
    links: dict[str, str],
) -> Data:
    """Names the beam but not the job; its `recording_id` is the asset's id."""
    return {
        **_beam(recording, now_ns),
        "recording_id": video.id,
        "recording_path": video.path,
        "recording_presigned_url": links[video.id],
        "chat_recording_path": chat.path,
        "chat_recording_presigned_url": links[chat.id],
        "location": links[video.id],
        "duration": video.duration_s,
        "size": len(video.content),
        "created_at": rfc3339(video.created_ns),
        "started_at": rfc3339(recording.started_ns),
        "stopped_at": rfc3339(recording.stopped_ns),
    }


def beam_failed(recording: Recording, now_ns: int, error: ErrorType, duration_s: int) -> Data:
    return {
        **_beam(recording, now_ns),
        "job_id": recording.id,
        "recording_enabled": True,
        "error_code": list(ERROR_MESSAGES).index(error) + 1,
        "error_type": error,
        "error_message": ERROR_MESSAGES[error],
        "duration": duration_s,
        "state_name": "Failed",
        "state_timestamp": rfc3339(now_ns),
    }


def transcription(
    recording: Recording,
    now_ns: int,
    account: tuple[str, str],
    assets: list[Asset],
    links: dict[str, str] | None = None,
) -> Data:
    """Started and failed events name the assets; with `links`, that of success, also where."""
    account_id, app_id = account
    data: Data = {
        "account_id": account_id,
        "app_id": app_id,
        "metadata_id": uuid(),
        "metadata_timestamp": rfc3339(now_ns),
        "recording_id": recording.transcript_recording_id,
        "transcription_id": recording.transcription_id,
        "room_id": recording.room.id,
        "room_name": recording.room.name,
        "session_id": _session_id(recording),
        "duration": next((a.duration_s for a in recording.assets), 0),
    }
    for asset in assets:
        name = f"{asset.type}_{asset.metadata['output_mode']}"
        data[f"{name}_asset_id"] = asset.id
        if links is not None:
            data[f"{name}_path"] = asset.path
            data[f"{name}_presigned_url"] = links[asset.id]
    return data


def _room(room: Room) -> Data:
    return {"room_id": room.id, "room_name": room.name, "template_id": room.template.id}


def _session_id(recording: Recording) -> str:
    return recording.session.id if recording.session else ""


def _beam(recording: Recording, now_ns: int) -> Data:
    session = recording.session
    return {
        "beam_id": recording.beam_id,
        "metadata_id": uuid(),
        "metadata_timestamp": rfc3339(now_ns),
        "peer_id": recording.beam_peer_id,
        "room_id": recording.room.id,
        "session_id": _session_id(recording),
        "template_id": recording.room.template.id,
        "max_width": recording.width,
        "max_height": recording.height,
        "meeting_url": recording.meeting_url,
        "rtmp": [],
        "session_started_at": rfc3339(session.created_ns) if session else None,
    }
