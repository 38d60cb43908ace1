"""Faults of the endpoint, over a real socket: what passes costs nothing but time, what does not stops or is told."""

from __future__ import annotations

import asyncio
import socket
import ssl
from pathlib import Path
from typing import Any

import orjson
import pytest

from generation_functions.errors import EndpointUnusable
from generation_functions.store import Store
from tests.fake_endpoint import FakeEndpoint, Fault
from tests.faults.trial import CANARY, Trial, assert_as_if_nothing_happened, assert_no_secret, undisturbed
from tests.running import manifest_of, rows_of

MANY = "x" * 10_000_000


def busy(**headers: str) -> Fault:
    return Fault.error(429, "busy", **headers)


PASSING: dict[str, Fault] = {
    "a_storm_of_429": busy(),
    "retry_after_seconds": busy(Retry_After="1"),
    "retry_after_a_date": busy(Retry_After="Wed, 21 Oct 2015 07:28:00 GMT"),
    "retry_after_negative": busy(Retry_After="-20"),
    "retry_after_nonsense": busy(Retry_After="soon"),
    "a_500_then_fine": Fault.error(500),
    "a_web_page_of_a_gateway": Fault(502, "<html>Bad gateway</html>", content_type="text/html"),
    "a_503": Fault.error(503),
    "a_hang": Fault(hang=True),
    "a_stream_cut_half_way": Fault(cut=60),
    "a_connection_dropped_before_the_head": Fault(cut=0),
    "a_malformed_body": Fault.garbage('{"choices": [{"mess'),
    "a_web_page_as_an_answer": Fault.garbage(),
    "a_duplicated_body": Fault.garbage('{"choices": []}{"choices": []}'),
    "an_empty_body": Fault(body=""),
    "an_empty_answer": Fault.edited(content=""),
    "a_body_of_the_wrong_type": Fault(body=["no", "object"]),
    "a_content_of_the_wrong_type": Fault.edited(content=7),
    "a_message_that_is_missing": Fault(body={"choices": [{}]}),
    "no_choices": Fault.without("choices"),
    "ten_megabytes_of_nothing": Fault(body=b'{"choices": "' + MANY.encode()),
    "an_error_that_echoes_the_key": Fault.error(500, f"the key {CANARY} is slow today"),
    "a_success_with_an_error_inside": Fault(body={"error": {"message": "overloaded", "code": 503}}),
    "usage_missing": Fault.without("usage"),
    "length": Fault.edited(finish_reason="length"),
    "content_filter": Fault.edited(finish_reason="content_filter"),
}


@pytest.mark.parametrize("name", PASSING)
async def test_a_fault_that_passes(tmp_path: Path, name: str) -> None:
    calm = await undisturbed(tmp_path / "calm")
    trial = Trial(tmp_path / "hit", model={"timeout_s": 1.0} if name == "a_hang" else {})
    hits = (0, 4, 5)
    trial.endpoint.plan = lambda number, body: PASSING[name] if number in hits else None
    await trial.until_finished(1)
    assert_as_if_nothing_happened(trial, calm, lost=len(hits))


async def test_retry_after_huge_is_cut_to_two_minutes(tmp_path: Path) -> None:
    calm = await undisturbed(tmp_path / "calm")
    trial = Trial(tmp_path / "hit")
    trial.endpoint.plan = [None, busy(Retry_After="99999999")]
    await trial.until_finished(1)
    assert_as_if_nothing_happened(trial, calm, lost=1)


FINAL: dict[str, tuple[Fault, str]] = {
    "a_key_revoked_in_mid_run": (Fault.error(401, f"no such key: {CANARY}"), "401"),
    "a_quota_used_up": (Fault.error(429, "You exceeded your current quota", code="insufficient_quota"), "quota"),
    "no_money": (Fault.error(402, "Payment required"), "402"),
    "a_model_withdrawn": (Fault.error(404, "The model does not exist", code="model_not_found"), "404"),
    "a_redirect": (Fault.redirect(f"http://127.0.0.1:9/?key={CANARY}"), "a redirect to"),
}


@pytest.mark.parametrize("name", FINAL)
async def test_a_fault_that_only_a_person_mends_stops_the_run(tmp_path: Path, name: str) -> None:
    calm = await undisturbed(tmp_path / "calm")
    fault, said = FINAL[name]
    trial = Trial(tmp_path / "hit")
    trial.endpoint.plan = lambda number, body: fault if number >= 5 and len(trial.statuses) == 0 else None
    assert await trial.attempt() == "failed"
    message = manifest_of(trial.folder)["message"]
    assert said in message
    assert "\n" not in message
    assert trial.endpoint.started <= 5 + trial_width(trial)
    await trial.until_finished(1)
    assert_as_if_nothing_happened(trial, calm, lost=trial_width(trial))


def trial_width(trial: Trial) -> int:
    """Calls that may be open at once."""
    return int(trial.model.get("max_in_flight", 2))


async def test_a_wrong_model_name_is_found_before_anything_is_spent(tmp_path: Path) -> None:
    trial = Trial(tmp_path, model={"model": "fake-modle"})
    assert await trial.attempt() == "failed"
    assert trial.endpoint.started == 0
    assert isinstance(trial.errors[0], EndpointUnusable)
    assert trial.errors[0].hint == "did you mean `fake-model`?"


async def test_a_wrong_key_is_found_before_anything_is_spent(tmp_path: Path) -> None:
    trial = Trial(tmp_path, endpoint=FakeEndpoint(key="another"))
    assert await trial.attempt() == "failed"
    assert trial.endpoint.started == 0
    assert_no_secret(tmp_path)


def _unused_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.mark.parametrize(
    ("name", "address", "said"),
    [
        ("refused", "http://127.0.0.1:{port}/v1", "cannot be reached"),
        ("dns", "http://no-such-host.invalid/v1", "unknown host name"),
    ],
    ids=lambda value: value if isinstance(value, str) and value in ("refused", "dns") else "",
)
async def test_an_endpoint_that_is_not_there(tmp_path: Path, name: str, address: str, said: str) -> None:
    calm = await undisturbed(tmp_path / "calm")
    trial = Trial(tmp_path / "hit", base_url=address.format(port=_unused_port()))
    assert await trial.attempt() == "failed"
    assert said in manifest_of(trial.folder)["message"]
    trial.base_url = ""
    await trial.until_finished(1)
    assert_as_if_nothing_happened(trial, calm)


async def test_tls_that_cannot_be_trusted(tmp_path: Path) -> None:
    certificate = Path(__file__).parents[1] / "models" / "self_signed.pem"
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0, ssl=context)
    async with server:
        trial = Trial(tmp_path, base_url=f"https://localhost:{server.sockets[0].getsockname()[1]}/v1")
        assert await trial.attempt() == "failed"
    assert "TLS failed" in manifest_of(tmp_path)["message"]
    assert_no_secret(tmp_path)


async def test_a_row_that_is_refused_costs_itself_and_retry_asks_for_it_alone(tmp_path: Path) -> None:
    calm = await undisturbed(tmp_path / "calm")
    trial = Trial(tmp_path / "hit")
    refused = Fault.error(400, "not about the moon")
    trial.endpoint.plan = lambda number, body: refused if "moon" in str(body) and len(trial.statuses) == 0 else None
    await trial.until_finished(1)
    assert [row["reason"] for row in rows_of(trial.folder, "shout", "failed")] == [
        f"fake: {_base_url(trial)} answered 400: not about the moon"
    ]
    assert manifest_of(trial.folder)["sources"]["in_dataset"] == 5
    made = trial.endpoint.started
    with Store(trial.folder / "store.sqlite") as store:
        ((key,),) = store.query("SELECT key FROM rows WHERE status = 'failed'")
        store.ask_again("shout", key)
    await trial.until_finished(1)
    assert trial.endpoint.started - made == 2  # the row itself, and the step after it
    assert_as_if_nothing_happened(trial, calm, lost=1)


def _base_url(trial: Trial) -> str:
    return str(rows_of(trial.folder, "shout", "failed")[0]["reason"].split()[1])


HOSTILE = {
    "nul": "before\x00after",
    "lone_surrogates": "half a pair \ud83d alone",
    "direction_overrides": "user\u202egnp.exe\u202c and \u2066isolated\u2069",
    "line_separators": "one\u2028two\u2029three\x85four",
    "a_byte_order_mark": "\ufeffmarked",
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_text_passes_through_the_whole_run_into_the_export(tmp_path: Path, name: str) -> None:
    trial = Trial(tmp_path, texts=(HOSTILE[name], "the sea"))
    trial.endpoint.answer = lambda body: hostile_answer(body, HOSTILE[name])
    await trial.until_finished(1)
    lines = trial.dataset.split(b"\n")
    assert lines[-1] == b""
    rows = [orjson.loads(line) for line in lines[:-1]]
    assert len(rows) == 2
    assert all("\x00" not in row["word"] for row in rows)
    if name == "direction_overrides":
        assert "\u202e" in rows[0]["word"], "what is visible is not taken away"
    before, made = trial.dataset, trial.endpoint.started
    await trial.until_finished(1)
    assert trial.dataset == before
    assert trial.endpoint.started == made


def hostile_answer(body: dict[str, Any], text: str) -> str:
    """Hostile in every answer."""
    return f"<said>{text}</said>" if body["messages"][0]["content"] == "shout" else f"- {text}"
