"""The Batch API's client against a real server: what goes wrong, and what is asked how often."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from generation_functions.errors import EndpointUnusable, RequestRefused, TransientError
from generation_functions.models import Completion
from generation_functions.models.batch.client import BatchClient
from generation_functions.models.batch.desk import BatchDesk
from generation_functions.models.batch.journal import OPEN, SENDING, SETTLED
from generation_functions.models.endpoint import new_session
from generation_functions.models.timing import LoopTiming
from tests.fake_endpoint import FakeEndpoint, Fault, running
from tests.fake_endpoint.batches import FakeBatch
from tests.models.batching import SECRET, Memory, ask_all, batch_client, batch_model, question
from tests.models.eventually import until


def texts(results: list[Completion | BaseException]) -> list[str]:
    return [result.text if isinstance(result, Completion) else type(result).__name__ for result in results]


def answers(count: int) -> list[str]:
    return [f"You asked: What is the sea, number {n}?" for n in range(count)]


async def asked_through(fake: FakeEndpoint, folder: Path, count: int, **spec: Any) -> list[Any]:
    async with running(fake) as url, batch_client(folder, url, Memory(), **spec) as client:
        return await ask_all(client, count)


async def test_requests_go_off_together_and_each_gets_its_own_answer(tmp_path: Path) -> None:
    fake, keeper = FakeEndpoint(), Memory()
    async with running(fake) as url, batch_client(tmp_path, url, keeper) as client:
        results = await ask_all(client, 30)
    assert texts(results) == answers(30)
    assert len(fake.batches.made) == 1
    assert len(keeper.answers) == 30
    assert all(result.usage.output_tokens and not result.usage.estimated for result in results)
    assert keeper.events == ["batch_submitted", "batch_collected"]


async def test_what_is_sent_is_what_an_endpoint_would_be_sent(tmp_path: Path) -> None:
    fake = FakeEndpoint()
    async with running(fake) as url, batch_client(tmp_path, url, Memory()) as client:
        asked = question(1, temperature=0.5, seed=3)
        asked.sample = 2
        await client.complete(asked)
    (body,) = fake.bodies
    assert body == {"model": "fake-model", "messages": asked.prompt, "temperature": 0.5, "seed": 3 + 2 * 1009}
    ((_, content),) = [file for file in fake.batches.files.values() if b'"method"' in file[1]]
    assert json.loads(content)["custom_id"] == asked.key(client._model)


async def test_a_plain_prompt_goes_to_completions(tmp_path: Path) -> None:
    fake = FakeEndpoint()
    async with running(fake) as url, batch_client(tmp_path, url, Memory(), mode="completion") as client:
        asked = question(1)
        asked.prompt = "Once upon"
        assert (await client.complete(asked)).text == "You asked: Once upon"
    assert fake.batches.made[0].body["endpoint"] == "/v1/completions"


async def test_a_full_batch_does_not_wait_for_more(tmp_path: Path) -> None:
    fake = FakeEndpoint()
    results = await asked_through(fake, tmp_path, 25, batch_max_requests=10)
    assert texts(results) == answers(25)
    sizes = [len(batch.lines) for batch in fake.batches.made]  # they go off side by side, in any order
    assert sorted(sizes, reverse=True) == [10, 10, 5]


async def test_the_same_question_twice_is_asked_once(tmp_path: Path) -> None:
    fake = FakeEndpoint()
    async with running(fake) as url, batch_client(tmp_path, url, Memory()) as client:
        first, second = await asyncio.gather(client.complete(question(1)), client.complete(question(1)))
    assert first.text == second.text
    assert len(fake.batches.asked) == 1


ROW_FAULTS: dict[str, tuple[Fault, str]] = {
    "refused": (Fault.error(400, "bad sampling"), "RequestRefused"),
    "too long": (Fault.error(400, "maximum context length is 8192 tokens"), "RequestRefused"),
    "filtered": (Fault.edited(finish_reason="content_filter"), "RequestRefused"),
    "cut at its length": (Fault.edited(finish_reason="length"), "RequestRefused"),
    "busy": (Fault.error(429, "slow down"), "again"),
    "a server error": (Fault.error(500), "again"),
    "empty": (Fault.edited(content=""), "again"),
    "no choices": (Fault.without("choices"), "again"),
    "wrong types": (Fault(body={"choices": [{"message": {"content": 5}}]}), "again"),
    "no turn": (Fault(hang=True), "again"),
}


@pytest.mark.parametrize(("fault", "wanted"), ROW_FAULTS.values(), ids=ROW_FAULTS)
async def test_a_rows_error_is_its_own(fault: Fault, wanted: str, tmp_path: Path) -> None:
    fake, keeper = FakeEndpoint(plan=[None, fault]), Memory()
    async with running(fake) as url, batch_client(tmp_path, url, keeper) as client:
        results = texts(await ask_all(client, 4))
    if wanted == "again":
        assert results == answers(4)
        assert [len(batch.lines) for batch in fake.batches.made] == [4, 1]
        assert sorted(completion.retries for completion in keeper.answers.values()) == [0, 0, 0, 1]
    else:
        assert results == [*answers(4)[:1], wanted, *answers(4)[2:]]
        assert len(fake.batches.made) == 1
        assert len(keeper.refusals) == 1


async def test_a_row_that_never_passes_fails_with_its_reason(tmp_path: Path) -> None:
    fake = FakeEndpoint(plan=lambda number, body: Fault.error(500, "no luck") if "number 2?" in str(body) else None)
    async with running(fake) as url, batch_client(tmp_path, url, Memory(), max_retries=3) as client:
        results = await ask_all(client, 3)
    assert texts(results) == [*answers(2), "TransientError"]
    assert "no luck (the last of 4 tries)" in str(results[2])
    assert [len(batch.lines) for batch in fake.batches.made] == [3, 1, 1, 1]


async def test_tokens_of_failed_tries_are_counted(tmp_path: Path) -> None:
    fake = FakeEndpoint(plan=[Fault.edited(content="")])
    (result,) = await asked_through(fake, tmp_path, 1)
    (undisturbed,) = await asked_through(FakeEndpoint(), tmp_path, 1)
    assert result.usage.input_tokens == 2 * undisturbed.usage.input_tokens


@pytest.mark.parametrize("status", ["expired", "cancelled", "failed"])
async def test_what_a_broken_off_batch_left_is_asked_again_and_the_rest_is_kept(status: str, tmp_path: Path) -> None:
    fake, keeper = FakeEndpoint(), Memory()
    fake.batches.endings = ["expired" if status == "expired" else ended_with(status)]
    async with running(fake) as url, batch_client(tmp_path, url, keeper) as client:
        results = await ask_all(client, 10)
    assert texts(results) == answers(10)
    assert [len(batch.lines) for batch in fake.batches.made] == [10, 5 if status == "expired" else 10]
    assert len(keeper.answers) == 10


def ended_with(status: str, *errors: dict[str, Any]) -> Callable[[FakeBatch], None]:
    def end(batch: FakeBatch) -> None:
        batch.status, batch.errors = status, list(errors)

    return end


def complaint(code: str, message: str, line: int | None = None) -> dict[str, Any]:
    return {"code": code, "message": message, "line": line, "param": None}


async def test_a_batch_that_is_always_broken_off_fails_its_rows(tmp_path: Path) -> None:
    fake = FakeEndpoint()
    fake.batches.endings = [ended_with("cancelled")] * 9
    results = await asked_through(fake, tmp_path, 2, max_retries=2)
    assert texts(results) == ["TransientError"] * 2
    assert "cancelled" in str(results[0])
    assert len(fake.batches.made) == 3


async def test_a_line_that_is_refused_fails_its_own_row_alone(tmp_path: Path) -> None:
    fake = FakeEndpoint()
    fake.batches.endings = [ended_with("failed", complaint("invalid_request", "`n` is not allowed", 2))]
    results = await asked_through(fake, tmp_path, 3)
    assert texts(results) == [answers(3)[0], "RequestRefused", answers(3)[2]]


async def test_an_endpoint_with_little_room_gets_smaller_batches(tmp_path: Path) -> None:
    fake = FakeEndpoint()
    full = complaint("token_limit_exceeded", "Enqueued token limit reached for fake-model. Please try again later.")
    fake.batches.endings = [ended_with("failed", full)] * 2
    results = await asked_through(fake, tmp_path, 12)
    assert texts(results) == answers(12)
    assert [len(batch.lines) for batch in fake.batches.made] == [12, 6, 6, 3, 3]


STOPS: dict[str, tuple[dict[str, list[Fault | None]], str]] = {
    "a wrong key": ({"files": [Fault.error(401, f"Incorrect API key provided: {SECRET}")]}, "401"),
    "no money": ({"batches": [Fault.error(429, "quota", code="insufficient_quota")]}, "quota"),
    "no Batch API": ({"files": [Fault.error(404, "Not Found")]}, "404"),
    "a refused batch": ({"batches": [Fault.error(400, "no such window")]}, "no such window"),
}


@pytest.mark.parametrize(("plan", "words"), STOPS.values(), ids=STOPS)
async def test_what_waiting_cannot_mend_stops_the_run(
    plan: dict[str, list[Fault | None]], words: str, tmp_path: Path
) -> None:
    fake = FakeEndpoint()
    fake.batches.plan = plan
    async with running(fake) as url, batch_client(tmp_path, url, Memory()) as client:
        results = await ask_all(client, 3)
        later = (await asyncio.gather(client.complete(question(9)), return_exceptions=True))[0]
    for error in (*results, later):
        assert isinstance(error, EndpointUnusable)
        assert words in error.message
        assert error.hint
        assert SECRET not in str(error)
    assert not fake.batches.made


async def test_a_model_that_is_not_there_stops_the_run(tmp_path: Path) -> None:
    fake = FakeEndpoint()
    gone = complaint("model_not_found", "The provided model 'fake-model' is not supported by the Batch API.", 1)
    fake.batches.endings = [ended_with("failed", gone)]
    results = await asked_through(fake, tmp_path, 2)
    assert texts(results) == ["EndpointUnusable"] * 2


PASSING = {"busy": Fault.error(429, Retry_After="1"), "down": Fault.error(503), "garbage": Fault.garbage()}


@pytest.mark.parametrize("stage", ["files", "batches", "list", "get", "content"])
@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
async def test_passing_faults_pass(stage: str, fault: Fault, tmp_path: Path) -> None:
    fake = FakeEndpoint()
    fake.batches.plan = {stage: [fault] * 2}
    if stage == "list":
        fake.batches.plan["batches"] = [Fault(cut=0)]
    assert texts(await asked_through(fake, tmp_path, 5)) == answers(5)
    assert len(fake.batches.asked) == 5


async def test_a_submission_whose_answer_was_lost_is_found_and_not_repeated(tmp_path: Path) -> None:
    fake, keeper = FakeEndpoint(), Memory()
    fake.batches.plan = {"batches": [Fault(cut=0)]}
    async with running(fake) as url, batch_client(tmp_path, url, keeper) as client:
        assert texts(await ask_all(client, 5)) == answers(5)
    assert len(fake.batches.made) == 1


async def test_an_endpoint_out_of_reach_for_long_stops_the_run_and_the_batch_is_remembered(tmp_path: Path) -> None:
    fake, keeper = FakeEndpoint(), Memory()
    fake.batches.plan = {"get": [Fault.error(500, "burnt down")] * 500}
    async with running(fake) as url:
        async with batch_client(tmp_path, url, keeper) as client:
            results = await ask_all(client, 3)
        assert all(isinstance(error, EndpointUnusable) and "burnt down" in str(error) for error in results)
        assert keeper.events[-1] == "batches_go_on"
        fake.batches.plan = {}
        async with batch_client(tmp_path, url, keeper) as client:
            assert texts(await ask_all(client, 3)) == answers(3)
    assert len(fake.batches.asked) == 3


def cut_first_line(content: bytes) -> bytes:
    return content[content.index(b"\n") // 2 :]


def twice(content: bytes) -> bytes:
    return content + content


def with_strangers(content: bytes) -> bytes:
    stranger = {"id": "x", "custom_id": "stranger", "response": {"status_code": 200, "body": {}}, "error": None}
    return json.dumps(stranger).encode() + b"\n\n[]\nnull\n" + content


def without_end(content: bytes) -> bytes:
    return content.rstrip(b"\n")


FILES: dict[str, tuple[Callable[[bytes], bytes], int, str | None]] = {
    "cut": (cut_first_line, 4, "unreadable"),
    "every line twice": (twice, 5, "answered before"),
    "lines of others": (with_strangers, 5, "of no request in it"),
    "no last newline": (without_end, 5, None),
}


@pytest.mark.parametrize(("edit", "whole", "ignored"), FILES.values(), ids=FILES)
async def test_output_files_are_read_with_care(
    edit: Callable[[bytes], bytes], whole: int, ignored: str | None, tmp_path: Path
) -> None:
    fake, keeper = FakeEndpoint(), Memory()
    fake.batches.edit = edit
    async with running(fake) as url, batch_client(tmp_path, url, keeper, max_retries=1) as client:
        results = texts(await ask_all(client, 5))
    assert sum(text in answers(5) for text in results) == whole
    assert results.count("BadAnswer") == 5 - whole
    lines = [message for event, message in keeper.told if event == "batch_lines_ignored"]
    assert any(ignored in line for line in lines) if ignored else not lines


async def test_a_file_that_came_damaged_is_fetched_again_before_anything_is_paid_again(tmp_path: Path) -> None:
    fake = FakeEndpoint()
    damages: list[Callable[[bytes], bytes]] = [cut_first_line]
    fake.batches.edit = lambda content: damages.pop()(content) if damages else content
    assert texts(await asked_through(fake, tmp_path, 5)) == answers(5)
    assert len(fake.batches.asked) == 5


async def test_a_file_that_is_gone_is_told_and_its_requests_are_asked_again(tmp_path: Path) -> None:
    fake, keeper = FakeEndpoint(), Memory()
    fake.batches.plan = {"content": [Fault.error(404, "No such File object")] * 3}
    async with running(fake) as url, batch_client(tmp_path, url, keeper) as client:
        assert texts(await ask_all(client, 2)) == answers(2)
    assert "batch_file_lost" in keeper.events
    assert len(fake.batches.made) == 2


class SlowMemory(Memory):
    """Shows answers only once they are on its slow disk."""

    storing: bool = False

    def find(self, key: str) -> Completion | None:
        return None if self.storing else super().find(key)

    def kept(self) -> asyncio.Future[None]:
        self.storing = bool(self.answers) and "batch_collected" not in self.events
        return asyncio.ensure_future(self._stored())

    async def _stored(self) -> None:
        await asyncio.sleep(0.1 if self.storing else 0)
        self.storing = False


async def leave(folder: Path, url: str, keeper: Memory, fake: FakeEndpoint, count: int) -> None:
    """Submit a batch, and be interrupted while it goes on."""
    async with batch_client(folder, url, keeper, timing=LoopTiming()) as client:
        asking = asyncio.create_task(ask_all(client, count))
        await until(lambda: "batch_submitted" in keeper.events)
        keeper.stopped = True
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
    keeper.stopped = False


async def test_an_interrupted_run_leaves_its_batch_and_the_next_collects_it(tmp_path: Path) -> None:
    fake, keeper = FakeEndpoint(), Memory()
    fake.batches.takes_s = 0.4
    async with running(fake) as url:
        await leave(tmp_path, url, keeper, fake, 6)
        assert keeper.events == ["batch_submitted", "batches_go_on"]
        assert "1 batch goes on" in keeper.told[-1][1]
        async with batch_client(tmp_path, url, keeper, timing=LoopTiming()) as client:
            assert texts(await ask_all(client, 8)) == answers(8)
    assert Counter(fake.batches.asked).most_common(1)[0][1] == 1
    assert len(fake.batches.asked) == 8


async def test_answers_that_nobody_asks_for_any_more_are_kept(tmp_path: Path) -> None:
    fake, keeper = FakeEndpoint(plan=[Fault.error(400, "refused")]), Memory()
    fake.batches.takes_s = 0.2
    async with running(fake) as url:
        await leave(tmp_path, url, keeper, fake, 4)
        await asyncio.sleep(0.25)
        async with batch_client(tmp_path, url, keeper):
            pass  # closing waits for what is being taken in
    assert len(keeper.answers) == 3
    assert ["refused" in why for why in keeper.refusals.values()] == [True]
    assert {request.step for request in keeper.asked.values()} == {"asking"}
    prompts = sorted(request.prompt[0]["content"] for request in keeper.asked.values())
    assert prompts == [question(n).prompt[0]["content"] for n in range(4)]
    assert len(fake.batches.asked) == 4


async def test_who_asks_while_the_answer_is_being_stored_gets_it(tmp_path: Path) -> None:
    fake, keeper = FakeEndpoint(plan=[Fault.error(500)]), SlowMemory()
    fake.batches.takes_s = 0.2
    async with running(fake) as url:
        await leave(tmp_path, url, keeper, fake, 3)
        await asyncio.sleep(0.25)
        async with batch_client(tmp_path, url, keeper) as client:
            await until(lambda: keeper.storing)
            assert texts(await asyncio.wait_for(ask_all(client, 3), 10)) == answers(3)
    assert len(fake.batches.asked) == 3 + 1


async def test_the_batch_of_another_model_brings_it_its_answers(tmp_path: Path) -> None:
    fake, keeper = FakeEndpoint(plan=[Fault.error(500)]), Memory()
    fake.batches.takes_s = 0.2
    async with running(fake) as url:
        await leave(tmp_path, url, keeper, fake, 3)
        desk = BatchDesk(tmp_path, keeper)
        async with new_session() as session:
            models = (batch_model(url, model="another"), batch_model(url))
            clients = [BatchClient(model, session=session, desk=desk, timing=LoopTiming()) for model in models]
            assert texts(await asyncio.wait_for(ask_all(clients[1], 3), 10)) == answers(3)
            for client in clients:
                await client.close()
        desk.close()
    assert {body["model"] for body in fake.bodies} == {"fake-model"}
    assert len(fake.batches.asked) == 3 + 1


async def test_a_batch_of_another_account_stops_the_run_instead_of_being_paid_again(tmp_path: Path) -> None:
    fake, keeper = FakeEndpoint(), Memory()
    fake.batches.takes_s = 0.2
    async with running(fake) as url:
        await leave(tmp_path, url, keeper, fake, 2)
        fake.batches.made.clear()
        async with batch_client(tmp_path, url, keeper) as client:
            (error,) = await ask_all(client, 1)
    assert isinstance(error, EndpointUnusable)
    assert "submitted before" in error.message
    assert "batches.sqlite" in (error.hint or "")


@pytest.mark.parametrize("arrived", [True, False])
async def test_a_crash_while_submitting_is_cleared_up_by_the_endpoints_list(arrived: bool, tmp_path: Path) -> None:
    fake, keeper = FakeEndpoint(), Memory()
    fake.batches.page = 2  # the list is long
    fake.batches.pauses = {"batch_made" if arrived else "batch_asked": 30.0}
    async with running(fake) as url:
        async with batch_client(tmp_path, url, keeper, timing=LoopTiming()) as client:
            asking = asyncio.create_task(ask_all(client, 3))
            await until(lambda: any(b.state == SENDING for b in client._desk.left_open()))
            await until(lambda: "batch_asked" not in fake.batches.pauses and bool(fake.batches.made) == arrived)
            for task in [*client._tasks._all]:  # as a crash would
                task.cancel()
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
        (tmp_path / "other").mkdir()
        async with batch_client(tmp_path / "other", url, Memory(), batch_max_requests=1) as other:
            await ask_all(other, 5)
        async with batch_client(tmp_path, url, keeper) as client:
            assert texts(await ask_all(client, 3)) == answers(3)
    assert Counter(fake.batches.asked).most_common(1)[0][1] <= 2  # the other folder's questions are the same
    assert len(fake.batches.asked) == 5 + 3


async def test_the_journal_forgets_what_is_settled_and_holds_no_key(tmp_path: Path) -> None:
    fake, keeper = FakeEndpoint(), Memory()
    async with running(fake) as url, batch_client(tmp_path, url, keeper) as client:
        await ask_all(client, 3)
        await until(lambda: bool(client._desk.journal.batches(SETTLED)))
        (batch,) = client._desk.journal.batches(SETTLED)
        assert (batch.count, batch.answered, batch.outcome) == (3, 3, "completed")
        assert client._desk.journal.keys(batch.name) == []
        assert client._desk.journal.batches(OPEN, SENDING) == []
    assert SECRET.encode() not in b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert [path.name for path in tmp_path.iterdir()] == ["batches.sqlite"]


async def test_a_batch_at_an_address_that_is_no_longer_used_is_told_of(tmp_path: Path) -> None:
    fake, keeper = FakeEndpoint(), Memory()
    fake.batches.takes_s = 5
    async with running(fake) as url:
        await leave(tmp_path, url, keeper, fake, 2)
    desk = BatchDesk(tmp_path, keeper)
    desk.close()
    assert keeper.events[-1] == "batches_left"


async def test_errors_reach_everyone_who_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeEndpoint()
    async with running(fake) as url, batch_client(tmp_path, url, Memory()) as client:
        monkeypatch.setattr(client._desk, "add", lambda *_: 1 / 0)
        results = await ask_all(client, 3)
    assert texts(results) == ["ZeroDivisionError"] * 3


async def test_a_request_that_is_too_large_by_itself_is_refused(tmp_path: Path) -> None:
    fake = FakeEndpoint()
    fake.batches.plan = {"files": [Fault.error(413, "too large")] * 7}
    results = await asked_through(fake, tmp_path, 4)
    assert all(isinstance(error, RequestRefused) for error in results)
    assert not isinstance(results[0], TransientError)
