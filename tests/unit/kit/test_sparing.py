"""Log lines that anybody can cause come once in a while, each kind by itself."""

import time

import structlog.testing

from bot.kit.sparing import Sparing


def test_the_first_of_each_kind_comes_at_once_and_the_rest_is_held_back() -> None:
    sparing = Sparing("rejected", every_s=60)
    with structlog.testing.capture_logs() as lines:
        for _ in range(5):
            sparing.warn("old", ahead_by_s=400)
            sparing.warn("wrong")
    assert [(x["why"], x["held_back"]) for x in lines] == [("old", 0), ("wrong", 0)]
    assert lines[0]["ahead_by_s"] == 400
    assert lines[0]["log_level"] == "warning"


def test_what_was_held_back_is_counted_in_the_next_line() -> None:
    sparing = Sparing("rejected", every_s=0.05)
    with structlog.testing.capture_logs() as lines:
        sparing.warn("old")
        sparing.warn("old")
        until = time.monotonic() + 5
        while len(lines) < 2 and time.monotonic() < until:
            sparing.warn("old")
    assert lines[1]["held_back"] >= 1
