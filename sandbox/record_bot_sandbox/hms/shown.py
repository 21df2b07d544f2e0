"""What the control API shows of the simulation: more than 100ms itself would tell."""

from record_bot_sandbox.hms import wire
from record_bot_sandbox.hms.clock import rfc3339
from record_bot_sandbox.hms.sim import ApiCall, Sim
from record_bot_sandbox.hms.state import Peer, Recording, Room, Template
from record_bot_sandbox.hms.webhooks import Event

Json = wire.Json
EVENTS_SHOWN = 1000


def everything(sim: Sim) -> Json:
    state, target = sim.state, sim.webhooks.target
    return {
        "seq": sim.feed.seq,
        "speed": sim.config.speed,
        "account_id": state.account_id,
        "templates": [template(item) for item in state.templates.values()],
        "rooms": [room(sim, item) for item in state.rooms.values()],
        "recordings": [recording(sim, item) for item in state.recordings.values()],
        "webhook_target": {"url": target.url, "headers": target.headers} if target else None,
        "webhooks": [event(item) for item in sim.webhooks.events[-EVENTS_SHOWN:]],
        "faults": [fault.model_dump() for fault in sim.faults.all],
        "downloads": sim.files.downloads,
        "tokens_seen": len(state.tokens_seen),
        "requests": len(sim.calls),
    }


def template(item: Template) -> Json:
    return {
        "id": item.id,
        "name": item.name,
        "subdomain": item.subdomain,
        "composite_enabled": item.composite_enabled,
        "destinations": list(item.destinations),
        "transcription": item.transcription.model_dump() if item.transcription else None,
    }


def room(sim: Sim, item: Room) -> Json:
    busy = sim.state.busy_in(item)
    return {
        "id": item.id,
        "name": item.name,
        "enabled": item.enabled,
        "template": item.template.name,
        "template_id": item.template.id,
        "session_id": item.session.id if item.session else None,
        "peers": [peer(who) for who in item.present],
        "recording_id": busy.id if busy else None,
        "webhook_url": item.webhook.url if item.webhook else None,
        "chat": [{"sender": said.sender, "text": said.text} for said in item.chat],
    }


def peer(item: Peer) -> Json:
    return {
        "id": item.id,
        "name": item.name,
        "role": item.role,
        "joined_at": rfc3339(item.joined_ns),
    }


def recording(sim: Sim, item: Recording) -> Json:
    return {
        **wire.recording(item, with_assets=True),
        "room_name": item.room.name,
        "beam_id": item.beam_id,
        "composite_asset_id": item.composite_id,
        "transcription_id": item.transcription_id,
        "transcript_recording_id": item.transcript_recording_id,
        "paused": item.paused_since_ns is not None,
        "duration": sim.recorder.recorded_s(item),
        "stop_reason": item.stop_reason,
        "error_type": item.error_type,
        "transcription": item.transcription.model_dump() if item.transcription else None,
    }


def event(item: Event) -> Json:
    return {
        "n": item.seq,
        "id": item.id,
        "type": item.type,
        "room_id": item.room.id,
        "created_at": rfc3339(item.created_ns),
        "url": item.url,
        "state": item.state,
        "is_replay": item.replay,
        "envelope": item.envelope,
        "attempts": [
            {"at": rfc3339(a.at_ns), "status": a.status, "error": a.error} for a in item.attempts
        ],
    }


def call(item: ApiCall) -> Json:
    return {
        "at": rfc3339(item.at_ns),
        "method": item.method,
        "path": item.path,
        "query": item.query,
        "body": item.body,
        "status": item.status,
        "fault": item.fault,
    }
