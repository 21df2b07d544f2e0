"""What people are asked when a room's name says too little, or too much; and who answers."""

from functools import partial
from typing import get_args

from bot.features.commands import model as c
from bot.features.commands.listeners import HANDLERS, line_of
from bot.features.rooms.model import RoomCode, RoomEntry
from bot.features.rooms.service import find_room, which_room

ONE, TWIN, OTHER = (
    RoomEntry(f"{n:024x}", name) for n, name in enumerate(["team b", "team b", "team c"])
)


async def test_the_same_command_is_offered_for_each_room() -> None:
    told = which_room(
        "team x", await find_room("team x", [ONE, OTHER]), line_of(partial(c.List, count=3))
    ).text
    assert '`/record list "team b" 3`' in told
    assert '`/record list "team c" 3`' in told


async def test_rooms_of_one_name_are_offered_by_their_ids() -> None:
    told = which_room("team b", await find_room("team b", [ONE, TWIN]), line_of(c.Stop)).text
    assert f"`/record stop {ONE.room_id}`" in told
    assert f"`/record stop {TWIN.room_id}`" in told


async def test_before_100ms_has_named_any_room_none_is_said_to_be_missing() -> None:
    told = which_room("team b", await find_room("team b", []), line_of(c.Stop)).text
    assert told.startswith("The room list has not loaded from 100ms yet.")


def test_a_code_names_no_room_to_stop() -> None:
    told = which_room("abc-defg-hij", RoomCode("abc-defg-hij"), line_of(c.Stop)).text
    assert told.startswith("The bot cannot tell which room a room code opens.")


def test_each_command_has_its_handler() -> None:
    assert set(HANDLERS) == {*get_args(c.Command), c.CommandError}
