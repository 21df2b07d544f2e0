"""A channel that wants the card alone gets neither results nor files; others still get them."""

from collections.abc import Iterable

import pytest

from bot.core import facts as f
from bot.core import plan as p
from bot.core import steps as s
from bot.core.deliveries import Delivery, DeliveryState, Kind, Polled, Wanted, Work
from bot.core.derive import derive
from bot.core.policy import Policy
from tests.unit.some import at, requested

FOLLOWED: list[f.Fact] = [
    requested(),
    f.PlaceSeen(at=at(1), channel_id="C1", place="public"),
    f.StartAccepted(at=at(2), hms_id="j"),
    f.BeamStarted(at=at(6)),
    f.Followed(at=at(7), channel_id="C2"),
    f.Followed(at=at(8), channel_id="C3"),
    f.BeamStopped(at=at(600), reason="room ended", duration_s=594),
    f.PlaceSeen(at=at(601), channel_id="C1", place="public", ended=True),
    f.RecordingUploaded(at=at(620), duration_s=594),
    f.AssetSeen(at=at(621), asset_id="c", type="chat", status="completed"),
    f.TranscriptionReported(at=at(650), outcome="success"),
    f.ResultsChecked(at=at(651), words=812, has_summary=True),
]
CARDS = [
    Delivery(Kind.CARD, channel, DeliveryState.SENT, posted_in=channel, ts="1.0", hash="h")
    for channel in ("C1", "C2", "C3")
]


def _posted(card_only: Iterable[str]) -> list[s.Step]:
    """Every step to the end, each of them done at once."""
    recording = derive("k", FOLLOWED)
    wanted = Wanted(card="h", card_only=frozenset(card_only))
    done: list[s.Step] = []
    sent = list(CARDS)
    while len(done) < 20:
        work = Work(deliveries=tuple(sent), polled=Polled(at=at(652)))
        step = p.next_step(recording, work, wanted, Policy(), at(700))
        if isinstance(step, s.Done):
            return done
        done.append(step)
        if isinstance(step, s.PostSummary):
            sent.append(Delivery(Kind.RESULTS, step.target, DeliveryState.SENT, ts="2.0"))
        elif isinstance(step, s.UploadFile):
            sent.append(Delivery(step.kind, step.target, DeliveryState.SENT, file_id="F1"))
    raise AssertionError(done)


@pytest.mark.parametrize(
    ("card_only", "channels"),
    [
        ((), ["C1", "C2", "C3"]),
        (("C1",), ["C2", "C3"]),
        (("C2",), ["C1", "C3"]),
        (("C1", "C3"), ["C2"]),
        (("C1", "C2", "C3"), []),
    ],
)
def test_only_the_other_channels_get_results_and_files(
    card_only: tuple[str, ...], channels: list[str]
) -> None:
    assert _posted(card_only) == [
        step
        for channel in channels
        for step in (
            s.UploadFile(Kind.TRANSCRIPT, channel),
            s.UploadFile(Kind.CHAT, channel),
            s.PostSummary(channel),
        )
    ]
