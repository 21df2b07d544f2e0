"""The control API's people: each request is checked against what that person can see."""

from record_bot_sandbox.slack import messages, seed, unfurls, view_store
from record_bot_sandbox.slack import requests as ask
from record_bot_sandbox.slack.acts import Acts, Target, find
from record_bot_sandbox.slack.errors import PersonError
from record_bot_sandbox.slack.forms import Forms
from record_bot_sandbox.slack.model import JSON, Message, View
from record_bot_sandbox.slack.sim import Sim
from record_bot_sandbox.slack.starts import Starts


class People:
    def __init__(self, sim: Sim, starts: Starts, acts: Acts, forms: Forms) -> None:
        self._sim = sim
        self._starts = starts
        self._acts = acts
        self._forms = forms

    async def command(self, asked: ask.Command) -> JSON:
        if asked.thread_ts:
            raise PersonError("custom commands cannot be run in threads")
        reply = await self._starts.command(asked.user, asked.channel, asked.text)
        return reply.as_json()

    async def click(self, asked: ask.Click) -> JSON:
        target = self._target(asked, asked.action_id, asked.block_id)
        reply = await self._acts.click(target, asked.wanted(), confirm=asked.confirm)
        return reply.as_json()

    async def enter(self, asked: ask.Input) -> JSON:
        view = self._visible_view(asked.view_id)
        found = find(view.body["blocks"], asked.action_id, asked.block_id)
        return (await self._acts.enter(Target(view.user, view, found), asked.value)).as_json()

    async def suggest(self, asked: ask.Suggest) -> JSON:
        target = self._target(asked, asked.action_id, asked.block_id)
        return (await self._acts.suggest(target, asked.query)).as_json()

    async def submit(self, asked: ask.Submit) -> JSON:
        return (await self._forms.submit(self._open_view(asked.view_id))).as_json()

    async def close(self, asked: ask.Close) -> JSON:
        view = self._open_view(asked.view_id)
        return (await self._forms.close(view, whole_stack=asked.whole_stack)).as_json()

    async def shortcut(self, asked: ask.Shortcut) -> JSON:
        self._sim.user(asked.user)
        message = None
        if asked.channel or asked.ts:
            message = self._message(asked.user, asked.channel, asked.ts)
        return (await self._starts.shortcut(asked.user, asked.callback_id, message)).as_json()

    async def home(self, asked: ask.Home) -> JSON:
        return (await self._starts.home(asked.user)).as_json()

    async def say(self, asked: ask.Say) -> JSON:
        channel = self._sim.visible_channel(asked.user, asked.channel)
        reply = await self._starts.say(asked.user, channel, asked.text, asked.thread_ts)
        return reply.as_json()

    async def mention(self, asked: ask.Say) -> JSON:
        name = f"<@{seed.BOT_USER}>"
        text = asked.text if name in asked.text else f"{name} {asked.text}"
        return await self.say(asked.model_copy(update={"text": text}))

    async def delete(self, asked: ask.Delete) -> JSON:
        """An author removes a message, or an admin anyone's."""
        message = self._message(asked.user, asked.channel, asked.ts)
        if asked.user != message.user and not self._sim.user(asked.user).is_admin:
            raise PersonError(f"{asked.user} may not delete the message of {message.user}")
        messages.remove(self._sim, self._sim.channels[message.channel], message)
        return {"ok": True}

    def _target(
        self, asked: ask.Click | ask.Suggest, action_id: str, block_id: str | None
    ) -> Target:
        where: View | Message
        if asked.view_id:
            where = self._visible_view(asked.view_id)
            if asked.user not in {None, where.user}:
                raise PersonError(f"{asked.view_id} is before {where.user}, not {asked.user}")
            return Target(where.user, where, find(where.body["blocks"], action_id, block_id))
        if not asked.user:
            raise PersonError("say which user does it")
        where = self._message(asked.user, asked.channel, asked.ts)
        return Target(asked.user, where, find(unfurls.every_block(where), action_id, block_id))

    def _visible_view(self, view_id: str) -> View:
        """The Home tab, or the modal in front: nothing else can be touched."""
        view = self._open_view(view_id)
        if view.surface == "modal" and view_store.front(self._sim, view.user) is not view:
            raise PersonError(f"{view_id} is covered by another modal")
        return view

    def _open_view(self, view_id: str) -> View:
        view = self._sim.views.get(view_id)
        if view is None or not view.is_open:
            raise PersonError(f"no open view {view_id!r}")
        return view

    def _message(self, user: str, channel_id: str | None, ts: str | None) -> Message:
        """A message, or an ephemeral one that this person sees."""
        if not channel_id or not ts:
            raise PersonError("say where: channel and ts, or view_id")
        channel = self._sim.visible_channel(user, channel_id)
        message = channel.messages.get(ts) or channel.ephemerals.get(ts)
        if message is None or message.viewer not in {None, user}:
            raise PersonError(f"{user} sees no message {ts} in {channel_id}")
        return message
