"""The table of steps and their executors; mypy checks that it is complete."""

from dataclasses import replace
from typing import assert_never

from bot.core import steps
from bot.core.deliveries import Wanted
from bot.core.note import Note
from bot.engine.context import Context, Dispatch
from bot.engine.polling import give_up, poll
from bot.features.card import steps as card
from bot.features.card.steps import post_card, tell, tell_silence, update_card
from bot.features.control.steps import ask_to_stop, pause, say_in_room, say_it_ends, stop
from bot.features.find.steps import keep_transcript, post_moment
from bot.features.forget.steps import erase, receipt
from bot.features.meeting.steps import list_attendees
from bot.features.results.steps import (
    fetch_transcript,
    post_summary,
    shown_hash,
    update_results,
    upload_file,
)
from bot.features.share.steps import ask_place, withdraw
from bot.features.start.steps import outcome, start


def wanted(ctx: Context) -> Wanted:
    """Return what should be shown now, by the views and the channels' settings."""
    return replace(card.wanted(ctx), results=shown_hash(ctx))


async def carry_out(step: steps.Action, ctx: Context) -> Note:
    """Run the executor of a step. Raises the typed errors of `hms` and `slack`."""
    match step:
        case steps.Stop():
            return await stop(ctx)
        case steps.Start():
            return await start(ctx)
        case steps.Pause(asked_at=asked_at):
            return await pause(ctx, asked_at, on=True)
        case steps.Resume(asked_at=asked_at):
            return await pause(ctx, asked_at, on=False)
        case steps.PostCard(channel=channel):
            return await post_card(ctx, channel)
        case steps.UpdateCard(channel=channel):
            return await update_card(ctx, channel)
        case steps.Outcome(target=target):
            return await outcome(ctx, target)
        case steps.Poll():
            return await poll(ctx)
        case steps.ListAttendees():
            return await list_attendees(ctx)
        case steps.FetchTranscript():
            return await fetch_transcript(ctx)
        case steps.PostSummary(target=target):
            return await post_summary(ctx, target)
        case steps.UpdateResults(target=target):
            return await update_results(ctx, target)
        case steps.UploadFile(kind=kind, target=target):
            return await upload_file(ctx, kind, target)
        case steps.KeepTranscript():
            return await keep_transcript(ctx)
        case steps.PostMoment(target=target):
            return await post_moment(ctx, target)
        case steps.Tell(target=target):
            return await tell(ctx, target)
        case steps.TellSilence(kind=kind, target=target):
            return await tell_silence(ctx, kind, target)
        case steps.AskToStop(target=target):
            return await ask_to_stop(ctx, target)
        case steps.SayInRoom(target=target):
            return await say_in_room(ctx, target)
        case steps.SayItEnds(target=target):
            return await say_it_ends(ctx, target)
        case steps.GiveUp(on_recording=on_recording):
            return await give_up(ctx, on_recording=on_recording)
        case steps.AskPlace(ended=ended):
            return await ask_place(ctx, ended=ended)
        case steps.Withdraw(channel=channel):
            return await withdraw(ctx, channel)
        case steps.Erase(kind=kind, target=target):
            return await erase(ctx, kind, target)
        case steps.Receipt(target=target):
            return await receipt(ctx, target)
        case _:
            assert_never(step)


DISPATCH = Dispatch(wanted, carry_out)
