"""Uploads, and everything that can be made to go wrong."""

import time

import aiohttp
import httpx
import pytest
from record_bot_sandbox.slack import seed
from record_bot_sandbox.slack.person import CannotError
from slack_sdk.errors import SlackApiError

from tests.contract.sim_slack_kit import expected_problems, refusal, slack


async def test_an_upload_is_shared_after_the_answer() -> None:
    async with slack(share_delay_s=0.05) as world:
        parent = (await world.client.chat_postMessage(channel=seed.STANDUP, text="card"))["ts"]
        done = await world.client.files_upload_v2(
            filename="notes.txt",
            content="Hello",
            title="Notes",
            channel=seed.STANDUP,
            thread_ts=parent,
            initial_comment="Transcript",
        )
        assert done["file"]["shares"] == {}
        assert await world.ines.thread(seed.STANDUP, parent) == []
        [shared] = await world.ines.until(lambda state: state.thread(seed.STANDUP, parent))
        assert shared.text == "Transcript"
        assert shared.raw["files"][0]["title"] == "Notes"
        assert await world.ines.file(done["file"]["id"]) == b"Hello"


async def test_a_file_that_is_deleted_before_it_is_shared_is_shared_nowhere() -> None:
    async with slack(share_delay_s=0.05) as world:
        upload = world.client.files_upload_v2
        gone = await upload(filename="gone.txt", content="Hello", channel=seed.STANDUP)
        await world.client.files_delete(file=gone["file"]["id"])
        await upload(filename="kept.txt", content="Hello", channel=seed.STANDUP)
        [shared] = await world.ines.until(lambda state: state.messages(seed.STANDUP))
        assert [file["name"] for file in shared.raw["files"]] == ["kept.txt"]


async def test_uploads_are_refused_where_slack_refuses_them() -> None:
    async with slack() as world:
        empty = world.client.files_getUploadURLExternal(filename="a", length=0)
        assert await refusal(empty) == "missing_argument"
        for channel, error in ((seed.LOBBY, "not_in_channel"), (seed.BOARD, "channel_not_found")):
            upload = world.client.files_upload_v2(filename="a", content="x", channel=channel)
            assert await refusal(upload) == error
        complete = world.client.files_completeUploadExternal(files=[{"id": "F0NONE"}])
        assert await refusal(complete) == "file_not_found"
        slot = await world.client.files_getUploadURLExternal(filename="a", length=2)
        never_sent = world.client.files_completeUploadExternal(files=[{"id": slot["file_id"]}])
        assert await refusal(never_sent) == "file_not_found"
        short = await world.raw.post(slot["upload_url"], content=b"x")
        assert short.status_code == 400
        expected_problems(world, "2 bytes announced, 1 sent")


async def test_a_fault_hits_so_many_calls_and_no_more() -> None:
    async with slack() as world:
        fault = {"method": "chat.postMessage", "match": {"channel": seed.STANDUP}, "times": 2}
        await world.ines.tell("faults", **fault, retry_after=7)
        post = world.client.chat_postMessage
        assert (await post(channel=seed.DESIGN, text="elsewhere"))["ok"]
        for _ in range(2):
            with pytest.raises(SlackApiError) as caught:
                await post(channel=seed.STANDUP, text="x")
            assert caught.value.response.status_code == 429
            assert caught.value.response.headers["retry-after"] == "7"
        assert (await post(channel=seed.STANDUP, text="x"))["ok"]
        assert len(await world.ines.messages(seed.STANDUP)) == 1


async def test_after_means_that_the_work_is_done() -> None:
    async with slack() as world:
        await world.ines.tell("faults", method="chat.postMessage", http_status=503, after=True)
        post = world.client.chat_postMessage
        with pytest.raises(SlackApiError):
            await post(channel=seed.STANDUP, text="first")
        [posted] = await world.ines.messages(seed.STANDUP)
        assert posted.text == "first"


async def test_a_reset_breaks_the_connection() -> None:
    async with slack() as world:
        await world.ines.tell("faults", method="chat.postMessage", reset=True, after=True, times=5)
        with pytest.raises(aiohttp.ClientError):
            await world.client.chat_postMessage(channel=seed.STANDUP, text="x")
        assert await world.ines.messages(seed.STANDUP)


async def test_a_hang_answers_nothing() -> None:
    async with slack() as world:
        await world.ines.tell("faults", method="auth.test", hang=True)
        with pytest.raises(httpx.ReadTimeout):
            await world.raw.post("/api/auth.test", timeout=0.05)


async def test_a_delay_is_only_a_delay() -> None:
    async with slack() as world:
        await world.ines.tell("faults", method="*", delay_s=0.05)
        started = time.perf_counter()
        assert (await world.client.auth_test())["ok"]
        assert time.perf_counter() - started >= 0.05


async def test_faults_are_listed_and_cleared() -> None:
    async with slack() as world:
        with pytest.raises(CannotError, match="a fault needs"):
            await world.ines.tell("faults", method="auth.test")
        await world.ines.tell("faults", method="auth.test", error="fatal_error", times=9)
        assert await refusal(world.client.auth_test()) == "fatal_error"
        assert (await world.ines.state()).raw["faults"][0]["times"] == 8
        await world.ines.forget("faults", method="auth.test")
        assert (await world.client.auth_test())["ok"]


async def test_the_state_and_the_stream_tell_the_same() -> None:
    async with slack() as world:
        before = (await world.ines.state()).seq
        await world.client.chat_postMessage(channel=seed.STANDUP, text="x")
        changes = world.sim.changes.since(before)
        assert [change["type"] for change in changes] == ["message", "api_call"]
        state = await world.ines.state()
        assert state.seq == changes[-1]["seq"]
        [call] = state.calls("chat.postMessage")
        assert (call["ok"], call["args"]["channel"]) == (True, seed.STANDUP)
        with pytest.raises(TimeoutError):
            await world.ines.until(lambda s: s.messages(seed.LOBBY), timeout=0.05)


async def test_the_stream_leaves_out_calls_that_went_well_where_asked_to() -> None:
    async with slack() as world:
        seq, url = world.sim.changes.seq, f"{world.url}/sim/stream"
        await world.client.auth_test()
        assert await refusal(world.client.auth_test(token="xoxb-other")) == "invalid_auth"
        await world.client.chat_postMessage(channel=seed.STANDUP, text="here")
        told: list[str] = []
        query = {"since": str(seq), "calls": "false"}
        async with world.raw.stream("GET", url, params=query) as reply:
            async for line in reply.aiter_lines():
                told += [line.removeprefix("event: ")] if line.startswith("event: ") else []
                if told[-1:] == ["message"]:
                    break
        assert told == ["api_call", "message"]
