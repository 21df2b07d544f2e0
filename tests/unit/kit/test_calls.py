"""Calls out: how they are called in the log and in the metric."""

import asyncio
from contextlib import nullcontext

import pytest
import structlog.testing

from bot.kit.calls import slug, timed_call
from bot.kit.metrics import CALL_SECONDS


def counted(method: str, status: str) -> float:
    return float(
        sum(
            sample.value
            for metric in CALL_SECONDS.collect()
            for sample in metric.samples
            if sample.name.endswith("_count")
            and (sample.labels["method"], sample.labels["status"]) == (method, status)
        )
    )


@pytest.mark.parametrize(
    ("raised", "status", "ends"),
    [
        (None, "ok", "ok"),
        (None, "204", "204"),
        (ValueError("s3cret"), "ok", "valueerror"),
        (ValueError("s3cret"), "200", "valueerror"),
        (ValueError("s3cret"), "503", "503"),
        (asyncio.CancelledError(), "ok", "cancelled"),
    ],
)
def test_each_call_is_one_line_and_one_measurement(
    raised: BaseException | None, status: str, ends: str
) -> None:
    before = counted("GET /x", ends)
    expected = pytest.raises(type(raised)) if raised else nullcontext()
    with (
        structlog.testing.capture_logs() as lines,
        expected,
        timed_call("test", "GET /x", about="r1") as call,
    ):
        call.status = status
        if raised:
            raise raised
    [line] = lines
    assert (line["service"], line["method"], line["about"]) == ("test", "GET /x", "r1")
    assert line["status"] == ends
    assert line["ms"] >= 0
    assert counted("GET /x", ends) == before + 1


@pytest.mark.parametrize(
    ("said", "label"),
    [
        ("not_in_channel", "not_in_channel"),
        ("HTTP 503", "http_503"),
        ('{"a": "<script>"}', "a_script"),
        ("", "unknown"),
        ("x" * 500, "x" * 60),
    ],
)
def test_a_status_makes_a_short_label(said: str, label: str) -> None:
    assert slug(said) == label
