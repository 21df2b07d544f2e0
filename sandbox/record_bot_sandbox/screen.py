"""What people see in the simulated Slack, asked for in its own process, and waited for."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from record_bot_sandbox.readable import Names
from record_bot_sandbox.slack import view_store
from record_bot_sandbox.slack.seen import SeenMessage, SeenView
from record_bot_sandbox.slack.sim import Sim
from record_bot_sandbox.slack.snapshot import message_of, view_of

Found = TypeVar("Found")
IDLE_S = 60.0


class Screen:
    """Reads only what it is asked for: the whole state would be much to copy at each change."""

    def __init__(self, sim: Sim) -> None:
        self._sim = sim

    @property
    def names(self) -> Names:
        sim = self._sim
        users = {user.id: user.name for user in sim.users.values()}
        places = {
            c.id: f"#{c.name}"
            if c.kind != "im"
            else f"a direct message to {users[c.im_user or '']}"
            for c in sim.channels.values()
        }
        return Names(users, places)

    def messages(self, channel: str) -> list[SeenMessage]:
        """Everything in the channel, replies included, oldest first."""
        every = self._sim.channels[channel].messages.values()
        return [SeenMessage.read(message_of(self._sim, m)) for m in every]

    def thread(self, message: SeenMessage) -> list[SeenMessage]:
        found = self.messages(message.channel)
        return [m for m in found if m.thread_ts == message.ts and m.is_reply]

    def message(self, channel: str, ts: str) -> SeenMessage | None:
        """A message of either kind, if it is still there."""
        place = self._sim.channels[channel]
        found = place.messages.get(ts) or place.ephemerals.get(ts)
        return SeenMessage.read(message_of(self._sim, found)) if found else None

    def ephemerals(self, channel: str, user: str) -> list[SeenMessage]:
        every = self._sim.channels[channel].ephemerals.values()
        return [SeenMessage.read(message_of(self._sim, m)) for m in every if m.viewer == user]

    def modal(self, user: str) -> SeenView | None:
        """The one in front."""
        view = view_store.front(self._sim, user)
        return SeenView.read(view_of(view)) if view else None

    def view(self, view_id: str) -> SeenView | None:
        view = self._sim.views.get(view_id)
        return SeenView.read(view_of(view)) if view and view.is_open else None

    async def until(self, look: Callable[[], Found | None], within_s: float) -> Found:
        """What `look` finds, looking again after every change. Raises TimeoutError."""
        async with asyncio.timeout(within_s):
            seq = self._sim.changes.seq
            if found := look():
                return found
            async for _ in self._sim.changes.follow(seq, idle_s=IDLE_S):
                if found := look():
                    return found
        raise TimeoutError
