"""How an endpoint is told the schema of a structured answer: by the request where it can, in words where it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel

from generation_functions import Model, ModelSpec, PipelineStep, Prompt, Run
from generation_functions.parsing import structured
from tests.fake_endpoint import FakeEndpoint, running


class Fact(BaseModel):
    """What the step is to find."""

    subject: str
    year: int


READ = structured(Fact)


def finding(prompt: str) -> PipelineStep:
    return PipelineStep("find", prompt=Prompt.of(prompt, system="You find facts."), parse=READ, into="fact")


async def asked(folder: Path, supported: str, step: PipelineStep, mode: str = "chat") -> dict:
    """The body of the one request, after checking that its answer was read."""
    endpoint = FakeEndpoint(answer=lambda body: '{"subject": "tea", "year": 1650}')
    async with running(endpoint) as base_url:
        spec = ModelSpec(model="fake-model", base_url=base_url, structured_output=supported, mode=mode)
        async with Run(folder) as run:
            (row,) = await run.rows([{"text": "Tea."}]).through(step, model=Model("m", spec)).collect()
    assert row["fact"] == {"subject": "tea", "year": 1650}
    return endpoint.bodies[-1]


@pytest.mark.parametrize(
    ("supported", "form", "in_words"),
    [("json_schema", "json_schema", False), ("json_object", "json_object", True), ("none", None, True)],
)
async def test_a_schema_goes_with_the_request_or_stands_in_the_prompt(
    tmp_path: Path, supported: str, form: str | None, in_words: bool
) -> None:
    body = await asked(tmp_path, supported, finding("What does it say? {text}"))
    assert body.get("response_format", {}).get("type") == form
    told = f"What does it say? Tea.\n\n{READ.instructions}" if in_words else "What does it say? Tea."
    assert [message["content"] for message in body["messages"]] == ["You find facts.", told]


async def test_a_prompt_that_says_the_schema_itself_is_left_as_it_is(tmp_path: Path) -> None:
    said = READ.instructions.replace("{", "{{").replace("}", "}}")
    body = await asked(tmp_path, "none", finding(f"{said}\n\n{{text}}"))
    assert body["messages"][-1]["content"] == f"{READ.instructions}\n\nTea."


async def test_a_completion_prompt_ends_with_the_schema_too(tmp_path: Path) -> None:
    (tmp_path / "find.txt").write_text("What does it say? {text}")
    step = PipelineStep("find", parse=READ, into="fact", prompts_dir=tmp_path)
    body = await asked(tmp_path / "out", "none", step, mode="completion")
    assert body["prompt"].endswith(f"{READ.instructions}\n\n")
