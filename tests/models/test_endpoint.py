"""The client against a real server on a real socket, with every fault an endpoint can have."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from email.utils import formatdate
from pathlib import Path
from random import Random
from typing import Any

import pytest

from generation_functions.errors import EndpointError, EndpointUnusable, RequestRefused, TransientError
from generation_functions.models import Completion, Model, Request, Usage
from generation_functions.models.breaker import BreakerPolicy
from generation_functions.models.endpoint import EndpointClient, new_session
from generation_functions.models.retry import RetryPolicy
from generation_functions.models.timing import LoopTiming
from tests.fake_endpoint import FakeEndpoint, Fault, read_log, running
from tests.models.eventually import until

ModelAt = Callable[..., Model]
ASK = [{"role": "user", "content": "What is the sea?"}]


class Hurried(LoopTiming):
    """Real time, but sleeps are only noted."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(0)


@asynccontextmanager
async def client_of(model: Model, **options: Any) -> AsyncIterator[EndpointClient]:
    async with new_session() as session:
        options = {"timing": Hurried(), "rng": Random(1), "breaker": BreakerPolicy(first_cool=0), **options}
        client = EndpointClient(model, session=session, **options)
        yield client
        await client.close()


async def ask(fake: FakeEndpoint, model_at: ModelAt, request: Request | None = None, **spec: Any) -> Completion:
    async with running(fake) as url, client_of(model_at(url, **spec)) as client:
        return await client.complete(request or Request(ASK))


async def test_a_question_is_answered(model_at: ModelAt) -> None:
    fake = FakeEndpoint(answer=lambda body: "Salt water.", key=None)
    request = Request(ASK, {"temperature": 0.3, "stop": ["\n"], "min_p": 0.1})
    completion = await ask(fake, model_at, request)
    assert (completion.text, completion.retries, completion.finish_reason) == ("Salt water.", 0, "stop")
    assert completion.usage.output_tokens > 0
    assert not completion.usage.estimated
    assert completion.seconds > 0
    assert fake.bodies == [
        {"model": "fake-model", "messages": ASK, "temperature": 0.3, "stop": ["\n"], "min_p": 0.1},
    ]
    assert fake.headers[0]["Authorization"].startswith("Bearer sk-canary")


async def test_a_plain_prompt_goes_to_completions(model_at: ModelAt) -> None:
    fake = FakeEndpoint(answer=lambda body: f"after {body['prompt']}")
    completion = await ask(fake, model_at, Request("Once upon"), mode="completion")
    assert completion.text == "after Once upon"


@pytest.mark.parametrize(
    ("seed", "sample", "attempt", "sent"), [(7, 0, 0, 7), (7, 1, 0, 1016), (7, 1, 2, 1018), (None, 3, 0, None)]
)
async def test_votes_have_seeds_of_their_own(
    model_at: ModelAt, seed: int | None, sample: int, attempt: int, sent: int | None
) -> None:
    fake = FakeEndpoint()
    sampling = {} if seed is None else {"seed": seed}
    await ask(fake, model_at, Request(ASK, sampling, sample=sample, attempt=attempt))
    assert fake.bodies[0].get("seed") == sent


async def test_lone_surrogates_in_a_prompt_are_sent_as_best_they_can(model_at: ModelAt) -> None:
    fake = FakeEndpoint()
    completion = await ask(fake, model_at, Request([{"role": "user", "content": "a\ud800b"}]))
    assert completion.text == "You asked: a?b"


async def test_connections_are_kept_and_shared(model_at: ModelAt) -> None:
    fake = FakeEndpoint()
    async with running(fake) as url, client_of(model_at(url)) as client:
        for _ in range(20):
            await client.complete(Request(ASK))
    assert len(fake.connections) == 1


PASSING: dict[str, Fault] = {
    "408": Fault.error(408),
    "409": Fault.error(409),
    "425": Fault.error(425),
    "429": Fault.error(429),
    "500": Fault.error(500),
    "502, a web page": Fault(502, "<html>Bad gateway</html>", content_type="text/html"),
    "503": Fault.error(503),
    "529": Fault.error(529),
    "dropped before the head": Fault(cut=0),
    "cut half way": Fault(cut=20),
    "a web page": Fault.garbage(),
    "an empty body": Fault.garbage(""),
    "half a JSON": Fault.garbage('{"choices": [', "application/json"),
    "duplicated": Fault(edit=None, body='{"choices": []}{"choices": []}'),
    "a list": Fault(body=[]),
    "wrong types": Fault(body={"choices": [{"message": {"content": 5}}]}),
    "no choices": Fault.without("choices"),
    "empty text": Fault.edited(content=""),
    "null text": Fault.edited(content=None),
    "an error inside": Fault(body={"error": {"message": "upstream died", "code": 502}}),
    "too long a body": Fault.huge(2**20 + 1),
    "no content": Fault(204, ""),
}


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
async def test_a_passing_fault_is_tried_again(model_at: ModelAt, fault: Fault) -> None:
    fake = FakeEndpoint(answer=lambda body: "fine", plan=[fault, fault])
    async with running(fake) as url, client_of(model_at(url), most_answer_bytes=2**20) as client:
        completion = await client.complete(Request(ASK))
    assert (completion.text, completion.retries, fake.started) == ("fine", 2, 3)


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
async def test_what_does_not_pass_fails_the_row_and_says_why(model_at: ModelAt, fault: Fault) -> None:
    fake = FakeEndpoint(plan=lambda number, body: fault)
    async with running(fake) as url, client_of(model_at(url, max_retries=1), most_answer_bytes=2**20) as client:
        with pytest.raises(TransientError) as caught:
            await client.complete(Request(ASK))
        assert url in caught.value.message
    assert fake.started == 2


async def test_a_hang_ends_at_the_time_limit(model_at: ModelAt) -> None:
    fake = FakeEndpoint(answer=lambda body: "fine", plan=[Fault(hang=True)])
    assert (await ask(fake, model_at, timeout_s=0.5)).retries >= 1


async def test_a_body_without_end_is_cut_off_early(model_at: ModelAt) -> None:
    sent = 0

    async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        try:
            while True:
                writer.write(b"10000\r\n" + b"x" * 65536 + b"\r\n")
                await writer.drain()
                sent += 65536
        except ConnectionError:
            writer.close()

    server = await asyncio.start_server(flood, "127.0.0.1", 0)
    async with server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        async with client_of(model_at(url, max_retries=0), most_answer_bytes=2**20) as client:
            with pytest.raises(TransientError, match="malformed"):
                await client.complete(Request(ASK))
    assert sent < 16 * 2**20


async def test_ten_megabytes_of_answer_are_read_when_they_are_one(model_at: ModelAt) -> None:
    fake = FakeEndpoint(answer=lambda body: "x" * 10_000_000)
    assert len((await ask(fake, model_at)).text) == 10_000_000


REFUSED: dict[str, tuple[Fault, str]] = {
    "400": (Fault.error(400, "Unrecognized argument: min_p"), "extra_body"),
    "context": (Fault.error(400, "maximum context length is 4096", code="context_length_exceeded"), "shorter chunks"),
    "413": (Fault(413, "too big"), "shorter chunks"),
    "422": (Fault(422, {"detail": "unprocessable"}), "extra_body"),
    "flagged": (Fault.error(403, "flagged by moderation"), "filter"),
    "length": (Fault.edited(finish_reason="length"), "max_tokens"),
    "content_filter": (Fault.edited(finish_reason="content_filter"), "filter"),
    "streamed": (Fault.garbage('data: {"choices": []}\n\n', "text/event-stream"), "stream"),
}


@pytest.mark.parametrize(("fault", "hint"), REFUSED.values(), ids=REFUSED)
async def test_a_refused_request_is_not_sent_again(model_at: ModelAt, fault: Fault, hint: str) -> None:
    fake = FakeEndpoint(plan=[fault])
    with pytest.raises(RequestRefused) as caught:
        await ask(fake, model_at)
    assert hint in (caught.value.hint or "")
    assert fake.started == 1


async def test_a_404_after_answers_costs_only_its_row(model_at: ModelAt) -> None:
    fake = FakeEndpoint(plan=[None, Fault.error(404, "no such thing")])
    async with running(fake) as url, client_of(model_at(url)) as client:
        await client.complete(Request(ASK))
        with pytest.raises(RequestRefused):
            await client.complete(Request(ASK))
        await client.complete(Request(ASK))
    assert fake.started == 3


UNUSABLE: dict[str, tuple[Fault, str]] = {
    "401": (Fault.error(401, "Incorrect API key"), "check ${EXAMPLE_KEY}"),
    "403": (Fault.error(403, "no access"), "check ${EXAMPLE_KEY}"),
    "402": (Fault.error(402, "pay"), "no credit left"),
    "quota": (Fault.error(429, "You exceeded your current quota", code="insufficient_quota"), "no credit left"),
    "model": (Fault.error(404, "The model `fake-model` does not exist", code="model_not_found"), "`fake-model`"),
    "redirect": (Fault.redirect("https://elsewhere.example.org/v1/chat/completions?token=t"), "base_url"),
    "a wrong path": (Fault(404, "Not Found"), "base_url"),
}


@pytest.mark.parametrize(("fault", "hint"), UNUSABLE.values(), ids=UNUSABLE)
async def test_what_only_a_person_can_mend_stops_everyone_after_one_call(
    model_at: ModelAt, fault: Fault, hint: str
) -> None:
    fake = FakeEndpoint(plan=lambda number, body: fault)
    async with running(fake) as url, client_of(model_at(url)) as client:
        results = await asyncio.gather(*(client.complete(Request(ASK)) for _ in range(50)), return_exceptions=True)
        with pytest.raises(EndpointUnusable):
            await client.complete(Request(ASK))
    assert fake.started == 1
    for error in results:
        assert isinstance(error, EndpointUnusable)
        assert hint in (error.hint or "")
        assert url in error.message
        assert "token=" not in error.message


async def test_a_redirect_is_not_followed(model_at: ModelAt) -> None:
    elsewhere = FakeEndpoint()
    async with running(elsewhere) as target:
        with pytest.raises(EndpointUnusable):
            await ask(FakeEndpoint(plan=[Fault.redirect(f"{target}/chat/completions")]), model_at)
    assert elsewhere.started == 0


async def test_an_echoed_key_is_shown_nowhere(model_at: ModelAt) -> None:
    fake = FakeEndpoint(key="another")
    with pytest.raises(EndpointUnusable) as caught:
        await ask(fake, model_at)
    assert "Incorrect API key provided: [key]" in caught.value.message
    assert "sk-canary" not in f"{caught.value!r}{caught.value.hint}{caught.value.__cause__}"
    assert fake.unauthorized == 1


async def test_nothing_listens_there(model_at: ModelAt) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound but not listening: calls are refused
        async with client_of(model_at(f"http://127.0.0.1:{taken.getsockname()[1]}/v1")) as client:
            with pytest.raises(EndpointUnusable, match="cannot be reached") as caught:
                await client.complete(Request(ASK))
    assert "is it running?" in (caught.value.hint or "")


async def test_an_unknown_host(model_at: ModelAt) -> None:
    async with client_of(model_at("http://no-such-host.invalid/v1")) as client:
        with pytest.raises(EndpointUnusable, match="no-such-host") as caught:
            await client.complete(Request(ASK))
    assert "base_url" in (caught.value.hint or "")


async def test_a_server_without_tls_at_an_https_address(model_at: ModelAt) -> None:
    async with running(FakeEndpoint()) as url, client_of(model_at(url.replace("http:", "https:"))) as client:
        with pytest.raises(EndpointUnusable, match="TLS"):
            await client.complete(Request(ASK))


async def test_a_certificate_nobody_vouches_for(model_at: ModelAt) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(Path(__file__).with_name("self_signed.pem"))
    server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0, ssl=context)
    async with server:
        url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        async with client_of(model_at(url)) as client:
            with pytest.raises(EndpointUnusable, match="TLS"):
                await client.complete(Request(ASK))


@pytest.mark.parametrize(
    ("wish", "at_least", "at_most"),
    [
        ("2", 2, 2.2),
        (formatdate(4_000_000_000, usegmt=True), 120, 132),
        ("99999", 120, 132),
        ("-7", 0, 0.5),
        ("soon", 0, 0.5),
    ],
)
async def test_the_endpoints_wish_to_wait_is_honoured(
    model_at: ModelAt, wish: str, at_least: float, at_most: float
) -> None:
    fake, timing = FakeEndpoint(plan=[None, Fault.error(429, Retry_After=wish)]), Hurried()
    async with running(fake) as url, client_of(model_at(url), timing=timing) as client:
        await client.complete(Request(ASK))
        await client.complete(Request(ASK))
    assert len(timing.slept) == 1
    assert at_least <= timing.slept[0] <= at_most


async def test_a_storm_of_429_over_a_crowd_ends_with_every_answer(model_at: ModelAt) -> None:
    fake = FakeEndpoint(capacity=8, latency=0.01)
    async with running(fake) as url:
        quick = RetryPolicy(retries=60, base=0.01, cap=0.1)
        async with client_of(model_at(url, max_in_flight=64), timing=LoopTiming(), retries=quick) as client:
            results = await asyncio.gather(*(client.complete(Request(ASK)) for _ in range(200)))
    assert len(results) == 200
    assert fake.finished - fake.statuses[429] == 200


async def test_no_more_calls_at_once_than_allowed(model_at: ModelAt) -> None:
    fake = FakeEndpoint(latency=0.01)
    async with running(fake) as url, client_of(model_at(url, max_in_flight=7)) as client:
        await asyncio.gather(*(client.complete(Request(ASK)) for _ in range(60)))
    assert fake.most_in_flight <= 7


async def test_missing_usage_is_estimated(model_at: ModelAt) -> None:
    fake = FakeEndpoint(answer=lambda body: "Salt water.", plan=[Fault.without("usage")])
    usage = (await ask(fake, model_at)).usage
    assert usage.estimated
    assert usage != Usage(estimated=True)


async def test_thoughts_are_kept_apart(model_at: ModelAt) -> None:
    fake = FakeEndpoint(answer=lambda body: {"content": "Salt water.", "reasoning_content": "It tastes so."})
    completion = await ask(fake, model_at)
    assert (completion.text, completion.thoughts) == ("Salt water.", "It tastes so.")


async def test_a_cancelled_call_is_dropped_and_its_place_is_free(model_at: ModelAt, tmp_path: Path) -> None:
    fake = FakeEndpoint(plan=[None, Fault(hang=True)], log=tmp_path / "log")
    async with running(fake) as url, client_of(model_at(url, max_in_flight=1)) as client:
        await client.complete(Request(ASK))
        hanging = asyncio.create_task(client.complete(Request(ASK)))
        await until(lambda: fake.in_flight)
        hanging.cancel()
        await asyncio.wait([hanging])
        assert (await client.complete(Request(ASK))).text
        await until(lambda: not fake.in_flight)
    assert [entry["event"] for entry in read_log(tmp_path / "log")].count("abandoned") == 1


async def test_closing_cancels_what_is_open_and_refuses_what_comes(model_at: ModelAt) -> None:
    fake = FakeEndpoint(plan=[None, Fault(hang=True)])
    async with running(fake) as url, client_of(model_at(url)) as client:
        await client.complete(Request(ASK))
        hanging = asyncio.create_task(client.complete(Request(ASK)))
        await until(lambda: fake.in_flight)
        await client.close()
        assert hanging.cancelled()
        with pytest.raises(EndpointUnusable, match="closed"):
            await client.complete(Request(ASK))
    assert fake.started == 2


MODELS: dict[str, tuple[dict[str, Any], str | None]] = {
    "listed": ({}, None),
    "a near name": ({"models": ("fake-modle", "other")}, "did you mean `fake-modle`?"),
    "nothing near": ({"models": ("aaa", "bbb")}, "it serves aaa, bbb"),
    "with its owner": ({"models": ("acme/fake-model",)}, None),
    "with a tag": ({"models": ("Fake-Model:latest",)}, None),
    "an empty list": ({"models": ()}, None),
    "one page of many": ({"models": {"data": [{"id": "other"}], "has_more": True}}, None),
    "a pattern": ({"models": ("openai/*",)}, None),
    "a bare list": ({"models": {"models": [{"name": "other"}]}}, "it serves other"),
    "not JSON": ({"models_fault": Fault.garbage()}, None),
    "404": ({"models_fault": Fault.error(404)}, None),
    "405": ({"models_fault": Fault.error(405)}, None),
    "500": ({"models_fault": Fault.error(500)}, None),
    "moved": ({"models_fault": Fault.redirect("/elsewhere")}, None),
    "guarded": ({"models_fault": Fault.error(403, "Missing scopes: api.model.read")}, None),
    "forbidden": ({"models_fault": Fault.error(403, "no")}, "check ${EXAMPLE_KEY}"),
    "wrong key": ({"key": "another"}, "check ${EXAMPLE_KEY}"),
}


@pytest.mark.parametrize(("fake", "hint"), MODELS.values(), ids=MODELS)
async def test_the_probe_finds_what_can_be_found_without_spending(
    model_at: ModelAt, fake: dict[str, Any], hint: str | None
) -> None:
    endpoint = FakeEndpoint(**fake)
    async with running(endpoint) as url, client_of(model_at(url)) as client:
        if hint is None:
            await client.probe()
        else:
            with pytest.raises(EndpointUnusable) as caught:
                await client.probe()
            assert hint in (caught.value.hint or "")
            assert url in caught.value.message
            with pytest.raises(EndpointUnusable):
                await client.complete(Request(ASK))
    assert endpoint.started == 0


async def test_the_models_served_there(model_at: ModelAt) -> None:
    async with running(FakeEndpoint(models=("a", "b"))) as url, client_of(model_at(url)) as client:
        assert await client.model_ids() == ("a", "b")


async def test_a_listing_that_fails_says_so(model_at: ModelAt) -> None:
    fake = FakeEndpoint(models_fault=Fault.error(500))
    async with running(fake) as url, client_of(model_at(url)) as client:
        with pytest.raises(EndpointError, match="500"):
            await client.model_ids()
