"""Runs that stop by themselves say why in one line, and what was lost is told by reason, with an example and advice."""

from __future__ import annotations

from pathlib import Path

from commands import summary
from generation_functions import MajorityVoteStep, Model, Prompt, Run
from generation_functions.errors import EndpointUnusable, RunStopped
from generation_functions.models.model import ModelSpec
from generation_functions.parsing import verdict
from tests.fake_endpoint import FakeEndpoint, Fault, running
from tests.faults.trial import CANARY, Trial, assert_as_if_nothing_happened, undisturbed
from tests.running import manifest_of


def told(trial: Trial) -> str:
    """The one line that says how the run ended."""
    message = str(manifest_of(trial.folder)["message"])
    assert "\n" not in message
    return message


async def test_more_rows_failed_than_max_failed_share(tmp_path: Path) -> None:
    trial = Trial(tmp_path)
    too_long = "This model's maximum context length is 8192 tokens; you asked for {}"
    asked = ["Shout: the tide", "Shout: the salt", "Shout: the wind"]
    trial.endpoint.plan = lambda number, body: (
        Fault.error(400, too_long.format(9001 + asked.index(said)))
        if (said := body["messages"][-1]["content"]) in asked
        else None
    )
    assert await trial.attempt(max_failed_share=0.05) == "partial"
    message = told(trial)
    assert message.startswith("3 of 6 rows failed in 'shout', more than max_failed_share allows (5%): fake: http")
    assert "8192 tokens; you asked for 900" in message, "an example, with its own numbers"

    failures = manifest_of(tmp_path)["steps"]["shout"]["failures"]
    assert list(failures.values()) == [3], "reasons that differ in numbers are one"
    lines = summary.reasons(manifest_of(tmp_path))
    assert lines[0].startswith("  3  shout: fake answered 400: This model's maximum context length is 8192 tokens")
    assert lines[-1] == "  hint: use shorter chunks, a smaller `max_tokens`, or a model with a longer context"
    assert list(manifest_of(tmp_path)["sources"]["not_in_dataset"].values()) == [3]

    assert await trial.attempt(max_failed_share=0.05) == "partial"
    assert summary.reasons(manifest_of(tmp_path))[-1] == lines[-1], "a stored failure keeps its advice"
    assert await trial.attempt(max_failed_share=0.005) == "partial"
    assert "(0.5%)" in told(trial), "the share as it was given"


async def test_a_budget_that_is_used_up(tmp_path: Path) -> None:
    calm = await undisturbed(tmp_path / "calm")
    trial = Trial(tmp_path / "hit", model={"max_tokens": 10})
    cost = manifest_of(calm.folder)["cost_usd"]
    assert await trial.attempt(budget_usd=cost * 0.6) == "partial"
    assert told(trial).startswith("the budget of $")
    assert manifest_of(trial.folder)["cost_usd"] <= cost * 0.6
    stopped = trial.errors[0]
    assert isinstance(stopped, RunStopped)
    assert stopped.exit_code == 4
    assert "--budget" in str(stopped.hint)
    trial.model = {"max_tokens": 10}
    await trial.until_finished(1)
    assert trial.dataset == calm.dataset


async def test_an_endpoint_that_stays_broken_stops_the_run(tmp_path: Path) -> None:
    calm = await undisturbed(tmp_path / "calm")
    trial = Trial(tmp_path / "hit")
    trial.endpoint.plan = lambda number, body: Fault.error(500, "out of order") if number >= 4 else None
    assert await trial.attempt() == "failed"
    message = told(trial)
    assert "the endpoint is broken" in message
    assert "calls in a row failed" in message
    assert message.endswith("out of order")
    assert message.count("fake: ") == 1, "the model is named once"
    log = (trial.folder / "log.txt").read_text()
    assert log.count("out of order; 5 calls in a row failed, the others wait until one is answered") == 1
    error = trial.errors[0]
    assert isinstance(error, EndpointUnusable)
    assert error.hint == "run the same command again once it works"
    tried = trial.endpoint.started
    trial.endpoint.plan = ()
    await trial.until_finished(1)
    assert_as_if_nothing_happened(trial, calm, lost=tried)


async def test_an_endpoint_that_is_down_for_a_while_is_told_of_while_the_run_waits(tmp_path: Path) -> None:
    calm = await undisturbed(tmp_path / "calm")
    trial = Trial(tmp_path / "hit")
    trial.endpoint.plan = lambda number, body: Fault.error(500, "out of order") if 4 <= number < 12 else None
    await trial.until_finished(1)
    log = (trial.folder / "log.txt").read_text()
    assert log.count("answered 500: out of order; 5 calls in a row failed") == 1
    assert log.count("/v1 answers again") == 1
    assert_as_if_nothing_happened(trial, calm, lost=8)


async def test_votes_that_none_could_read_say_what_was_wrong_and_what_helps(tmp_path: Path) -> None:
    endpoint = FakeEndpoint(plan=lambda number, body: Fault.edited(finish_reason="length", content="well, let me"))
    vote = MajorityVoteStep("judge", prompt=Prompt.of("Is it good? {text}"), parse=verdict("yes", "no"), votes=3)
    async with running(endpoint) as base_url:
        model = Model("fake", ModelSpec(model="fake-model", base_url=base_url, api_key=CANARY))
        async with Run(tmp_path, max_failed_share=1.0) as run:
            assert await run.rows([{"text": "the sea"}]).through(vote, model=model).collect() == []
    lines = summary.reasons(manifest_of(tmp_path))
    assert lines[0].startswith("  1  judge: no vote could be read: fake: ")
    assert "cut off at its longest length" in next(iter(manifest_of(tmp_path)["steps"]["judge"]["failures"]))
    assert lines[-1].startswith("  hint: ")
    assert "max_tokens" in lines[-1]


async def test_an_endpoint_that_is_not_ready_is_found_before_anything_is_spent(tmp_path: Path) -> None:
    trial = Trial(tmp_path)
    trial.endpoint.models = ("another-model",)
    assert await trial.attempt() == "failed"
    assert told(trial).endswith("does not serve `fake-model`")
    assert trial.endpoint.started == 0
    assert manifest_of(tmp_path)["cost_usd"] == 0
