"""How the API shows things. Docs: api-reference, the object page of each resource."""

import hashlib
from collections.abc import Sequence

from record_bot_sandbox.hms.clock import rfc3339
from record_bot_sandbox.hms.state import Asset, Peer, Recording, Room, Session, Template

Json = dict[str, object]
RECORDER = "__internal_recorder"  # the role of 100ms' own SDKs; the recorder joins as "beam"


def recording(item: Recording, *, with_assets: bool) -> Json:
    assets = [_asset_in_recording(a) for a in item.assets] if with_assets else []
    return {
        "id": item.id,
        "room_id": item.room.id,
        "session_id": item.session.id if item.session else "",
        "status": item.status,
        "created_at": rfc3339(item.created_ns),
        "started_at": rfc3339(item.started_ns),
        "updated_at": rfc3339(item.updated_ns),
        "stopped_at": rfc3339(item.stopped_ns),
        "meeting_url": item.meeting_url,
        "destination": item.destination,
        "started_by": item.started_by,
        "stopped_by": item.stopped_by,
        "asset_types": item.asset_types,
        "recording_assets": assets or None,
    }


def _asset_in_recording(item: Asset) -> Json:
    return {
        "id": item.id,
        "type": item.type,
        "path": item.path,
        "status": item.status,
        "size": len(item.content),
        "duration": item.duration_s,
        "created_at": rfc3339(item.created_ns),
        "thumbnails": None,
        "metadata": item.metadata,
    }


def asset(item: Asset) -> Json:
    job = item.recording
    return {
        **_asset_in_recording(item),
        "job_id": job.id,
        "room_id": job.room.id,
        "session_id": job.session.id if job.session else "",
    }


def room(item: Room, account_id: str) -> Json:
    return {
        "id": item.id,
        "name": item.name,
        "enabled": item.enabled,
        "description": item.description,
        "customer_id": account_id,
        "template_id": item.template.id,
        "template": item.template.name,
        "region": "eu",
        "created_at": rfc3339(item.created_ns),
        "updated_at": rfc3339(item.updated_ns or item.created_ns),
        "large_room": False,
        "size": 0,
        "max_duration_seconds": item.template.max_duration_s,
        "recording_info": {"enabled": item.template.composite_enabled},
    }


def active_room(item: Room, session: Session, account_id: str) -> Json:
    return {
        "id": item.id,
        "name": item.name,
        "customer_id": account_id,
        "session": {
            "id": session.id,
            "created_at": rfc3339(session.created_ns),
            "peers": [peer.id for peer in session.present],
        },
    }


def active_peer(item: Peer) -> Json:
    return {
        "id": item.id,
        "name": item.name,
        "user_id": item.user_id,
        "metadata": "",
        "role": item.role,
        "joined_at": rfc3339(item.joined_ns),
    }


def session(item: Session, account_id: str, recordings: Sequence[Recording] = ()) -> Json:
    def peer(who: Peer) -> Json:
        return {
            "id": who.id,
            "session_id": item.id,
            "name": who.name,
            "role": who.role,
            "user_id": who.user_id,
            "joined_at": rfc3339(who.joined_ns),
            "left_at": rfc3339(who.left_ns),
        }

    recorders = [
        Peer(
            "beam",
            RECORDER,
            "beam",
            one.started_ns or 0,
            one.stopped_ns,
            one.beam_peer_id,
        )
        for one in recordings
    ]
    return {
        "id": item.id,
        "room_id": item.room.id,
        "customer_id": account_id,
        "active": item.closed_ns is None,
        "peers": {who.id: peer(who) for who in [*item.peers.values(), *recorders]},
        "created_at": rfc3339(item.created_ns),
        "updated_at": rfc3339(item.closed_ns or item.created_ns),
    }


def room_code(item: Room, role: str) -> Json:
    letters = hashlib.sha256(f"{item.id}{role}".encode()).hexdigest().translate(_TO_LETTERS)
    return {
        "code": f"{letters[:3]}-{letters[3:7]}-{letters[7:10]}",
        "room_id": item.id,
        "role": role,
        "enabled": True,
        "created_at": rfc3339(item.created_ns),
        "updated_at": rfc3339(item.created_ns),
    }


_TO_LETTERS = str.maketrans("0123456789", "ghijklmnop")


def recording_settings(item: Template) -> list[Json]:
    """Docs: api-reference/policy/configure-recordings: a list of exactly one object.

    What is off is left out. All destinations are in the template itself.
    """
    browser: Json = {
        "autoStopTimeout": item.auto_stop_s,
        "width": item.width,
        "height": item.height,
    }
    if item.composite_enabled:
        browser["enabled"] = True
    return [
        {
            "name": item.destinations[0],
            "role": item.roles[0],
            "maxDuration": item.max_duration_s,
            "presignDuration": item.presign_s,
            "thumbnails": {},
            "compositeRecording": {"browserComposite": browser, "customComposite": {}},
            "trackRecording": {},
            "streamRecording": {},
        }
    ]


def template(item: Template, account_id: str) -> Json:
    """Docs: policy/template-object. `browserRecordings` is deprecated and still sent."""
    recordings = {
        f"{item.id}-{n}": {"name": name, "role": item.roles[0], "maxDuration": item.max_duration_s}
        for n, name in enumerate(item.destinations)
    }
    return {
        "id": item.id,
        "name": item.name,
        "default": False,
        "customer_id": account_id,
        "roles": {role: {"name": role, "priority": n + 1} for n, role in enumerate(item.roles)},
        "settings": {"region": "eu", "recording": {"enabled": item.composite_enabled}},
        "destinations": {"browserRecordings": recordings, "transcriptions": {}},
    }
