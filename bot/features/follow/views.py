"""Replies to follow and unfollow."""

from collections.abc import Sequence

from bot.store.values import FollowedRoom
from bot.ui import ids
from bot.ui.message import (
    FALLBACK_MOST,
    Block,
    Message,
    button,
    context,
    lines,
    say,
    section,
    spoken,
)
from bot.ui.text import code, count, esc, mention, plain, when

SHOWN = 40


def following_room(room_id: str, room_name: str, *, new: bool) -> Message:
    name = f"*{esc(room_name)}*"
    unfollow = [_unfollow(room_id, room_name, 0)]
    if not new:
        return say(f"This channel already follows {name}.", unfollow)
    return say(f"This channel follows {name}. Every recording of it gets a card here.", unfollow)


def unfollowed(room_name: str) -> Message:
    return say(
        f"This channel no longer follows *{esc(room_name)}*. Existing cards stay up to date."
    )


def not_followed(room_name: str) -> Message:
    return say(f"This channel does not follow *{esc(room_name)}*.")


def cannot_follow_room(room_name: str, why: str, fix: str) -> Message:
    """Show a refusal from `problems.slack_refusal`."""
    return say(f"This channel cannot follow *{esc(room_name)}* yet. {why} {fix}".strip())


def only_in_channels() -> Message:
    return say("Run this in the channel that should get the cards.")


def follows_reply(rooms: Sequence[FollowedRoom]) -> Message:
    """List the followed rooms, each with a button to unfollow."""
    if not rooms:
        example = code("/record follow <room>")
        return say(f"This channel does not follow any rooms. To follow one: {example}.")
    first = f"This channel follows {count(len(rooms), 'room')}."
    blocks = [section(first)]
    for n, room in enumerate(rooms[:SHOWN]):
        blocks.append(section(_line(room), _unfollow(room.room_id, room.room_name, n)))
    if len(rooms) > SHOWN:
        blocks.append(context(f"{len(rooms) - SHOWN:,} more."))
    sentences = [first, *(spoken(_line(room)) for room in rooms)]
    return Message(lines(sentences, FALLBACK_MOST), blocks)


def _unfollow(room_id: str, room_name: str, n: int) -> Block:
    label = f"Unfollow {plain(room_name, 60)}"
    return button("Unfollow", ids.numbered(ids.UNFOLLOW, n), value=room_id, label=label)


def _line(room: FollowedRoom) -> str:
    return f"*{esc(room.room_name, 100)}* · {mention(room.by)}, {when(room.since)}"
