"""People in rooms: sessions open with the first, and close after the last."""

from collections.abc import Callable

from record_bot_sandbox.hms import events
from record_bot_sandbox.hms.errors import ApiError
from record_bot_sandbox.hms.state import Peer, Room, Session
from record_bot_sandbox.hms.webhooks import Webhooks
from record_bot_sandbox.hms.world import World


class People:
    """Joins, leaves and ends; `on_change` lets the recorder look at the room again."""

    def __init__(
        self, world: World, webhooks: Webhooks, on_change: Callable[[Room, bool], None]
    ) -> None:
        self._state = world.state
        self._clock = world.clock
        self._feed = world.feed
        self._webhooks = webhooks
        self._on_change = on_change

    def open_session(self, room: Room) -> Session:
        """The room's session: the open one, or a new one."""
        if room.session is None:
            room.session = Session(room, self._clock.now_ns())
            room.empty_since_ns = room.session.created_ns
            self._state.sessions[room.session.id] = room.session
            self._webhooks.emit("session.open.success", room, events.session_opened(room.session))
        return room.session

    def close_session_if_empty(self, room: Room) -> None:
        """Close the session unless people, or the recorder, are still in it."""
        session = room.session
        if session is None or session.present or self._state.busy_in(room):
            return
        self._close(session)

    def join(self, room: Room, name: str, role: str = "guest") -> Peer:
        if not room.enabled:
            raise ApiError(409, "room is disabled")
        session = self.open_session(room)
        peer = Peer(name, role, f"user-{name.lower()}", self._clock.now_ns())
        session.peers[peer.id] = peer
        self._webhooks.emit("peer.join.success", room, events.peer_joined(session, peer))
        self._changed(room, peer, "joined")
        return peer

    def leave(self, room: Room, peer: Peer, reason: str = "client request") -> None:
        session = room.session
        if session is None or peer.left_ns is not None:
            raise ApiError(404, "peer not found")
        self._part(session, peer, reason)
        self._changed(room, peer, "left")
        self.close_session_if_empty(room)

    def end(self, room: Room, reason: str, *, lock: bool) -> None:
        """End the session for everybody. Docs: api-reference/active-rooms/end-active-room."""
        session = room.session
        if session is None or not session.present:
            raise ApiError(404, "room is not active")
        if lock:
            room.enabled = False
        for peer in session.present:
            self._part(session, peer, "room ended")
        self._webhooks.emit("room.end.success", room, events.room_ended(session, reason))
        self._feed.publish("room", room_id=room.id, name=room.name, change="ended")
        self._on_change(room, True)
        self._close(session)

    def _part(self, session: Session, peer: Peer, reason: str) -> None:
        peer.left_ns = self._clock.now_ns()
        if not session.present:
            session.room.empty_since_ns = peer.left_ns
        stayed_s = round(self._clock.simulated_s(peer.joined_ns, peer.left_ns))
        data = events.peer_left(session, peer, stayed_s, reason)
        self._webhooks.emit("peer.leave.success", session.room, data)

    def _close(self, session: Session) -> None:
        session.closed_ns = self._clock.now_ns()
        session.room.session = None
        lasted_s = round(self._clock.simulated_s(session.created_ns, session.closed_ns))
        data = events.session_closed(session, lasted_s)
        self._webhooks.emit("session.close.success", session.room, data)

    def _changed(self, room: Room, peer: Peer, change: str) -> None:
        self._feed.publish("peer", room_id=room.id, peer_id=peer.id, name=peer.name, change=change)
        self._on_change(room, False)
